"""What a ladder of steps says of a slope: the best extrapolation, its bound, and what is rough.

All levels and entries are one array, for it is done for every direction of every point.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gradcheck.errors import SubjectError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.records import Array

FIRST_STEP = 0.125
"""Relative change of the inputs at the coarsest level: a power of two, as every step is, so that
the step itself is without error."""

RATIO = 8.0
"""Between one step and the next. Extrapolation in powers of 8 leaves 1/4096 of an h⁴ term a level,
so that four levels reach the rounding error of float64 for a function of ordinary curvature."""

LEVELS = 4
"""Levels taken for every function: the fewest at which an agreement of three extrapolated slopes
can be seen, so that no two agree by chance alone."""

MOST_LEVELS = 12
"""The last step is 8⁻¹² = 1.5e-11: a kink at 1e-9 is told from one at the point itself."""

NOISE_UNITS = 4.0
"""Error of y in units of eps·|y| if the caller does not say: a few operations after one another."""

SPARE = RATIO**4
"""How much less a change of R is where the function is smooth: one that is less still by chance
is taken to be no less than that."""

SIDE_SPARE = 128.0
"""The same for one-sided slopes, where it is 512; a quarter, for they are told at fewer levels."""

GRAIN = 2.0**-7
"""Largest jump, relative to y, that may be the grain of a rounded function: bfloat16's unit."""


PROBE = 2.0**-30
"""Step of one more value of y, at which curvature is below the rounding of float64: what it is off
the curve is noise, whatever the caller said."""

PROBE_SHARE = 8.0
"""How many times what that value is off the noise may be: a single sample says little."""


class Ladder(NamedTuple):
    """Steps, coarse to fine, and what is multiplied by them; arrays broadcast over entries."""

    steps: tuple[float, ...]
    signed: Array
    inverse: Array
    slope_rounding: Array

    def top(self, levels: int) -> Ladder:
        """Return the coarsest levels alone."""
        return Ladder(
            self.steps[:levels],
            self.signed[:, :levels],
            self.inverse[:levels],
            self.slope_rounding[:levels],
        )


class Study(NamedTuple):
    """What the levels say; all levels are trusted, and nothing jumps, if the last two are None.

    value, bound : (n,); inverse : (n,), one over the step of the level taken;
    curvature : (n,), second derivative at that level; slopes :
    (2, L, n) forward and backward; rounding, trusted : (L, n)
    jump : (n,), how far y moves in a way that is in no proportion to the step.
    """

    value: Array
    bound: Array
    inverse: Array
    curvature: Array
    slopes: Array
    rounding: Array
    trusted: Array | None
    jump: Array | None


@lru_cache(maxsize=64)
def ladder_from(first: float, eps: float) -> Ladder:
    """Return the ladder whose coarsest step is `first`, a power of two."""
    # Below 32 eps a step is a few units in the last place of the inputs.
    levels = math.floor(math.log(first / (32 * eps), RATIO)) + 1
    levels = min(max(levels, LEVELS), MOST_LEVELS)
    steps = first * RATIO ** -np.arange(levels)
    column = steps[:, np.newaxis]
    return Ladder(
        tuple(steps.tolist()),
        np.stack([column, -column]),
        1 / column,
        eps * (NOISE_UNITS + 2 / column),
    )


