"""NumPy's functions on arrays of exact scalars; a function or keyword not listed is refused."""

from __future__ import annotations

import inspect
from fractions import Fraction
from functools import cmp_to_key, lru_cache, partial, reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.array import SymbolicArray, entries, finished, integral, select, wrapped
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, current, equal, scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcheck.records import Array

STRUCTURAL = frozenset(
    getattr(np, name)
    for name in (
        "append", "array_split", "atleast_1d", "atleast_2d", "atleast_3d", "broadcast_arrays",
        "broadcast_to", "column_stack", "concatenate", "copy", "delete", "diag", "diagflat",
        "diagonal", "dsplit", "dstack", "expand_dims", "flip", "fliplr", "flipud", "hsplit",
        "hstack", "insert", "meshgrid", "moveaxis", "ravel", "repeat", "reshape", "resize", "roll",
        "rollaxis", "rot90", "split", "squeeze", "stack", "swapaxes", "take", "take_along_axis",
        "tile", "transpose", "vsplit", "vstack",
    )
) | {np.lib.stride_tricks.sliding_window_view}  # fmt: skip
"""They move entries and compute nothing: NumPy's own code does it."""

NEUTRAL = frozenset({np.shape, np.size, np.ndim})
"""They ask for the shape alone."""


OF_MASKS = frozenset({
    np.sum, np.prod, np.mean, np.any, np.all, np.where, np.select, np.nonzero, np.flatnonzero,
    np.argwhere, np.array_equal, np.isscalar, np.asarray,
})  # fmt: skip
"""They are modelled on integers and booleans too, which NumPy often rounds or counts otherwise."""


