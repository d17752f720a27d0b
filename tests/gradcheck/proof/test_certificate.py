"""Certificates of refutations: they hold in intervals and in the replay, or there is none."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import mpmath
import pytest

from gradcheck.proof.certificate import Certificate, candidate, certified
from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import Pool

if TYPE_CHECKING:
    from gradcheck.proof.expression import Expression

AT = {"x": 0.75, "y": -0.5}


@pytest.fixture
def pool() -> Pool:
    return Pool()


def certify(got: Expression, true: Expression, replayed: float) -> Certificate | None:
    return certified(got, true, 0, AT, replayed)


def test_it_tells_both_values_exactly(pool: Pool) -> None:
    x = pool.variable("x")
    found = certify(pool.mul(pool.constant(2), x), pool.mul(pool.constant(3), x), 1.5)
    assert found is not None
    assert (found.got, found.true) == ("3/2", "9/4")
    assert found.difference == -0.75
    assert found.point == {"x": Fraction(3, 4), "y": Fraction(-1, 2)}
    assert found.replayed == 1.5


def test_values_that_are_not_rational_are_told_by_their_first_digits(pool: Pool) -> None:
    x = pool.variable("x")
    found = certify(pool.call("exp", x), pool.variable("pi"), math.exp(0.75))
    assert found is not None
    assert found.got == "2.11700001661"
    assert found.true == "3.14159265359"
    assert "pi" not in found.point


def test_a_replay_that_shows_something_else_refuses(pool: Pool) -> None:
    x = pool.variable("x")
    got, true = pool.mul(pool.constant(2), x), pool.mul(pool.constant(3), x)
    assert certify(got, true, 2.25) is None  # the code returns the truth
    assert certify(got, true, 0.0) is None  # or something else again
    assert certify(got, true, math.nan) is None
    assert certify(got, true, 1.5 + 1e-9) is not None


def test_equal_values_are_no_certificate(pool: Pool) -> None:
    x = pool.variable("x")
    same = pool.power(pool.call("sqrt", pool.power(x, 2)), 2)
    assert certify(same, pool.power(x, 2), 0.5625) is None


def test_a_difference_below_the_intervals_is_no_certificate(pool: Pool) -> None:
    """The enclosures overlap: e^x e^{-x} is 1 up to the last digit."""
    x = pool.variable("x")
    one = pool.mul(pool.call("exp", x), pool.call("exp", pool.negative(x)))
    assert certify(one, pool.one, 1.0) is None
    assert (
        certify(pool.add(one, pool.constant(Fraction(1, 10**9))), pool.one, 1.0 + 1e-9) is not None
    )


def test_at_a_kink_there_is_none(pool: Pool) -> None:
    x = pool.variable("x")
    here = pool.subtract(x, pool.constant(Fraction(3, 4)))
    assert certify(pool.nonnegative(here), pool.positive(here), 1.0) is None
    assert certify(pool.nonnegative(x), pool.positive(pool.negative(x)), 1.0) is not None


def test_at_a_tie_there_is_none(pool: Pool) -> None:
    x, y = pool.variable("x"), pool.variable("y")
    tie = pool.maximum([pool.mul(y, pool.constant(Fraction(-3, 2))), x])
    assert certify(tie, pool.zero, 0.75) is None
    assert certify(pool.maximum([x, y]), pool.zero, 0.75) is not None


def test_where_a_value_does_not_exist_there_is_none(pool: Pool) -> None:
    y = pool.variable("y")
    assert certify(pool.call("log", y), pool.zero, 1.0) is None
    assert certify(pool.variable("unwritten1"), pool.zero, 1.0) is None
    assert certify(pool.variable("z"), pool.zero, 1.0) is None


def test_long_fractions_are_told_by_their_first_digits(pool: Pool) -> None:
    node = pool.power(pool.add(pool.variable("x"), pool.constant(Fraction(1, 10**6 + 3))), 900)
    found = certify(node, pool.zero, 0.75**900 * (1 + 900 / 0.75e6))
    assert found is not None
    assert "e-" in found.got


def test_the_precision_is_as_before(pool: Pool) -> None:
    before = mpmath.iv.dps
    certify(pool.variable("x"), pool.zero, 0.75)
    certify(pool.call("log", pool.variable("y")), pool.zero, 0.75)
    assert mpmath.iv.dps == before


def test_the_candidate_is_the_entry_that_differs_most(pool: Pool) -> None:
    x, y = pool.variable("x"), pool.variable("y")
    true = [x, y, x]
    got = [x, pool.mul(y, pool.constant(Fraction(101, 100))), pool.mul(x, pool.constant(2))]
    values = FloatValues(AT)
    assert candidate(got, true, values) == 2
    assert candidate(got[:2], true[:2], values) == 1
    assert candidate(true, true, values) is None
    assert candidate([pool.call("log", y)], [x], values) is None
