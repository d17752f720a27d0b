"""Indicators at a point of a finite field, where an argument's value is all that is known of it.

Two arguments whose quotient is a rational number of small height are one up to that number, but
for an accident whose probability `finite_field` counts. [−A > 0] = 1 − [A ≥ 0]; "> 0" and
"≥ 0" are one where the argument is algebraic in the variables and invertible, so that it is 0
on no region. Else the two are apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import gcd, isqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    from gradcheck.proof.algebra import Algebra, Element

from gradcheck.proof.limits import GivenUp

HEIGHT = 2**16
"""Of the rational numbers that are recognised."""

ALWAYS_APART = 2
"""An argument of at most so many indicators is always taken apart."""


@dataclass(slots=True)
class Known:
    """An argument, and the bits of its indicators: strict, and not strict."""

    argument: Element
    bits: dict[bool, int] = field(default_factory=dict)


class FieldSigns:
    """Makes the indicators of one point.

    Attributes
    ----------
    compared : int
        Pairs of arguments whose quotient was looked at.
    """

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self.compared = 0
        self._known: list[Known] = []
        self._largest: dict[Hashable, Element] = {}
        self._by_bit: dict[int, Known] = {}
        self._assumed: dict[int, int] = {}

    def of(self, a: Element, *, strict: bool, pure: bool) -> Element:
        """Return the indicator of a > 0, or of a ≥ 0; pure says that a is algebraic."""
        algebra = self.algebra
        if not a:
            return 0 if strict else 1
        if isinstance(a, int):
            sign = self._sign_of_quotient(a, 1)
            if sign:
                return int(sign > 0)
        largest = self._largest.get(algebra.key(a))
        if largest is not None:  # a is an entry minus the maximum: never positive
            return 0 if strict else largest
        largest = self._largest.get(algebra.key(algebra.negative(a)))
        if largest is not None:
            return algebra.subtract(1, largest) if strict else 1
        for known in self._known:
            sign = self._sign_of_quotient(a, known.argument)
            if sign:
                return self._indicator(known, strict=strict, pure=pure, turned=sign < 0)
        return self._of_new(a, strict=strict, pure=pure)

    def assume(self, indicator: Element, *, decided: bool) -> None:
        """Take an indicator to be 1 or 0 from now on, if it is one symbol or 1 minus one."""
        for bit in self._by_bit:
            if indicator == {bit: 1}:
                self._assumed[bit] = int(decided)
            elif indicator == self.algebra.subtract(1, {bit: 1}):
                self._assumed[bit] = int(not decided)

    def choose(self, maximum: Element, entries: Sequence[Element], *, pure: bool) -> None:
        """Make the indicators that an entry is the largest."""
        algebra = self.algebra
        alone = pure and all(
            self._invertible(algebra.subtract(one, other))
            for place, one in enumerate(entries)
            for other in entries[:place]
        )
        bits = [algebra.indicator() for _ in range(len(entries) - alone)]
        indicators: list[Element] = [{bit: 1} for bit in bits]
        if alone:
            algebra.exclude(bits)
            rest: Element = 1
            for one in indicators:
                rest = algebra.subtract(rest, one)
            indicators.append(rest)
        for entry, one in zip(entries, indicators, strict=True):
            self._largest[algebra.key(algebra.subtract(entry, maximum))] = one

    def _of_new(self, a: Element, *, strict: bool, pure: bool) -> Element:
        algebra = self.algebra
        present = algebra.bits(a) & algebra.indicators
        if present:
            newest = 1 << (present.bit_length() - 1)
            one, zero = algebra.outcome(a, newest, 1), algebra.outcome(a, newest, 0)
            if present.bit_count() <= ALWAYS_APART or self._resolves(one, zero, newest):
                above = algebra.mul({newest: 1}, self.of(one, strict=strict, pure=pure))
                other = algebra.subtract(1, {newest: 1})
                below = algebra.mul(other, self.of(zero, strict=strict, pure=pure))
                return algebra.add(above, below)
        known = Known(a)
        self._known.append(known)
        return self._indicator(known, strict=strict, pure=pure, turned=False)

    def _indicator(self, known: Known, *, strict: bool, pure: bool, turned: bool) -> Element:
        kind = strict != turned
        if kind not in known.bits:
            other = known.bits.get(not kind)
            if other is not None and pure and self._invertible(known.argument):
                known.bits[kind] = other
            else:
                known.bits[kind] = self.algebra.indicator()
                self._by_bit[known.bits[kind]] = known
                if other is not None:
                    self.algebra.imply(known.bits[True], known.bits[False])
        bit = known.bits[kind]
        indicator: Element = self._assumed.get(bit, {bit: 1})
        return self.algebra.subtract(1, indicator) if turned else indicator

    def _resolves(self, one: Element, zero: Element, bit: int) -> bool:
        """Say that an outcome of an indicator makes the argument's sign known."""
        known = self._by_bit.get(bit)
        return any(
            not outcome
            or (isinstance(outcome, int) and self._sign_of_quotient(outcome, 1))
            or (known is not None and self._sign_of_quotient(outcome, known.argument))
            for outcome in (one, zero)
        )

    def _invertible(self, a: Element) -> bool:
        try:
            self.algebra.inverse(a)
        except GivenUp:
            self.algebra.budget.look()
            return False
        return True

    def _sign_of_quotient(self, a: Element, b: Element) -> int:
        """Return the sign of a / b where that is a rational number of small height, else 0."""
        prime = self.algebra.prime
        self.compared += 1
        if isinstance(a, int) or isinstance(b, int):
            if not (isinstance(a, int) and isinstance(b, int)):
                return 0
            return _sign(a * pow(b, -1, prime) % prime, prime)
        if a.keys() != b.keys():
            return 0
        first = min(a)
        quotient = a[first] * pow(b[first], -1, prime) % prime
        if any(value != b[bits] * quotient % prime for bits, value in a.items()):
            return 0
        return _sign(quotient, prime)


def _sign(value: int, prime: int) -> int:
    """Return the sign of the fraction of small height that a number modulo a prime is, else 0."""
    low, high, factor, next_factor = value, prime, 1, 0
    while low > HEIGHT:
        times = high // low
        low, high = high - times * low, low
        factor, next_factor = next_factor - times * factor, factor
    if not low or abs(factor) > HEIGHT or gcd(low, factor) != 1 or isqrt(prime // 2) < HEIGHT:
        return 0
    return 1 if factor > 0 else -1
