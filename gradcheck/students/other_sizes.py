"""Look at a subject once more at other sizes: right at one shape alone is not right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import SubjectError
from gradcheck.execution import Runner
from gradcheck.oracles.differences import working_roundoff
from gradcheck.records import Check, Verdict
from gradcheck.samples import cotangent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcheck.records import Array, Result
    from gradcheck.students.adapter import Description
    from gradcheck.subject import Subject

    Checked = Callable[[Subject, str | Sequence[str]], Result]

BRIEF = ("point", "signs")
"""Regimes for another shape: what is wrong for its sizes is wrong everywhere."""

VAGUE = {"crash", "unlisted", "wrong-shape"}
"""Codes of a backward of which little is known: that it is right at another shape says more."""

SEEN = 1e-3
"""Of the size of its terms, what a derivative must be off by to be looked at more closely. A size
in the place of another one is off by a tenth at least; the rounding of float32 stays below it."""


def of_other_sizes(description: Description) -> bool:
    """Say whether it is a subject that was met before, at other sizes than there."""
    return "sizes of" in description.facts


def with_sizes(
    result: Result,
    first: Description,
    others: Sequence[tuple[Description, Subject]],
    checked: Checked,
) -> Result:
    """Return the result with what other shapes say: sizes that stand in backward as numbers.

    Parameters
    ----------
    result : Result
        At the first shape.
    first : Description
    others : sequence of (Description, Subject)
        Of the other shapes; some are read off the numbers in backward.
    checked : callable
        checked(subject, regimes) → its result.
    """
    codes = {finding.code for finding in result.findings if not finding.remark}
    vague = bool(codes) and codes <= VAGUE
    if result.verdict is Verdict.PASS or "factor" in codes:
        chosen = [(other, s) for other, s in others if not other.facts["sizes by"]]
    else:
        chosen = list(others) if vague else []
    for other, subject in chosen:
        right = right_in_short(subject, result.seed)
        if right is None or (right and result.verdict is Verdict.PASS):
            continue
        if vague and not right:
            if first.role == "sequential":
                result = _of_order(result, checked(subject, BRIEF))
            continue
        # To be right is to be right everywhere; to be wrong, at one point.
        there = checked(subject, "all" if vague else BRIEF)
        found = _compared(result, there, sizes_of(first, other), other)
        if found is not None:
            return found
    return result


def _compared(
    result: Result, there: Result, sizes: Mapping[str, tuple[int, int]], other: Description
) -> Result | None:
    """Return the result with what the other shape says, or None where that is nothing."""
    from gradcheck.diagnosis import size_hard_coded

    found = size_hard_coded(result, there, sizes, other.facts["numbers"])
    if not found:
        return None
    named = {finding.quantity for finding in found}
    kept = [f for f in result.findings if f.remark or f.quantity not in named]
    checks = [_failed(c) if c.quantity in named else c for c in result.checks]
    checks += [_failed(c) for c in there.checks if c.quantity in named and _failed(c) is not c]
    checks += [c for c in there.checks if c.quantity in named and c.verdict is Verdict.FAIL]
    faults = [f for f in kept if not f.remark]
    remarks = [f for f in kept if f.remark]
    return replace(result, checks=tuple(checks), findings=(*found, *faults, *remarks))


def _of_order(result: Result, there: Result) -> Result:
    """Return the result of a container with the order that square layers show to be wrong."""
    found = [f for f in there.findings if f.code == "order"]
    if not found:
        return result
    remarks = [f for f in result.findings if f.remark]
    checks = [_failed(check) for check in result.checks]
    checks += [c for c in there.checks if c.verdict is Verdict.FAIL]
    return replace(result, checks=tuple(checks), findings=(*found, *remarks))


def _failed(check: Check) -> Check:
    """Return the check as a fail: that backward raises at one shape is what is wrong in it."""
    return replace(check, verdict=Verdict.FAIL) if check.verdict is Verdict.ERROR else check


def right_in_short(subject: Subject, seed: int) -> bool | None:
    """Say whether backward agrees with forward along one direction; None where forward cannot run.

    Five calls: what does not agree here is looked at with all care.
    """
    rng = np.random.default_rng([seed, 30_000])
    runner = Runner(subject)
    inputs = [array.copy() for array in subject.inputs]
    try:
        instance = runner.make()
        y = np.array(runner.call_forward(instance, inputs))
    except SubjectError:
        return None
    upstream = cotangent(rng, y)
    try:
        gradients = runner.call_backward(instance, upstream.copy())
        got, size, tangents = _along(subject, gradients, rng)
        step = working_roundoff(y, [subject.inputs[k] for k in subject.active]) ** (1 / 3)
        up, down = (
            float((upstream * runner.forward(_moved(subject, tangents, h))).sum())
            for h in (step, -step)
        )
    except (SubjectError, TypeError, ValueError):
        return False
    size += float(np.abs(upstream * y).sum())
    return bool(abs((up - down) / (2 * step) - got) <= SEEN * size)


def _along(
    subject: Subject, gradients: Sequence[object], rng: np.random.Generator
) -> tuple[float, float, dict[int, Array]]:
    """Return the derivative along a random direction by the code's gradients, and its size.

    Raises
    ------
    ValueError
        Where a gradient has another shape than its input.
    """
    got = size = 0.0
    tangents = {}
    for k in subject.active:
        gradient = np.asarray(gradients[k], dtype=np.float64)
        if gradient.shape != subject.inputs[k].shape:
            raise ValueError("a gradient has another shape than its input")
        tangents[k] = rng.uniform(-1.0, 1.0, gradient.shape)
        terms = gradient * tangents[k]
        got, size = got + float(terms.sum()), size + float(np.abs(terms).sum())
    return got, size, tangents


def _moved(subject: Subject, tangents: dict[int, Array], step: float) -> list[Array]:
    return [
        (array + step * tangents[k]).astype(array.dtype) if k in tangents else array.copy()
        for k, array in enumerate(subject.inputs)
    ]


def sizes_of(first: Description, other: Description) -> dict[str, tuple[int, int]]:
    """Return the sizes at both shapes by the notes' symbols: N, n, and what else there is."""
    shapes = [
        list(zip(one.shape, two.shape, strict=True))
        for one, two in zip(first.inputs, other.inputs, strict=True)
    ]
    x = shapes[0]
    axis = first.inputs[0].axis % max(1, len(x))
    features, batch = x[axis : axis + 1], [pair for k, pair in enumerate(x) if k != axis]
    rest = dict.fromkeys(pair for shape in shapes for pair in shape)
    others = [pair for pair in rest if pair[0] != pair[1] and pair not in (*features, *batch)]
    sizes = {"N": batch[0]} if len(batch) == 1 else {}
    if not others:
        sizes |= {"n": pair for pair in features}  # noqa: B035 - there is one, or none
    elif len(others) == 1:
        sizes |= {"n": others[0], "the number of inputs": features[0]}
    else:
        sizes |= {f"the size {pair[0]} of the first shape": pair for pair in (*features, *others)}
    if {"n", "N"} <= set(sizes):
        (n, m), (N, M) = sizes["n"], sizes["N"]
        sizes["n·N"] = (n * N, m * M)
    return sizes
