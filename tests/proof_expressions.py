"""Short ways to write expressions, and their values to sixty digits."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

import mpmath as mp

from gradcheck.proof.expression import Expression, Pool
from gradcheck.proof.limits import Budget, GivenUp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

HALF = Fraction(1, 2)

NOUGHT = mp.mpf(10) ** -40
LARGEST = mp.mpf(10) ** 40


def seeded(seed: int) -> Random:
    """Return the random numbers of a test, the same each time."""
    return Random(seed)  # noqa: S311 - no secret


class Writer:
    """A pool, with operators on what it makes."""

    def __init__(self) -> None:
        self.pool = Pool(budget=Budget(600))

    def variables(self, names: str) -> list[Any]:
        return [Written(self, self.pool.variable(name)) for name in names.split()]

    def number(self, value: Fraction | int) -> Written:
        return Written(self, self.pool.constant(value))

    def larger(self, a: Written, b: Written | Fraction | int) -> Written:
        """Return the larger by an indicator, as np.maximum is modelled."""
        other = a._other(b)
        indicator = self.pool.positive(self.pool.subtract(a.node, other))
        return Written(self, self.pool.select(indicator, a.node, other))

    def maximum(self, *entries: Written) -> Written:
        return Written(self, self.pool.maximum([entry.node for entry in entries]))


class Written:
    """An expression with operators."""

    def __init__(self, writer: Writer, node: Expression) -> None:
        self.writer, self.node = writer, node

    def _other(self, other: Written | Fraction | int) -> Expression:
        return other.node if isinstance(other, Written) else self.writer.pool.constant(other)

    def _new(self, node: Expression) -> Written:
        return Written(self.writer, node)

    def __add__(self, other: Written | Fraction | int) -> Written:
        return self._new(self.writer.pool.add(self.node, self._other(other)))

    def __sub__(self, other: Written | Fraction | int) -> Written:
        return self._new(self.writer.pool.subtract(self.node, self._other(other)))

    def __mul__(self, other: Written | Fraction | int) -> Written:
        return self._new(self.writer.pool.mul(self.node, self._other(other)))

    def __truediv__(self, other: Written | Fraction | int) -> Written:
        return self._new(self.writer.pool.divide(self.node, self._other(other)))

    def __radd__(self, other: int) -> Written:
        return self + other

    def __rmul__(self, other: int) -> Written:
        return self * other

    def __rsub__(self, other: int) -> Written:
        return -self + other

    def __rtruediv__(self, other: int) -> Written:
        return self._new(self.writer.pool.divide(self._other(other), self.node))

    def __neg__(self) -> Written:
        return self._new(self.writer.pool.negative(self.node))

    def __pow__(self, exponent: int) -> Written:
        return self._new(self.writer.pool.power(self.node, exponent))

    def call(self, function: str) -> Written:
        return self._new(self.writer.pool.call(function, self.node))

    def exp(self) -> Written:
        return self.call("exp")

    def log(self) -> Written:
        return self.call("log")

    def sqrt(self) -> Written:
        return self.call("sqrt")

    def sin(self) -> Written:
        return self.call("sin")

    def cos(self) -> Written:
        return self.call("cos")

    def positive(self) -> Written:
        return self._new(self.writer.pool.positive(self.node))

    def nonnegative(self) -> Written:
        return self._new(self.writer.pool.nonnegative(self.node))

    def relu(self) -> Written:
        return self * self.positive()


def number(like: Written, value: Fraction | int) -> Written:
    return like.writer.number(value)


def maximum(*entries: Written) -> Written:
    return entries[0].writer.maximum(*entries)


def largest(a: Written, *others: Written) -> Written:
    """Return the indicator that the first is the largest."""
    return (a - maximum(a, *others)).nonnegative()


def leaky(a: Written) -> Written:
    """Return leaky ReLU with a slope of 1/100."""
    return a * a.positive() + Fraction(1, 100) * a * (1 - a.positive())


def softmax(entries: Sequence[Written]) -> list[Written]:
    """Return softmax as it is written for floats: the largest is taken off first."""
    largest = entries[0].writer.maximum(*entries)
    powers = [(entry - largest).call("exp") for entry in entries]
    total = sum(powers[1:], powers[0])
    return [power / total for power in powers]


def values(nodes: Iterable[Expression], point: Mapping[str, Any]) -> dict[int, Any]:
    """Return what expressions are at a point, None where they have no value there."""
    found: dict[int, Any] = {}
    for node in nodes:
        given = [found[argument.number] for argument in node.arguments]
        try:
            value = None if None in given else _value(node, given, point)
        except (ZeroDivisionError, OverflowError):
            value = None
        found[node.number] = None if value is None or abs(value) > LARGEST else value
    return found


def _value(node: Expression, given: list[Any], point: Mapping[str, Any]) -> Any:
    operation = node.operation
    if operation == "constant":
        return mp.mpf(node.value.numerator) / node.value.denominator
    if operation == "variable":
        return point[node.value]
    if operation == "add":
        total = given[0] + given[1]
        return total if abs(total) > 1e-45 * max(map(abs, given)) else mp.mpf(0)
    if operation == "mul":
        return given[0] * given[1]
    if operation == "maximum":
        return max(given)
    if operation == "power":
        return None if node.value < 0 and abs(given[0]) < NOUGHT else given[0] ** node.value
    return FUNCTIONS.get(operation, getattr(mp, operation, None))(given[0])


FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "positive": lambda a: mp.mpf(a > NOUGHT),
    "nonnegative": lambda a: mp.mpf(a > -NOUGHT),
    "log": lambda a: mp.log(a) if a > NOUGHT else None,
    "sqrt": lambda a: mp.sqrt(max(a, mp.mpf(0))) if a > -NOUGHT else None,
    "exp": lambda a: mp.exp(a) if abs(a) < 90 else None,
}
"""What needs a look at its domain; a number below 1e-40 is 0."""


def grown(choices: Iterable[tuple[str, int, int, int]]) -> tuple[Pool, list[Expression]]:
    """Return what a list of operations and places makes of x, y and some numbers."""
    pool = Pool(budget=Budget(600))
    made: list[Expression] = [pool.variable("x"), pool.variable("y")]
    made += [pool.constant(Fraction(c)) for c in ("1", "-1", "2", "1/2", "0")]
    for operation, *places in choices:
        a, b, c = (made[place % len(made)] for place in places)
        try:
            made.append(_made(pool, operation, a, b, c))
        except (ZeroDivisionError, GivenUp):
            continue
    return pool, made


def _made(pool: Pool, operation: str, a: Any, b: Any, c: Any) -> Expression:
    simple = {
        "add": lambda: pool.add(a, b),
        "subtract": lambda: pool.subtract(a, b),
        "mul": lambda: pool.mul(a, b),
        "divide": lambda: pool.divide(a, b),
        "square": lambda: pool.power(a, 2),
        "inverse": lambda: pool.power(a, -1),
        "positive": lambda: pool.positive(a),
        "nonnegative": lambda: pool.nonnegative(a),
        "relu": lambda: pool.mul(a, pool.positive(a)),
        "select": lambda: pool.select(pool.positive(a), b, c),
        "maximum": lambda: pool.maximum([a, b, c]),
        "largest": lambda: pool.nonnegative(pool.subtract(a, pool.maximum([a, b, c]))),
    }
    return simple[operation]() if operation in simple else pool.call(operation, a)


OPERATIONS = (
    "add", "add", "subtract", "subtract", "mul", "mul", "divide", "square", "inverse",
    "positive", "nonnegative", "relu", "select", "maximum", "largest",
    "exp", "log", "sqrt", "sin", "cos", "atan",
)  # fmt: skip
"""What random expressions are made of."""
