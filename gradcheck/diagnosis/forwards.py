"""A forward that is not the notes' formula: what it is instead, where the numbers say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.findings import forward_differs, said
from gradcheck.diagnosis.probe import CLOSE, same
from gradcheck.diagnosis.softmax import pulled_back, same_sums
from gradcheck.layout import to_columns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.readings import Differing, Outcome
    from gradcheck.records import Finding
    from gradcheck.subject import Subject

LOSSES = ("mse", "cross_entropy", "softmax_cross_entropy")
"""Roles whose value may be a multiple of the notes': a sum for a mean, half of a square."""

WAYS: tuple[tuple[int | None, str], ...] = (
    (1, "over the examples"),
    (None, "over the whole array"),
)


def told(
    subject: Subject, seen: Sequence[Differing], outcomes: Sequence[Outcome]
) -> tuple[list[Finding], bool]:
    """Return what is to be said, and whether forward is right by another convention.

    Parameters
    ----------
    subject : Subject
    seen : sequence of Differing
        At least one.
    outcomes : sequence of Outcome
        Of all points.
    """
    first = seen[0]
    quantity, regime = first.reading.quantity, first.sample.regime
    factor = _multiple(subject, seen)
    if factor is not None:
        detail = f"C is {factor:.6g} times the notes'; value and gradient are judged by this C"
        return [
            said(subject, "forward-differs", quantity, detail, {"factor": factor}, remark=True)
        ], True
    way = _axis(subject, seen)
    if way is None:
        return [forward_differs(subject, first.reading, regime)], False
    axis, words = way
    detail = f"e^x is summed {words}"
    found = [said(subject, "batch-axis", quantity, detail, {"points": float(len(seen))})]
    if _follows(subject, outcomes, axis):
        name = subject.names[subject.active[0]]
        detail = f"Σ gₖyₖ runs {words}, as forward's sum does"
        found.append(said(subject, "batch-axis", f"d{name}", detail))
    return found, False


def _multiple(subject: Subject, seen: Sequence[Differing]) -> float | None:
    """Return the constant by which a loss is more than the notes', if sizes explain it."""
    if subject.role not in LOSSES or any(point.y.size != 1 for point in seen):
        return None
    ratios = [float(p.y.item() / p.formula.item()) if p.formula.item() else np.nan for p in seen]
    factor = ratios[0]
    if not np.isfinite(factor) or any(not abs(r / factor - 1) <= CLOSE for r in ratios):
        return None
    shape = subject.inputs[subject.active[0]].shape
    sizes = {1, *shape, int(np.prod(shape))}
    known = {part * size for size in sizes for part in (0.5, 1.0, 2.0)}
    near = [value for k in known for value in (k, 1 / k) if abs(factor / value - 1) <= CLOSE]
    return near[0] if near else None


def _axis(subject: Subject, seen: Sequence[Differing]) -> tuple[int | None, str] | None:
    """Return the axis along which forward is a softmax, where that is not the notes'."""
    if subject.role != "softmax":
        return None
    layout = subject.layout
    for axis, words in WAYS:
        right = True
        for point in seen:
            x = point.sample.inputs[subject.active[0]].astype(np.float64)
            columns = to_columns(x, layout.get(subject.names[subject.active[0]], ""))
            y = to_columns(point.y.astype(np.float64), layout.get("y", ""))
            right = right and columns.ndim == 2 and same_sums(columns, y, axis)
        if right:
            return axis, words
    return None


def _follows(subject: Subject, outcomes: Sequence[Outcome], axis: int | None) -> bool:
    """Say whether backward is that of the softmax that forward is, at every point."""
    k = subject.active[0]
    layout = subject.layout
    mine, output = layout.get(subject.names[k], ""), layout.get("y", "")
    seen = [o for o in outcomes if k in o.got and not o.single]
    for outcome in seen:
        g, y = (to_columns(a.astype(np.float64), output) for a in (outcome.upstream, outcome.y))
        got = to_columns(outcome.got[k], mine)
        wanted = pulled_back(g, y, axis)
        if not same(got, wanted, CLOSE) and np.abs(got - wanted).max() > 1e-12:
            return False
    return bool(seen)
