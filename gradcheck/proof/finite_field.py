"""Identity test at random points of finite fields, for what has too large a normal form.

Every expression is evaluated modulo a random prime of 127 bits, with random numbers for the
variables. A function's value at an argument is another random number, the same for arguments that
have the same value; what is known of it is kept: exp(Σ cⱼ vⱼ) = Π exp(vⱼ)^cⱼ, sin² + cos² = 1, odd
and even functions. Indicators and roots stay symbols, in an algebra over the field (`algebra.py`),
so that b² = b and r² = a hold, and no sign of a root is ever chosen.

An expression that is not 0 as a rational function of what is drawn has a numerator whose degree
and whose coefficients' bits are at most its `size`. It vanishes at a random point with probability
at most size / p (Schwartz–Zippel), and has no coefficient left modulo p with probability at most
size / 2^119, for there are more than 2^119 primes of 127 bits. Two arguments that differ are taken
for equal with the same probability a pair. FieldPoints are added until the product of these
probabilities is below 2^-100. What is 0 as such a function is 0 as a function of the variables.
"""

from __future__ import annotations

from fractions import Fraction
from math import lcm
from typing import TYPE_CHECKING

from gradcheck.proof.algebra import Algebra
from gradcheck.proof.field_signs import HEIGHT, FieldSigns
from gradcheck.proof.limits import GivenUp
from gradcheck.proof.primes import BITS, PRIMES_BITS, random_prime

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence
    from random import Random

    from gradcheck.proof.algebra import Element
    from gradcheck.proof.expression import Expression, Pool
    from gradcheck.proof.limits import Budget

MISS_BITS = 100
"""The probability of a false zero is below 2 to minus this."""

MOST_POINTS = 8

PURE = frozenset(("constant", "variable", "add", "mul", "power", "sqrt", "positive", "nonnegative"))
"""Operations whose values are algebraic: what is invertible in the algebra is 0 on no region."""


class FieldPoints:
    """Random points, at which the expressions of one pool are evaluated once each.

    Parameters
    ----------
    budget : Budget
    rng : random.Random
    assumed : sequence of (Expression, bool)
        Indicators that are taken to be 1, or 0.
    """

    def __init__(
        self, budget: Budget, rng: Random, assumed: Sequence[tuple[Expression, bool]] = ()
    ) -> None:
        self.budget, self.rng, self.assumed = budget, rng, assumed
        self._points: list[FieldPoint] = []
        self._scale, self._looked = 1, 0

    def vanishes(self, node: Expression) -> bool:
        """Say whether an expression is 0, with a probability of a false yes below 2^-100.

        A no says that no proof was found; it is no refutation.

        Raises
        ------
        GivenUp
            Where it takes too long, divides by 0, or has too many indicators and roots together.
        """
        self._look_at_exponents(node.pool)
        missing, number = float(MISS_BITS), 0
        while missing > 0:
            if number == len(self._points):
                if number == MOST_POINTS:
                    raise GivenUp("the degree is too high for a test at random points")
                self._points.append(FieldPoint(self.budget, self.rng, self._scale, self.assumed))
            point = self._points[number]
            if point.of(node):
                return False
            missing -= max(0.0, PRIMES_BITS - point.doubt_bits())
            number += 1
        return True

    def _look_at_exponents(self, pool: Pool) -> None:
        """Find a number that makes integers of all coefficients in exponents."""
        before = self._scale
        for node in pool.nodes[self._looked :]:
            if node.operation == "exp":
                for coefficient, _ in _linear_terms(node.arguments[0]):
                    self._scale = lcm(self._scale, coefficient.denominator)
        self._looked = len(pool.nodes)
        if self._scale.bit_length() > BITS // 4:
            raise GivenUp("the numbers in the exponents have too many denominators")
        if self._scale != before:
            self._points.clear()


