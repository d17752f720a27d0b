"""Judge a gradient by the complex step, once it has shown that it may be believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.comparison import TOO_LARGE, compare
from gradcheck.contest import Contest
from gradcheck.errors import OracleError
from gradcheck.oracles.complex_step import EPS
from gradcheck.probes import EntryProbes
from gradcheck.records import Oracle, Verdict

if TYPE_CHECKING:
    from gradcheck.comparison import Comparison
    from gradcheck.oracles.finite_difference import Slope
    from gradcheck.plan import Plans
    from gradcheck.point import Point
    from gradcheck.probes import Probes
    from gradcheck.records import Array, Estimate

ADDED = 64.0
"""Units in the last place of all terms, for two ways of adding them up."""

STRUCTURE = 1e-9
"""Of all terms, in the sum that shows whether some entries act on some outputs only: far above
rounding, which may cancel inside of forward; an act that is left out shows at its full size."""


def trusted(
    point: Point, plans: Plans, k: int, tangent: Array, slope: Slope
) -> tuple[Estimate, Probes]:
    """Return the readings of the gradient of input k, and the probes that gave them.

    Parameters
    ----------
    point : Point
    plans : Plans
    k : int
    tangent : Array of the input's shape
        A random direction.
    slope : Slope
        Finite differences along it.

    Raises
    ------
    OracleError
        Where the imaginary part does not survive, where finite differences contradict it, or where
        it is not linear in the step.
    """
    along = point.complex.tangent(k, tangent, plans.known(point, k, "complex"))
    if not np.isfinite(along).all():
        raise OracleError("forward is not finite for complex input")
    if _contradicted(along, slope):
        point.measure_noise(k)
        if _contradicted(along, point.differences.slope(k, tangent)):
            raise OracleError(
                "the imaginary part differs from finite differences along a random direction: "
                "forward is not analytic as it is written (abs, norm, var or a cast to float)"
            )
    whole = plans.structure(point, k, lambda v: point.complex.tangent(k, v) != 0, "complex")
    probes = plans.affordable(point, k, whole)
    estimate = point.complex.gradient(k, probes, point.cotangent)
    if isinstance(probes, EntryProbes) and not _adds_up(point, estimate, tangent, along):
        probes = plans.affordable(point, k, plans.forget(point, k, "complex"))
        estimate = point.complex.gradient(k, probes, point.cotangent)
        if isinstance(probes, EntryProbes) and not _adds_up(point, estimate, tangent, along):
            raise OracleError("the imaginary part is not linear in the step")
    return estimate, probes


def judge(point: Point, k: int, estimate: Estimate, probes: Probes, slope: Slope) -> Verdict:
    """Compare what the code returned for input k, and note the reading.

    Parameters
    ----------
    point : Point
    k : int
    estimate, probes :
        What `trusted` returned.
    slope : Slope
        Finite differences along a random direction.
    """
    got = point.outcome.got[k]
    values = probes.read(got)
    floor = probes.total(point.floor(k, got))
    comparison = compare(values, estimate, floor)
    verdict, reason = Verdict.PASS, ""
    if not comparison.agrees and k in point.convicted:
        # It was found wrong at the given point with all care; here it is only described.
        verdict = Verdict.FAIL
    elif not comparison.agrees:
        verdict, reason, comparison = _doubted(point, k, estimate, probes, slope)
    if verdict is Verdict.PASS and not comparison.told:
        verdict, reason = Verdict.INCONCLUSIVE, "the imaginary part is not finite at some entries"
    point.note(k, Oracle.COMPLEX_STEP, verdict, comparison, probes, reason)
    return verdict


def _doubted(
    point: Point, k: int, estimate: Estimate, probes: Probes, slope: Slope
) -> tuple[Verdict, str, Comparison]:
    """Return the verdict of what strict allowances do not settle, and what it rests on."""
    got = point.outcome.got[k]
    values, floor = probes.read(got), probes.total(point.floor(k, got))
    allowance = floor + point.rounded(k, estimate, probes)
    comparison = compare(values, estimate, allowance)
    if not comparison.agrees:
        point.measure_rounding_again()
        allowance = floor + point.rounded(k, estimate, probes)
        comparison = compare(values, estimate, allowance)
    if not comparison.agrees:
        return Contest(point, k, probes, estimate, values, allowance, slope).settle()
    if not point.meaningful(k, comparison, estimate, probes):
        return Verdict.INCONCLUSIVE, TOO_LARGE, comparison
    return Verdict.PASS, "", comparison


def _contradicted(along: Array, slope: Slope) -> bool:
    """Say whether finite differences of some output exclude the imaginary part's value."""
    slack = ADDED * EPS * np.abs(along)
    off = np.abs(along - slope.value) > slope.bound + slack
    off &= np.isfinite(slope.bound)
    if slope.kink.any():
        low = np.minimum(slope.minus, slope.plus) - slope.side_bound - slack
        high = np.maximum(slope.minus, slope.plus) + slope.side_bound + slack
        off = np.where(slope.kink, (along < low) | (along > high), off)
    return bool(off.any())


def _adds_up(point: Point, estimate: Estimate, tangent: Array, along: Array) -> bool:
    """Say whether the entries add up to the derivative along a random direction.

    What the probes take for granted, that some entries act on some outputs only, shows here.
    """
    parts = point.cotangent * along
    total, direct = float((estimate.value * tangent).sum()), float(parts.sum())
    size = float((estimate.terms * np.abs(tangent)).sum()) + float(np.abs(parts).sum())
    return abs(total - direct) <= STRUCTURE * size
