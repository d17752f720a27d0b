"""SymPy's expressions in the graph of exact scalars."""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import TYPE_CHECKING, Any

from gradcheck.proof.limits import Unmodelled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcheck.proof.expression import Expression, Pool

Symbolic = Any
"""A SymPy expression: SymPy has no types."""


def node_of(expression: Symbolic, known: Mapping[Symbolic, Expression], pool: Pool) -> Any:
    """Return the node of a SymPy expression.

    Parameters
    ----------
    expression : SymPy expression or condition
        A condition becomes an indicator.
    known : mapping of symbol to Expression
        What stands for each symbol in it.
    pool : Pool

    Raises
    ------
    Unmodelled
        Where it holds a function that the graph has not.
    """
    if expression.is_Symbol:
        return known[expression]
    if expression.is_Rational:
        return pool.constant(Fraction(int(expression.p), int(expression.q)))
    kind = type(expression).__name__
    if kind == "Pow":
        return _power(expression, known, pool)
    if kind == "Piecewise":
        return _piecewise(expression, known, pool)
    parts = [node_of(part, known, pool) for part in expression.args]
    if kind in ("Add", "Mul"):
        return reduce(pool.add if kind == "Add" else pool.mul, parts)
    return _called(kind, parts, pool)


def _called(kind: str, parts: list[Any], pool: Pool) -> Any:
    if kind in ("exp", "log", "sin", "cos", "atan", "erf"):
        return pool.call(kind, parts[0])
    if kind == "tanh":
        double = pool.call("exp", pool.mul(pool.constant(2), parts[0]))
        return pool.subtract(pool.one, pool.divide(pool.constant(2), pool.add(double, pool.one)))
    if kind in _COMPARISONS:
        swapped, indicator = _COMPARISONS[kind]
        a, b = reversed(parts) if swapped else parts
        return getattr(pool, indicator)(pool.subtract(a, b))
    if kind in ("BooleanTrue", "BooleanFalse"):
        return pool.one if kind == "BooleanTrue" else pool.zero
    raise Unmodelled(f"SymPy's {kind}")


_COMPARISONS = {
    "StrictGreaterThan": (False, "positive"),
    "GreaterThan": (False, "nonnegative"),
    "StrictLessThan": (True, "positive"),
    "LessThan": (True, "nonnegative"),
}


def _power(expression: Symbolic, known: Mapping[Symbolic, Expression], pool: Pool) -> Any:
    base, exponent = expression.args
    node = node_of(base, known, pool)
    if exponent.is_Integer:
        return pool.power(node, int(exponent))
    if exponent.is_Rational and exponent.q == 2:
        return pool.power(pool.call("sqrt", node), int(exponent.p))
    raise Unmodelled(f"SymPy's power to {exponent}")


def _piecewise(expression: Symbolic, known: Mapping[Symbolic, Expression], pool: Pool) -> Any:
    result: Any = None
    for value, condition in reversed(expression.args):
        node = node_of(value, known, pool)
        if condition == True:  # noqa: E712 - SymPy's own truth
            result = node
        elif result is None:
            raise Unmodelled("a Piecewise that does not cover every case")
        else:
            result = pool.select(node_of(condition, known, pool), node, result)
    return result
