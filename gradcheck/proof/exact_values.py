"""Functions at rational numbers where the value is rational, and the factors of a root."""

from __future__ import annotations

from fractions import Fraction
from math import isqrt

from gradcheck.proof.limits import Unmodelled

LARGEST_PRIME = 100
"""Below which factors are taken out of a root."""


def at_rational(function: str, value: Fraction) -> Fraction | None:
    """Return the function's value at a rational number where that is rational and known.

    Raises
    ------
    Unmodelled
        Where it has no real value there.
    """
    if function == "sqrt":
        if value < 0:
            raise Unmodelled(f"the square root of {value}")
        return _root(value)
    if function == "log":
        if value <= 0:
            raise Unmodelled(f"the logarithm of {value}")
        return Fraction(0) if value == 1 else None
    if value == 0:
        return Fraction(1) if function in ("exp", "cos") else Fraction(0)
    return None


def _root(value: Fraction) -> Fraction | None:
    above, below = isqrt(value.numerator), isqrt(value.denominator)
    exact = above * above == value.numerator and below * below == value.denominator
    return Fraction(above, below) if exact else None


def factors(number: int) -> list[tuple[int, int]]:
    """Return the small prime factors of a positive integer and their powers; what is left, last."""
    found = []
    for divisor in (2, *range(3, LARGEST_PRIME, 2)):
        power = 0
        while number % divisor == 0:
            number //= divisor
            power += 1
        if power:
            found.append((divisor, power))
    return [*found, (number, 1)] if number > 1 else found
