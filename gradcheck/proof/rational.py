"""Rational functions of the generators: a numerator over factors with multiplicities, no gcd.

A rational function is 0 where its numerator is the polynomial 0. Nothing else needs to be known of
the denominator but that it has a value other than 0 where the function has a value at all.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import TYPE_CHECKING

from gradcheck.proof import polynomial
from gradcheck.proof.generators import DIVISIBLE
from gradcheck.proof.limits import GivenUp
from gradcheck.proof.polynomial import UNIT, Monomial, Polynomial, exact, raised, times

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from gradcheck.proof.generators import Generators
    from gradcheck.proof.polynomial import Number

REGIONS = 64
"""So many combinations of indicators are looked at to see that a denominator is 0 in none."""


@dataclass(frozen=True, slots=True)
class Rational:
    """A numerator, and the numbers of the denominator's factors with their multiplicities."""

    numerator: Polynomial
    denominator: Monomial = UNIT

    @property
    def key(self) -> Hashable:
        """Return what is equal for equal pairs of numerator and denominator, and for no others."""
        return polynomial.key(self.numerator), self.denominator


ZERO = Rational({})
ONE = Rational({UNIT: 1})


@dataclass(frozen=True, slots=True)
class Parts:
    """A polynomial as number · monomial · rest, where the rest is primitive."""

    number: Number
    monomial: Monomial
    rest: Polynomial


