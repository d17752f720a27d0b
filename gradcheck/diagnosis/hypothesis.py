"""A guess of what the code computes, and whether the numbers confirm it at every point."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.probe import EXACT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from gradcheck.diagnosis.ask import Ask
    from gradcheck.diagnosis.probe import Probe
    from gradcheck.records import Array

    Predict = Callable[[Probe, Ask], Array | None]

SLACK = 64.0
"""Units in the last place of the upstream gradient that two ways of computing may differ by."""

CANCELLED = 1e-6
"""Of the size that a gradient has by nature: what is left of it, or of its terms, below that shows
the rounding of one way to compute it, and is no evidence."""

LEAST = 3
"""Entries that an unknown constant must fit before it is believed at a single point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypothesis:
    """What the code may compute.

    Attributes
    ----------
    code : str
        Of `codes.toml`.
    predict : callable
        Takes a probe and whom to ask, returns the gradient that the code would return, NaN where it
        cannot tell; None where the hypothesis does not apply.
    detail : str
        What is confirmed, in the notes' symbols.
    scaled : bool
        A constant factor is left open; it must be the same at every point.
    """

    code: str
    predict: Predict
    detail: str = ""
    scaled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A code that the numbers confirm."""

    code: str
    detail: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)


def first_confirmed(
    hypotheses: Iterable[Hypothesis], probes: Sequence[Probe], ask: Ask
) -> Named | None:
    """Return the first hypothesis that the numbers confirm, else None."""
    for hypothesis in hypotheses:
        numbers = confirmed(hypothesis, probes, ask)
        if numbers is not None:
            return Named(code=hypothesis.code, detail=hypothesis.detail, numbers=numbers)
    return None


def confirmed(hypothesis: Hypothesis, probes: Sequence[Probe], ask: Ask) -> dict[str, float] | None:
    """Return the numbers that confirm a hypothesis, or None.

    It must give what the code returned at every point, those included at which that is right; and
    at one point at least, where an oracle called the gradient wrong, something that is not zero
    everywhere or is not what is true.
    """
    factor: float | None = None
    points, worst, told = 0, 0.0, False
    for probe in probes:
        predicted = hypothesis.predict(probe, ask)
        if predicted is None or predicted.shape != probe.got.shape:
            return None
        if hypothesis.scaled and factor is None:
            factor = _constant(probe.got, predicted)
            if factor is None and np.any(np.nan_to_num(predicted)):
                return None
        error = _distance(probe, predicted * (1.0 if factor is None else factor))
        if error is None:
            return None
        points += 1
        worst = max(worst, error)
        told |= probe.wrong and _differs(probe, predicted * (1.0 if factor is None else factor))
    if not told:
        return None
    numbers = {"points": float(points), "error": worst}
    return numbers if factor is None else {"factor": factor, **numbers}


def _distance(probe: Probe, predicted: Array) -> float | None:
    """Return the relative distance of a prediction from what was got, None where it is none."""
    known = np.isfinite(predicted) & np.isfinite(probe.got)
    got, guess = probe.got[known], predicted[known]
    size = max(np.abs(got).max(initial=0.0), np.abs(guess).max(initial=0.0))
    if size == 0.0:
        return 0.0
    error = float(np.abs(got - guess).max())
    if not error <= probe.tolerance * size + slack(probe) + _accepted(probe) + _doubt(probe):
        return 0.0 if size <= CANCELLED * natural(probe) else None
    return error / float(size) if size > slack(probe) / EXACT else 0.0


def _accepted(probe: Probe) -> float:
    """Return by how much code that was called right differs from the truth, with a margin."""
    if probe.wrong or probe.truth is None:
        return 0.0
    gap = np.nan_to_num(np.abs(probe.got - probe.truth), nan=0.0, posinf=0.0)
    return 4.0 * float(gap.max(initial=0.0))


def _doubt(probe: Probe) -> float:
    """Return how well the truth itself is known of float32 code, by differences alone."""
    if not probe.outcome.single or probe.bound is None:
        return 0.0
    return 4.0 * float(np.max(probe.bound, initial=0.0, where=np.isfinite(probe.bound)))


def slack(probe: Probe) -> float:
    """Return what rounding may part two ways of computing a gradient by, where it is tiny.

    What is added up in it is of the size of g, or of g·y/x, however much of that cancels.
    """
    eps = np.finfo(np.float32 if probe.outcome.single else np.float64).eps
    return SLACK * float(eps) * max(float(np.abs(probe.g).max(initial=0.0)), natural(probe))


def natural(probe: Probe) -> float:
    """Return g·y/x: the size that the gradient of a function has that is no steeper than a line."""
    x, y = (float(np.abs(array).max(initial=0.0)) for array in (probe.x, probe.y))
    g = float(np.abs(probe.g).max(initial=0.0))
    return g * y / x if 0 < x < np.inf and y < np.inf else 0.0


def _constant(got: Array, guess: Array) -> float | None:
    """Return the factor by which the guess gives what was got, as far as that is one number."""
    known = np.isfinite(guess) & np.isfinite(got)
    got, guess = got[known], guess[known]
    if guess.size < LEAST or not np.any(guess):
        return None
    # The largest entry may overflow when it is squared.
    part = guess / np.abs(guess).max()
    factor = float((got / np.abs(guess).max() * part).sum() / (part * part).sum())
    return factor if np.isfinite(factor) and factor != 0.0 else None


def _differs(probe: Probe, predicted: Array) -> bool:
    """Say whether the prediction is neither the truth nor, away from the given point, zero."""
    known = np.isfinite(predicted) & np.isfinite(probe.got)
    size = float(np.abs(predicted[known]).max(initial=0.0))
    if size == 0.0 and not probe.given:
        return False
    if probe.truth is None:
        return size > 0.0
    truth = probe.truth[known]
    gap = np.nan_to_num(np.abs(predicted[known] - truth), nan=0.0)
    size = max(size, float(np.abs(np.nan_to_num(truth)).max(initial=0.0)))
    return bool(np.any(gap > probe.tolerance * size))
