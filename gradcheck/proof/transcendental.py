"""Functions of rational functions, by generators: exp, log, sqrt, sin, cos, atan, erf, maximum."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from gradcheck.proof import polynomial
from gradcheck.proof.limits import GivenUp
from gradcheck.proof.polynomial import UNIT, Polynomial
from gradcheck.proof.rational import ONE, ZERO, Rational
from gradcheck.proof.signs import Signs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from gradcheck.proof.polynomial import Number
    from gradcheck.proof.rational import Parts, Rationals

EXPONENTIALS = frozenset(("exp",))
"""What is positive everywhere, so that it may leave a logarithm and a root."""

TRIAL = 1000
"""Integers in logarithms and roots are parted into primes below this, and a rest."""

APART = 2
"""An argument of at most so many indicators is taken apart by their values."""

LARGEST_POWER = 64
"""exp(k log a) is aᵏ up to here."""


class Functions:
    """Applies functions to rational functions, each in a form that relates it to the others."""

    def __init__(self, rationals: Rationals) -> None:
        self.rationals = rationals
        self.generators = rationals.generators
        self.signs = Signs(rationals)

    def apply(self, function: str, a: Rational) -> Rational:
        """Return function(a)."""
        if function in ("positive", "nonnegative"):
            return Rational(self.signs.of(a, strict=function == "positive"))
        present = self._outcomes(a)
        if 0 < len(present) <= APART:
            return self._by_outcome(a, present[0], lambda part: self.apply(function, part))
        if function == "exp":
            return self.exp(a)
        if function == "log":
            return self.log(a)
        if function == "sqrt":
            return self.sqrt(a)
        return self._odd_or_even(function, a)

    def power(self, a: Rational, exponent: int) -> Rational:
        """Return a to an integer power.

        Raises
        ------
        GivenUp
            Where a is 0, on a region or everywhere, and the exponent negative.
        """
        present = self._outcomes(a)
        if exponent < 0 and 0 < len(present) <= APART:
            return self._by_outcome(a, present[0], lambda part: self.power(part, exponent))
        return self.rationals.power(a, exponent)

    def _outcomes(self, a: Rational) -> list[int]:
        """Return the indicators in an argument, the newest first."""
        present = set(self.generators.outcomes(a.numerator))
        for place, _ in a.denominator:
            present.update(self.generators.outcomes(self.rationals.factors[place]))
        return sorted(present, reverse=True)

    def _by_outcome(
        self, a: Rational, indicator: int, function: Callable[[Rational], Rational]
    ) -> Rational:
        """Return b f(a|b=1) + (1 − b) f(a|b=0): on each region it is f(a)."""
        zero, one = (function(self._supposed(a, indicator, value)) for value in (0, 1))
        b = self.rationals.of_generator(indicator)
        difference = self.rationals.total([(1, one), (-1, zero)])
        return self.rationals.total([(1, zero), (1, self.rationals.product(b, difference))])

    def _supposed(self, a: Rational, indicator: int, value: int) -> Rational:
        result = Rational(self.generators.suppose(a.numerator, indicator, value))
        for place, multiplicity in a.denominator:
            factor = self.generators.suppose(self.rationals.factors[place], indicator, value)
            below = self.rationals.power(Rational(factor), -int(multiplicity))
            result = self.rationals.product(result, below)
        return result

    def exp(self, a: Rational) -> Rational:
        """Return exp(Σ c_j m_j / D) = Π exp(m_j / D)^c_j."""
        result, exponents = ONE, {}
        for monomial, coefficient in a.numerator.items():
            rest = coefficient
            if not a.denominator and len(monomial) == 1 and monomial[0][1] == 1:
                generator = monomial[0][0]
                if (
                    self.generators.kinds[generator] == "log"
                    and -LARGEST_POWER <= rest <= LARGEST_POWER
                ):
                    inner = self.generators.about[generator]
                    if rest.denominator == 1:
                        result = self._times_power(result, inner, int(rest))
                        continue
                    if rest.denominator == 2:
                        whole = (rest.numerator - 1) // 2
                        result = self._times_power(result, inner, whole)
                        result = self.rationals.product(result, self.sqrt(inner))
                        continue
            key = (monomial, a.denominator)
            exponents[self.generators.number("exp", key, key)] = rest
        if exponents:
            unit = Rational({tuple(sorted(exponents.items())): 1})
            result = self.rationals.product(result, unit)
        return result

    def log(self, a: Rational) -> Rational:
        """Return the logarithm, with what is provably positive as logarithms of its own.

        Raises
        ------
        GivenUp
            Where a is a constant that is not positive.
        """
        parts = self.rationals.parts(a.numerator, EXPONENTIALS)
        terms: list[tuple[Number, Rational]] = []
        for generator, exponent in parts.monomial:
            inner, denominator = self.generators.about[generator]
            terms.append((exponent, Rational({inner: 1}, denominator)))
        unknown = []
        for place, multiplicity in a.denominator:
            factor = self.rationals.factors[place]
            if self.signs.sign(factor) > 0:
                terms.append((-multiplicity, self._log_generator(Rational(factor))))
            else:
                unknown.append((place, multiplicity))
        for prime, count in _primes_of(abs(Fraction(parts.number))):
            terms.append((count, self._log_generator(self.rationals.constant(prime))))
        rest = Rational(_with_sign(parts), tuple(unknown))
        if not rest.denominator and not polynomial.generators(rest.numerator):
            if rest.numerator != {UNIT: 1}:
                raise GivenUp("the logarithm of a number that is not positive")
        else:
            terms.append((1, self._log_generator(rest)))
        return self.rationals.total(terms) if terms else ZERO

    def sqrt(self, a: Rational) -> Rational:
        """Return √(N / D) = r / E, where r² is a polynomial and E a product of D's factors.

        A factor of unknown sign with multiplicity k goes into E with ⌈k/2⌉; r has E's sign then,
        and is another generator than the root of the same polynomial: r = E √(N / D) everywhere.

        Raises
        ------
        GivenUp
            Where a is a negative constant.
        """
        if not a.numerator:
            return ZERO
        inside, below, turned = a.numerator, [], []
        for place, multiplicity in a.denominator:
            factor = self.rationals.factors[place]
            half = (int(multiplicity) + 1) // 2
            below.append((place, half))
            if multiplicity % 2:
                inside = self.generators.multiply(inside, factor)
            if half % 2 and self.signs.sign(factor) < 1:
                turned.append(place)
        if not inside:
            return ZERO
        parts = self.rationals.parts(inside, EXPONENTIALS)
        half_monomial = polynomial.raised(parts.monomial, Fraction(1, 2))
        result = self.rationals.product(
            Rational({half_monomial: 1}), self._root_of_number(abs(Fraction(parts.number)))
        )
        rest = _with_sign(parts)
        if rest == {UNIT: -1} and not turned:
            raise GivenUp("the square root of a negative number")
        if rest != {UNIT: 1} or turned:
            result = self.rationals.product(result, self._root(rest, tuple(turned)))
        return self.rationals.product(result, Rational({UNIT: 1}, tuple(below)))

    def maximum(self, entries: Iterable[Rational]) -> Rational:
        """Return the largest of several; of those that are numbers, only the largest counts."""
        distinct = {entry.key: entry for entry in entries}
        numbers = {
            key: entry.numerator.get(UNIT, 0)
            for key, entry in distinct.items()
            if entry.numerator.keys() <= {UNIT} and not entry.denominator
        }
        for key, value in numbers.items():
            if value < max(numbers.values()):
                del distinct[key]
        several = tuple(distinct.values())
        if len(several) == 1:
            return several[0]
        before = len(self.generators.kinds)
        number = self.generators.number("maximum", frozenset(distinct), several)
        if number == before:
            self.signs.choose(number, several)
        return self.rationals.of_generator(number)

    def _times_power(self, a: Rational, base: Rational, exponent: int) -> Rational:
        return self.rationals.product(a, self.rationals.power(base, exponent))

    def _log_generator(self, a: Rational) -> Rational:
        return self.rationals.of_generator(self.generators.number("log", a.key, a))

    def _root_of_number(self, value: Fraction) -> Rational:
        """Return the root of a positive number, by the roots of primes."""
        result = ONE
        for prime, count in _primes_of(value):
            outside = self.rationals.constant(Fraction(prime) ** (count // 2))
            result = self.rationals.product(result, outside)
            if count % 2:
                result = self.rationals.product(result, self._root({UNIT: prime}, ()))
        return result

    def _root(self, radicand: Polynomial, turned: tuple[int, ...]) -> Rational:
        """Return the generator of a square; `about` says whether it is never negative."""
        number = self.generators.with_square(
            "root", (polynomial.key(radicand), turned), radicand, about=not turned
        )
        return self.rationals.of_generator(number)

    def _odd_or_even(self, function: str, a: Rational) -> Rational:
        """Return sin, cos, atan or erf, of an argument whose leading coefficient is positive."""
        if not a.numerator:
            return ONE if function == "cos" else ZERO
        negative = a.numerator[max(a.numerator)] < 0
        if negative:
            a = Rational(polynomial.scale(a.numerator, -1), a.denominator)
        if function == "sin":
            cosine = polynomial.of_generator(self.generators.number("cos", a.key, a), 2)
            square = polynomial.add({UNIT: 1}, polynomial.scale(cosine, -1))
            result = self.rationals.of_generator(
                self.generators.with_square("sin", a.key, square, a)
            )
        else:
            result = self.rationals.of_generator(self.generators.number(function, a.key, a))
        if negative and function != "cos":
            return Rational(polynomial.scale(result.numerator, -1))
        return result


def _with_sign(parts: Parts) -> Polynomial:
    """Return the rest of a polynomial with its sign: only a positive number was taken out."""
    return parts.rest if parts.number > 0 else polynomial.scale(parts.rest, -1)


def _primes_of(value: Fraction) -> list[tuple[int, int]]:
    """Return primes, and a rest that may be none, and exponents: their product is the value."""
    found: dict[int, int] = {}
    for whole, sign in ((value.numerator, 1), (value.denominator, -1)):
        divisor = 2
        while whole > 1 and divisor < TRIAL:
            if whole % divisor:
                divisor += 1
            else:
                whole //= divisor
                found[divisor] = found.get(divisor, 0) + sign
        if whole > 1:
            found[whole] = found.get(whole, 0) + sign
    return sorted((base, count) for base, count in found.items() if count)
