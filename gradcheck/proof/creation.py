"""New arrays of exact scalars: from lists, of one number, of nothing yet.

What has no exact meaning on symbols raises `Unmodelled`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import kinds
from gradcheck.proof.array import SymbolicArray, entries, wrapped
from gradcheck.proof.kinds import FLOAT, kind_of
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, scalar
from gradcheck.proof.trace import current

if TYPE_CHECKING:
    from gradcheck.records import Array


def array(value: Any, dtype: Any = None, *, copy: bool = True, ndmin: int = 0) -> Any:
    """Return np.array(value) where the value holds symbols somewhere."""
    if dtype is not None and np.dtype(dtype).kind not in "fO":
        raise Unmodelled(f"symbols in an array of dtype {np.dtype(dtype)}")
    kind = kind_of(value) if dtype is None else FLOAT
    if isinstance(value, list | tuple) and value:
        parts = [entries(array(one)) if holds_symbols(one) else np.asarray(one) for one in value]
        if len({part.shape for part in parts}) > 1:
            raise Unmodelled("an array of parts of different shapes")
        made = np.empty((len(parts), *parts[0].shape), dtype=object)
        for k, part in enumerate(parts):
            made[k] = entries(part) if part.ndim else entries(part)[()]
        given = entries(made)
    else:
        given = entries(value)
        given = given.copy() if copy else given
    while given.ndim < ndmin:
        given = given[None]
    return wrapped(given, kind=kind)


def holds_symbols(value: Any) -> bool:
    """Say whether there are symbols in an array, a number or nested lists."""
    if isinstance(value, SymbolicArray | Scalar):
        return True
    if isinstance(value, list | tuple):
        return any(map(holds_symbols, value))
    return isinstance(value, np.ndarray) and value.dtype == object


def entries_of(value: Any) -> Array:
    """Return the entries of what may be nested lists of symbols."""
    return entries(array(value) if isinstance(value, list | tuple) else value)


def listed(value: Any) -> Any:
    """Return an array for nested lists."""
    if isinstance(value, list | tuple):
        return array(value) if holds_symbols(value) else np.array(value)
    return value


def asarray(a: Any, dtype: Any = None, order: Any = None) -> Any:
    """Return np.asarray."""
    if order not in (None, "C", "K", "A"):
        raise Unmodelled(f"np.asarray with order={order!r}")
    if isinstance(a, SymbolicArray) and (
        dtype is None or np.dtype(dtype) == kinds.dtype_of(a.kind)
    ):
        return a if order != "C" or a.flags.c_contiguous else a.copy()
    return array(a, dtype, copy=isinstance(a, SymbolicArray))


def like(fill: Any) -> Any:
    """Return np.zeros_like, or np.ones_like."""

    def handler(a: Any, dtype: Any = None, shape: Any = None, order: Any = None) -> Any:  # noqa: ARG001
        return full_like(a, fill, dtype, shape)

    return handler


def full_like(a: Any, fill_value: Any, dtype: Any = None, shape: Any = None) -> Any:
    """Return np.full_like."""
    dtype = kinds.dtype_of(kind_of(a)) if dtype is None else dtype
    return filled(np.shape(a) if shape is None else shape, fill_value, dtype)


def empty_like(a: Any, dtype: Any = None, shape: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    """Return np.empty_like."""
    dtype = kinds.dtype_of(kind_of(a)) if dtype is None else dtype
    return unwritten(np.shape(a) if shape is None else shape, dtype)


def filled(shape: Any, fill: Any, dtype: Any = None) -> Any:
    """Return an array of one number: of scalars, or as it is where it is not of floats."""
    if dtype is not None and np.dtype(dtype).kind not in "fO":
        return np.full(shape, fill, dtype)
    if np.ndim(fill):
        return wrapped(np.broadcast_to(entries_of(fill), shape).copy(), kind=FLOAT)
    made = np.empty(shape, dtype=object)
    made.fill(scalar(fill))
    return wrapped(made, kind=FLOAT)


def unwritten(shape: Any, dtype: Any = None) -> Any:
    """Return np.empty: each entry an unknown number of its own, until it is written."""
    if dtype is not None and np.dtype(dtype).kind not in "fO":
        return np.empty(shape, dtype)
    made = np.empty(shape, dtype=object)
    for place in np.ndindex(*made.shape):
        made[place] = current.get().unwritten()
    return wrapped(made, kind=FLOAT)
