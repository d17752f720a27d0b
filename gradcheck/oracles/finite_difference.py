"""The finite-difference oracle: a slope along one direction, with a bound from a study of steps.

It knows nothing but values of the forward at points on a line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.oracles.step_study import (
    FIRST_STEP,
    LEVELS,
    NOISE_UNITS,
    RATIO,
    Ladder,
    NearTangent,
    Study,
    evaluate_at,
    ladder_from,
    one_sided,
    probe_step,
    study_steps,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.records import Array

FINE = 1e-12
"""Unit roundoff below which y is float64, for which float32 on the way is noise."""

ENOUGH = 1e-7
"""Relative bound at which no finer step is taken: a tenth of what `tested` asks for in float64."""

HIDDEN_NOISE = 2.0**-19
"""Largest unexplained roughness, relative to y, that is taken for rounding: float32 arithmetic
inside a float64 forward, with a factor of 16. A greater one is a jump of the function."""

VAGUE = 1e-2
"""Relative bound up to which a slope amid such roughness is told: what `tested` asks for in
float32."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slope:
    """The derivative of each output entry along one direction.

    Attributes
    ----------
    value, bound : Array
        dy/ds at s = 0 and a bound on its error, float64 of y's shape; NaN and inf where it
        cannot tell. At a kink, the middle between the sides, and a bound that reaches both.
    minus, plus : Array
        One-sided derivatives, float64 of y's shape; equal to `value` where there is no kink.
    kink : Array
        Bool of y's shape: the one-sided derivatives differ beyond their bounds.
    side_bound : Array
        Bound on the error of `minus` and `plus`; equal to `bound` where there is no kink.
    reason : str
        Why no entry can be told, else empty.
    evaluations : int
        How often the function was evaluated.
    """

    value: Array
    bound: Array
    minus: Array
    plus: Array
    kink: Array
    side_bound: Array
    reason: str
    evaluations: int


def derivative(
    evaluate: Callable[[float], Array],
    y: Array,
    *,
    eps: float,
    noise: Array | None = None,
    reach: tuple[float, float] = (1.0, 1.0),
) -> Slope:
    """Estimate dy/ds at s = 0, with a bound on the error.

    Parameters
    ----------
    evaluate : callable
        evaluate(s) is y at the point moved by s along the direction: a float array of y's shape.
        s = 1 is a change of about the inputs' own size. A SubjectError counts as not finite. Where
        it has a method `prepare`, that is told beforehand which values are going to be asked for.
    y : Array
        evaluate(0), of any shape.
    eps : float
        Unit roundoff of the arithmetic in which y is computed: 2.2e-16 or 1.2e-7.
    noise : Array, optional
        Absolute error of each entry of y; `NOISE_UNITS` times eps·|y| if left out.
    reach : (float, float)
        The farthest that s may go to the negative side and to the positive, both given positive.

    Returns
    -------
    Slope
        With one array of y's shape for each attribute.

    Notes
    -----
    At steps h, h/8, h/64, … the central difference D has an error in h², h⁴, …; R = D + (D − D')/63
    (D' one level up) has one in h⁴ (Richardson 1911). The bound of R is its change from one level
    to the next, plus half of the gap between the forward and the backward difference
    extrapolated to h = 0, plus rounding. The gap is there because the central differences at a kink
    agree perfectly, on the mean of both sides. The level with the least bound is taken.

    A level is trusted only if the one-sided slopes change less and less from it on: a kink at a
    distance d shows as a change that grows towards h = d, a jump or an infinite slope as one that
    never stops to grow. Finer levels than the first four are evaluated only where they are needed.

    In float64 one more value, at `PROBE`, is compared with the tangent, for noise that the caller
    did not know of: rounded values agree by chance, and perfectly, more often than their noise
    lets one think. `PROBE_SHARE` times its distance from the tangent, over h, is in the bound.

    The rounding of y at a level is its noise at the point, plus `NOISE_UNITS`·eps of how far y has
    moved, plus 2 eps of the slope for the rounding of the moved inputs.
    """
    y = np.asarray(y, dtype=np.float64)
    shape = y.shape
    y = y.reshape(-1)
    least = 5e-324 if eps < 1e-12 else 1e-45
    if noise is None:
        noise = np.abs(y)
        noise *= NOISE_UNITS * eps
        noise += NOISE_UNITS * least
    else:
        noise = np.asarray(noise, dtype=np.float64).reshape(-1) + NOISE_UNITS * least
    side = min(reach)
    if not side > 0:
        return _untold(shape, "the point is on the edge of its domain", 0)
    ladder = ladder_from(2.0 ** math.floor(math.log2(min(FIRST_STEP, side / 2))), eps)
    values = np.empty((2, LEVELS, y.size))
    prepare = getattr(evaluate, "prepare", None)
    if prepare is not None:
        both = [sign * step for step in ladder.steps[:LEVELS] for sign in (1.0, -1.0)]
        prepare([*both, probe_step(ladder.steps[LEVELS - 1])] if eps < FINE else both)
    for level, step in enumerate(ladder.steps[:LEVELS]):
        evaluate_at(evaluate, (step, -step), values[:, level])
    line = NearTangent(evaluate, y, ladder.steps[LEVELS - 1]) if eps < FINE else None
    with np.errstate(all="ignore"):
        study = study_steps(values, y, noise, ladder.top(LEVELS))
        value, bound = study.value, study.bound
        if line is not None:
            bound += line.doubt(study)
        loose = ~_settled(value, bound, y)
    probes = 0 if line is None else 1
    if not loose.any():
        return _smooth(value, bound, shape, 2 * LEVELS + probes)
    values, value, bound = _extended(evaluate, values, y, noise, ladder, study, line)
    minus, plus, side_bound = value.copy(), value.copy(), bound.copy()
    kink = np.zeros(y.size, dtype=bool)
    with np.errstate(all="ignore"):
        loose = ~_settled(value, bound, y)
        part = ladder.top(values.shape[1])
        # The rounding of a sum is of the size of its terms, which other entries, and y a little
        # way off, show as well.
        near = np.abs(values[:, LEVELS - 1])
        largest = float(np.max(near, initial=0.0, where=np.isfinite(near)))
        judged = _judged(
            values[:, :, loose],
            y[loose],
            noise[loose],
            part,
            value=value[loose],
            bound=bound[loose],
            largest=largest,
        )
        for array, entries in zip(
            (value, bound, minus, plus, kink, side_bound), judged, strict=True
        ):
            array[loose] = entries
    evaluations = 2 * values.shape[1] + probes
    if np.isnan(value).all():
        return _untold(shape, _reason(values, y, part), evaluations)
    return Slope(
        value=value.reshape(shape),
        bound=bound.reshape(shape),
        minus=minus.reshape(shape),
        plus=plus.reshape(shape),
        kink=kink.reshape(shape),
        side_bound=side_bound.reshape(shape),
        reason="",
        evaluations=evaluations,
    )


