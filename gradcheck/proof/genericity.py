"""Where a polynomial of generators is 0: on a set without inner points, or perhaps on a region.

"> 0" and "≥ 0" are one indicator only where the argument is 0 on no region: √(x²) − x is no such
argument, although it is not the polynomial 0. What is certified:

- Variables, and exponentials of distinct monomials of such generators, are algebraically
  independent functions (Ax's theorem): a polynomial of them that is not 0 is 0 on no region.
- With roots of such polynomials: the product of all its conjugates is a polynomial without roots,
  and is not 0 where a single evaluation modulo a prime is not.
- With indicators: no outcome may make it 0.
- With a maximum: it is one of its entries, each of which is put in for it.

Source: J. Ax, "On Schanuel's conjectures", Annals of Mathematics 93 (1971).
"""

from __future__ import annotations

from functools import reduce
from itertools import product
from math import lcm
from random import Random
from typing import TYPE_CHECKING

from gradcheck.proof import polynomial

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gradcheck.proof.polynomial import Polynomial
    from gradcheck.proof.rational import Rationals

PRIME = 2**127 - 1
"""It leaves 3 modulo 4, so that a root is a power."""

POINTS = 40
"""So many points are tried until all the roots exist."""

ROOTS = 4


class Genericity:
    """Certifies that polynomials are 0 on no region."""

    def __init__(self, rationals: Rationals) -> None:
        self.rationals = rationals
        self.generators = rationals.generators
        self._free: dict[int, bool] = {}

    def free(self, generator: int) -> bool:
        """Say that a generator is a variable, or an exponential of a monomial of such."""
        known = self._free.get(generator)
        if known is None:
            kind, about = self.generators.kinds[generator], self.generators.about[generator]
            known = kind == "variable"
            if kind == "exp":
                monomial, denominator = about
                known = not denominator and all(self.free(inner) for inner, _ in monomial)
            self._free[generator] = known
        return known

    def zero_on_no_region(self, p: Polynomial) -> bool:
        """Say that the points at which a polynomial is 0 fill no region; False where unknown."""
        present = polynomial.generators(p)
        kinds = self.generators.kinds
        others = [g for g in present if not self.free(g) and kinds[g] != "indicator"]
        if not others:
            return self.rationals.nowhere_zero_on_a_region(p)
        if any(kinds[g] == "indicator" for g in present):
            return False
        if all(kinds[g] == "root" for g in others):
            return self._with_roots(p)
        maxima = [g for g in others if kinds[g] == "maximum"]
        if len(maxima) == 1:
            entries = self.generators.about[maxima[0]]
            return all(
                not entry.denominator
                and self.zero_on_no_region(self.generators.put(p, maxima[0], entry.numerator))
                for entry in entries
            )
        return False

    def _with_roots(self, p: Polynomial) -> bool:
        """Evaluate all conjugates at a point modulo a prime: not 0, so not the polynomial 0."""
        squares = self.generators.squares
        waiting, present = list(polynomial.generators(p)), set[int]()
        polynomials = [p]
        while waiting:
            generator = waiting.pop()
            if generator in present:
                continue
            present.add(generator)
            if generator in squares and self.generators.kinds[generator] == "root":
                polynomials.append(squares[generator])
                waiting.extend(polynomial.generators(squares[generator]))
            elif not self.free(generator):
                return False
        roots = sorted(g for g in present if g in squares)
        if len(roots) > ROOTS:
            return False
        scale = reduce(
            lcm, (e.denominator for q in polynomials for monomial in q for _, e in monomial), 1
        )
        random = Random(0)  # noqa: S311 - any point will do
        for _ in range(POINTS):
            point = {g: random.randrange(2, PRIME) for g in present if g not in squares}
            conjugates = list(self._conjugates(point, roots, scale))
            if None not in conjugates:
                return all(value and _value(p, value, scale, roots) for value in conjugates)
        return False

    def _conjugates(
        self, point: dict[int, int], roots: list[int], scale: int
    ) -> Iterator[dict[int, int] | None]:
        """Yield the point with each choice of the roots' signs; None where there is no root."""
        for signs in product((1, -1), repeat=len(roots)):
            values = dict(point)
            for root, sign in zip(roots, signs, strict=True):
                square = _value(self.generators.squares[root], values, scale, roots)
                value = pow(square, (PRIME + 1) // 4, PRIME)
                if value * value % PRIME != square:
                    yield None
                    return
                values[root] = sign * value % PRIME
            yield values


def _value(p: Polynomial, values: dict[int, int], scale: int, roots: Collection[int]) -> int:
    """Evaluate modulo the prime; a value is the scale-th root of what its generator stands for."""
    total = 0
    for monomial, coefficient in p.items():
        term = coefficient.numerator * pow(coefficient.denominator, -1, PRIME)
        for generator, exponent in monomial:
            factor = 1 if generator in roots else scale
            term = term * pow(values[generator], int(exponent * factor), PRIME) % PRIME
        total += term
    return total % PRIME
