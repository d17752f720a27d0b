"""The indicators that this or that entry of a maximum is the largest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.proof import polynomial
from gradcheck.proof.polynomial import UNIT, Polynomial

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.proof.genericity import Genericity
    from gradcheck.proof.rational import Rational


class Largest:
    """The indicators that an entry is the largest, made when one is first asked for.

    Of two entries, a is the largest where a − b ≥ 0. Where no two of several can be the largest on
    a region, exactly one indicator is 1: they exclude each other; the last is 1 minus the others.

    Parameters
    ----------
    maximum : int
        The maximum's generator.
    entries : tuple of Rational
    genericity : Genericity
    nonnegative : callable
        Returns the indicator of a rational function's being ≥ 0.
    """

    def __init__(
        self,
        maximum: int,
        entries: tuple[Rational, ...],
        genericity: Genericity,
        nonnegative: Callable[[Rational], Polynomial],
    ) -> None:
        self.maximum, self.entries = maximum, entries
        self._genericity, self._nonnegative = genericity, nonnegative
        self._numbers: list[int] = []
        self._of_two: list[Polynomial] = []
        self._made = False
        self.exclusive = False

    def indicator(self, place: int) -> Polynomial:
        """Return the indicator that an entry is the largest."""
        self.make()
        if self._of_two:
            return self._of_two[place]
        if place < len(self._numbers):
            return polynomial.of_generator(self._numbers[place])
        rest: Polynomial = {UNIT: 1}
        for number in self._numbers:
            rest[((number, 1),)] = -1
        return rest

    def make(self) -> None:
        """Make the indicators, once."""
        if self._made:
            return
        self._made = True
        rationals = self._genericity.rationals
        generators = rationals.generators
        if len(self.entries) == 2:
            a, b = self.entries
            for one, other in ((a, b), (b, a)):
                difference = rationals.total([(1, one), (-1, other)])
                self._of_two.append(self._nonnegative(difference))
            if not a.denominator and not b.denominator:
                whole = rationals.total([(1, a), (-1, b)]).numerator
                part = generators.multiply(self._of_two[0], whole)
                generators.wholes[self.maximum] = polynomial.add(b.numerator, part)
            return
        self.exclusive = all(
            self._genericity.zero_on_no_region(rationals.total([(1, one), (-1, other)]).numerator)
            for place, one in enumerate(self.entries)
            for other in self.entries[:place]
        )
        count = len(self.entries) - self.exclusive
        self._numbers = [generators.indicator((self.maximum, place)) for place in range(count)]
        if self.exclusive:
            generators.exclude(self._numbers)
        for number, entry in zip(self._numbers, self.entries, strict=False):
            if not entry.denominator:
                generators.equate(number, self.maximum, entry.numerator)
        if self.exclusive and not any(entry.denominator for entry in self.entries):
            everything: Polynomial = {}
            for place, entry in enumerate(self.entries):
                part = generators.multiply(self.indicator(place), entry.numerator)
                polynomial.accumulate(everything, part)
            generators.wholes[self.maximum] = everything
