"""Entries chosen by conditions, put into arrays, or left as they are.

What has no exact meaning on symbols raises `Unmodelled`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import kinds
from gradcheck.proof.array import SymbolicArray, entries, finished, wrapped
from gradcheck.proof.creation import entries_of, listed
from gradcheck.proof.exceptional_points import partial
from gradcheck.proof.kinds import BOOL, kind_of, must_fit
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.logic import equal, truth
from gradcheck.proof.reductions import all_of
from gradcheck.proof.scalar import Scalar, scalar
from gradcheck.proof.selection import select

if TYPE_CHECKING:
    from gradcheck.records import Array


def choose(condition: Any, chosen: Any, other: Any) -> Array:
    """Return np.where(condition, chosen, other) as a plain object array."""
    if isinstance(condition, np.ndarray) and not isinstance(condition, SymbolicArray):
        if condition.dtype == object:
            condition = entries(_is_true(entries(condition)))
        else:
            return np.where(condition, entries(chosen), entries(other))
    decided = entries(_is_true(entries(condition)))
    result = select(decided, entries(chosen), entries(other))
    return np.asarray(result, dtype=object)


_is_true = np.frompyfunc(truth, 1, 1)


def where(condition: Any, x: Any = None, y: Any = None) -> Any:
    """Return np.where."""
    if x is None and y is None:
        return nonzero(condition)
    condition, x, y = (listed(one) for one in (condition, x, y))
    return finished(choose(condition, x, y), kind=kinds.joined((kind_of(x), kind_of(y))))


def selected(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    """Return np.select."""
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = choose(condition, choice, result)
    return finished(entries(result), kind=kinds.joined(map(kind_of, (*choicelist, default))))


def nonzero(a: Any) -> Any:
    """Return np.nonzero."""
    return np.nonzero(np.array([bool(one) for one in entries(a).flat]).reshape(np.shape(a)))


def clip(a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Any:  # noqa: A002
    """Return np.clip."""
    low = a_min if a_min is not None else min
    high = a_max if a_max is not None else max
    result = a if isinstance(a, SymbolicArray | Scalar) else wrapped(a)
    if low is None and high is None:
        return +result
    if low is not None:
        result = np.maximum(result, low)
    return result if high is None else np.minimum(result, high)


def nan_to_num(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:  # noqa: ARG001
    """Return np.nan_to_num."""
    if any(map(partial, entries_of(x).flat)):
        raise Unmodelled("np.nan_to_num of what may be NaN or infinite")
    return +x


def array_equal(a1: Any, a2: Any) -> Any:
    """Return np.array_equal."""
    if np.shape(a1) != np.shape(a2):
        return False
    return all_of(finished(np.frompyfunc(equal, 2, 1)(entries(a1), entries(a2)), kind=BOOL))


def triangle(function: Any) -> Any:
    """Return np.tril or np.triu."""

    def handler(m: Any, k: int = 0) -> Any:
        given = entries(m)
        kept = function(np.ones(given.shape, dtype=bool), k)
        return finished(np.where(kept, given, scalar(0)), kind=kind_of(m))

    return handler


def pad(array: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0) -> Any:
    """Return np.pad."""
    if mode != "constant":
        raise Unmodelled(f"np.pad with mode={mode!r}")
    padded = np.pad(entries(array), pad_width, mode="constant", constant_values=constant_values)
    must_fit(kind_of(array), entries(padded))
    return wrapped(padded, kind=kind_of(array))


def copyto(dst: Any, src: Any, where: Any = None) -> None:
    """Do np.copyto."""
    if not isinstance(dst, SymbolicArray):
        raise Unmodelled("symbols put into an array of floats")
    if where is not None:
        kind = kinds.same((src, dst))
        src = wrapped(choose(where, src, dst), kind=kind)
    dst[...] = src


def put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    """Do np.put_along_axis."""
    if not isinstance(arr, SymbolicArray):
        raise Unmodelled("symbols put into an array of floats")
    must_fit(arr.kind, entries(values))
    np.put_along_axis(entries(arr), indices, entries(values), axis)


def fill_diagonal(a: Any, val: Any) -> None:
    """Do np.fill_diagonal."""
    if not isinstance(a, SymbolicArray):
        raise Unmodelled("symbols put into an array of floats")
    must_fit(a.kind, entries(val))
    np.fill_diagonal(entries(a), entries(val))


def apply_along_axis(func1d: Any, axis: int, arr: Any) -> Any:
    """Return np.apply_along_axis."""
    moved = np.moveaxis(entries(arr), axis, -1)
    rows = {
        place: func1d(wrapped(moved[place], kind=kind_of(arr)))
        for place in np.ndindex(*moved.shape[:-1])
    }
    kind = kinds.same(rows.values())
    first = next(iter(rows.values()))
    if np.ndim(first) > 1:
        raise Unmodelled("np.apply_along_axis with a function that returns a matrix")
    made = np.empty((*moved.shape[:-1], *np.shape(first)), dtype=object)
    for place, row in rows.items():
        made[place] = entries(row) if np.ndim(row) else scalar(row)
    return finished(np.moveaxis(made, -1, axis) if np.ndim(first) else made, kind=kind)
