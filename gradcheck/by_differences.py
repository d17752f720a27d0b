"""Judge a gradient by finite differences: entry by entry, along a direction, and at kinks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.comparison import FLOOR, compare, vacuous_part
from gradcheck.errors import SubjectError
from gradcheck.oracles.differences import FiniteDifferences
from gradcheck.probes import BlockProbes, EntryProbes
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

SHIFT = 1e-3
"""How far the other entries are moved, relative to their size, to see if a kink stays."""

UNTOLD = "no step shows the derivative at some entries"
RIVAL = "it disagrees with the complex step"
VACUOUS = "the bound and the allowance are too large beside the terms to prove anything"


def judge_entries(point: Point, plans: Plans, k: int, probes: Probes, rival: Verdict) -> None:
    """Compare every reading of input k, and note the reading and the kinks.

    Parameters
    ----------
    point : Point
    plans : Plans
    k : int
    probes : Probes
    rival : Verdict
        The complex step's: `inconclusive` where it could not tell.
    """
    got = point.outcome.got[k]
    most = min(MOST if point.given else MOST_ELSEWHERE, plans.studies(point))
    if probes.count > most:
        probes = plans.blocks(point, k, most if point.given else DIRECTIONS)
    alone = rival is Verdict.INCONCLUSIVE
    values, floor = probes.read(got), probes.total(point.floor(got))
    estimate = point.differences.gradient(k, probes, point.cotangent)
    comparison = compare(values, estimate, floor)
    if not comparison.agrees:
        comparison = compare(values, estimate, floor + point.rounded(k, estimate, probes))
    if not comparison.agrees:
        point.measure_rounding_again()
        point.measure_noise(k)
        estimate = point.differences.gradient(k, probes, point.cotangent)
        comparison = compare(values, estimate, floor + point.rounded(k, estimate, probes))
    if alone and isinstance(probes, EntryProbes):
        point.outcome.truth[k] = estimate
    verdict, reason = Verdict.PASS, ""
    if comparison.agrees:
        if not comparison.told:
            verdict, reason = Verdict.INCONCLUSIVE, UNTOLD
        elif not (
            point.meaningful(k, comparison, estimate, probes)
            or _bounded_at_zero(point, k, comparison)
        ):
            verdict, reason = Verdict.INCONCLUSIVE, VACUOUS
        _note_kinks(point, k, estimate, probes, values)
    elif rival is Verdict.PASS:
        verdict, reason = Verdict.INCONCLUSIVE, RIVAL
    elif not alone:
        verdict = Verdict.FAIL
    else:
        verdict, reason = _second_study(point, k, probes, values, comparison)
    point.note(k, Oracle.FINITE_DIFFERENCE, verdict, comparison, probes, reason)


def _bounded_at_zero(point: Point, k: int, comparison: Comparison) -> bool:
    """Say whether a gradient that is 0 everywhere is known to be, as far as y's size can show."""
    if np.any(point.outcome.got[k]):
        return False
    level = float(np.abs(point.cotangent * point.differences.y).sum())
    terms = level / float(point.differences.scales[k].max())
    return bool((comparison.error <= vacuous_part(single=point.single) * terms).all())


def _second_study(
    point: Point, k: int, probes: Probes, values: Array, comparison: Comparison
) -> tuple[Verdict, str]:
    """Return `fail` where a study from other steps finds one of the worst entries wrong too."""
    residuals = comparison.residuals.reshape(-1)
    suspects = [int(i) for i in np.argsort(-residuals, kind="stable")[:SUSPECTS]]
    suspects = [i for i in suspects if residuals[i] > 1]
    owners = probes.owners().reshape(-1)[suspects]
    again = point.differences.gradient(
        k, probes, point.cotangent, only=sorted(set(owners.tolist())), stretch=OTHER_STEPS
    )
    second = compare(values, again, comparison.error).residuals.reshape(-1)
    wrong = [i for i in suspects if second[i] > 1]
    if not wrong:
        return Verdict.INCONCLUSIVE, "two studies with other steps do not agree"
    for i in wrong:
        index = tuple(int(j) for j in np.unravel_index(i, values.shape))
        kinked = again.lower is not None and again.upper is not None
        if not kinked or isinstance(probes, BlockProbes):
            return Verdict.FAIL, ""
        if again.lower[index] == again.upper[index] or simple_kink(point, k, index):  # type: ignore[index]
            return Verdict.FAIL, ""
    return Verdict.INCONCLUSIVE, "a kink inside of the forward, at this very point"


