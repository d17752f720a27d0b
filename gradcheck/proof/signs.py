"""Indicators of "> 0" and "≥ 0", normalised so that equal ones are one generator.

What is dropped from an argument is positive at every point where the argument has a value and is
not 0: exponentials, even powers of variables, positive numbers, denominators that are provably
positive. [−A > 0] = 1 − [A ≥ 0] is exact. "> 0" and "≥ 0" are one generator where the argument is
certified to be 0 on no region, so that they differ at kinks only; else they are two.

An argument that holds indicators itself is taken apart by the newest of them, b:
[A > 0] = b [A|b=1 > 0] + (1 − b) [A|b=0 > 0]. So [y > 0] is [x > 0] for y = x [x > 0]. Where that
would only make more indicators of longer arguments (the second layer of a network), the argument is
kept whole.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gradcheck.proof import polynomial
from gradcheck.proof.genericity import Genericity
from gradcheck.proof.largest import Largest
from gradcheck.proof.polynomial import UNIT, Polynomial
from gradcheck.proof.rational import Rational

if TYPE_CHECKING:
    from collections.abc import Hashable

    from gradcheck.proof.rational import Rationals

ALWAYS_APART = 2
"""An argument of at most so many indicators is always taken apart."""

TOGETHER = 4
"""With more indicators no sign of a polynomial is looked for."""

ONE: Polynomial = {UNIT: 1}


class Signs:
    """Brings indicators to normal form."""

    def __init__(self, rationals: Rationals) -> None:
        self.rationals = rationals
        self.generators = rationals.generators
        self.genericity = Genericity(rationals)
        self._known: dict[tuple[Hashable, bool], Polynomial] = {}
        self._free: dict[Hashable, dict[bool, int]] = {}
        self._largest: dict[Hashable, tuple[Largest, int, bool]] = {}
        self._choices: dict[int, Largest] = {}

    def of(self, a: Rational, *, strict: bool) -> Polynomial:
        """Return the indicator of a > 0, or of a ≥ 0 where not strict."""
        return self._of_rational(a, {}, strict=strict)

    def sign(self, p: Polynomial, supposed: dict[int, int] | None = None) -> int:
        """Return the sign that a polynomial provably has.

        Returns
        -------
        int
            2 for positive, 1 for not negative, 0 for unknown or 0; negative likewise. Where a sign
            of a variable follows from an indicator, it is taken to be strict: it is off the kinks.
        """
        supposed = supposed or {}
        outcomes = self.generators.outcomes(p)
        if outcomes and len(outcomes) <= TOGETHER:
            signs = []
            for value in (0, 1):
                more = supposed | self._follows(outcomes[0], value)
                signs.append(self.sign(self.generators.suppose(p, outcomes[0], value), more))
            low, high = min(signs), max(signs)
            return low if low > 0 else min(high, 0)
        known = [self._sign_of_term(m, supposed) * (1 if c > 0 else -1) for m, c in p.items()]
        if not known or 0 in known or min(known) < 0 < max(known):
            return 0
        return max(known) if known[0] > 0 else min(known)

    def choose(self, maximum: int, entries: tuple[Rational, ...]) -> None:
        """Make known the indicators that this or that entry of a maximum is the largest."""
        largest = self._choices[maximum] = Largest(
            maximum, entries, self.genericity, partial(self.of, strict=False)
        )
        for place, entry in enumerate(entries):
            difference = self.rationals.total(
                [(1, self.rationals.of_generator(maximum)), (-1, entry)]
            )
            argument, flipped = self._normal(self._without_denominator(difference))
            self._largest[polynomial.key(argument)] = (largest, place, flipped)

    def assume(self, indicator: Polynomial, *, decided: bool) -> None:
        """Take an indicator to be 1 or 0 from now on, if it is one generator or 1 minus one."""
        [*present] = self.generators.outcomes(indicator)
        if len(present) == 1 and self._argument_of(present[0]):
            [*values] = (
                polynomial.substitute(indicator, present[0], value) == {UNIT: 1} for value in (0, 1)
            )
            if values[0] != values[1]:
                key = polynomial.key(self._argument_of(present[0]))
                for strict, number in self._free[key].items():
                    if number == present[0]:
                        value = ONE if values[1] == decided else {}
                        self._known[key, strict] = value

    def without_maxima(self, p: Polynomial) -> Polynomial:
        """Return p with its maxima written out, times powers of them; those that can be."""
        for generator in polynomial.generators(p):
            if generator in self._choices:
                self._choices[generator].make()
        return self.generators.without_maxima(p)

    def _of_rational(self, a: Rational, supposed: dict[int, int], *, strict: bool) -> Polynomial:
        """Return an indicator, taken apart where that tells a denominator's sign."""
        generators = self.generators
        p = self._without_denominator(a, supposed)
        outcomes = generators.outcomes(a.numerator)
        factors = [self.rationals.factors[place] for place, _ in a.denominator]
        if (
            not factors
            or not 0 < len(outcomes) <= ALWAYS_APART
            or any(generators.outcomes(factor) for factor in factors)
            or polynomial.key(self._normal(p)[0]) in self._largest
        ):
            return self._of(p, strict=strict)
        parts = []
        for value in (0, 1):
            numerator = generators.suppose(a.numerator, outcomes[0], value)
            part = self.rationals.cancelled(numerator, a.denominator)
            more = supposed | self._follows(outcomes[0], value)
            parts.append(self._of_rational(part, more, strict=strict))
        b = polynomial.of_generator(outcomes[0])
        return polynomial.add(
            generators.multiply(b, parts[1]), generators.multiply(self._opposite(b), parts[0])
        )

    def _follows(self, indicator: int, value: int) -> dict[int, int]:
        """Return the sign of a variable that an indicator's value tells."""
        argument = self._argument_of(indicator)
        if len(argument) == 1:
            [monomial] = argument
            if len(monomial) == 1 and self.generators.kinds[monomial[0][0]] == "variable":
                return {monomial[0][0]: 1 if value else -1}
        return {}

    def _without_denominator(
        self, a: Rational, supposed: dict[int, int] | None = None
    ) -> Polynomial:
        """Return a polynomial of the same sign: a factor that may be negative goes above."""
        p = a.numerator
        for place, multiplicity in a.denominator:
            if multiplicity % 2:
                factor = self.rationals.factors[place]
                sign = self.sign(factor, supposed)
                if sign < 0:
                    p = polynomial.scale(p, -1)
                elif not sign:
                    p = self.generators.multiply(p, factor)
        return p

    def _of(self, p: Polynomial, *, strict: bool) -> Polynomial:
        if not p:
            return {} if strict else ONE
        argument, flipped = self._normal(p)
        known = self._known.get((polynomial.key(argument), strict != flipped))
        if known is None:
            known = self._of_normal(argument, strict=strict != flipped)
            self._known[polynomial.key(argument), strict != flipped] = known
        return self._opposite(known) if flipped else known

    def _of_normal(self, p: Polynomial, *, strict: bool) -> Polynomial:
        sign = self.sign(p)
        if sign == 2 or (sign == 1 and (not strict or self.genericity.zero_on_no_region(p))):
            return ONE
        if sign == -2 or (sign == -1 and (strict or self.genericity.zero_on_no_region(p))):
            return {}
        key = polynomial.key(p)
        if key in self._largest:
            largest, place, flipped = self._largest[key]
            if not flipped:  # m − a ≥ 0 always, and m − a > 0 where a is not the largest
                return self._opposite(largest.indicator(place)) if strict else ONE
            return {} if strict else largest.indicator(place)
        exponent = self._exponent(p)
        if exponent is not None:
            return self.of(exponent, strict=strict)
        outcomes = self.generators.outcomes(p)
        if outcomes and (len(outcomes) <= ALWAYS_APART or self._resolves(p, outcomes[0])):
            b = polynomial.of_generator(outcomes[0])
            one = self._of(self.generators.suppose(p, outcomes[0], 1), strict=strict)
            zero = self._of(self.generators.suppose(p, outcomes[0], 0), strict=strict)
            return polynomial.add(
                self.generators.multiply(b, one), self.generators.multiply(self._opposite(b), zero)
            )
        return polynomial.of_generator(self._generator(p, strict=strict))

    def _generator(self, p: Polynomial, *, strict: bool) -> int:
        """Return the indicator of a normalised argument that nothing more is known of."""
        key = polynomial.key(p)
        known = self._free.setdefault(key, {})
        if strict not in known:
            other = known.get(not strict)
            if other is not None and self.genericity.zero_on_no_region(p):
                known[strict] = other
            else:
                known[strict] = self.generators.indicator((key, strict), p)
                if other is not None:
                    self.generators.imply(known[True], known[False])
        return known[strict]

    def _normal(self, p: Polynomial) -> tuple[Polynomial, bool]:
        """Return an argument of the same sign, and whether the sign was turned."""
        kinds, squares = self.generators.kinds, self.generators.squares
        dropped = []
        for generator, exponent in polynomial.lowest(p).items():
            kind = kinds[generator]
            if kind == "exp":
                dropped.append((generator, -exponent))
            elif kind == "variable" or exponent < 0:
                dropped.append((generator, exponent % 2 - exponent))
            elif (
                kind == "root"
                and self.generators.about[generator]
                and self.genericity.zero_on_no_region(squares[generator])
            ):
                dropped.append((generator, -exponent))
        if dropped:
            p = self.generators.multiply(p, {tuple(sorted(d for d in dropped if d[1])): 1})
        number, rest = polynomial.primitive(p)
        return rest, number < 0

    def _sign_of_term(self, monomial: polynomial.Monomial, supposed: dict[int, int]) -> int:
        sign = 2
        for generator, exponent in monomial:
            kind = self.generators.kinds[generator]
            if kind == "exp":
                continue
            if exponent % 2 and generator in supposed:
                sign *= supposed[generator]
            elif exponent % 2 == 0 or kind == "indicator":
                if generator not in supposed:
                    sign = 1 if sign > 0 else -1
            elif kind == "root" and self.generators.about[generator]:
                sign = 1 if sign > 0 else -1
            else:
                return 0
        return sign

    def _exponent(self, p: Polynomial) -> Rational | None:
        """Return log M₁ − log M₂ for the argument M₁ − M₂ of monomials of exponentials."""
        if len(p) != 2 or sorted(p.values()) != [-1, 1]:
            return None
        terms = []
        for monomial, coefficient in p.items():
            for generator, exponent in monomial:
                if self.generators.kinds[generator] != "exp":
                    return None
                inner, denominator = self.generators.about[generator]
                terms.append((coefficient * exponent, Rational({inner: 1}, denominator)))
        return self.rationals.total(terms)

    def _resolves(self, p: Polynomial, indicator: int) -> bool:
        """Say that an outcome of an indicator makes the argument's sign known."""
        for value in (0, 1):
            q = self.generators.suppose(p, indicator, value)
            if not q:
                return True
            argument, _ = self._normal(q)
            if argument == self._argument_of(indicator) or self.sign(argument):
                return True
        return False

    def _argument_of(self, indicator: int) -> Polynomial:
        about: Any = self.generators.about[indicator]
        return about if isinstance(about, dict) else {}

    def _opposite(self, p: Polynomial) -> Polynomial:
        return polynomial.add(ONE, polynomial.scale(p, -1))
