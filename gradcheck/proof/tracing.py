"""Run the code under test on symbols: once for all regions, or once for the region of a point."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.array import SymbolicArray, entries, wrapped
from gradcheck.proof.constants import exact
from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import Pool
from gradcheck.proof.graph import PI, UNWRITTEN, UPSTREAM, Graph, must_be_free, variables_of
from gradcheck.proof.limits import Budget, GivenUp, Unmodelled, refusals
from gradcheck.proof.proxies import installed
from gradcheck.proof.reach import made_exact, namespaces_of
from gradcheck.proof.scalar import Scalar, current

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from fractions import Fraction
    from types import TracebackType

    from gradcheck.proof.expression import Expression
    from gradcheck.records import Array
    from gradcheck.subject import Instance


class Trace:
    """One run on symbols.

    Parameters
    ----------
    point : mapping of str to float
        The run's point: a value for each variable.
    merging : bool
        Comparisons stay symbolic, as indicators; else each is decided at the point.
    budget : Budget
    """

    def __init__(self, point: Mapping[str, float], budget: Budget, *, merging: bool) -> None:
        self.pool = Pool(Scalar, budget)
        self.merging = merging
        self.literals: dict[str, Fraction] = {}
        self.conditions: dict[int, tuple[Expression, bool]] = {}
        self._values = FloatValues(point)
        self._unwritten = 0

    def unwritten(self) -> Any:
        """Return a number of which nothing is known: an entry that nobody has written."""
        self._unwritten += 1
        return self.pool.variable(f"{UNWRITTEN}{self._unwritten}")

    def read(self, value: Any) -> Any:
        """Return the node of a number in the code; note how a literal was read."""
        if value == math.pi:
            return self.pool.variable(PI)
        if value == math.e:
            return self.pool.call("exp", self.pool.one)
        number = exact(value)
        if isinstance(value, float | np.floating) and number != float(value):
            self.literals[repr(float(value))] = number
        return self.pool.constant(number)

    def decide(self, indicator: Expression) -> bool:
        """Return an indicator's value at the run's point, and note it.

        Raises
        ------
        Unmodelled
            Where all regions are run at once.
        """
        if self.merging:
            raise Unmodelled("a branch that depends on the inputs")
        known = self.conditions.get(indicator.number)
        if known is None:
            value = self._values.of(indicator)
            if value != value:
                raise Unmodelled("a branch on what is not a number")
            known = self.conditions[indicator.number] = (indicator, bool(value))
        return known[1]

    def floor(self, a: Expression) -> Any:
        """Return the largest integer that is not above a number at the run's point.

        Raises
        ------
        Unmodelled
            Where all regions are run at once, or the number is not finite.
        """
        value = self._values.of(a)
        if self.merging or not math.isfinite(value):
            raise Unmodelled("rounding")
        return self.pool.constant(math.floor(value))


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
        See `Trace`.

    Raises
    ------
    GivenUp
        Where the code cannot be run on symbols, with the reason and where.
    """
    must_be_free(names)
    given = (make, names, inputs, numbers, upstream, budget, merging)
    for name, array in zip(names, inputs, strict=True):
        if name not in numbers and array.dtype != np.float64:
            raise Unmodelled(f"{name} of dtype {array.dtype}: its rounding is not exact")
    try:
        return _traced(*given, floats=True)
    except Unmodelled:
        return _traced(*given, floats=False)


def _traced(
    make: Callable[[], Instance],
    names: Sequence[str],
    inputs: Sequence[Array],
    numbers: frozenset[str],
    upstream: Array,
    budget: Budget,
    merging: bool,  # noqa: FBT001
    *,
    floats: bool,
) -> Graph:
    point: dict[str, float] = {}
    variables: dict[str, tuple[str, ...]] = {}
    for name, array in [*zip(names, inputs, strict=True), (UPSTREAM, upstream)]:
        if name not in numbers:
            variables[name] = variables_of(name, array.shape)
            point.update(zip(variables[name], map(float, array.flat), strict=True))
    trace = Trace(point, budget, merging=merging)
    token = current.set(trace)
    refused: list[str] = []
    noting = refusals.set(refused)
    try:
        instance = make()
        symbols = [
            _symbols(trace.pool, variables[name], array.shape)
            if name in variables
            else (wrapped(array) if array.dtype.kind == "f" else array.copy())
            for name, array in zip(names, inputs, strict=True)
        ]
        namespaces = namespaces_of(instance)
        with (
            made_exact(instance, floats=floats) as arrays,
            installed(namespaces, floats=floats, arrays=arrays),
        ):
            y = instance.forward(*symbols)
            output = _entries(y, "forward")
            shape = np.shape(y)
            _must_be(shape, upstream.shape)
            handed = instance.backward(_symbols(trace.pool, variables[UPSTREAM], upstream.shape))
            gradients = tuple(
                None if one is None or name in numbers else _like(one, array, name)
                for one, name, array in zip(handed, names, inputs, strict=True)
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
        shapes={name: array.shape for name, array in zip(names, inputs, strict=True)}
        | {UPSTREAM: upstream.shape},
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
    return wrapped(made.reshape(shape))  # type: ignore[no-any-return]


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
