"""Float literals as exact numbers: the simplest fraction that rounds to the literal."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import Any

import numpy as np

from gradcheck.proof.limits import Unmodelled


def exact(value: Any) -> Fraction:
    """Return an integer, or what a float literal stands for.

    A float is read as the fraction with the smallest denominator among the real numbers that round
    to it: 0.1 as 1/10, 2/3 as 2/3. A float with a short mantissa is that fraction itself.

    Raises
    ------
    Unmodelled
        Where it is not finite, or no real number at all.
    """
    if isinstance(value, bool | int | np.integer | np.bool_ | Fraction):
        return Fraction(int(value)) if not isinstance(value, Fraction) else value
    if isinstance(value, float | np.floating):
        kind: Any = type(value) if isinstance(value, np.floating) else float
        return _of_float(float(value), kind)
    raise Unmodelled(f"a {type(value).__name__} among the numbers")


@lru_cache(maxsize=4096)
def _of_float(value: float, kind: type) -> Fraction:
    if not np.isfinite(value):
        raise Unmodelled(f"the number {value}")
    if value == 0:
        return Fraction(0)
    if value < 0:
        return -_of_float(-value, kind)
    if value == int(value):
        return Fraction(int(value))
    # As numpy scalars, neighbours are those of the literal's own precision.
    typed = np.dtype(kind).type(value)
    above = float(np.nextafter(typed, typed.dtype.type(np.inf)))
    below = float(np.nextafter(typed, typed.dtype.type(0)))
    middle = Fraction(value)
    return _simplest((middle + Fraction(below)) / 2, (middle + Fraction(above)) / 2)


def _simplest(low: Fraction, high: Fraction) -> Fraction:
    """Return the fraction of the smallest denominator with low < fraction < high; 0 ≤ low."""
    steps: list[int] = []
    while True:
        whole = floor(low)
        if whole + 1 < high:
            found = Fraction(whole + 1)
            break
        steps.append(whole)
        # high − whole ≤ 1, and nothing whole lies between: go on with the reciprocals.
        rest_high = high - whole
        rest_low = low - whole
        if rest_low == 0:
            # Every 1/n with n > 1/(high − whole) lies between.
            found = Fraction(floor(1 / rest_high) + 1)
            break
        low, high = 1 / rest_high, 1 / rest_low
    for whole in reversed(steps):
        found = whole + 1 / found
    return found
