"""Judge a gradient by finite differences: entry by entry, along a direction, and at kinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.comparison import FLOOR, TOO_LARGE, compare, vacuous_part
from gradcheck.held import THIS_VERY_POINT, stays_wrong
from gradcheck.probes import BlockProbes, EntryProbes, median
from gradcheck.readings import Kink, Reading
from gradcheck.records import Oracle, Verdict, Worst

if TYPE_CHECKING:
    from gradcheck.comparison import Comparison
    from gradcheck.oracles.finite_difference import Slope
    from gradcheck.plan import Plans
    from gradcheck.point import Point
    from gradcheck.probes import Probes
    from gradcheck.records import Array, Estimate

MOST, MOST_ELSEWHERE = 256, 64
"""Probes that are differenced one by one: at the given point, and at any other."""

DIRECTIONS = 4
"""Random-weight sums that stand for more probes than that, elsewhere than at the given point."""

SUSPECTS = 16
"""Entries in doubt that a second study looks at."""

OTHER_STEPS = 0.6875
"""What the steps of a second study are multiplied by: no power of two, and no rounding."""

UNTOLD = "no step shows the derivative at some entries"
RIVAL = "it disagrees with the complex step"


def judge_entries(
    point: Point,
    plans: Plans,
    k: int,
    probes: Probes,
    rival: Verdict,
    tangent: Array,
    slope: Slope,
) -> bool:
    """Compare every reading of input k, and note the reading and the kinks.

    Parameters
    ----------
    point : Point
    plans : Plans
    k : int
    probes : Probes
    rival : Verdict
        The complex step's: `inconclusive` where it could not tell.
    tangent, slope :
        A random direction, and finite differences along it: what the entries must add up to.

    Returns
    -------
    bool
        Whether they contradict what the complex step let pass.
    """
    got = point.outcome.got[k]
    most = min(MOST if point.given else MOST_ELSEWHERE, plans.studies(point))
    if probes.count > most:
        probes = plans.blocks(point, k, most if point.given else DIRECTIONS)
    alone = rival is Verdict.INCONCLUSIVE
    values, floor = probes.read(got), probes.total(point.floor(k, got))
    estimate = point.differences.gradient(k, probes, point.cotangent)
    if alone and not _adds_up(point, probes, estimate, tangent, slope):
        plain = plans.forget(point, k, "real")
        return judge_entries(point, plans, k, plain, rival, tangent, slope)
    comparison = compare(values, estimate, floor)
    if not comparison.agrees:
        comparison = compare(values, estimate, floor + point.rounded(k, estimate, probes))
    if not comparison.agrees and k not in point.convicted:
        point.measure_rounding_again()
        point.measure_noise(k)
        estimate = point.differences.gradient(k, probes, point.cotangent)
        comparison = compare(values, estimate, floor + point.rounded(k, estimate, probes))
    if alone and isinstance(probes, EntryProbes):
        point.outcome.truth[k] = estimate
    if comparison.agrees:
        verdict, reason = _agreed(point, k, probes, estimate, comparison)
    elif rival is Verdict.PASS:
        verdict, reason = Verdict.INCONCLUSIVE, RIVAL
    elif not alone or k in point.convicted:
        verdict, reason = Verdict.FAIL, ""
    else:
        verdict, reason = _second_study(point, k, probes, values, comparison)
    point.note(k, Oracle.FINITE_DIFFERENCE, verdict, comparison, probes, reason)
    return reason == RIVAL and comparison.told


def _agreed(
    point: Point, k: int, probes: Probes, estimate: Estimate, comparison: Comparison
) -> tuple[Verdict, str]:
    """Return `pass` if the agreement proves something, and note the kinks."""
    _note_kinks(point, k, estimate, probes, comparison.got)
    if not comparison.told:
        return Verdict.INCONCLUSIVE, UNTOLD
    if point.meaningful(k, comparison, estimate, probes) or _bounded_at_zero(point, k, comparison):
        return Verdict.PASS, ""
    return Verdict.INCONCLUSIVE, TOO_LARGE


def _adds_up(
    point: Point, probes: Probes, estimate: Estimate, tangent: Array, slope: Slope
) -> bool:
    """Say whether the entries add up to the slope along a random direction, as far as is known.

    It is asked only where entries were moved together.
    """
    if isinstance(probes, BlockProbes) or not probes.matched:
        return True
    error = float((estimate.bound * np.abs(tangent)).sum())
    error += float((np.abs(point.cotangent) * slope.bound).sum())
    total = float((estimate.value * tangent).sum())
    direct = float((point.cotangent * slope.value).sum())
    return not abs(total - direct) > error


def _bounded_at_zero(point: Point, k: int, comparison: Comparison) -> bool:
    """Say whether a gradient that is 0 everywhere is known to be, as far as y's size can show."""
    if np.any(point.outcome.got[k]):
        return False
    level = float(np.abs(point.cotangent * point.differences.y).sum())
    terms = level / float(point.differences.scales[k].max())
    limit = max(
        vacuous_part(single=point.single) * terms,
        float(point.floor(k, np.zeros(point.inputs[k].shape)).max()),
    )
    return bool((comparison.error <= 2 * limit).all())