def call(function: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Return what a NumPy function gives on symbols.

    Raises
    ------
    Unmodelled
        Where the function or a keyword is not modelled.
    """
    if function in STRUCTURAL:
        arrays = [*_arrays((args, keywords))]
        truth = all(one.truth for one in arrays)
        return _wrapped(
            function(*_plain(args), **_plain(keywords)), truth, all(map(integral, arrays))
        )
    if function in NEUTRAL:
        return function(*_plain(args), **keywords)
    handler = _handlers().get(function)
    name = getattr(function, "__name__", str(function))
    if handler is None:
        raise Unmodelled(f"np.{name}")
    # out=None and the like say nothing.
    given = {key: value for key, value in keywords.items() if value is not np._NoValue}
    if function not in OF_MASKS and "dtype" not in given and _only_of_integers(args, given):
        raise Unmodelled(f"np.{name} of integers or booleans")
    out = given.pop("out", None)
    try:
        _signature(handler).bind(*args, **given)
    except TypeError as error:
        raise Unmodelled(f"np.{name} with these arguments: {error}") from None
    result = handler(*args, **given)
    return result if out is None else finished(entries(result), out)


@lru_cache(maxsize=256)
def _signature(handler: Any) -> inspect.Signature:
    return inspect.signature(handler)


def _plain(value: Any) -> Any:
    """Return the same with plain object arrays for symbolic ones."""
    if isinstance(value, SymbolicArray | Scalar):
        return entries(value)
    if isinstance(value, tuple | list):
        return type(value)(map(_plain, value))
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value


def _wrapped(value: Any, truth: bool, whole: bool) -> Any:  # noqa: FBT001
    if isinstance(value, tuple | list):
        return type(value)(_wrapped(one, truth, whole) for one in value)
    return wrapped(value, truth=truth, whole=whole and not truth)


def _arrays(value: Any) -> Iterator[SymbolicArray]:
    """Return the symbolic arrays in a function's arguments."""
    if isinstance(value, SymbolicArray):
        yield value
    elif isinstance(value, tuple | list | dict):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _arrays(one)


def _only_of_integers(*arguments: Any) -> bool:
    arrays = [*_arrays(arguments)]
    return bool(arrays) and all(map(integral, arrays))


def array(value: Any, dtype: Any = None, *, copy: bool = True, ndmin: int = 0) -> Any:
    """Return np.array(value) where the value holds symbols somewhere."""
    if dtype is not None and np.dtype(dtype).kind not in "fO":
        raise Unmodelled(f"symbols in an array of dtype {np.dtype(dtype)}")
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
    return wrapped(given)


def holds_symbols(value: Any) -> bool:
    """Say whether there are symbols in an array, a number or nested lists."""
    if isinstance(value, SymbolicArray | Scalar):
        return True
    if isinstance(value, list | tuple):
        return any(map(holds_symbols, value))
    return isinstance(value, np.ndarray) and value.dtype == object


def _asarray(value: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    if isinstance(value, SymbolicArray) and (dtype is None or np.dtype(dtype).kind in "fO"):
        return value
    return array(value, dtype, copy=False)


def choose(condition: Any, chosen: Any, other: Any) -> Array:
    """Return np.where(condition, chosen, other) as a plain object array."""
    if not isinstance(condition, SymbolicArray) and np.asarray(condition).dtype == bool:
        return np.where(condition, entries(chosen), entries(other))
    result = select(entries(condition), entries(chosen), entries(other))
    return np.asarray(result, dtype=object)


def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None and y is None:
        return _nonzero(condition)
    return finished(choose(_truth_of(condition), x, y), whole=integral(x) and integral(y))


def _truth_of(condition: Any) -> Any:
    if isinstance(condition, SymbolicArray) and not condition.truth:
        return condition != 0
    return condition


def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = choose(condition, choice, result)
    return finished(entries(result), whole=all(map(integral, [*choicelist, default])))


def _nonzero(a: Any) -> Any:
    return np.nonzero(np.array([bool(one) for one in entries(a).flat]).reshape(np.shape(a)))


def _sum(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    _float_or_none(dtype)
    return _folded(np.add, a, axis, keepdims)


def _prod(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    _float_or_none(dtype)
    return _folded(np.multiply, a, axis, keepdims)


def _folded(ufunc: Any, a: Any, axis: Any, keepdims: bool) -> Any:
    array_of = a if isinstance(a, SymbolicArray) else array(a, copy=False)
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


def _mean(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    return _sum(a, axis, dtype, keepdims) / _count(a, axis)


def _var(
    a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, keepdims: bool = False
) -> Any:
    centred = wrapped(a) - _mean(a, axis, dtype, keepdims=True)
    return _sum(centred**2, axis, dtype, keepdims) / (_count(a, axis) - ddof)


def _std(
    a: Any, axis: Any = None, dtype: Any = None, ddof: int = 0, keepdims: bool = False
) -> Any:
    return np.sqrt(_var(a, axis, dtype, ddof, keepdims))


def _average(a: Any, axis: Any = None, weights: Any = None) -> Any:
    if weights is None:
        return _mean(a, axis)
    if np.shape(weights) != np.shape(a):
        raise Unmodelled("np.average with weights of another shape")
    return _sum(wrapped(a) * weights, axis) / _sum(weights, axis)


def _max(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return finished(largest(entries(a), axis, keepdims, 1))


def _min(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return finished(largest(entries(a), axis, keepdims, -1))


def largest(given: Array, axis: Any, keepdims: bool, sign: int) -> Array:
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


def _argmax(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _arg(a, axis, keepdims, 1)


def _argmin(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return _arg(a, axis, keepdims, -1)


def _arg(a: Any, axis: Any, keepdims: bool, sign: int) -> Any:
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


def _argsort(a: Any, axis: Any = -1, kind: Any = None) -> Any:  # noqa: ARG001 - off ties all are one
    if current.get().merging:
        raise Unmodelled("sorting")
    given = entries(a)
    rows = np.moveaxis(given.reshape(-1) if axis is None else given, -1 if axis is None else axis, -1)
    found = np.empty(rows.shape, dtype=np.intp)
    for place in np.ndindex(*rows.shape[:-1]):
        row = rows[place]
        found[place] = sorted(range(len(row)), key=cmp_to_key(partial(_order, row)))
    return found if axis is None else np.moveaxis(found, -1, axis)


def _order(row: Any, j: int, k: int) -> int:
    return int(bool(row[j] > row[k])) - int(bool(row[j] < row[k]))


def _sort(a: Any, axis: Any = -1, kind: Any = None) -> Any:  # noqa: ARG001
    order = _argsort(a, axis)
    given = entries(a).reshape(-1) if axis is None else entries(a)
    return wrapped(np.take_along_axis(given, order, -1 if axis is None else axis))


def _median(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    if keepdims or isinstance(axis, tuple):
        raise Unmodelled("np.median with these arguments")
    rows = np.moveaxis(_sort(a, axis), -1 if axis is None else axis, -1)
    middle, odd = divmod(rows.shape[-1], 2)
    return rows[..., middle] if odd else (rows[..., middle - 1] + rows[..., middle]) / 2


def _round(a: Any, decimals: int = 0) -> Any:
    scale = 10**decimals if decimals >= 0 else Fraction(1, 10**-decimals)
    return np.rint(wrapped(a) * scalar(scale)) / scalar(scale)


def _convolve(a: Any, v: Any, mode: str = "full") -> Any:
    a, v = _of(a), _of(v)
    if len(v) > len(a):
        a, v = v, a
    n, k = len(a), len(v)
    full = np.empty(n + k - 1, dtype=object)
    for place in range(n + k - 1):
        first, last = max(0, place - k + 1), min(n, place + 1)
        full[place] = reduce(add, (a[j] * v[place - j] for j in range(first, last)))
    start, stop = {"full": (0, n + k - 1), "same": ((k - 1) // 2, (k - 1) // 2 + n),
                   "valid": (k - 1, n)}[mode]  # fmt: skip
    return finished(full[start:stop])


def _correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    if len(v) > len(a):
        raise Unmodelled("np.correlate with a longer second array")
    if mode == "same" and len(v) % 2 == 0:
        raise Unmodelled("np.correlate of an even number in the mode same")
    return _convolve(a, _of(v)[::-1], mode)


def _dot(a: Any, b: Any) -> Any:
    return finished(np.dot(_of(a), _of(b)))


def _of(value: Any) -> Array:
    """Return the entries of what may be nested lists of symbols."""
    return entries(array(value) if isinstance(value, list | tuple) else value)


def _vdot(a: Any, b: Any) -> Any:
    return finished(np.dot(_of(a).reshape(-1), _of(b).reshape(-1)))


def _inner(a: Any, b: Any) -> Any:
    return finished(np.inner(_of(a), _of(b)))


def _outer(a: Any, b: Any) -> Any:
    return finished(np.outer(_of(a), _of(b)))


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    return finished(np.tensordot(_of(a), _of(b), axes))


def _einsum(subscripts: str, *operands: Any, optimize: Any = False) -> Any:  # noqa: ARG001
    if not isinstance(subscripts, str):
        raise Unmodelled("np.einsum with lists of axes")
    return finished(np.einsum(subscripts, *map(_of, operands), optimize=False))


def _kron(a: Any, b: Any) -> Any:
    return finished(np.kron(_of(a), _of(b)))


def _trace(a: Any) -> Any:
    return _sum(np.diagonal(entries(a)))


def _clip(a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Any:  # noqa: A002
    low = a_min if a_min is not None else min
    high = a_max if a_max is not None else max
    result = a if isinstance(a, SymbolicArray | Scalar) else wrapped(a)
    if low is not None:
        result = np.maximum(result, low)
    return result if high is None else np.minimum(result, high)


def _cumsum(a: Any, axis: Any = None) -> Any:
    given = wrapped(a)
    return np.add.accumulate(given.reshape(-1) if axis is None else given, axis=axis or 0)


def _diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    if n != 1:
        raise Unmodelled("np.diff of a higher order")
    moved = np.moveaxis(entries(a), axis, -1)
    return finished(np.moveaxis(moved[..., 1:] - moved[..., :-1], -1, axis))


def _any(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.logical_or.reduce(wrapped(a), axis=axis, keepdims=keepdims)


def _all(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.logical_and.reduce(wrapped(a), axis=axis, keepdims=keepdims)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002
    whole_matrix = ord is not None and axis is None and np.ndim(x) != 1
    if ord not in (None, 2, "fro") or (whole_matrix and ord != "fro"):
        raise Unmodelled(f"np.linalg.norm with ord={ord!r}")
    return np.sqrt(_sum(wrapped(x) ** 2, axis, None, keepdims))


def _triangle(function: Any) -> Any:
    def handler(m: Any, k: int = 0) -> Any:
        given = entries(m)
        kept = function(np.ones(given.shape, dtype=bool), k)
        return finished(np.where(kept, given, scalar(0)))

    return handler


def _pad(array: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0) -> Any:  # noqa: A002
    if mode != "constant":
        raise Unmodelled(f"np.pad with mode={mode!r}")
    return wrapped(np.pad(entries(array), pad_width, mode="constant", constant_values=constant_values))


def _like(fill: Any) -> Any:
    def handler(a: Any, dtype: Any = None, shape: Any = None, order: Any = None) -> Any:  # noqa: ARG001
        return filled(np.shape(a) if shape is None else shape, fill, dtype)

    return handler


def _full_like(a: Any, fill_value: Any, dtype: Any = None, shape: Any = None) -> Any:
    return filled(np.shape(a) if shape is None else shape, fill_value, dtype)


def filled(shape: Any, fill: Any, dtype: Any = None) -> Any:
    """Return an array of one number: of scalars, or as it is where it is not of floats."""
    if dtype is not None and np.dtype(dtype).kind not in "fO":
        return np.full(shape, fill, dtype)
    made = np.empty(shape, dtype=object)
    made.fill(scalar(fill))
    return wrapped(made)


def _copyto(dst: Any, src: Any, where: Any = True) -> None:
    if not isinstance(dst, SymbolicArray):
        raise Unmodelled("symbols put into an array of floats")
    dst[...] = src if where is True else wrapped(choose(where, src, dst))


def _put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    if not isinstance(arr, SymbolicArray):
        raise Unmodelled("symbols put into an array of floats")
    np.put_along_axis(arr.view(np.ndarray), indices, entries(values), axis)


def _fill_diagonal(a: Any, val: Any) -> None:
    np.fill_diagonal(a.view(np.ndarray), entries(val))


def _nan_to_num(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:  # noqa: ARG001
    return wrapped(entries(x).copy()) if np.ndim(x) else x


def _same(val: Any) -> Any:
    return val


def _array_equal(a1: Any, a2: Any) -> Any:
    if np.shape(a1) != np.shape(a2):
        return False
    return _all(finished(np.frompyfunc(equal, 2, 1)(entries(a1), entries(a2)), boolean=True))


def _polyval(p: Any, x: Any) -> Any:
    value: Any = wrapped(x) * 0
    for coefficient in _of(p):
        value = value * x + coefficient
    return value


def _polyder(p: Any) -> Any:
    given = _of(p)
    return finished(given[:-1] * np.arange(len(given) - 1, 0, -1))


def _apply_along_axis(func1d: Any, axis: int, arr: Any) -> Any:
    moved = np.moveaxis(entries(arr), axis, -1)
    rows = {place: func1d(wrapped(moved[place])) for place in np.ndindex(*moved.shape[:-1])}
    first = next(iter(rows.values()))
    made = np.empty((*moved.shape[:-1], *np.shape(first)), dtype=object)
    for place, row in rows.items():
        made[place] = entries(row) if np.ndim(row) else scalar(row)
    return finished(np.moveaxis(made, -1, axis) if np.ndim(first) else made)


@lru_cache(maxsize=1)
def _handlers() -> dict[Any, Callable[..., Any]]:
    handlers = {
        np.sum: _sum, np.prod: _prod, np.mean: _mean, np.var: _var, np.std: _std,
        np.average: _average, np.max: _max, np.amax: _max, np.min: _min, np.amin: _min,
        np.argmax: _argmax, np.argmin: _argmin, np.dot: _dot, np.vdot: _vdot, np.inner: _inner,
        np.outer: _outer, np.tensordot: _tensordot, np.einsum: _einsum, np.kron: _kron,
        np.trace: _trace, np.clip: _clip, np.cumsum: _cumsum, np.diff: _diff, np.any: _any,
        np.all: _all, np.linalg.norm: _norm, np.where: _where, np.select: _select,
        np.nonzero: _nonzero, np.flatnonzero: lambda a: _nonzero(np.ravel(a))[0],
        np.argwhere: lambda a: np.transpose(_nonzero(a)), np.pad: _pad, np.tril: _triangle(np.tril),
        np.triu: _triangle(np.triu), np.zeros_like: _like(0), np.ones_like: _like(1),
        np.empty_like: _like(0), np.full_like: _full_like, np.copyto: _copyto,
        np.put_along_axis: _put_along_axis, np.fill_diagonal: _fill_diagonal,
        np.nan_to_num: _nan_to_num, np.real: _same, np.isscalar: lambda element: True,
        np.iscomplexobj: lambda x: False, np.isrealobj: lambda x: True,
        np.array_equal: _array_equal, np.polyval: _polyval,
        np.polyder: _polyder, np.apply_along_axis: _apply_along_axis,
        np.asarray: _asarray, np.sort: _sort, np.argsort: _argsort, np.median: _median,
        np.round: _round, np.around: _round, np.convolve: _convolve, np.correlate: _correlate,
    }  # fmt: skip
    return handlers
