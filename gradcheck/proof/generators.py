"""The generators of the polynomials, and the relations between them.

Each generator stands for a real function of the variables. A relation is applied in every product,
so that no polynomial holds what a relation rewrites:

- an indicator b, which is 0 or 1: b² = b;
- the indicators of one choice, of which at most one is 1: e_i e_j = 0;
- "> 0" and "≥ 0" of one argument, where both are kept: [A > 0] [A ≥ 0] = [A > 0];
- a maximum m and the indicator e_i that a_i is the largest: e_i m = e_i a_i;
- a root r, and a sine: r² is a polynomial that does not hold r.

All of them are true of the functions at every point. Relations that are missing (log(xy) and
log x + log y, say) can make a proof fail, and never succeed wrongly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.proof import polynomial
from gradcheck.proof.polynomial import UNIT, Monomial, Polynomial

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable

    from gradcheck.proof.limits import Budget
    from gradcheck.proof.polynomial import Number

DIVISIBLE = frozenset(("variable", "exp", "log", "cos", "atan", "erf", "maximum"))
"""Kinds that no relation rewrites by themselves, so that they may have negative exponents."""


class Generators:
    """Numbers the generators, and multiplies polynomials of them.

    Attributes
    ----------
    kinds : list of str
        Of each generator.
    about : list
        What each stands for: an argument, a name, an entry's place.
    squares : dict
        From a root or a sine to its square.
    indicators : set
        The generators that are 0 or 1.
    groups : dict
        From an indicator of a choice to all of the choice's.
    weaker, stronger : dict
        From [A > 0] to [A ≥ 0], and back.
    entries : dict
        From the indicator that an entry is the largest to the maximum and that entry.
    wholes : dict
        From a maximum to the sum of its entries times their indicators, which it is.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.kinds: list[str] = []
        self.about: list[Any] = []
        self.squares: dict[int, Polynomial] = {}
        self.indicators: set[int] = set()
        self.groups: dict[int, tuple[int, ...]] = {}
        self.weaker: dict[int, int] = {}
        self.stronger: dict[int, int] = {}
        self.entries: dict[int, tuple[int, Polynomial]] = {}
        self.wholes: dict[int, Polynomial] = {}
        self._known: dict[tuple[str, Hashable], int] = {}
        self._ruled: set[int] = set()
        self._rewritten: dict[Monomial, Polynomial | None] = {}

    def number(self, kind: str, key: Hashable, about: Any = None) -> int:
        """Return the number of a generator, a new one where the key is new."""
        known = self._known.get((kind, key))
        if known is None:
            known = self._known[kind, key] = len(self.kinds)
            self.kinds.append(kind)
            self.about.append(about)
        return known

    def with_square(self, kind: str, key: Hashable, square: Polynomial, about: Any = None) -> int:
        """Return the number of a root or a sine."""
        number = self.number(kind, key, about)
        if number not in self.squares:
            self.squares[number] = square
            self._ruled.add(number)
        return number

    def indicator(self, key: Hashable, about: Any = None) -> int:
        """Return the number of a function that is 0 or 1."""
        number = self.number("indicator", key, about)
        self.indicators.add(number)
        self._ruled.add(number)
        return number

    def exclude(self, choice: Iterable[int]) -> None:
        """Say that at most one of several indicators is 1."""
        together = tuple(choice)
        for number in together:
            self.groups[number] = together

    def imply(self, strict: int, weak: int) -> None:
        """Say that the second indicator is 1 wherever the first is."""
        self.weaker[strict], self.stronger[weak] = weak, strict

    def equate(self, indicator: int, maximum: int, entry: Polynomial) -> None:
        """Say that the maximum is this entry wherever the indicator is 1."""
        self.entries[indicator] = (maximum, entry)
        self._ruled.add(maximum)

    def without_maxima(self, p: Polynomial) -> Polynomial:
        """Return p with its maxima written out, times powers of them; those that can be."""
        for maximum in sorted(self.wholes, reverse=True):
            if any(generator == maximum for monomial in p for generator, _ in monomial):
                p = self.put(p, maximum, self.wholes[maximum])
        return p

    def put(self, p: Polynomial, generator: int, value: Polynomial) -> Polynomial:
        """Return p with a polynomial for a generator, times its power where p has it below."""
        least = min(exponent for monomial in p for g, exponent in monomial if g == generator)
        total: Polynomial = {}
        for monomial, coefficient in p.items():
            rest = tuple(pair for pair in monomial if pair[0] != generator)
            exponent = int(dict(monomial).get(generator, 0) - min(least, 0))
            part = self.multiply({rest: coefficient}, self.power(value, exponent))
            polynomial.accumulate(total, part)
        return total

    def multiply(self, p: Polynomial, q: Polynomial) -> Polynomial:
        """Return p · q, rewritten."""
        product = polynomial.multiply(p, q, self.budget)
        if self._ruled and self._has_ruled(p) and self._has_ruled(q):
            return self._rewrite_all(product)
        return product

    def power(self, p: Polynomial, exponent: int) -> Polynomial:
        """Return p to a power that is not negative, rewritten."""
        if not (self._ruled and self._has_ruled(p)):
            return polynomial.power(p, exponent, self.budget)
        total: Polynomial = {UNIT: 1}
        for _ in range(exponent):
            total = self.multiply(total, p)
        return total

    def of_monomial(self, monomial: Monomial, factor: Number = 1) -> Polynomial:
        """Return factor · monomial, rewritten."""
        return self._rewrite_all({monomial: factor})

    def outcomes(self, p: Polynomial) -> list[int]:
        """Return the indicators that stand in a polynomial, the newest first."""
        if not self.indicators:
            return []
        return sorted(polynomial.generators(p) & self.indicators, reverse=True)

    def suppose(self, p: Polynomial, indicator: int, value: int) -> Polynomial:
        """Return p where an indicator is 0 or 1, and with it those that follow from it."""
        p = polynomial.substitute(p, indicator, value)
        if value:
            for other in self.groups.get(indicator, ()):
                if other != indicator:
                    p = polynomial.substitute(p, other, 0)
            weak = self.weaker.get(indicator)
            if weak is not None:
                p = polynomial.substitute(p, weak, 1)
        elif indicator in self.stronger:
            p = polynomial.substitute(p, self.stronger[indicator], 0)
        return p

    def _has_ruled(self, p: Polynomial) -> bool:
        ruled = self._ruled
        return any(generator in ruled for monomial in p for generator, _ in monomial)

    def _rewrite_all(self, product: Polynomial) -> Polynomial:
        total: Polynomial = {}
        get = total.get
        for monomial, coefficient in product.items():
            instead = self._rewrite(monomial)
            if instead is None:
                total[monomial] = get(monomial, 0) + coefficient
            else:
                for other, factor in instead.items():
                    total[other] = get(other, 0) + coefficient * factor
        self.budget.spend(len(total))
        return {monomial: c for monomial, c in total.items() if c}

    def _rewrite(self, monomial: Monomial) -> Polynomial | None:
        """Return what a monomial is by the relations, or None where it stays as it is."""
        ruled = self._ruled
        if not any(generator in ruled for generator, _ in monomial):
            return None
        if monomial not in self._rewritten:
            self._rewritten[monomial] = self._by_relations(monomial)
        return self._rewritten[monomial]

    def _by_relations(self, monomial: Monomial) -> Polynomial | None:
        exponents = dict(monomial)
        ones = [generator for generator in exponents if generator in self.indicators]
        if self._excluded(ones):
            return {}
        for generator in ones:
            exponents[generator] = 1
            weak = self.weaker.get(generator)
            if weak is not None:
                exponents.pop(weak, None)
        factors = self._taken_out(exponents, ones)
        total: Polynomial = {tuple(sorted(exponents.items())): 1}
        if not factors and monomial in total:
            return None
        for factor in factors:
            total = self.multiply(total, factor)
        return total

    def _excluded(self, ones: list[int]) -> bool:
        """Say that two of these indicators are never 1 together."""
        seen: set[int] = set()
        for generator in ones:
            if generator in seen:
                return True
            seen.update(self.groups.get(generator, ()))
        return False

    def _taken_out(self, exponents: dict[int, Number], ones: list[int]) -> list[Polynomial]:
        """Take maxima that are known entries, and squares, out of a monomial; return them."""
        factors: list[Polynomial] = []
        for generator in ones:
            if generator in self.entries:
                maximum, entry = self.entries[generator]
                if exponents.get(maximum, 0) > 0:
                    factors.append(self.power(entry, int(exponents.pop(maximum))))
        for generator, exponent in list(exponents.items()):
            square = self.squares.get(generator)
            if square is not None and exponent > 1:
                twice, rest = divmod(int(exponent), 2)
                factors.append(self.power(square, twice))
                if rest:
                    exponents[generator] = 1
                else:
                    del exponents[generator]
        return factors