class Rationals:
    """Arithmetic of rational functions.

    Attributes
    ----------
    factors : list of Polynomial
        Primitive, of two terms or more; the denominators name them by their place.
    """

    def __init__(self, generators: Generators) -> None:
        self.generators = generators
        self.budget = generators.budget
        self.factors: list[Polynomial] = []
        self._places: dict[Hashable, int] = {}

    def constant(self, value: Number) -> Rational:
        """Return a number."""
        return Rational(polynomial.constant(value))

    def of_generator(self, generator: int, exponent: Number = 1) -> Rational:
        """Return a generator's power."""
        return Rational(polynomial.of_generator(generator, exponent))

    def factor(self, rest: Polynomial) -> int:
        """Return the place of a primitive polynomial among the factors."""
        place = self._places.setdefault(polynomial.key(rest), len(self.factors))
        if place == len(self.factors):
            self.factors.append(rest)
        return place

    def parts(self, p: Polynomial, kinds: frozenset[str] = DIVISIBLE) -> Parts:
        """Take out of a polynomial its content, its sign, and what all its terms share."""
        known = self.generators.kinds
        shared: Monomial = tuple(
            sorted((g, e) for g, e in polynomial.lowest(p).items() if known[g] in kinds)
        )
        if shared:
            p = polynomial.shift(p, raised(shared, -1))
        number, rest = polynomial.primitive(p)
        return Parts(number, shared, rest)

    def expanded(self, denominator: Monomial) -> Polynomial:
        """Return the product of factors as one polynomial."""
        total: Polynomial = {UNIT: 1}
        for place, multiplicity in denominator:
            power = self.generators.power(self.factors[place], int(multiplicity))
            total = self.generators.multiply(total, power)
        return total

    def total(self, terms: Sequence[tuple[Number, Rational]]) -> Rational:
        """Return a sum of numbers times rational functions."""
        numerators: dict[Monomial, Polynomial] = {}
        for factor, term in terms:
            numerator = numerators.setdefault(term.denominator, {})
            polynomial.accumulate(numerator, term.numerator, factor)
            self.budget.spend(len(numerator))
        if len(numerators) == 1:
            [(denominator, numerator)] = numerators.items()
            return self.cancelled(numerator, denominator)
        numerators = {d: n for d, n in numerators.items() if n}
        common: dict[int, Number] = {}
        for denominator in numerators:
            for place, multiplicity in denominator:
                common[place] = max(common.get(place, 0), multiplicity)
        whole: Monomial = tuple(sorted(common.items()))
        sum_of_all: Polynomial = {}
        for denominator, numerator in numerators.items():
            missing = self.expanded(times(whole, raised(denominator, -1)))
            polynomial.accumulate(sum_of_all, self.generators.multiply(numerator, missing))
            self.budget.spend(len(sum_of_all))
        return self.cancelled(sum_of_all, whole)

    def product(self, a: Rational, b: Rational) -> Rational:
        """Return a · b."""
        above_a, below_b = self._cancel(a.numerator, b.denominator)
        above_b, below_a = self._cancel(b.numerator, a.denominator)
        numerator = self.generators.multiply(above_a, above_b)
        return self.cancelled(numerator, times(below_a, below_b))

    def power(self, a: Rational, exponent: int) -> Rational:
        """Return a to an integer power.

        Raises
        ------
        GivenUp
            Where a is 0, on a region or everywhere, and the exponent negative.
        """
        if exponent < 0:
            a, exponent = self.inverse(a), -exponent
        return self.cancelled(
            self.generators.power(a.numerator, exponent), raised(a.denominator, exponent)
        )

    def inverse(self, a: Rational) -> Rational:
        """Return 1 / a.

        Raises
        ------
        GivenUp
            Where a is 0, on a region or everywhere.
        """
        if not self.nowhere_zero_on_a_region(a.numerator):
            raise GivenUp("a division by 0 on a region, or one that cannot be told from it")
        parts = self.parts(a.numerator)
        squares = self.generators.squares
        roots = tuple((g, 1) for g in sorted(polynomial.lowest(parts.rest)) if g in squares)
        number, rest = parts.number, parts.rest
        if roots:
            sign, rest = polynomial.primitive(polynomial.shift(rest, raised(roots, -1)))
            number = number * sign
        above = self.generators.multiply(
            self.expanded(a.denominator),
            {raised(parts.monomial, -1): exact(Fraction(1) / Fraction(number))},
        )
        below: Monomial = UNIT if rest == {UNIT: 1} else ((self.factor(rest), 1),)
        result = self.cancelled(above, below)
        for root, _ in roots:  # 1/r = r/r²: no root is left alone in a denominator
            result = self.product(result, self.of_generator(root))
            result = self.product(result, self.inverse(Rational(squares[root])))
        return result

    def nowhere_zero_on_a_region(self, p: Polynomial) -> bool:
        """Say that no outcome of the indicators makes a polynomial 0; False where unknown."""
        indicators = self.generators.indicators
        together: dict[Monomial, Polynomial] = {}
        for monomial, coefficient in p.items():
            free = tuple(pair for pair in monomial if pair[0] not in indicators)
            bound = tuple(pair for pair in monomial if pair[0] in indicators)
            together.setdefault(free, {})[bound] = coefficient
        if any(self._never_zero(coefficients) for coefficients in together.values()):
            return True
        present = self.generators.outcomes(p)
        if not present or 2 ** len(present) > REGIONS:
            return False
        for values in product((0, 1), repeat=len(present)):
            q = p
            for indicator, value in zip(present, values, strict=True):
                q = polynomial.substitute(q, indicator, value)
            if not q:
                return False
        return True

    def _never_zero(self, p: Polynomial) -> bool:
        """Say that a polynomial of indicators alone is 0 for none of their values."""
        present = sorted(polynomial.generators(p))
        if 2 ** len(present) > REGIONS:
            return False
        for values in product((0, 1), repeat=len(present)):
            ones = {g for g, value in zip(present, values, strict=True) if value}
            if not sum(c for monomial, c in p.items() if all(g in ones for g, _ in monomial)):
                return False
        return bool(p)

    def cancelled(self, numerator: Polynomial, denominator: Monomial) -> Rational:
        """Return a quotient, without the factor below that the numerator is, if it is one."""
        return Rational(*self._cancel(numerator, denominator))

    def _cancel(self, numerator: Polynomial, denominator: Monomial) -> tuple[Polynomial, Monomial]:
        """Take a factor of the denominator out of a numerator that is a monomial times it."""
        if not numerator or not denominator:
            return numerator, denominator if numerator else UNIT
        size = len(numerator)
        if all(len(self.factors[place]) != size for place, _ in denominator):
            return numerator, denominator
        parts = self.parts(numerator)
        for place, _ in denominator:
            if self.factors[place] == parts.rest:
                below = times(denominator, ((place, -1),))
                return {parts.monomial: parts.number}, below
        return numerator, denominator
