"""Float literals as fractions."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.literals import exact


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (0.1, Fraction(1, 10)),
        (2 / 3, Fraction(2, 3)),
        (-0.01, Fraction(-1, 100)),
        (1e-8, Fraction(1, 10**8)),
        (1e-15, Fraction(1, 10**15)),
        (0.5, Fraction(1, 2)),
        (0.044715, Fraction(44715, 10**6)),
        (3.0, Fraction(3)),
        (0.0, Fraction(0)),
        (-0.0, Fraction(0)),
        (1e20, Fraction(10**20)),
        (True, Fraction(1)),
        (7, Fraction(7)),
        (np.int32(-4), Fraction(-4)),
        (np.bool_(True), Fraction(1)),  # noqa: FBT003
        (np.float64(0.3), Fraction(3, 10)),
        (np.float32(0.1), Fraction(1, 10)),
        (np.float16(0.1), Fraction(1, 10)),
        (Fraction(22, 7), Fraction(22, 7)),
    ],
)
def test_what_a_literal_stands_for(value: Any, wanted: Fraction) -> None:
    assert exact(value) == wanted


@pytest.mark.parametrize("value", [0.1, 2 / 3, 1e-8, 0.01, 1.5])
def test_its_neighbours_stand_for_something_else(value: float) -> None:
    near = [math.nextafter(value, 0), value, math.nextafter(value, 9)]
    assert len({exact(one) for one in near}) == 3


def test_a_float_that_is_no_float32_literal_is_not_one() -> None:
    assert exact(float(np.float32(0.1))) != Fraction(1, 10)
    assert exact(0.1) != exact(0.1001)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_it_rounds_to_the_float(value: float) -> None:
    assert float(exact(value)) == value


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_it_rounds_to_the_float32(value: float) -> None:
    single = np.float32(value)
    gap = abs(exact(single) - Fraction(float(single)))
    with np.errstate(over="ignore"):
        spacing = np.spacing(np.abs(single))
    assert gap == 0 or gap <= Fraction(float(spacing)) / 2


@given(st.integers(1, 10**7), st.integers(1, 10**7))
def test_a_quotient_of_small_integers_is_itself(above: int, below: int) -> None:
    assert exact(above / below) == Fraction(above, below)


@given(st.floats(1e-12, 1e12))
def test_none_of_a_smaller_denominator_rounds_to_it(value: float) -> None:
    found = exact(value)
    if 1 < found.denominator < 2000:
        for below in range(1, found.denominator):
            assert round(value * below) / below != value


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, np.float32("inf"), "1", 1j, None])
def test_only_finite_real_numbers_are_read(value: Any) -> None:
    with pytest.raises(Unmodelled):
        exact(value)
