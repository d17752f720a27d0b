"""Scalars of symbols: Python's operators, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from symbols import agree, coded, tracing

from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import power, scalar

X = np.array([0.5, -1.5, 2.0])


@pytest.mark.parametrize(
    "case",
    ["x[0] + x[1]", "1 + x[0]", "x[0] - 1", "2 - x[0]", "x[0] * 3", "x[0] / x[1]", "1 / x[0]",
     "-x[0]", "+x[0]", "abs(x[1])", "x[0] ** 2", "2 ** x[0]", "x[0] ** -1", "x[0] ** 0.5",
     "(x[0] > 0) * 1.0", "(x[0] >= x[1]) * 1.0", "(x[0] < 0) * 1.0", "(x[0] <= 0.5) * 1.0",
     "(x[0] == 0.5) * 1.0", "(x[0] != x[1]) * 1.0", "((x[0] > 0) & (x[1] > 0)) * 1.0",
     "((x[0] > 0) | (x[1] > 0)) * 1.0", "(x[0] > 0) * (x[2] > 0) * 1.0", "x[0] + np.float64(1)",
     "x[0] + np.arange(3)", "np.arange(3) * x[0]", "x[0] * x", "x - x[1]", "x[0].sum()",
     "x[0].reshape(1)", "x[0].mean()", "x[0].shape", "x[0].ndim", "x[0].size", "x[0].copy()",
     "x[0].item()", "x[0].astype(float)", "x[0].T", "x[0].real", "x[0][()]", "x[0][None]", "sum(x)",
     "x[0] == None", "x[0] != 'a'", "pow(x[0], 3)", "np.exp(x[0])", "x[0].clip(0, 1)",
     "x[0].max()"],
)  # fmt: skip
def test_each_is_what_python_gives(case: str) -> None:
    agree(coded(case), X)


@pytest.mark.parametrize("case", ["max(x)", "sorted(x)", "0 < x[0] < 1", "x[0] in (0.5, 1)",
                                  "max(x, key=abs)", "x[0] if x[1] < 0 else x[2]"])  # fmt: skip
def test_branches_where_comparisons_are_decided(case: str) -> None:
    agree(coded(case), X, merging=False)


def test_a_constant_is_a_number_again() -> None:
    with tracing():
        half = scalar(0.5)
        assert (float(half), int(half), bool(half), hash(half)) == (0.5, 0, True, hash(0.5))


@pytest.mark.parametrize("exponent", [3, -2, 0, 1, 64, 0.5, -1.5, 1 / 3, 0.3])
def test_powers(exponent: float) -> None:
    agree(lambda x: x[2] ** exponent / 1e19, X, close=1e-9)


@pytest.mark.parametrize("exponent", [65, -100])
def test_powers_that_a_logarithm_would_be_wrong_for(exponent: int) -> None:
    with tracing({"x": X}) as run, pytest.raises(Unmodelled, match="negative"):
        power(run.symbols["x"][0], scalar(exponent))


@pytest.mark.parametrize("name", ["x[0].hex()", "x[0].is_integer()", "x[0].as_integer_ratio()",
                                  "math.floor(x[0])", "math.ceil(x[0])",
                                  "math.trunc(x[0])"])  # fmt: skip
def test_what_a_float_has_and_a_symbol_has_not_is_no_missing_attribute(name: str) -> None:
    with tracing({"x": X}) as run, pytest.raises(Unmodelled):
        coded(name, math=math)(run.symbols["x"])


def test_what_a_float_has_not_is_a_missing_attribute() -> None:
    with tracing({"x": X}) as run:
        one: Any = run.symbols["x"][0]
        assert not hasattr(one, "no_such_name")
        with pytest.raises(AttributeError):
            _ = one.no_such_name
