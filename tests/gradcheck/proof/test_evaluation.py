"""Values of expressions: in float64, in intervals, and where there are none."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.proof.evaluation import FLOATS, FloatValues, at_kink, enclosed
from gradcheck.proof.expression import FUNCTIONS, Pool

if TYPE_CHECKING:
    from gradcheck.proof.expression import Expression


@pytest.fixture
def pool() -> Pool:
    return Pool()


def value(node: Expression, **point: float) -> float:
    return FloatValues(point).of(node)


def test_every_function_has_a_value_in_floats() -> None:
    assert FLOATS.keys() == set(FUNCTIONS)


@pytest.mark.parametrize(
    ("function", "at", "wanted"),
    [("exp", 1, math.e), ("log", 2, math.log(2)), ("sqrt", 2, math.sqrt(2)), ("sin", 1,
    math.sin(1)),
     ("cos", 1, math.cos(1)), ("atan", 1, math.pi / 4), ("erf", 1, math.erf(1)),
     ("exp", 1e4, math.inf), ("log", 0, -math.inf)],
)  # fmt: skip
def test_functions(pool: Pool, function: str, at: float, wanted: float) -> None:
    assert value(pool.call(function, pool.variable("x")), x=at) == wanted


@pytest.mark.parametrize(("function", "at"), [("log", -1), ("sqrt", -1), ("sin", math.inf)])
def test_what_has_no_value_is_nan(pool: Pool, function: str, at: float) -> None:
    node = pool.call(function, pool.variable("x"))
    assert math.isnan(value(node, x=at))
    assert math.isnan(value(pool.maximum([node, pool.one]), x=at))
    assert math.isnan(value(pool.positive(node), x=at))
    assert math.isnan(value(pool.nonnegative(node), x=at))


def test_operations(pool: Pool) -> None:
    x, y = pool.variable("x"), pool.variable("y")
    assert value(pool.add(x, y), x=1, y=2) == 3
    assert value(pool.mul(x, y), x=3, y=2) == 6
    assert value(pool.power(x, -2), x=2) == 0.25
    assert value(pool.maximum([x, y, pool.one]), x=0, y=-1) == 1
    assert [value(pool.positive(x), x=k) for k in (-1, 0, 1)] == [0, 0, 1]
    assert [value(pool.nonnegative(x), x=k) for k in (-1, 0, 1)] == [0, 1, 1]
    assert value(pool.variable("pi")) == math.pi


def test_overflow_is_infinity(pool: Pool) -> None:
    x = pool.variable("x")
    assert value(pool.power(x, 3), x=-1e200) == -math.inf
    assert value(pool.power(x, 2), x=-1e200) == math.inf
    assert value(pool.power(x, -1), x=0) == math.inf
    assert value(pool.constant(10**400)) == math.inf
    assert value(pool.constant(-(10**400))) == -math.inf


def test_unwritten_entries_differ_from_each_other_and_from_nothing(pool: Pool) -> None:
    found = [value(pool.variable(f"unwritten{k}")) for k in range(1, 20)]
    assert len(set(found)) == 19
    assert all(one and one != round(one) for one in found)
    with pytest.raises(KeyError):
        value(pool.variable("unwrittenx"))


def test_values_are_kept(pool: Pool) -> None:
    values = FloatValues({"x": 2.0})
    node = pool.call("exp", pool.variable("x"))
    assert values.of(pool.add(node, pool.one)) == values.of(node) + 1


@given(st.sampled_from(FUNCTIONS), st.fractions(-4, 4, max_denominator=64))
@settings(max_examples=80, deadline=None)
def test_intervals_hold_the_value(function: str, at: Fraction) -> None:
    pool = Pool()
    node = pool.call(function, pool.add(pool.power(pool.variable("x"), 2), pool.one))
    [interval] = enclosed([node], {"x": at})
    with mpmath.workdps(50):
        inner = mpmath.mpf(at.numerator) / at.denominator
        wanted = getattr(mpmath, function)(inner**2 + 1)
        assert interval.a - 1e-30 <= wanted <= interval.b + 1e-30
        assert interval.delta < 1e-10 * (1 + abs(wanted))


@pytest.mark.parametrize(
    "text",
    ["log of -1", "sqrt of -1", "log of 0", "1 / 0", "[u > 0] of about 0", "max of two about 0"],
)
def test_what_cannot_be_told_is_no_interval(pool: Pool, text: str) -> None:
    x = pool.variable("x")
    about_zero = pool.subtract(pool.power(pool.call("sqrt", x), 2), x)
    node: Any = {
        "log of -1": pool.call("log", pool.subtract(x, pool.constant(3))),
        "sqrt of -1": pool.call("sqrt", pool.subtract(x, pool.constant(3))),
        "log of 0": pool.call("log", pool.subtract(x, pool.constant(2))),
        "1 / 0": pool.power(pool.subtract(x, pool.constant(2)), -1),
        "[u > 0] of about 0": pool.positive(about_zero),
        "max of two about 0": pool.maximum([about_zero, pool.zero]),
    }[text]
    with pytest.raises((ArithmeticError, ValueError)):
        enclosed([node], {"x": Fraction(2)})


def test_exact_zeros_have_a_sign(pool: Pool) -> None:
    x = pool.variable("x")
    there = {"x": Fraction(0)}
    assert enclosed([pool.positive(x), pool.nonnegative(x)], there) == [0, 1]


def test_kinks(pool: Pool) -> None:
    x, y = pool.variable("x"), pool.variable("y")
    at, off = {"x": Fraction(0), "y": Fraction(1)}, {"x": Fraction(1, 8), "y": Fraction(1)}
    assert at_kink([pool.positive(x)], at)
    assert not at_kink([pool.positive(x)], off)
    assert not at_kink([pool.call("exp", x)], at)
    # An entry less the maximum is 0 all around a point where it is the largest.
    largest = pool.nonnegative(pool.subtract(y, pool.maximum([x, y])))
    assert not at_kink([largest], at)
