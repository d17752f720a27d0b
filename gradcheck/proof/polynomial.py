"""Sparse Laurent polynomials over the rationals.

A polynomial is a dictionary from monomials to coefficients, none of which is 0, and is never
changed once it has been handed on; a monomial is a tuple of (generator, exponent), sorted by
generator. The exponents are integers, or fractions where the generator has roots (an exponential).
Equal polynomials are equal dictionaries: 2 and Fraction(2) compare and hash alike, so that which of
them stands there matters for speed alone.
"""

from __future__ import annotations

from fractions import Fraction
from math import gcd, lcm
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Hashable

    from gradcheck.proof.limits import Budget

Number = int | Fraction
Monomial = tuple[tuple[int, Number], ...]
Polynomial = dict[Monomial, Number]

UNIT: Monomial = ()
"""The monomial 1."""


def exact(value: Number) -> Number:
    """Return a rational number as an int where it is one: ints are several times as fast."""
    return value.numerator if value.denominator == 1 else value


def constant(value: Number) -> Polynomial:
    """Return a number as a polynomial."""
    return {UNIT: exact(value)} if value else {}


def of_generator(generator: int, exponent: Number = 1) -> Polynomial:
    """Return a generator's power as a polynomial."""
    return {((generator, exponent),): 1}


def times(a: Monomial, b: Monomial) -> Monomial:
    """Return the product of two monomials."""
    if not a or not b:
        return a or b
    if a[-1][0] < b[0][0]:
        return a + b
    if b[-1][0] < a[0][0]:
        return b + a
    exponents = dict(a)
    for generator, exponent in b:
        total = exponents.get(generator, 0) + exponent
        if total:
            exponents[generator] = total
        else:
            del exponents[generator]
    return tuple(sorted(exponents.items()))


def raised(monomial: Monomial, exponent: Number) -> Monomial:
    """Return a monomial's power."""
    return tuple((g, exact(e * exponent)) for g, e in monomial) if exponent else UNIT


def accumulate(total: Polynomial, p: Polynomial, factor: Number = 1) -> None:
    """Add factor · p to a polynomial that nobody else holds yet."""
    for monomial, coefficient in p.items():
        value = total.get(monomial, 0) + coefficient * factor
        if value:
            total[monomial] = value
        else:
            total.pop(monomial, None)


def add(p: Polynomial, q: Polynomial) -> Polynomial:
    """Return p + q."""
    total = dict(p)
    accumulate(total, q)
    return total


def scale(p: Polynomial, factor: Number) -> Polynomial:
    """Return factor · p."""
    if factor == 1:
        return p
    return {monomial: exact(c * factor) for monomial, c in p.items()} if factor else {}


def shift(p: Polynomial, monomial: Monomial, factor: Number = 1) -> Polynomial:
    """Return factor · monomial · p, for a factor that is not 0."""
    if not monomial:
        return scale(p, factor)
    return {times(own, monomial): exact(c * factor) for own, c in p.items()}


def multiply(p: Polynomial, q: Polynomial, budget: Budget) -> Polynomial:
    """Return p · q.

    Raises
    ------
    GivenUp
        Where it has too many terms, or the time is over.
    """
    if len(p) > len(q):
        p, q = q, p
    if not p:
        return {}
    if len(p) == 1:
        [(monomial, factor)] = p.items()
        return shift(q, monomial, factor)
    total: Polynomial = {}
    get = total.get
    for monomial, factor in p.items():
        for own, coefficient in q.items():
            product = times(own, monomial)
            total[product] = get(product, 0) + coefficient * factor
        budget.spend(len(total))
    return {monomial: exact(c) for monomial, c in total.items() if c}


def power(p: Polynomial, exponent: int, budget: Budget) -> Polynomial:
    """Return p to a power that is not negative."""
    total: Polynomial = {UNIT: 1}
    if len(p) == 1:
        [(monomial, factor)] = p.items()
        return {raised(monomial, exponent): exact(factor**exponent)}
    for _ in range(exponent):
        total = multiply(total, p, budget)
    return total


def substitute(p: Polynomial, generator: int, value: int) -> Polynomial:
    """Return p with 0 or 1 for a generator that stands in it with positive exponents only."""
    total: Polynomial = {}
    for monomial, coefficient in p.items():
        rest = tuple(pair for pair in monomial if pair[0] != generator)
        if value or len(rest) == len(monomial):
            accumulate(total, {rest: coefficient})
    return total


def generators(p: Polynomial) -> set[int]:
    """Return the generators that stand in a polynomial."""
    return {generator for monomial in p for generator, _ in monomial}


def lowest(p: Polynomial) -> dict[int, Number]:
    """Return each generator's lowest exponent over all the terms, where that is not 0."""
    low: dict[int, Number] = {}
    counts: dict[int, int] = {}
    for monomial in p:
        for generator, exponent in monomial:
            counts[generator] = counts.get(generator, 0) + 1
            if generator not in low or exponent < low[generator]:
                low[generator] = exponent
    return {
        generator: exponent
        for generator, exponent in low.items()
        if exponent and (exponent < 0 or counts[generator] == len(p))
    }


def content(p: Polynomial) -> Number:
    """Return the positive number by which to divide for coprime integer coefficients."""
    above, below = 0, 1
    for coefficient in p.values():
        above = gcd(above, coefficient.numerator)
        below = lcm(below, coefficient.denominator)
    return exact(Fraction(above, below)) if above else 1


def primitive(p: Polynomial) -> tuple[Number, Polynomial]:
    """Return c and q with p = c · q: coprime integer coefficients, the leading one positive."""
    factor = content(p)
    if p and p[max(p)] < 0:
        factor = -factor
    if factor == 1:
        return 1, p
    return factor, {monomial: exact(Fraction(c) / factor) for monomial, c in p.items()}


def key(p: Polynomial) -> Hashable:
    """Return what is equal for equal polynomials, and for no others."""
    return frozenset(p.items())