def study_steps(values: Array, y: Array, noise: Array, ladder: Ladder) -> Study:
    """Choose the level with the least bound for each entry; values is (2, L, n), y is (n,)."""
    slopes = values - y
    slopes /= ladder.signed
    sizes = np.abs(slopes)
    rounding = ladder.slope_rounding * np.maximum(sizes[0], sizes[1])
    rounding += noise * ladder.inverse
    changes = slopes[:, 1:] - slopes[:, :-1]
    R = slopes[0] + slopes[1]
    R[1:] += (changes[0] + changes[1]) / (RATIO**2 - 1)
    R *= 0.5
    gap = slopes[0, 1:] - slopes[1, 1:]
    gap += (changes[0] - changes[1]) / (RATIO - 1)
    error = np.abs(R[1:] - R[:-1])
    np.maximum(error[1:], error[:-1] / SPARE, out=error[1:])
    # A level is also known by the next finer one, whose truncation error is nothing beside its own.
    np.fmin(error[:-1], 2 * error[1:] + 1.1 * rounding[2:], out=error[:-1])
    error += 0.5 * np.abs(gap)
    error += 1.1 * rounding[1:]
    np.abs(changes, out=changes)
    variation = changes[0] + changes[1]
    # NaN and inf are rough as well.
    rough = ~(variation[1:] <= 0.5 * variation[:-1] + 5 * rounding[2:])
    trusted = jump = None
    if rough.any():
        # The first differences below a level that is not finite have nothing to shrink from.
        rough &= np.isfinite(variation[:-1]) | ~np.isfinite(variation[1:])
        later = np.logical_or.accumulate(rough[::-1], axis=0)[::-1]
        trusted = ~np.concatenate([later[:1], later[:1], later])
        error[~(trusted[1:] & np.isfinite(error))] = np.inf
        jump = np.where(rough, variation[1:] / ladder.inverse[2:], 0.0).max(axis=0)
        # A rounded function is flat between its jumps, and its slope is not 0 for that.
        flat = ~slopes[:, -1].any(axis=0)
        error[:, flat & (jump > 0) & (jump <= GRAIN * np.abs(y))] = np.inf
    best = error.argmin(axis=0)
    entries = np.arange(y.size)
    level = best + 1
    inverse = ladder.inverse[level, 0]
    return Study(
        R[level, entries],
        error[best, entries],
        inverse,
        (slopes[0, level, entries] - slopes[1, level, entries]) * inverse,
        slopes,
        rounding,
        trusted,
        jump,
    )


def probe_step(finest: float) -> float:
    """Return the step of the value that is compared with the tangent, below the finest level."""
    return min(PROBE, finest / RATIO**2)


class NearTangent:
    """One more value of y, so near the point that it is on the tangent, bent by the curvature."""

    def __init__(self, evaluate: Callable[[float], Array], y: Array, finest: float) -> None:
        self.step = probe_step(finest)
        self.moved = np.empty((1, y.size))
        evaluate_at(evaluate, (self.step,), self.moved)
        with np.errstate(all="ignore"):
            self.moved -= y

    def doubt(self, study: Study, entries: Array | slice = slice(None)) -> Array:
        """Return what the noise seen here makes of the slopes, (n,); 0 below the probe's step."""
        tangent = self.step * (study.value + 0.5 * self.step * study.curvature)
        doubt: Array = np.abs(self.moved[0, entries] - tangent)
        doubt *= PROBE_SHARE * study.inverse
        doubt[study.inverse * self.step > 1] = 0.0
        return doubt


def evaluate_at(evaluate: Callable[[float], Array], steps: tuple[float, ...], out: Array) -> None:
    """Write y at each of the steps into a row of out, (steps, n)."""
    for row, s in enumerate(steps):
        try:
            out[row] = evaluate(s).reshape(-1)
        except SubjectError:
            out[row] = np.nan


def one_sided(study: Study) -> tuple[Array, Array, Array]:
    """Return the slopes at -0 and at +0, and a bound on their errors that is inf at no kink.

    A forward difference has an error in h, h², h³, …; two extrapolations leave one in h³.
    """
    slopes, rounding = study.slopes, study.rounding
    F = slopes.copy()
    F[:, 1:] += (slopes[:, 1:] - slopes[:, :-1]) / (RATIO - 1)
    F[:, 2:] += (F[:, 2:] - F[:, 1:-1]) / (RATIO**2 - 1)
    errors = np.abs(F[:, 1:] - F[:, :-1])
    np.maximum(errors[:, 1:], errors[:, :-1] / SIDE_SPARE, out=errors[:, 1:])
    error = 2 * errors.max(axis=0) + 2.7 * rounding[1:]
    gap = F[0] - F[1]
    for level in range(1, len(F[0])):
        # A gap that finer steps do not see is none at the point, and the finest has no finer one.
        finer = slopes[0, level + 1 :] - slopes[1, level + 1 :]
        seen = np.abs(finer - gap[level]) <= np.abs(gap[level]) / 2 + 4 * rounding[level + 1 :]
        error[level - 1, ~seen.all(axis=0)] = np.inf
    error[-1] = np.inf
    if study.trusted is not None:
        error[~study.trusted[1:]] = np.inf
    error[~np.isfinite(error)] = np.inf
    best = error.argmin(axis=0)
    entries = np.arange(error.shape[1])
    return F[1, best + 1, entries], F[0, best + 1, entries], error[best, entries]
