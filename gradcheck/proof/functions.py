"""NumPy's functions on arrays of exact scalars; a function or keyword not listed is refused."""

from __future__ import annotations

import inspect
from functools import lru_cache, reduce
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import convolution, kinds, ordering
from gradcheck.proof.array import Selection, SymbolicArray, entries, finished, select, wrapped
from gradcheck.proof.kinds import BOOL, FLOAT, kind_of, must_fit
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, boolean, current, equal, logical_not, partial, scalar

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


def call(function: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Return what a NumPy function gives on symbols.

    Raises
    ------
    Unmodelled
        Where the function or a keyword is not modelled.
    """
    if function in STRUCTURAL:
        kind = _kind_of_moved(function, (args, keywords))
        return _wrapped(function(*_plain(args), **_plain(keywords)), kind)
    if function in NEUTRAL:
        return function(*_plain(args), **keywords)
    handler = _handlers().get(function)
    name = getattr(function, "__name__", str(function))
    if handler is None:
        raise Unmodelled(f"np.{name}")
    try:
        given = _by_name(function, args, keywords)
        out = given.pop("out", None)
        if given.pop("casting", "same_kind") != "same_kind":
            raise Unmodelled(f"np.{name} with casting=")
        positional = given.pop("", ())
        _signature(handler).bind(*positional, **given)
    except TypeError as error:
        raise Unmodelled(f"np.{name} with these arguments: {error}") from None
    result = handler(*positional, **given)
    return result if out is None else finished(entries(result), out, kind=kind_of(result))


def _by_name(function: Any, args: tuple[Any, ...], keywords: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments by NumPy's own names, without those that say nothing.

    Those of a function without names, or of any number, are under "".
    """
    signature = _signature(function)
    named: dict[str, Any] = {}
    if signature is None:
        named = {"": args, **keywords}
    else:
        for name, value in signature.bind(*args, **keywords).arguments.items():
            kind = signature.parameters[name].kind
            if kind is inspect.Parameter.VAR_KEYWORD:
                named |= value
            elif kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.POSITIONAL_ONLY):
                several = value if kind is inspect.Parameter.VAR_POSITIONAL else (value,)
                named[""] = (*named.get("", ()), *several)
            elif value is not signature.parameters[name].default:
                named[name] = value
    return {key: value for key, value in named.items() if value is not np._NoValue}  # noqa: SLF001


@lru_cache(maxsize=256)
def _signature(function: Any) -> Any:
    try:
        return inspect.signature(function)
    except ValueError:  # NumPy's compiled functions have none before 2.4
        return None


def _kind_of_moved(function: Any, arguments: Any) -> str:
    """Return the kind of what a function gives that moves entries."""
    moved = [*_arrays(arguments)]
    if function in (np.insert, np.meshgrid, np.broadcast_arrays):
        return kinds.same(moved)
    if function in _JOINING:
        moved = [*_arrays(arguments, whole=True)]
    return kinds.joined(map(kind_of, moved))


_JOINING = frozenset(
    {np.append, np.column_stack, np.concatenate, np.dstack, np.hstack, np.stack, np.vstack}
)


def _arrays(value: Any, *, whole: bool = False) -> Iterator[Any]:
    """Return the arrays whose entries a function moves: of floats, as those of integers may be
    indices; or all of them.
    """
    if isinstance(value, SymbolicArray | Scalar | Selection) or (
        isinstance(value, np.ndarray | float) and (whole or np.asarray(value).dtype.kind in "fO")
    ):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _arrays(one, whole=whole)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _arrays(one, whole=whole)


def _plain(value: Any) -> Any:
    """Return the same with plain object arrays for symbolic ones."""
    if isinstance(value, SymbolicArray | Scalar):
        return entries(value)
    if isinstance(value, tuple | list):
        return type(value)(map(_plain, value))
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value


def _wrapped(value: Any, kind: str) -> Any:
    if isinstance(value, tuple | list):
        return type(value)([_wrapped(one, kind) for one in value])
    return wrapped(value, kind=kind)


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


def _asarray(a: Any, dtype: Any = None, order: Any = None) -> Any:
    if order not in (None, "C", "K", "A"):
        raise Unmodelled(f"np.asarray with order={order!r}")
    if isinstance(a, SymbolicArray) and (
        dtype is None or np.dtype(dtype) == kinds.dtype_of(a.kind)
    ):
        return a if order != "C" or a.flags.c_contiguous else a.copy()
    return array(a, dtype, copy=isinstance(a, SymbolicArray))


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


def _truth(one: Scalar) -> Any:
    return one if boolean(one) else logical_not(equal(one, one.pool.zero))


_is_true = np.frompyfunc(_truth, 1, 1)


def _where(condition: Any, x: Any = None, y: Any = None) -> Any:
    if x is None and y is None:
        return _nonzero(condition)
    condition, x, y = (_listed(one) for one in (condition, x, y))
    return finished(choose(condition, x, y), kind=kinds.joined((kind_of(x), kind_of(y))))


