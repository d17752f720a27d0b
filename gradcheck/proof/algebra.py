"""An algebra over a finite field with indicators (b² = b) and roots (r² = a) as symbols.

An element is a number, or a dictionary from sets of symbols (bits) to numbers that are not 0. It
is the image of an expression under a homomorphism, so that an expression that is 0 by the relations
has the image 0, for every outcome of the indicators and every sign of the roots at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.proof.limits import GivenUp

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable
    from fractions import Fraction

    from gradcheck.proof.limits import Budget

Element = int | dict[int, int]

WIDEST = 1024
"""Terms of an element."""


class Algebra:
    """Arithmetic modulo a prime, with symbols.

    Attributes
    ----------
    count : int
        Symbols so far.
    size_of_roots : int
        By how much a product may exceed its factors' sizes.
    """

    def __init__(self, prime: int, budget: Budget) -> None:
        self.prime, self.budget = prime, budget
        self.count = 0
        self.size_of_roots = 0
        self.indicators = 0
        self._squares: dict[int, Element] = {}
        self._roots: dict[Hashable, int] = {}
        self._groups: list[int] = []
        self._weaker: dict[int, int] = {}

    def constant(self, value: Fraction) -> int:
        """Return a rational number.

        Raises
        ------
        GivenUp
            Where the prime divides its denominator.
        """
        if not value.denominator % self.prime:
            raise GivenUp("an unlucky prime")
        return value.numerator * pow(value.denominator, -1, self.prime) % self.prime

    def key(self, a: Element) -> Hashable:
        """Return what is equal for equal elements, and for no others."""
        return a if isinstance(a, int) else frozenset(a.items())

    def indicator(self) -> int:
        """Return the bit of a new symbol b with b² = b."""
        bit = self._bit()
        self.indicators |= bit
        return bit

    def exclude(self, bits: Iterable[int]) -> None:
        """Say that at most one of several indicators is 1."""
        self._groups.append(sum(bits))

    def imply(self, strict: int, weak: int) -> None:
        """Say that the second indicator is 1 wherever the first is."""
        self._weaker[strict] = weak

    def root(self, a: Element, size: int) -> Element:
        """Return the symbol r with r² = a."""
        if not a:
            return 0
        key = self.key(a)
        if key not in self._roots:
            self._roots[key] = bit = self._bit()
            self._squares[bit] = a
            self.size_of_roots += 2 * size
        return {self._roots[key]: 1}

    def add(self, a: Element, b: Element) -> Element:
        """Return a + b."""
        if isinstance(a, int):
            if isinstance(b, int):
                return (a + b) % self.prime
            a, b = b, a
        total = dict(a)
        for bits, value in ((0, b),) if isinstance(b, int) else b.items():
            total[bits] = (total.get(bits, 0) + value) % self.prime
        return self._element(total)

    def negative(self, a: Element) -> Element:
        """Return −a."""
        return self._scaled(a, self.prime - 1)

    def subtract(self, a: Element, b: Element) -> Element:
        """Return a − b."""
        return self.add(a, self.negative(b))

    def mul(self, a: Element, b: Element) -> Element:
        """Return a · b."""
        if isinstance(a, int):
            return self._scaled(b, a)
        if isinstance(b, int):
            return self._scaled(a, b)
        self.budget.look()
        total: dict[int, int] = {}
        with_squares: Element = 0
        for one, u in a.items():
            for other, v in b.items():
                bits, squared = self._joined(one, other)
                value = u * v % self.prime
                if squared:
                    part = self._squared(squared, {bits: value} if bits else value)
                    with_squares = self.add(with_squares, part)
                elif bits >= 0:
                    total[bits] = (total.get(bits, 0) + value) % self.prime
        return self.add(self._element(total), with_squares)

    def power(self, a: Element, exponent: int) -> Element:
        """Return a to an integer power.

        Raises
        ------
        GivenUp
            Where a is 0 for an outcome, and the exponent negative.
        """
        if exponent < 0:
            a, exponent = self.inverse(a), -exponent
        if isinstance(a, int):
            return pow(a, exponent, self.prime)
        total: Element = 1
        while exponent:
            if exponent % 2:
                total = self.mul(total, a)
            exponent //= 2
            if exponent:
                a = self.mul(a, a)
        return total

    def inverse(self, a: Element) -> Element:
        """Return 1 / a, symbol by symbol.

        Raises
        ------
        GivenUp
            Where a is 0 for an outcome of the indicators or for signs of the roots.
        """
        if isinstance(a, int):
            if not a:
                raise GivenUp("a division by 0, on a region or everywhere")
            return pow(a, -1, self.prime)
        bit = 1 << (max(a).bit_length() - 1)
        without, factor = self._parted(a, bit)
        if bit & self.indicators:
            zero = self.inverse(without)
            one = self.inverse(self.outcome(a, bit, 1))
            return self.add(zero, self.mul({bit: 1}, self.subtract(one, zero)))
        norm = self.subtract(
            self.mul(without, without), self.mul(self.mul(factor, factor), self._squares[bit])
        )
        conjugate = self.subtract(without, self.mul({bit: 1}, factor))
        return self.mul(conjugate, self.inverse(norm))

    def outcome(self, a: Element, bit: int, value: int) -> Element:
        """Return a where an indicator is 0 or 1, and with it those that follow from it."""
        if isinstance(a, int):
            return a
        zeros = weak = 0
        if value:
            weak = self._weaker.get(bit, 0)
            for group in self._groups:
                if group & bit:
                    zeros |= group & ~bit
        else:
            zeros = bit
        total: dict[int, int] = {}
        for bits, coefficient in a.items():
            if not bits & zeros:
                rest = bits & ~(bit | weak)
                total[rest] = (total.get(rest, 0) + coefficient) % self.prime
        return self._element(total)

    def bits(self, a: Element) -> int:
        """Return the symbols that stand in an element."""
        present = 0
        for bits in () if isinstance(a, int) else a:
            present |= bits
        return present

    def width(self, a: Element) -> int:
        """Return how many symbols stand in an element."""
        return self.bits(a).bit_count()

    def turned(self, a: Element) -> tuple[bool, Element]:
        """Return one of a and −a, the same for both, and whether it is −a."""
        first = a if isinstance(a, int) else a[min(a)]
        return (True, self.negative(a)) if first > self.prime // 2 else (False, a)

    def _bit(self) -> int:
        self.count += 1
        return 1 << (self.count - 1)

    def _element(self, total: dict[int, int]) -> Element:
        kept = {bits: value for bits, value in total.items() if value}
        if len(kept) > WIDEST:
            raise GivenUp("there are too many indicators and roots together")
        if not kept or (len(kept) == 1 and 0 in kept):
            return kept.get(0, 0)
        return kept

    def _scaled(self, a: Element, factor: int) -> Element:
        if isinstance(a, int):
            return a * factor % self.prime
        if not factor:
            return 0
        return {bits: value * factor % self.prime for bits, value in a.items()}

    def _joined(self, one: int, other: int) -> tuple[int, int]:
        """Return the symbols of a product, and the roots that stand squared in it; −1 for 0."""
        indicators = (one | other) & self.indicators
        for group in self._groups:
            if (indicators & group).bit_count() > 1:
                return -1, 0
        for strict, weak in self._weaker.items():
            if indicators & strict:
                indicators &= ~weak
        roots = ~self.indicators
        return (one ^ other) & roots | indicators, one & other & roots

    def _squared(self, squared: int, a: Element) -> Element:
        while squared:
            bit = squared & -squared
            a = self.mul(a, self._squares[bit])
            squared &= ~bit
        return a

    def _parted(self, a: dict[int, int], bit: int) -> tuple[Element, Element]:
        """Return u and v of u + v · symbol."""
        without = {bits: value for bits, value in a.items() if not bits & bit}
        factor = {bits & ~bit: value for bits, value in a.items() if bits & bit}
        return self._element(without), self._element(factor)