def _settled(value: Array, bound: Array, y: Array) -> Array:
    """Say where the bound is small enough: beside the slope, or one that is 0 at every step.

    Beside y alone would leave a slope of 1e-3·y with a bound too large to prove anything.
    """
    size, level = np.abs(value), np.abs(y)
    settled: Array = bound <= ENOUGH * (size + np.minimum(level, size.max(initial=0.0)))
    settled |= (size == 0) & (bound <= ENOUGH * level.max(initial=0.0))
    return settled


def _untold(shape: tuple[int, ...], reason: str, evaluations: int) -> Slope:
    return _smooth(np.full(shape, np.nan), np.full(shape, np.inf), shape, evaluations, reason)


def _smooth(
    value: Array, bound: Array, shape: tuple[int, ...], evaluations: int, reason: str = ""
) -> Slope:
    value, bound = value.reshape(shape), bound.reshape(shape)
    return Slope(
        value=value,
        bound=bound,
        minus=value,
        plus=value,
        kink=np.zeros(shape, dtype=bool),
        side_bound=bound,
        reason=reason,
        evaluations=evaluations,
    )


def _extended(
    evaluate: Callable[[float], Array],
    values: Array,
    y: Array,
    noise: Array,
    ladder: Ladder,
    study: Study,
    line: NearTangent | None,
) -> tuple[Array, Array, Array]:
    """Take finer levels as long as an entry needs them; return all values, R and its bound."""
    value, bound, rounding = study.value, study.bound, study.rounding[-1].copy()
    while values.shape[1] < len(ladder.steps):
        # A bound below the next level's rounding cannot become less there.
        short = ~_settled(value, bound, y) & ~(bound <= RATIO * rounding)
        needy = np.flatnonzero(short)
        if not needy.size:
            break
        level = values.shape[1]
        values = np.concatenate([values, np.empty((2, 1, y.size))], axis=1)
        step = ladder.steps[level]
        evaluate_at(evaluate, (step, -step), values[:, level])
        with np.errstate(all="ignore"):
            study = study_steps(values[:, :, needy], y[needy], noise[needy], ladder.top(level + 1))
            if line is not None:
                study.bound[:] += line.doubt(study, needy)
        value[needy], bound[needy] = study.value, study.bound
        rounding[needy] = study.rounding[-1]
    return values, value, bound


def _judged(
    values: Array,
    y: Array,
    noise: Array,
    ladder: Ladder,
    *,
    value: Array,
    bound: Array,
    largest: float,
) -> tuple[Array, ...]:
    """Return value, bound, minus, plus, kink and side_bound of the entries, n each."""
    unexplained = ~np.isfinite(bound)
    study = study_steps(values, y, noise, ladder)
    if unexplained.any() and study.jump is not None:
        hidden = np.where(study.jump <= HIDDEN_NOISE * largest, study.jump, np.nan)
        study = study_steps(values, y, noise + np.where(unexplained, hidden, 0.0), ladder)
        value = np.where(unexplained, study.value, value)
        bound = np.where(unexplained, study.bound, bound)
    minus, plus, side_bound = one_sided(study)
    gap = np.abs(plus - minus)
    kink = gap > 2 * side_bound
    value = np.where(kink, (minus + plus) / 2, value)
    bound = np.where(kink, gap / 2 + side_bound, bound)
    side_bound = np.where(kink, side_bound, bound)
    vague = unexplained & ~(side_bound <= VAGUE * (np.abs(value) + largest))
    untold = vague | ~np.isfinite(bound) | ~np.isfinite(value)
    kink &= ~untold
    value[untold] = np.nan
    bound[untold] = side_bound[untold] = np.inf
    return value, bound, np.where(kink, minus, value), np.where(kink, plus, value), kink, side_bound


def _reason(values: Array, y: Array, ladder: Ladder) -> str:
    if not np.isfinite(y).any():
        return "forward is not finite at the point"
    step = ladder.steps[values.shape[1] - 1]
    for name, side in (("+", values[0, -1]), ("-", values[1, -1])):
        if not np.isfinite(side).any():
            return f"forward is not finite at s={name}{step:.2g}"
    return "the slope does not settle as the step shrinks: a jump or an infinite slope"
