"""Sums, largest entries and the like, of arrays of exact scalars.

What has no exact meaning on symbols raises `Unmodelled`.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import kinds
from gradcheck.proof.array import entries, finished, wrapped
from gradcheck.proof.creation import array, entries_of
from gradcheck.proof.kinds import FLOAT, kind_of
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, scalar
from gradcheck.proof.trace import current

if TYPE_CHECKING:
    from gradcheck.records import Array

_OR: Any = np.logical_or
_AND: Any = np.logical_and


def total(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False) -> Any:
    """Return np.sum."""
    _float_or_none(dtype)
    result = _folded(np.add, a, axis, keepdims=keepdims)
    return result if dtype is None or isinstance(result, Scalar) else wrapped(result, kind=FLOAT)


def prod(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False) -> Any:
    """Return np.prod."""
    _float_or_none(dtype)
    result = _folded(np.multiply, a, axis, keepdims=keepdims)
    return result if dtype is None or isinstance(result, Scalar) else wrapped(result, kind=FLOAT)


def _folded(ufunc: Any, a: Any, axis: Any, *, keepdims: bool) -> Any:
    array_of = wrapped(a if not isinstance(a, list | tuple) else array(a))
    if array_of.ndim == 0:
        return scalar(array_of[()])
    return ufunc.reduce(array_of, axis=axis, keepdims=keepdims)


def _float_or_none(dtype: Any) -> None:
    if dtype is not None and np.dtype(dtype).kind not in "fO":
        raise Unmodelled(f"dtype={np.dtype(dtype)}")


def _count(a: Any, axis: Any) -> int:
    shape = np.shape(a)
    axes = range(len(shape)) if axis is None else np.atleast_1d(axis)
    return reduce(lambda number, k: number * shape[k], axes, 1)


def mean(a: Any, axis: Any = None, dtype: Any = None, *, keepdims: bool = False) -> Any:
    """Return np.mean."""
    return total(a, axis, dtype, keepdims=keepdims) / _count(a, axis)


def var(
    a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, *, keepdims: bool = False
) -> Any:
    """Return np.var."""
    centred = wrapped(a) - mean(a, axis, dtype, keepdims=True)
    return total(centred**2, axis, dtype, keepdims=keepdims) / (_count(a, axis) - ddof)


def std(
    a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, *, keepdims: bool = False
) -> Any:
    """Return np.std."""
    return np.sqrt(var(a, axis, dtype, ddof, keepdims=keepdims))


def average(a: Any, axis: Any = None, weights: Any = None) -> Any:
    """Return np.average."""
    if weights is None:
        return mean(a, axis)
    if np.shape(weights) != np.shape(a):
        raise Unmodelled("np.average with weights of another shape")
    return total(wrapped(a) * weights, axis) / total(weights, axis)


def maximum_of(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Return np.max."""
    return finished(largest(entries_of(a), axis, 1, keepdims=keepdims), kind=kind_of(a))


def minimum_of(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Return np.min."""
    return finished(largest(entries_of(a), axis, -1, keepdims=keepdims), kind=kind_of(a))


def largest(given: Array, axis: Any, sign: int, *, keepdims: bool) -> Array:
    """Return the largest (sign 1) or smallest (−1) entries along some axes."""
    axes = tuple(range(given.ndim)) if axis is None else axis
    axes = (axes,) if isinstance(axes, int | np.integer) else tuple(axes)
    axes = tuple(k % given.ndim for k in axes)
    kept = [k for k in range(given.ndim) if k not in axes]
    rows = np.transpose(given, (*kept, *axes)).reshape([given.shape[k] for k in kept] + [-1])
    result = np.empty(rows.shape[:-1], dtype=object)
    for place in np.ndindex(*result.shape):
        result[place] = _largest_of(list(rows[place]), sign)
    if keepdims:
        result = result.reshape([1 if k in axes else n for k, n in enumerate(given.shape)])
    return result


def _largest_of(row: list[Scalar], sign: int) -> Scalar:
    if not row:
        raise Unmodelled("the largest of nothing")
    trace = current.get()
    if not trace.merging:
        return row[_first_largest(row, sign)]
    pool = trace.pool
    if sign > 0:
        return pool.maximum(row)  # type: ignore[no-any-return]
    return pool.negative(pool.maximum([pool.negative(one) for one in row]))  # type: ignore[no-any-return]


def _first_largest(row: list[Scalar], sign: int) -> int:
    best = 0
    for k in range(1, len(row)):
        if bool(row[k] > row[best]) if sign > 0 else bool(row[k] < row[best]):
            best = k
    return best


def argmax(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Return np.argmax."""
    return _arg(a, axis, 1, keepdims=keepdims)


def argmin(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Return np.argmin."""
    return _arg(a, axis, -1, keepdims=keepdims)


def _arg(a: Any, axis: Any, sign: int, *, keepdims: bool) -> Any:
    given = entries(a)
    if all(one.operation == "constant" for one in given.flat):
        numbers = np.array([float(one.value) for one in given.flat]).reshape(given.shape)
        return (np.argmax if sign > 0 else np.argmin)(numbers, axis=axis, keepdims=keepdims)
    if current.get().merging:
        raise Unmodelled("an index that depends on the inputs")
    if axis is None:
        return _first_largest(list(given.flat), sign)
    rows = np.moveaxis(given, axis, -1)
    found = np.empty(rows.shape[:-1], dtype=np.intp)
    for place in np.ndindex(*found.shape):
        found[place] = _first_largest(list(rows[place]), sign)
    return np.expand_dims(found, axis) if keepdims else found


def trace(a: Any) -> Any:
    """Return np.trace."""
    return total(wrapped(np.diagonal(entries(a)), kind=kind_of(a)), -1)


def cumsum(a: Any, axis: Any = None) -> Any:
    """Return np.cumsum."""
    given = wrapped(a)
    return np.add.accumulate(given.reshape(-1) if axis is None else given, axis=axis or 0)


def diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    """Return np.diff."""
    if n != 1:
        raise Unmodelled("np.diff of a higher order")
    kind = kinds.of_products(a)
    moved = np.moveaxis(entries(a), axis, -1)
    return finished(np.moveaxis(moved[..., 1:] - moved[..., :-1], -1, axis), kind=kind)


def any_of(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Return np.any."""
    return _OR.reduce(wrapped(a), axis=axis, keepdims=keepdims)


def all_of(a: Any, axis: Any = None, *, keepdims: bool = False) -> Any:
    """Return np.all."""
    return _AND.reduce(wrapped(a), axis=axis, keepdims=keepdims)


def norm(x: Any, ord: Any = None, axis: Any = None, *, keepdims: bool = False) -> Any:  # noqa: A002
    """Return np.linalg.norm."""
    of_vectors = np.ndim(x) == 1 if axis is None else isinstance(axis, int | np.integer)
    if ord is not None and ord != (2 if of_vectors else "fro"):
        raise Unmodelled(f"np.linalg.norm with ord={ord!r}")
    return np.sqrt(total(wrapped(x) ** 2, axis, keepdims=keepdims))
