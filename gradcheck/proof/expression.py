"""Exact scalars: a hash-consed graph of real functions, in which equal expressions are one node."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gradcheck.proof.exact_values import at_rational, factors
from gradcheck.proof.limits import Budget, GivenUp, Unmodelled

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

FUNCTIONS = ("exp", "log", "sqrt", "sin", "cos", "atan", "erf")
"""Analytic functions of one argument."""

INDICATORS = ("positive", "nonnegative")
"""1 where the argument is > 0, or ≥ 0, else 0."""

OPERATIONS = ("constant", "variable", "add", "mul", "power", "maximum", *FUNCTIONS, *INDICATORS)


PI = "pi"
"""The variable that stands for π."""

LONGEST = 2**13
"""Bits of a numerator or a denominator."""

HIGHEST = 2**10
"""Exponent of a power."""


class Expression:
    """One node. Two nodes of a pool with the same operation and arguments are one object.

    Attributes
    ----------
    operation : str
        One of `OPERATIONS`.
    arguments : tuple of Expression
        Made before this node, so that their numbers are smaller; two for "add" and "mul", two or
        more for "maximum".
    value : Fraction, int, str or None
        The constant; the exponent of "power" (an integer other than 0 and 1); a variable's name.
    number : int
        Position in the pool.
    pool : Pool
        What makes the nodes that belong together.
    """

    __slots__ = ("arguments", "number", "operation", "pool", "value")

    operation: str
    arguments: tuple[Expression, ...]
    value: Any
    number: int
    pool: Pool

    def __repr__(self) -> str:
        return written(self)


class Pool:
    """Makes expressions, each once.

    Parameters
    ----------
    kind : type
        Class of the nodes, a subclass of Expression.
    budget : Budget
        How many nodes there may be.
    """

    def __init__(self, kind: type[Expression] = Expression, budget: Budget | None = None) -> None:
        self.kind = kind
        self.budget = budget or Budget()
        self.nodes: list[Expression] = []
        self._known: dict[tuple[Any, ...], Expression] = {}
        self.zero = self.constant(0)
        self.one = self.constant(1)
        self.minus_one = self.constant(-1)

    def _node(self, operation: str, arguments: tuple[Expression, ...], value: Any = None) -> Any:
        self._must_own(arguments)
        key = (operation, value, *[argument.number for argument in arguments])
        node = self._known.get(key)
        if node is None:
            node = self.kind()
            node.operation, node.arguments, node.value = operation, arguments, value
            node.number, node.pool = len(self.nodes), self
            self.budget.count(node.number)
            self.nodes.append(node)
            self._known[key] = node
        return node

    def _must_own(self, nodes: Iterable[Expression]) -> None:
        for node in nodes:
            if node.pool is not self:
                raise Unmodelled("a symbol that an earlier run has left behind")

    def constant(self, value: Fraction | int) -> Any:
        """Return the node of a rational number.

        Raises
        ------
        GivenUp
            Where it is too long.
        """
        value = Fraction(value)
        if max(value.numerator.bit_length(), value.denominator.bit_length()) > LONGEST:
            raise GivenUp(f"a number has more than {LONGEST} bits")
        return self._node("constant", (), value)

    def variable(self, name: str) -> Any:
        """Return the node of a real variable: "x[0,1]"."""
        return self._node("variable", (), name)

    def add(self, a: Expression, b: Expression) -> Any:
        """Return a + b."""
        if a.operation == "constant":
            if b.operation == "constant":
                return self.constant(a.value + b.value)
            if not a.value:
                return b
        elif b.operation == "constant" and not b.value:
            return a
        return self._node("add", (a, b) if a.number <= b.number else (b, a))

    def mul(self, a: Expression, b: Expression) -> Any:
        """Return a · b."""
        if b.operation == "constant":
            a, b = b, a
        if a.operation == "constant":
            if b.operation == "constant":
                return self.constant(a.value * b.value)
            if not a.value or a.value == 1:
                return b if a.value else a
            if b.operation == "mul" and b.arguments[0].operation == "constant":
                return self.mul(self.constant(a.value * b.arguments[0].value), b.arguments[1])
            return self._node("mul", (a, b))
        return self._node("mul", (a, b) if a.number <= b.number else (b, a))

    def power(self, a: Expression, exponent: int) -> Any:
        """Return a to an integer power.

        Raises
        ------
        ZeroDivisionError
            Where a is the constant 0 and the exponent negative.
        """
        if exponent == 0:
            return self.one
        if exponent == 1:
            return a
        if abs(exponent) > HIGHEST:
            raise GivenUp(f"a power to more than {HIGHEST}")
        if a.operation == "constant":
            size = max(a.value.numerator.bit_length(), a.value.denominator.bit_length())
            if (size - 1) * abs(exponent) > LONGEST:
                raise GivenUp(f"a number has more than {LONGEST} bits")
            return self.constant(Fraction(a.value) ** exponent)
        if a.operation == "power":
            return self.power(a.arguments[0], a.value * exponent)
        return self._node("power", (a,), exponent)

    def negative(self, a: Expression) -> Any:
        """Return −a."""
        return self.mul(self.minus_one, a)

    def subtract(self, a: Expression, b: Expression) -> Any:
        """Return a − b."""
        return self.zero if a is b else self.add(a, self.negative(b))

    def divide(self, a: Expression, b: Expression) -> Any:
        """Return a / b.

        Raises
        ------
        ZeroDivisionError
            Where b is the constant 0.
        """
        return self.mul(a, self.power(b, -1))

    def call(self, function: str, a: Expression) -> Any:
        """Return function(a), one of `FUNCTIONS`; what is rational is a constant."""
        if a.operation == "constant":
            known = at_rational(function, a.value)
            if known is not None:
                return self.constant(known)
        if function == "sqrt":
            return self._root(a)
        return self._node(function, (a,))

    def _root(self, a: Expression) -> Any:
        """Return √a, a positive number in it by its prime factors: √6 and √2·√3 are one."""
        if a.operation == "mul" and a.arguments[0].operation == "constant":
            factor, rest = a.arguments
            if factor.value > 0:
                return self.mul(self.call("sqrt", factor), self._node("sqrt", (rest,)))
        if a.operation == "constant":
            # √(n/d) = √(nd)/d
            root: Any = self.constant(Fraction(1, a.value.denominator))
            for prime, power in factors(a.value.numerator * a.value.denominator):
                root = self.mul(root, self.constant(prime ** (power // 2)))
                if power % 2:
                    root = self.mul(root, self._node("sqrt", (self.constant(prime),)))
            return root
        return self._node("sqrt", (a,))

    def positive(self, a: Expression) -> Any:
        """Return the indicator of a > 0."""
        if a.operation == "constant":
            return self.one if a.value > 0 else self.zero
        return self._node("positive", (a,))

    def nonnegative(self, a: Expression) -> Any:
        """Return the indicator of a ≥ 0."""
        if a.operation == "constant":
            return self.one if a.value >= 0 else self.zero
        return self._node("nonnegative", (a,))

    def select(self, indicator: Expression, a: Expression, b: Expression) -> Any:
        """Return a where the indicator is 1, else b."""
        if indicator.operation == "constant":
            return a if indicator.value else b
        return self.add(b, self.mul(indicator, self.subtract(a, b)))

    def maximum(self, entries: Iterable[Expression]) -> Any:
        """Return the largest of several, as one node: what is subtracted from all may be any."""
        entries = [*entries]
        self._must_own(entries)
        distinct = {entry.number: entry for entry in entries}
        ordered = tuple(distinct[number] for number in sorted(distinct))
        if all(entry.operation == "constant" for entry in ordered):
            return max(ordered, key=lambda entry: entry.value)
        return ordered[0] if len(ordered) == 1 else self._node("maximum", ordered)


def reached(roots: Iterable[Expression], known: Container[int] = ()) -> list[Expression]:
    """Return the nodes that the roots rest on, themselves included, arguments first.

    Parameters
    ----------
    roots : iterable of Expression
    known : container of int
        Numbers of nodes that are left out, and what only they rest on.
    """
    seen: dict[int, Expression] = {}
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node.number not in seen and node.number not in known:
            seen[node.number] = node
            waiting.extend(node.arguments)
    return [seen[number] for number in sorted(seen)]


SHOWN = 200
"""Characters of an expression that is shown."""

_SUM, _PRODUCT, _POWER, _ATOM = range(4)
_INDICATORS = {"positive": "> 0", "nonnegative": "≥ 0"}


def written(node: Expression, longest: int = SHOWN) -> str:
    """Return an expression as text, cut where it is longer than `longest` characters."""
    texts: dict[int, tuple[str, int]] = {}
    for one in reached([node]):
        text, strength = _written(one, [texts[a.number] for a in one.arguments])
        texts[one.number] = (text if len(text) <= longest else text[: longest - 1] + "…", strength)
    return texts[node.number][0]


def _written(node: Expression, parts: list[tuple[str, int]]) -> tuple[str, int]:
    operation = node.operation
    if operation == "constant":
        whole = node.value.denominator == 1
        return str(node.value), _ATOM if whole and node.value >= 0 else _SUM
    if operation == "variable":
        return ("π" if node.value == PI else node.value), _ATOM
    if operation == "add":
        (a, _), (b, _) = parts
        if a.startswith("-") and not b.startswith("-"):
            a, b = b, a
        return (f"{a} - {b[1:]}" if b.startswith("-") else f"{a} + {b}"), _SUM
    if operation == "mul":
        if node.arguments[0] is node.pool.minus_one:
            return f"-{_inside(parts[1], _PRODUCT)}", _PRODUCT
        return "·".join(_inside(part, _PRODUCT) for part in parts), _PRODUCT
    if operation == "power":
        base = _inside(parts[0], _ATOM)
        return (f"1/{base}", _PRODUCT) if node.value == -1 else (f"{base}^{node.value}", _POWER)
    if operation in _INDICATORS:
        return f"[{parts[0][0]} {_INDICATORS[operation]}]", _ATOM
    name = "max" if operation == "maximum" else operation
    return f"{name}({', '.join(text for text, _ in parts)})", _ATOM


def _inside(part: tuple[str, int], strength: int) -> str:
    text, own = part
    return text if own >= strength else f"({text})"
