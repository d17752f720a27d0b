"""Run the code under test on symbols: once for all regions, or once for the region of a point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.array import SymbolicArray, entries, wrapped
from gradcheck.proof.expression import Pool
from gradcheck.proof.graph import UPSTREAM, Graph, by_input, must_be_free, variables_of
from gradcheck.proof.limits import GivenUp, Unmodelled, refusals
from gradcheck.proof.proxies import installed
from gradcheck.proof.reach import made_exact, namespaces_of
from gradcheck.proof.scalar import Scalar
from gradcheck.proof.trace import Trace, current

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from types import TracebackType

    from gradcheck.proof.expression import Expression
    from gradcheck.proof.limits import Budget
    from gradcheck.records import Array
    from gradcheck.subject import Instance


def traced(
    make: Callable[[], Instance],
    names: Sequence[str],
    inputs: Sequence[Array],
    numbers: frozenset[str],
    upstream: Array,
    budget: Budget,
    *,
    merging: bool,
) -> Graph:
    """Run forward and backward of a fresh instance on symbols.

    Float numbers that the object and its modules hold are exact ones; where code cannot do with
    those, they stay floats.

    Parameters
    ----------
    make : callable
        Returns a fresh Instance.
    names : sequence of str
        One an input.
    inputs : sequence of Array
        The run's point: shapes count, and values where a comparison is decided.
    numbers : frozenset of str
        Inputs that stay the numbers that they are.
    upstream : Array
        The upstream gradient at the point, of y's shape.
    budget : Budget
    merging : bool
        See `gradcheck.proof.trace.Trace`.

    Raises
    ------
    GivenUp
        Where the code cannot be run on symbols, with the reason and where.
    """
    must_be_free(names)
    for name, array in zip(names, inputs, strict=True):
        if name not in numbers and array.dtype != np.float64:
            raise Unmodelled(f"{name} of dtype {array.dtype}: its rounding is not exact")
    arrays = {**dict(zip(names, inputs, strict=True)), UPSTREAM: upstream}
    variables = {
        name: variables_of(name, array.shape)
        for name, array in arrays.items()
        if name not in numbers
    }
    point = {
        variable: value
        for name, several in variables.items()
        for variable, value in zip(several, map(float, arrays[name].flat), strict=True)
    }

    def run(*, floats: bool) -> Graph:
        trace = Trace(Pool(Scalar, budget), point, merging=merging)
        return _run(make, arrays, variables, trace, floats=floats)

    try:
        return run(floats=True)
    except Unmodelled:
        return run(floats=False)


def _run(
    make: Callable[[], Instance],
    arrays: Mapping[str, Array],
    variables: Mapping[str, tuple[str, ...]],
    trace: Trace,
    *,
    floats: bool,
) -> Graph:
    upstream = arrays[UPSTREAM]
    inputs = {name: array for name, array in arrays.items() if name != UPSTREAM}
    token = current.set(trace)
    refused: list[str] = []
    noting = refusals.set(refused)
    try:
        instance = make()
        symbols = [
            _symbols(trace.pool, variables[name], array.shape)
            if name in variables
            else (wrapped(array) if array.dtype.kind == "f" else array.copy())
            for name, array in inputs.items()
        ]
        namespaces = namespaces_of(instance)
        with (
            made_exact(instance, floats=floats) as twins,
            installed(namespaces, floats=floats, arrays=twins),
        ):
            y = instance.forward(*symbols)
            output = _entries(y, "forward")
            shape = np.shape(y)
            _must_be(shape, upstream.shape)
            handed = instance.backward(_symbols(trace.pool, variables[UPSTREAM], upstream.shape))
            gotten = by_input(tuple(handed), [*inputs], [name in variables for name in inputs])
            gradients = tuple(
                None if one is None or name not in variables else _like(one, array, name)
                for one, (name, array) in zip(gotten, inputs.items(), strict=True)
            )
        _must_be_none(refused)
    except GivenUp as error:
        raise type(error)(f"{error}{_place(error.__traceback__)}") from None
    except Exception as error:  # noqa: BLE001 - foreign code may raise anything on symbols
        text = refused[0] if refused else f"{type(error).__name__}: {error}"[:200]
        raise Unmodelled(f"{text}{_place(error.__traceback__)}") from None
    finally:
        current.reset(token)
        refusals.reset(noting)
    return Graph(
        pool=trace.pool,
        y=output,
        gradients=gradients,
        variables=variables,
        shapes={name: array.shape for name, array in arrays.items()},
        literals=trace.literals,
        conditions=tuple(trace.conditions.values()),
    )


def _must_be_none(refused: Sequence[str]) -> None:
    if refused:
        raise Unmodelled(f"the code goes on after: {refused[0]}")


def _must_be(shape: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    if shape != wanted:
        raise Unmodelled(f"on symbols y has the shape {shape}, not {wanted}")


def _symbols(pool: Pool, names: Sequence[str], shape: tuple[int, ...]) -> SymbolicArray:
    made = np.empty(len(names), dtype=object)
    for k, name in enumerate(names):
        made[k] = pool.variable(name)
    return wrapped(made.reshape(shape))


def _entries(value: Any, what: str) -> tuple[Expression, ...]:
    if not isinstance(value, SymbolicArray | Scalar | np.ndarray | float | int | np.generic):
        raise Unmodelled(f"{what} gives a {type(value).__name__} on symbols")
    return tuple(entries(value).flat)


def _like(gradient: Any, array: Array, name: str) -> tuple[Expression, ...] | None:
    """Return the entries of a gradient; None where it has another shape than its input."""
    if np.shape(gradient) != array.shape:
        return None
    return _entries(gradient, f"backward's d{name}")


def _place(trace: TracebackType | None) -> str:
    """Return " (file:line)" of the innermost frame of the code under test."""
    found = ""
    while trace is not None:
        names = trace.tb_frame.f_globals
        module = str(names.get("__name__", "")).split(".")[0]
        if module not in ("gradcheck", "numpy"):
            file = trace.tb_frame.f_code.co_filename.replace("\\", "/").rsplit("/", 1)[-1]
            found = f" ({file}:{trace.tb_lineno})"
        trace = trace.tb_next
    return found