class FieldPoint:
    """One prime, one random point, and what expressions are there.

    Parameters
    ----------
    budget : Budget
    rng : random.Random
    scale : int
        A multiple of all denominators in exponents.
    assumed : sequence of (Expression, bool)
        Indicators that are taken to be 1, or 0.
    """

    def __init__(
        self,
        budget: Budget,
        rng: Random,
        scale: int,
        assumed: Sequence[tuple[Expression, bool]] = (),
    ) -> None:
        self.budget, self.rng = budget, rng
        self.prime = random_prime(rng)
        self.algebra = Algebra(self.prime, budget)
        self.signs = FieldSigns(self.algebra)
        self._scale = scale
        self._values: dict[int, Element] = {}
        self._sizes: dict[int, int] = {}
        self._pure: dict[int, bool] = {}
        self._drawn: dict[tuple[str, Hashable], int] = {}
        self._largest_size = 1
        for indicator, decided in assumed:
            self.signs.assume(self.of(indicator), decided=decided)
            self._values[indicator.number] = int(decided)

    def of(self, node: Expression) -> Element:
        """Return the value of an expression: a number, or an element of the algebra; 0 is 0."""
        for count, one in enumerate(self._missing(node)):
            if not count % 64:
                self.budget.look()
            self._pure[one.number] = one.operation in PURE and all(
                self._pure[argument.number] for argument in one.arguments
            )
            value = self._value(one)
            self._sizes[one.number] = size = self._size(one)
            self._largest_size = max(self._largest_size, size)
            self._values[one.number] = value
        return self._values[node.number]

    def _missing(self, root: Expression) -> list[Expression]:
        """Return what has no value yet, arguments first."""
        found: dict[int, Expression] = {}
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node.number not in self._values and node.number not in found:
                found[node.number] = node
                waiting.extend(node.arguments)
        return [found[number] for number in sorted(found)]

    def doubt_bits(self) -> float:
        """Return the logarithm of by how much the miss probability of one point exceeds 2^-119."""
        keys = len(self._drawn) + self.algebra.count
        accidents = keys * keys + 2 * HEIGHT * HEIGHT * self.signs.compared
        return float((4 * self._largest_size * (1 + accidents)).bit_length())

    def _draw(self, function: str, key: Hashable) -> int:
        """Return the random number that stands for a function's value at an argument."""
        known = self._drawn.get((function, key))
        if known is None:
            known = self._drawn[function, key] = self.rng.randrange(1, self.prime)
        return known

    def _value(self, node: Expression) -> Element:
        algebra, operation = self.algebra, node.operation
        known = [self._values[argument.number] for argument in node.arguments]
        if operation == "constant":
            return algebra.constant(node.value)
        if operation == "variable":
            return self._draw("variable", node.value)
        if operation == "add":
            return algebra.add(*known)
        if operation == "mul":
            return algebra.mul(*known)
        if operation == "power":
            return algebra.power(known[0], node.value)
        if operation == "exp":
            return self._exp(node.arguments[0])
        if operation == "sqrt":
            return algebra.root(known[0], self._sizes[node.arguments[0].number])
        if operation in ("positive", "nonnegative"):
            pure = self._pure[node.arguments[0].number]
            return self.signs.of(known[0], strict=operation == "positive", pure=pure)
        if operation == "maximum":
            pure = all(self._pure[argument.number] for argument in node.arguments)
            return self._maximum(known, pure=pure)
        return self._odd_or_even(operation, known[0])

    def _exp(self, argument: Expression) -> Element:
        """Return Π exp(vⱼ)^cⱼ; what is drawn for vⱼ is exp(vⱼ / scale)."""
        result: Element = 1
        coefficients: dict[Hashable, Fraction] = {}
        for coefficient, node in _linear_terms(argument):
            if node is not None and node.operation == "log" and coefficient.denominator == 1:
                inner = self._values[node.arguments[0].number]
                power = self.algebra.power(inner, int(coefficient))
                result = self.algebra.mul(result, power)
            else:
                value: Element = 1 if node is None else self._values[node.number]
                if not value:
                    continue
                key = self.algebra.key(value)
                coefficients[key] = coefficients.get(key, Fraction(0)) + coefficient
        for key, coefficient in coefficients.items():
            exponent = int(coefficient * self._scale)
            unit = pow(self._draw("exp", key), exponent, self.prime)
            result = self.algebra.mul(result, unit)
        return result

    def _maximum(self, entries: list[Element], *, pure: bool) -> Element:
        distinct = {self.algebra.key(entry): entry for entry in entries}
        several = list(distinct.values())
        if len(several) == 1:
            return several[0]
        if len(several) == 2:
            a, b = several
            difference = self.algebra.subtract(a, b)
            first = self.signs.of(difference, strict=True, pure=pure)
            return self.algebra.add(b, self.algebra.mul(first, difference))
        maximum = self._draw("maximum", frozenset(distinct))
        self.signs.choose(maximum, several, pure=pure)
        return maximum

    def _odd_or_even(self, function: str, a: Element) -> Element:
        """Return log, sin, cos, atan or erf."""
        if function == "log":
            return self._draw("log", self.algebra.key(a))
        if not a:
            return 1 if function == "cos" else 0
        turned, a = self.algebra.turned(a)
        key = self.algebra.key(a)
        if function in ("sin", "cos"):
            half = self._draw("tan of the half", key)
            below = self.algebra.power(1 + half * half, -1)
            above = 2 * half if function == "sin" else 1 - half * half
            value = self.algebra.mul(above % self.prime, below)
        else:
            value = self._draw(function, key)
        return self.algebra.negative(value) if turned and function != "cos" else value

    def _size(self, node: Expression) -> int:
        """Bound the degree, and the coefficients' bits, of a value's numerator and denominator."""
        operation = node.operation
        sizes = [self._sizes[argument.number] for argument in node.arguments]
        algebra = self.algebra
        if operation == "constant":
            value = node.value
            return int(max(abs(value.numerator), value.denominator).bit_length())
        if operation == "power":
            known = abs(node.value) * (sizes[0] + algebra.size_of_roots)
            if node.value < 0:
                known <<= algebra.width(self._values[node.arguments[0].number])
            return int(known)
        if operation in ("add", "mul"):
            return sum(sizes) + 1 + algebra.size_of_roots
        if operation == "exp":
            total = 1
            for coefficient, inner in _linear_terms(node.arguments[0]):
                total += int(abs(coefficient) * self._scale) + 1
                if inner is not None and inner.operation == "log":
                    log_of = inner.arguments[0].number
                    size = abs(int(coefficient)) * (self._sizes[log_of] + algebra.size_of_roots)
                    total += size << algebra.width(self._values[log_of])
            return total
        if operation == "maximum":
            return sum(sizes) + 1 + algebra.size_of_roots
        return 4 + 2 * algebra.count * algebra.count


def _linear_terms(argument: Expression) -> list[tuple[Fraction, Expression | None]]:
    """Return an expression as a sum of numbers times expressions; None is the expression 1."""
    terms: list[tuple[Fraction, Expression | None]] = []
    waiting = [(Fraction(1), argument)]
    while waiting:
        factor, node = waiting.pop()
        if node.operation == "constant":
            terms.append((factor * node.value, None))
        elif node.operation == "add":
            waiting.extend((factor, part) for part in node.arguments)
        elif node.operation == "mul" and node.arguments[0].operation == "constant":
            waiting.append((factor * node.arguments[0].value, node.arguments[1]))
        else:
            terms.append((factor, node))
    return terms
