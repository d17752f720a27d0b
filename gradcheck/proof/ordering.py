"""Sorting and rounding on symbols, region by region: how it comes out is the region's condition."""

from __future__ import annotations

from fractions import Fraction
from functools import cmp_to_key, partial
from typing import Any

import numpy as np

from gradcheck.proof.array import entries, wrapped
from gradcheck.proof.kinds import kind_of
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.logic import greater, greater_equal
from gradcheck.proof.scalar import Scalar, scalar
from gradcheck.proof.trace import current


def argsort(a: Any, axis: Any = -1, kind: Any = None) -> Any:  # noqa: ARG001 - off ties all are one
    """Return np.argsort, of the region of the run's point.

    Raises
    ------
    Unmodelled
        Where all regions are run at once.
    """
    if current.get().merging:
        raise Unmodelled("sorting")
    given = entries(a)
    rows = given.reshape(-1) if axis is None else np.moveaxis(given, axis, -1)
    found = np.empty(rows.shape, dtype=np.intp)
    for place in np.ndindex(*rows.shape[:-1]):
        row = rows[place]
        found[place] = sorted(range(len(row)), key=cmp_to_key(partial(_order, row)))
    return found if axis is None else np.moveaxis(found, -1, axis)


def _order(row: Any, j: int, k: int) -> int:
    return int(bool(row[j] > row[k])) - int(bool(row[j] < row[k]))


def sort(a: Any, axis: Any = -1, kind: Any = None) -> Any:  # noqa: ARG001
    """Return np.sort, of the region of the run's point."""
    order = argsort(a, axis)
    given = entries(a).reshape(-1) if axis is None else entries(a)
    moved = np.take_along_axis(given, order, -1 if axis is None else axis)
    return wrapped(moved, kind=kind_of(a))


def median(a: Any, axis: Any = None) -> Any:
    """Return np.median, of the region of the run's point.

    Raises
    ------
    Unmodelled
        Where all regions are run at once, or there are several axes.
    """
    if isinstance(axis, tuple):
        raise Unmodelled("np.median over several axes")
    rows = sort(a, axis)
    rows = rows if axis is None else np.moveaxis(rows, axis, -1)
    middle, odd = divmod(rows.shape[-1], 2)
    return rows[..., middle] if odd else (rows[..., middle - 1] + rows[..., middle]) / 2


def floor(a: Scalar) -> Any:
    """Return the largest integer that is not above: in the region of the run's point it is one.

    Raises
    ------
    Unmodelled
        Where all regions are run at once.
    """
    below = current.get().floor(a)
    if not (greater_equal(a, below) and greater(below + 1, a)):
        raise Unmodelled("a number that is rounded otherwise than it seems")
    return below


def ceil(a: Scalar) -> Any:
    """Return the smallest integer that is not below."""
    return -floor(-a)


def nearest(a: Scalar) -> Any:
    """Return the nearest integer."""
    return floor(a + Fraction(1, 2))


def towards_zero(a: Scalar) -> Any:
    """Return the number without its fraction."""
    return floor(a) if a >= 0 else ceil(a)


def rounded(a: Any, decimals: int = 0) -> Any:
    """Return np.round."""
    scale = scalar(10**decimals if decimals >= 0 else Fraction(1, 10**-decimals))
    return np.rint(wrapped(a) * scale) / scale
