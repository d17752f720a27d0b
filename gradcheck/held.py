"""Hold the entries in doubt, move all others, and judge them once more.

At a point that is not generic (zeros, ties, inputs of ±1) kinks inside of a composite may coincide
or cancel: relu(u) − relu(−u) is smooth at u = 0, and no backward pass that is put together from
right parts gives its derivative there. What is wrong of an entry's own accord, such as a ReLU whose
derivative at 0 is 2, stays wrong where the other entries are moved a little; the rest does not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.account import Account, match
from gradcheck.errors import OracleError, SubjectError
from gradcheck.oracles.complex_step import EPS, ULPS
from gradcheck.point import Point
from gradcheck.probes import BlockProbes
from gradcheck.samples import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.oracles.finite_difference import Slope
    from gradcheck.probes import Probes
    from gradcheck.records import Array

SHIFT = 1e-3
"""How far the others are moved, relative to their size."""

THIS_VERY_POINT = "wrong at this very point only: kinks inside of the forward coincide there"
"""Why an entry that is off may be no fail."""

REPEATED = 1e-6
"""Relative difference of two answers above which they are not one answer rounded twice."""

MOST = 3
"""Entries in doubt that are held, one after the other; one that stays wrong is enough."""


def stays_wrong(
    point: Point, k: int, probes: Probes, doubtful: Sequence[int], *, analytic: bool
) -> bool:
    """Say whether one of the readings in doubt is wrong where the other entries are moved too.

    Parameters
    ----------
    point : Point
    k : int
    probes : Probes
    doubtful : sequence of int
        Readings, the worst first, by their place in the flattened array.
    analytic : bool
        Whether the complex step may be believed; else finite differences alone decide.

    Notes
    -----
    Input k is not looked at again once it was found wrong at the given point. A fresh instance that
    returns something else at this very point shows that what came before it is at fault.
    """
    if k in point.convicted or not _repeats(point, k):
        return True
    return any(
        _wrong(point, k, _tangent(point, k, probes, reading), analytic=analytic)
        for reading in doubtful[:MOST]
    )


def _repeats(point: Point, k: int) -> bool:
    """Say whether a fresh instance returns the same gradient at the same point."""
    again = _returned(point, k, point.inputs)
    if again is None:
        return False
    got = point.outcome.got[k]
    return bool(np.allclose(again[1], got, rtol=REPEATED, atol=0.0, equal_nan=True))


def _returned(point: Point, k: int, inputs: Sequence[Array]) -> tuple[Array, Array] | None:
    """Return y and the gradient of input k of a fresh instance; None where there is none."""
    seen = Account(y=point.outcome.y)
    try:
        y, handed = point.runner.vjp(inputs, point.outcome.upstream)
    except SubjectError:
        return None
    if y.shape != point.outcome.y.shape:
        return None
    match(point.runner.subject, inputs, handed, seen)
    got = seen.gradients[k]
    return None if got is None else (y, got)


def _tangent(point: Point, k: int, probes: Probes, reading: int) -> Array:
    """Return the tangent of one reading: an entry, or the weighted entries of a block."""
    shape = point.inputs[k].shape
    tangent = np.zeros(shape)
    if isinstance(probes, BlockProbes):
        index, weights = list(probes.targets())[reading]
        probes.view(tangent)[index] = weights
    else:
        tangent[np.unravel_index(reading, shape)] = 1.0
    return tangent


def _wrong(point: Point, k: int, tangent: Array, *, analytic: bool) -> bool:
    there = _moved(point, k, tangent != 0)
    if there is None:
        return False
    got = there.outcome.got[k]
    if not np.isfinite(got).all():
        return True
    scale = float(np.median(there.differences.scales[k][tangent != 0]))
    slope = there.differences.slope(k, scale * tangent)
    if not np.isfinite(slope.bound).all():
        return False
    along = None
    if analytic and not slope.kink.any():
        try:
            along = there.cotangent * there.complex.tangent(k, tangent)
        except OracleError:
            along = None
    if not _off(there, k, tangent, scale, slope, along):
        return False
    there.measure_rounding_again()
    return _off(there, k, tangent, scale, slope, along)


def _off(
    there: Point, k: int, tangent: Array, scale: float, slope: Slope, along: Array | None
) -> bool:
    """Say whether the gradient along the tangent is off, by its rounding as it is measured now.

    `slope` is that of finite differences along `scale` times the tangent; `along` is what the
    complex step adds up along it, None where it may not be believed.
    """
    got, cotangent = there.outcome.got[k], there.cotangent
    ends = np.stack([cotangent * slope.minus, cotangent * slope.plus]) / scale
    bound = float((np.abs(cotangent) * slope.side_bound).sum()) / scale
    allowance = float((np.abs(tangent) * there.floor(k, got)).sum())
    measured = there.rounding(k)
    if measured is not None:
        allowance += float((np.abs(tangent) * measured).sum())
    value = float((got * tangent).sum())
    low = float(ends.min(axis=0).sum()) - bound - allowance
    high = float(ends.max(axis=0).sum()) + bound + allowance
    if not low <= value <= high:
        return True
    if along is None:
        return False
    stepped = float(along.sum())
    rounding = ULPS * EPS * float(np.abs(along).sum()) + allowance
    return low <= stepped <= high and not abs(value - stepped) <= rounding


def _moved(point: Point, k: int, held: Array) -> Point | None:
    """Return the point whose other entries are moved, with what the code returns there."""
    rng = point.rng
    inputs = []
    for j, array in enumerate(point.inputs):
        if array.dtype.kind != "f":
            inputs.append(array)
            continue
        sign = rng.choice([1.0, -1.0], array.shape)
        size = SHIFT * rng.uniform(0.5, 1.0, array.shape) * point.differences.scales[j]
        other = np.asarray(array + sign * size, dtype=array.dtype)
        low, high = point.edges[j]
        other = np.where((other > low) & (other < high), other, array)
        if j == k:
            other = np.where(held, array, other)
        elif array.shape == held.shape:
            # A target that equals the output goes with it: the kink at y = t is the entry's own.
            other = np.where(held & (array == point.inputs[k]), array, other)
        inputs.append(other)
    returned = _returned(point, k, inputs)
    if returned is None or not np.isfinite(returned[0]).all():
        return None
    sample = Sample(regime="moved", inputs=tuple(inputs))
    upstream = point.outcome.upstream
    try:
        there = Point(point.runner, rng, sample, upstream, returned[0], point.edges)
    except SubjectError:
        return None
    there.outcome.got[k] = returned[1]
    return there