def _second_study(
    point: Point, k: int, probes: Probes, values: Array, comparison: Comparison
) -> tuple[Verdict, str]:
    """Return `fail` where a study from other steps finds one of the worst entries wrong too."""
    residuals = np.where(comparison.known, comparison.residuals, 0.0).reshape(-1)
    suspects = [int(i) for i in np.argsort(-residuals, kind="stable")[:SUSPECTS]]
    suspects = [i for i in suspects if residuals[i] > 1]
    if not suspects:
        return Verdict.INCONCLUSIVE, UNTOLD
    owners = probes.owners().reshape(-1)[suspects]
    again = point.differences.gradient(
        k, probes, point.cotangent, only=sorted(set(owners.tolist())), stretch=OTHER_STEPS
    )
    second = compare(values, again, comparison.error).residuals.reshape(-1)
    wrong = [i for i in suspects if second[i] > 1]
    if not wrong:
        return Verdict.INCONCLUSIVE, "two studies with other steps do not agree"
    infinite = not np.isfinite(values.reshape(-1)[wrong]).all()
    if (infinite and not point.guards_vanish) or stays_wrong(
        point, k, probes, wrong, analytic=False
    ):
        return Verdict.FAIL, ""
    return Verdict.INCONCLUSIVE, THIS_VERY_POINT


def _note_kinks(point: Point, k: int, estimate: Estimate, probes: Probes, values: Array) -> None:
    if estimate.left is None or estimate.right is None or isinstance(probes, BlockProbes):
        return
    gap = np.abs(estimate.right - estimate.left)
    for index in zip(*np.nonzero(gap > 4 * estimate.bound), strict=True):
        point.outcome.kinks.append(
            Kink(
                quantity=point.quantity(k),
                index=tuple(int(i) for i in index),
                got=float(values[index]),
                left=float(estimate.left[index]),
                right=float(estimate.right[index]),
            )
        )


def judge_direction(point: Point, k: int, tangent: Array, slope: Slope, rival: Verdict) -> bool:
    """Compare along one random direction, and note the reading.

    Parameters
    ----------
    point : Point
    k : int
    tangent : Array of the input's shape
    slope : Slope
        Finite differences along it.
    rival : Verdict
        The complex step's.

    Returns
    -------
    bool
        Whether they contradict what the complex step let pass.
    """
    got = point.outcome.got[k]
    moved = got * tangent
    size = float(np.abs(moved).sum())
    difference, error = _along(point, moved, size, slope)
    if error < np.inf and not difference <= error:
        measured = point.rounding(k)
        rounding = 0.0 if measured is None else float((measured * np.abs(tangent)).sum())
        if not difference <= error + rounding:
            point.measure_noise(k)
            slope = point.differences.slope(k, tangent)
            difference, error = _along(point, moved, size, slope)
        error += rounding
    told = bool(np.isfinite(slope.bound).all())
    verdict, reason = Verdict.PASS, ""
    if not told:
        verdict, reason = Verdict.INCONCLUSIVE, slope.reason or UNTOLD
    elif not difference <= error:
        verdict = Verdict.FAIL if rival is Verdict.FAIL else Verdict.INCONCLUSIVE
        reason = "" if verdict is Verdict.FAIL else RIVAL
    elif error > vacuous_part(single=point.single) * _terms(point, got, size, slope):
        verdict, reason = Verdict.INCONCLUSIVE, TOO_LARGE
    residual = np.inf
    if np.isfinite(difference):
        residual = 0.0 if difference == 0 else difference / error
    largest = float(np.abs(got).max()) * float(np.abs(tangent).min())
    point.outcome.readings.append(
        Reading(
            quantity=point.quantity(k),
            oracle=Oracle.FINITE_DIFFERENCE,
            verdict=verdict,
            residual=residual if told else float("nan"),
            visible=error / largest if 0 < largest < np.inf and error < np.inf else 0.0,
            reason=reason,
        )
    )
    return reason == RIVAL and rival is Verdict.PASS


def _along(point: Point, moved: Array, size: float, slope: Slope) -> tuple[float, float]:
    """Return by how much the code's and the oracle's slope differ, and the error of that."""
    expected = float((point.cotangent * slope.value).sum())
    error = float((np.abs(point.cotangent) * slope.bound).sum()) + FLOOR * point.eps * size
    return abs(float(moved.sum()) - expected), error if error == error else np.inf


def _terms(point: Point, got: Array, size: float, slope: Slope) -> float:
    """Return the size of the terms along a direction; that of y, for a gradient of zeros."""
    if not got.any():
        return float(np.abs(point.cotangent * point.differences.y).sum())
    return max(size, float(np.abs(point.cotangent * slope.value).sum()))


def judge_equal_steps(point: Point, k: int) -> None:
    """Compare along equal steps of all entries; note a reading only where it is wrong.

    Where entries are tied at a maximum each has a kink of its own, but not all of them together:
    a gradient that is handed to every one of them is seen only here.
    """
    got = point.outcome.got[k]
    scale = median(point.differences.scales[k])
    for attempt in range(2):
        slope = point.differences.slope(k, np.full(got.shape, scale))
        if not np.isfinite(slope.bound).all() or slope.kink.any():
            return
        error = float((np.abs(point.cotangent) * slope.bound).sum())
        error += float(point.floor(k, got).sum()) * scale
        measured = point.rounding(k)
        if measured is not None:
            error += scale * float(measured.sum())
        value = float((point.cotangent * slope.value).sum())
        total = scale * float(got.sum())
        if abs(total - value) <= error:
            return
        if attempt == 0:
            point.measure_noise(k)
    point.outcome.readings.append(
        Reading(
            quantity=point.quantity(k),
            oracle=Oracle.FINITE_DIFFERENCE,
            verdict=Verdict.FAIL,
            residual=abs(total - value) / error,
            worst=Worst(index=(), got=total / scale, oracle=value / scale, bound=error / scale),
            reason="the entries add up to another value than the derivative along equal steps of "
            "all of them",
        )
    )