def _listed(value: Any) -> Any:
    """Return an array for nested lists."""
    if isinstance(value, list | tuple):
        return array(value) if holds_symbols(value) else np.array(value)
    return value


def _select(condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    result = default
    for condition, choice in zip(reversed(condlist), reversed(choicelist), strict=True):
        result = choose(condition, choice, result)
    return finished(entries(result), kind=kinds.joined(map(kind_of, (*choicelist, default))))


def _nonzero(a: Any) -> Any:
    return np.nonzero(np.array([bool(one) for one in entries(a).flat]).reshape(np.shape(a)))


def _sum(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    _float_or_none(dtype)
    result = _folded(np.add, a, axis, keepdims)
    return result if dtype is None or isinstance(result, Scalar) else wrapped(result, kind=FLOAT)


def _prod(a: Any, axis: Any = None, dtype: Any = None, keepdims: bool = False) -> Any:
    _float_or_none(dtype)
    result = _folded(np.multiply, a, axis, keepdims)
    return result if dtype is None or isinstance(result, Scalar) else wrapped(result, kind=FLOAT)


def _folded(ufunc: Any, a: Any, axis: Any, keepdims: bool) -> Any:
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
    return finished(largest(_of(a), axis, keepdims, 1), kind=kind_of(a))


def _min(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return finished(largest(_of(a), axis, keepdims, -1), kind=kind_of(a))


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


def _dot(a: Any, b: Any) -> Any:
    kind = kinds.of_products(a, b)
    return finished(np.dot(_of(a), _of(b)), kind=kind)


def _of(value: Any) -> Array:
    """Return the entries of what may be nested lists of symbols."""
    return entries(array(value) if isinstance(value, list | tuple) else value)


def _vdot(a: Any, b: Any) -> Any:
    kind = kinds.of_products(a, b)
    return finished(np.dot(_of(a).reshape(-1), _of(b).reshape(-1)), kind=kind)


def _inner(a: Any, b: Any) -> Any:
    kind = kinds.of_products(a, b)
    return finished(np.inner(_of(a), _of(b)), kind=kind)


def _outer(a: Any, b: Any) -> Any:
    kind = kinds.of_products(a, b)
    return finished(np.outer(_of(a), _of(b)), kind=kind)


def _tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    kind = kinds.of_products(a, b)
    return finished(np.tensordot(_of(a), _of(b), axes), kind=kind)


def _einsum(subscripts: str, *operands: Any, optimize: Any = False) -> Any:  # noqa: ARG001
    if not isinstance(subscripts, str):
        raise Unmodelled("np.einsum with lists of axes")
    kind = kind_of(operands[0]) if len(operands) == 1 else kinds.of_products(*operands)
    if len(operands) == 1 and kind != FLOAT:
        raise Unmodelled(f"np.einsum of an array of {kind}")
    return finished(np.einsum(subscripts, *map(_of, operands), optimize=False), kind=kind)


def _kron(a: Any, b: Any) -> Any:
    kind = kinds.of_products(a, b)
    return finished(np.kron(_of(a), _of(b)), kind=kind)


def _trace(a: Any) -> Any:
    return _sum(wrapped(np.diagonal(entries(a)), kind=kind_of(a)), -1)


def _clip(a: Any, a_min: Any = None, a_max: Any = None, min: Any = None, max: Any = None) -> Any:  # noqa: A002
    low = a_min if a_min is not None else min
    high = a_max if a_max is not None else max
    result = a if isinstance(a, SymbolicArray | Scalar) else wrapped(a)
    if low is None and high is None:
        return +result
    if low is not None:
        result = np.maximum(result, low)
    return result if high is None else np.minimum(result, high)


def _cumsum(a: Any, axis: Any = None) -> Any:
    given = wrapped(a)
    return np.add.accumulate(given.reshape(-1) if axis is None else given, axis=axis or 0)


def _diff(a: Any, n: int = 1, axis: int = -1) -> Any:
    if n != 1:
        raise Unmodelled("np.diff of a higher order")
    kind = kinds.of_products(a)
    moved = np.moveaxis(entries(a), axis, -1)
    return finished(np.moveaxis(moved[..., 1:] - moved[..., :-1], -1, axis), kind=kind)


def _any(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.logical_or.reduce(wrapped(a), axis=axis, keepdims=keepdims)


def _all(a: Any, axis: Any = None, keepdims: bool = False) -> Any:
    return np.logical_and.reduce(wrapped(a), axis=axis, keepdims=keepdims)


def _norm(x: Any, ord: Any = None, axis: Any = None, keepdims: bool = False) -> Any:  # noqa: A002
    of_vectors = np.ndim(x) == 1 if axis is None else isinstance(axis, int | np.integer)
    if ord is not None and ord != (2 if of_vectors else "fro"):
        raise Unmodelled(f"np.linalg.norm with ord={ord!r}")
    return np.sqrt(_sum(wrapped(x) ** 2, axis, None, keepdims))


def _triangle(function: Any) -> Any:
    def handler(m: Any, k: int = 0) -> Any:
        given = entries(m)
        kept = function(np.ones(given.shape, dtype=bool), k)
        return finished(np.where(kept, given, scalar(0)), kind=kind_of(m))

    return handler


def _pad(array: Any, pad_width: Any, mode: str = "constant", constant_values: Any = 0) -> Any:  # noqa: A002
    if mode != "constant":
        raise Unmodelled(f"np.pad with mode={mode!r}")
    padded = np.pad(entries(array), pad_width, mode="constant", constant_values=constant_values)
    must_fit(kind_of(array), entries(padded))
    return wrapped(padded, kind=kind_of(array))


def _like(fill: Any) -> Any:
    def handler(a: Any, dtype: Any = None, shape: Any = None, order: Any = None) -> Any:  # noqa: ARG001
        return _full_like(a, fill, dtype, shape)

    return handler


def _full_like(a: Any, fill_value: Any, dtype: Any = None, shape: Any = None) -> Any:
    dtype = kinds.dtype_of(kind_of(a)) if dtype is None else dtype
    return filled(np.shape(a) if shape is None else shape, fill_value, dtype)


def _empty_like(a: Any, dtype: Any = None, shape: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    dtype = kinds.dtype_of(kind_of(a)) if dtype is None else dtype
    return unwritten(np.shape(a) if shape is None else shape, dtype)


def filled(shape: Any, fill: Any, dtype: Any = None) -> Any:
    """Return an array of one number: of scalars, or as it is where it is not of floats."""
    if dtype is not None and np.dtype(dtype).kind not in "fO":
        return np.full(shape, fill, dtype)
    if np.ndim(fill):
        return wrapped(np.broadcast_to(_of(fill), shape).copy(), kind=FLOAT)
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


def _copyto(dst: Any, src: Any, where: Any = True) -> None:
    if not isinstance(dst, SymbolicArray):
        raise Unmodelled("symbols put into an array of floats")
    if where is not True:
        kind = kinds.same((src, dst))
        src = wrapped(choose(where, src, dst), kind=kind)
    dst[...] = src


def _put_along_axis(arr: Any, indices: Any, values: Any, axis: Any) -> None:
    if not isinstance(arr, SymbolicArray):
        raise Unmodelled("symbols put into an array of floats")
    must_fit(arr.kind, entries(values))
    np.put_along_axis(entries(arr), indices, entries(values), axis)


def _fill_diagonal(a: Any, val: Any) -> None:
    if not isinstance(a, SymbolicArray):
        raise Unmodelled("symbols put into an array of floats")
    must_fit(a.kind, entries(val))
    np.fill_diagonal(entries(a), entries(val))


def _nan_to_num(x: Any, nan: Any = 0.0, posinf: Any = None, neginf: Any = None) -> Any:  # noqa: ARG001
    if any(map(partial, _of(x).flat)):
        raise Unmodelled("np.nan_to_num of what may be NaN or infinite")
    return +x


def _same(val: Any) -> Any:
    return val


def _array_equal(a1: Any, a2: Any) -> Any:
    if np.shape(a1) != np.shape(a2):
        return False
    return _all(finished(np.frompyfunc(equal, 2, 1)(entries(a1), entries(a2)), kind=BOOL))


def _polyval(p: Any, x: Any) -> Any:
    value: Any = wrapped(x) * 0
    for coefficient in _of(p):
        value = value * x + coefficient
    return value


def _polyder(p: Any) -> Any:
    given = _of(p)
    if kind_of(p) != FLOAT:
        raise Unmodelled(f"np.polyder of {kind_of(p)}")
    return finished(given[:-1] * np.arange(len(given) - 1, 0, -1))


def _apply_along_axis(func1d: Any, axis: int, arr: Any) -> Any:
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


def _yes(*_arguments: Any, **_named: Any) -> bool:
    return True


def _no(*_arguments: Any, **_named: Any) -> bool:
    return False


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
        np.empty_like: _empty_like, np.full_like: _full_like, np.copyto: _copyto,
        np.put_along_axis: _put_along_axis, np.fill_diagonal: _fill_diagonal,
        np.nan_to_num: _nan_to_num, np.real: _same, np.isscalar: _yes,
        np.iscomplexobj: _no, np.isrealobj: _yes,
        np.array_equal: _array_equal, np.polyval: _polyval,
        np.polyder: _polyder, np.apply_along_axis: _apply_along_axis,
        np.asarray: _asarray, np.sort: ordering.sort, np.argsort: ordering.argsort,
        np.median: ordering.median, np.round: ordering.rounded, np.around: ordering.rounded,
        np.convolve: convolution.convolve, np.correlate: convolution.correlate,
    }  # fmt: skip
    return handlers