def simple_kink(point: Point, k: int, index: tuple[int, ...]) -> bool:
    """Say whether a kink is one of this entry alone: it stays where the others are moved.

    A kink inside of a composite goes away; what a backward pass returns there depends on the parts
    of the composite, and lies in no interval that can be seen from outside. Entries that are tied
    to this one are not moved, so that a kink at y = t is simple too; zeros are, since a zero is
    what a kink inside of a composite is made of.
    """
    differences, rng = point.differences, point.rng
    here = differences.work[k][index]
    moved = []
    for j, array in enumerate(differences.work):
        if array.dtype.kind != "f":
            moved.append(array)
            continue
        shift = rng.uniform(0.5, 1.0, array.shape) * rng.choice([1.0, -1.0], array.shape)
        other = array + SHIFT * shift * differences.scales[j]
        other = np.where((array == here) & (array != 0), array, other)
        if j == k:
            other[index] = here
        moved.append(other)
    tangent = np.zeros_like(differences.work[k])
    tangent[index] = differences.scales[k][index]
    try:
        there = FiniteDifferences(point.runner.forward, moved, point.edges)
        return bool(there.slope(k, tangent).kink.any())
    except SubjectError:
        return False


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


def judge_direction(point: Point, k: int, tangent: Array, slope: Slope, rival: Verdict) -> None:
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
    """
    got = point.outcome.got[k]
    moved = got * tangent
    size = float(np.abs(moved).sum())
    expected = point.cotangent * slope.value
    difference = abs(float(moved.sum() - expected.sum()))
    error = float((np.abs(point.cotangent) * slope.bound).sum()) + FLOOR * point.eps * size
    told = error < np.inf
    if told and not difference <= error:
        measured = point.rounding(k)
        if measured is not None:
            error += float((measured * np.abs(tangent)).sum())
    verdict, reason = Verdict.PASS, ""
    if not told:
        verdict, reason = Verdict.INCONCLUSIVE, slope.reason or UNTOLD
    elif not difference <= error:
        verdict = Verdict.FAIL if rival is Verdict.FAIL else Verdict.INCONCLUSIVE
        reason = "" if verdict is Verdict.FAIL else RIVAL
    elif error > vacuous_part(single=point.single) * _terms(point, got, size, expected):
        verdict, reason = Verdict.INCONCLUSIVE, VACUOUS
    largest = float(np.abs(got).max()) * float(np.abs(tangent).min())
    residual = float("nan")
    if told:
        residual = 0.0 if difference == 0 else difference / error
    point.outcome.readings.append(
        Reading(
            quantity=point.quantity(k),
            oracle=Oracle.FINITE_DIFFERENCE,
            verdict=verdict,
            residual=residual if told and np.isfinite(difference) else float("inf"),
            visible=error / largest if told and largest > 0 else 0.0,
            reason=reason,
        )
    )


def _terms(point: Point, got: Array, size: float, expected: Array) -> float:
    """Return the size of the terms along a direction; that of y, for a gradient of zeros."""
    if not got.any():
        return float(np.abs(point.cotangent * point.differences.y).sum())
    return max(size, float(np.abs(expected).sum()))


def judge_equal_steps(point: Point, k: int) -> None:
    """Compare along equal steps of all entries; note a reading only where it is wrong.

    Where entries are tied at a maximum each has a kink of its own, but not all of them together:
    a gradient that is handed to every one of them is seen only here.
    """
    got = point.outcome.got[k]
    scale = float(np.median(point.differences.scales[k]))
    for attempt in range(2):
        slope = point.differences.slope(k, np.full(got.shape, scale))
        if not np.isfinite(slope.bound).all() or slope.kink.any():
            return
        error = float((np.abs(point.cotangent) * slope.bound).sum())
        error += float(point.floor(got).sum()) * scale
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
