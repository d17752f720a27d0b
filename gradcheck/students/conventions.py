"""Tell a convention of losses from a bug, in numbers: a multiple of the cost, y − t for logits."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.correspondence import Correspondence
from gradcheck.errors import GradcheckError
from gradcheck.execution import Runner
from gradcheck.layout import to_columns
from gradcheck.samples import Sample

if TYPE_CHECKING:
    from gradcheck.records import Array, Result
    from gradcheck.subject import Subject

POINTS = 3
CLOSE = 1e-9


def with_numbers(result: Result, subject: Subject) -> Result:
    """Return the result with "factor" or "fused" among the numbers of its findings, where it is so.

    "factor" is what a cost is the notes' cost times of; "fused" is the c of a gradient that is
    c·(y − t), that of softmax or sigmoid with cross entropy at the logits.
    """
    codes = {finding.code for finding in result.findings if not finding.remark}
    more: dict[str, dict[str, float]] = {}
    if subject.role == "mse" and "forward-differs" in codes:
        factor = _multiple(subject)
        if factor is not None:
            more["forward-differs"] = {"factor": factor}
    if subject.role == "cross_entropy":
        fused = _fused(subject)
        if fused is not None:
            more |= {code: {"fused": fused} for code in codes}
    findings = tuple(
        replace(f, numbers={**f.numbers, **more[f.code]}) if f.code in more else f
        for f in result.findings
    )
    return replace(result, findings=findings)


def _multiple(subject: Subject) -> float | None:
    """Return value / formula where points of ordinary size give one number."""
    rng = np.random.default_rng(3)
    runner = Runner(subject)
    ratios = []
    try:
        correspondence = Correspondence.of(runner, "mse", rng)
        for _ in range(POINTS):
            inputs = tuple(
                rng.standard_normal(a.shape) if a.dtype.kind == "f" else a.copy()
                for a in subject.inputs
            )
            value = float(runner.forward([a.copy() for a in inputs]))
            truth = correspondence.formula(Sample(regime="point", inputs=inputs)).value
            ratios.append(value / float(truth))
    except (GradcheckError, TypeError, ValueError, ZeroDivisionError):
        return None
    return ratios[0] if np.allclose(ratios, ratios[0], rtol=CLOSE, atol=0) else None


def _fused(subject: Subject) -> float | None:
    """Return c where the gradient is c·(y − t) for every y that sums to 1."""
    rng = np.random.default_rng(4)
    runner = Runner(subject)
    names = subject.names
    try:
        k = next(j for j, name in enumerate(names) if name not in subject.constants)
        (t,) = (j for j, name in enumerate(names) if name in subject.constants)
    except (StopIteration, ValueError):
        return None
    ratios: list[Array] = []
    for _ in range(POINTS):
        inputs = [a.copy() for a in subject.inputs]
        # Of the given point, every row or column sums to 1: an order of its examples does, too.
        inputs[k] = inputs[k] * rng.uniform(0.5, 1.0)
        try:
            y, gradients = runner.vjp(inputs, np.asarray(1.0))
            got = np.asarray(gradients[k], dtype=np.float64)
        except (GradcheckError, TypeError, ValueError):
            return None
        target = _target(inputs[k], inputs[t], subject)
        if y.size != 1 or target is None or got.shape != inputs[k].shape:
            return None
        difference = inputs[k] - target
        ratios.append(got / difference)
    flat = np.concatenate([ratio.reshape(-1) for ratio in ratios])
    same = np.isfinite(flat).all() and np.allclose(flat, flat[0], rtol=1e-6, atol=0)
    return float(flat[0]) if same and _averages(float(flat[0]), inputs[k].shape) else None


def _averages(factor: float, shape: tuple[int, ...]) -> bool:
    """Say whether a sum or a mean leaves it: 1, 1/N, 1/n or 1/(nN), and not the 2 of a square."""
    sizes = {1, *shape, int(np.prod(shape))}
    return any(abs(factor * size - 1) < CLOSE for size in sizes)


def _target(y: Array, t: Array, subject: Subject) -> Array | None:
    """Return the target in the shape of y, labels as one-hot."""
    if t.shape == y.shape:
        return t
    columns = to_columns(y, subject.layout.get(subject.names[0], ""))
    if t.ndim != 1 or t.dtype.kind not in "iu" or columns.shape[-1] != t.size:
        return None
    hot = np.eye(columns.shape[0])[t].T
    return hot if hot.shape == y.shape else hot.T
