"""Values of expressions at a point: in float64, or in any arithmetic that mpmath has."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from zlib import crc32

from gradcheck.proof.expression import INDICATORS, PI, reached
from gradcheck.proof.graph import UNWRITTEN, is_unwritten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcheck.proof.expression import Expression


def _exp(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _or_nan(function: Callable[[float], float]) -> Callable[[float], float]:
    def guarded(x: float) -> float:
        try:
            return function(x)
        except ValueError:
            return math.nan

    return guarded


FLOATS: Mapping[str, Callable[[float], float]] = {
    "exp": _exp,
    "log": _or_nan(lambda x: -math.inf if x == 0 else math.log(x)),
    "sqrt": _or_nan(math.sqrt),
    "sin": _or_nan(math.sin),
    "cos": _or_nan(math.cos),
    "atan": math.atan,
    "erf": math.erf,
}


class FloatValues:
    """Float64 values of expressions at one point; each node is looked at once.

    Parameters
    ----------
    point : mapping of str to float
        Of every variable.
    """

    def __init__(self, point: Mapping[str, float]) -> None:
        self.point = point
        self._known: dict[int, float] = {}

    def of(self, node: Expression) -> float:
        """Return the value of a node; NaN or infinity where it has none."""
        known = self._known
        if node.number not in known:
            for one in reached([node], known):
                known[one.number] = self._value(one)
        return known[node.number]

    def _value(self, node: Expression) -> float:
        arguments = [self._known[a.number] for a in node.arguments]
        operation = node.operation
        if operation == "constant":
            return _float(node.value)
        if operation == "variable":
            return self._variable(node.value)
        if operation == "add":
            return arguments[0] + arguments[1]
        if operation == "mul":
            return arguments[0] * arguments[1]
        if operation == "power":
            return _power(arguments[0], node.value)
        if operation == "maximum":
            return max(arguments) if not any(map(math.isnan, arguments)) else math.nan
        if operation == "positive":
            return float(arguments[0] > 0) if arguments[0] == arguments[0] else math.nan
        if operation == "nonnegative":
            return float(arguments[0] >= 0) if arguments[0] == arguments[0] else math.nan
        return FLOATS[operation](arguments[0])

    def _variable(self, name: str) -> float:
        if name == PI:
            return math.pi
        if is_unwritten(name):
            # Unlike what memory holds: code that reads it differs from itself.
            return math.sqrt(float(name.removeprefix(UNWRITTEN)) + 0.1)
        return self.point[name]


def _float(value: Fraction) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def _power(base: float, exponent: int) -> float:
    try:
        return float(base**exponent)
    except ZeroDivisionError:
        return math.inf
    except OverflowError:
        return math.inf if base > 0 or exponent % 2 == 0 else -math.inf


def at_kink(roots: Sequence[Expression], point: Mapping[str, Fraction]) -> bool:
    """Say whether an indicator's argument is 0 at a point, and not all around it."""
    zero = _zeros(roots, point)
    if not zero:
        return False
    moved = {
        name: value + Fraction(1 + crc32(name.encode()) % 1021, 2**50)
        for name, value in point.items()
    }
    return bool(zero - _zeros(roots, moved))


def _zeros(roots: Sequence[Expression], point: Mapping[str, Any]) -> set[int]:
    known = enclosures(roots, point)
    return {
        node.number
        for node in reached(roots)
        if node.operation in INDICATORS and known[node.arguments[0].number] == 0
    }


def enclosed(roots: Sequence[Expression], point: Mapping[str, Any]) -> list[Any]:
    """Return intervals (mpmath.iv, at its present precision) around the values of several nodes.

    Parameters
    ----------
    roots : sequence of Expression
    point : mapping of str to Fraction
        Of every variable.

    Raises
    ------
    ArithmeticError
        Where a comparison cannot be told, or a value does not exist.
    """
    known = enclosures(roots, point)
    return [known[node.number] for node in roots]


def enclosures(roots: Sequence[Expression], point: Mapping[str, Any]) -> dict[int, Any]:
    """Return the intervals of all nodes that the roots rest on, by their numbers."""
    known: dict[int, Any] = {}
    for node in reached(roots):
        known[node.number] = _enclosure(node, [known[a.number] for a in node.arguments], point)
    return known


def _enclosure(node: Expression, arguments: list[Any], point: Mapping[str, Any]) -> Any:
    from mpmath import iv

    operation = node.operation
    if operation in ("constant", "variable"):
        if node.value == PI:
            return +iv.pi
        value = node.value if operation == "constant" else point[node.value]
        return iv.mpf(value.numerator) / value.denominator
    if operation == "add":
        return arguments[0] + arguments[1]
    if operation == "mul":
        return arguments[0] * arguments[1]
    if operation == "power":
        if node.value < 0:
            _sign(arguments[0])
        return arguments[0] ** node.value
    if operation == "maximum":
        return _largest(arguments)
    return _called(operation, arguments[0])


def _called(function: str, value: Any) -> Any:
    from mpmath import iv

    if function in INDICATORS:
        return iv.mpf(_sign(value, zero=1 if function == "nonnegative" else -1) > 0)
    if function in ("log", "sqrt") and _sign(value) < 0:
        raise ArithmeticError(f"{function} of a negative number")
    if function in ("atan", "erf"):
        return _rising(function, value)
    return getattr(iv, function)(value)


def _sign(value: Any, zero: int = 0) -> int:
    """Return 1 or −1, or `zero` for what is exactly 0; what may be 0 raises."""
    if value.a > 0:
        return 1
    if value.b < 0:
        return -1
    if value.a == value.b and zero:
        return zero
    raise ArithmeticError("the sign of what may be 0")


def _largest(values: list[Any]) -> Any:
    best = values[0]
    for value in values[1:]:
        if _sign(value - best) > 0:
            best = value
    return best


def _rising(function: str, value: Any) -> Any:
    """Return the enclosure of a rising function that mpmath's intervals do not have."""
    import mpmath
    from mpmath import iv

    with mpmath.workdps(iv.dps + 10):
        low, high = (getattr(mpmath, function)(mpmath.mpf(end)) for end in (value.a, value.b))
        slack = mpmath.mpf(10) ** -iv.dps
        return iv.mpf([low - slack, high + slack])
