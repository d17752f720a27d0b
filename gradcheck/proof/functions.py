"""NumPy's functions on arrays of exact scalars; a function or keyword not listed is refused."""

from __future__ import annotations

import inspect
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import choosing, convolution, creation, kinds, ordering, products, reductions
from gradcheck.proof.array import SymbolicArray, entries, finished, wrapped
from gradcheck.proof.kinds import kind_of
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar
from gradcheck.proof.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

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
    """Return the arrays whose entries a function moves; but those of integers may be indices."""
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


def _same(val: Any) -> Any:
    return val


def _yes(*_arguments: Any, **_named: Any) -> bool:
    return True


def _no(*_arguments: Any, **_named: Any) -> bool:
    return False


@lru_cache(maxsize=1)
def _handlers() -> dict[Any, Callable[..., Any]]:
    return {
        np.sum: reductions.total,
        np.prod: reductions.prod,
        np.mean: reductions.mean,
        np.var: reductions.var,
        np.std: reductions.std,
        np.average: reductions.average,
        np.max: reductions.maximum_of,
        np.amax: reductions.maximum_of,
        np.min: reductions.minimum_of,
        np.amin: reductions.minimum_of,
        np.argmax: reductions.argmax,
        np.argmin: reductions.argmin,
        np.dot: products.dot,
        np.vdot: products.vdot,
        np.inner: products.inner,
        np.outer: products.outer,
        np.tensordot: products.tensordot,
        np.einsum: products.einsum,
        np.kron: products.kron,
        np.trace: reductions.trace,
        np.clip: choosing.clip,
        np.cumsum: reductions.cumsum,
        np.diff: reductions.diff,
        np.any: reductions.any_of,
        np.all: reductions.all_of,
        np.linalg.norm: reductions.norm,
        np.where: choosing.where,
        np.select: choosing.selected,
        np.nonzero: choosing.nonzero,
        np.flatnonzero: lambda a: choosing.nonzero(np.ravel(a))[0],
        np.argwhere: lambda a: np.transpose(choosing.nonzero(a)),
        np.pad: choosing.pad,
        np.tril: choosing.triangle(np.tril),
        np.triu: choosing.triangle(np.triu),
        np.zeros_like: creation.like(0),
        np.ones_like: creation.like(1),
        np.empty_like: creation.empty_like,
        np.full_like: creation.full_like,
        np.copyto: choosing.copyto,
        np.put_along_axis: choosing.put_along_axis,
        np.fill_diagonal: choosing.fill_diagonal,
        np.nan_to_num: choosing.nan_to_num,
        np.real: _same,
        np.isscalar: _yes,
        np.iscomplexobj: _no,
        np.isrealobj: _yes,
        np.array_equal: choosing.array_equal,
        np.polyval: products.polyval,
        np.polyder: products.polyder,
        np.apply_along_axis: choosing.apply_along_axis,
        np.asarray: creation.asarray,
        np.sort: ordering.sort,
        np.argsort: ordering.argsort,
        np.median: ordering.median,
        np.round: ordering.rounded,
        np.around: ordering.rounded,
        np.convolve: convolution.convolve,
        np.correlate: convolution.correlate,
    }
