"""The test at random points: what it must see, what it must not, and its bound."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mpmath as mp
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from proof_expressions import (
    HALF,
    OPERATIONS,
    Writer,
    Written,
    grown,
    largest,
    leaky,
    maximum,
    seeded,
    softmax,
    values,
)

from gradcheck.proof.algebra import Algebra
from gradcheck.proof.derivative import gradients
from gradcheck.proof.finite_field import MISS_BITS, FieldPoint, FieldPoints
from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.primes import PRIMES_BITS

if TYPE_CHECKING:
    from collections.abc import Callable

    Rule = Callable[..., tuple[Written, Written | int]]


def zero(a: Written, b: Written | int = 0) -> bool:
    return FieldPoints(Budget(60), seeded(0)).vanishes((a - b).node)


TRUE: dict[str, Rule] = {
    "binomial": lambda x, y, z: ((x + y) ** 2, x * x + 2 * x * y + y**2),
    "fractions": lambda x, y, z: (1 / x + 1 / y, (x + y) / (x * y)),
    "exp of a sum": lambda x, y, z: ((x + y * HALF).exp() ** 2, (2 * x).exp() * y.exp()),
    "exp of equal values": lambda x, y, z: ((x * (y * z)).exp(), (x * y * z).exp()),
    "exp of a log": lambda x, y, z: ((-2 * x.log()).exp(), x**-2),
    "log of equal values": lambda x, y, z: ((x * (y + z)).log(), (x * y + x * z).log()),
    "square of a root": lambda x, y, z: ((x / y).sqrt() ** 2, x / y),
    "roots below": lambda x, y, z: (1 / (x.sqrt() + y.sqrt()), (x.sqrt() - y.sqrt()) / (x - y)),
    "root of a root": lambda x, y, z: (
        1 / (1 + x.sqrt()).sqrt() ** 4,
        ((1 - x.sqrt()) / (1 - x)) ** 2,
    ),
    "Pythagoras": lambda x, y, z: (x.sin() ** 2 + x.cos() ** 2, 1),
    "odd": lambda x, y, z: (
        (y - x).sin() + (x - y).call("erf"),
        -(x - y).sin() - (y - x).call("erf"),
    ),
    "even": lambda x, y, z: ((y - x).cos(), (x - y).cos()),
    "both signs": lambda x, y, z: (x.positive() + (-x).nonnegative(), 1),
    "either kind": lambda x, y, z: ((x * y - z).positive(), (x * y - z).nonnegative()),
    "a positive factor": lambda x, y, z: ((3 * x).positive(), (x * HALF).positive()),
    "sign of ReLU": lambda x, y, z: ((x * y).relu().positive(), (x * y).positive()),
    "ReLU is not negative": lambda x, y, z: (x.relu().nonnegative(), 1),
    "sign of leaky ReLU": lambda x, y, z: (leaky(x - y).positive(), (x - y).positive()),
    "below an indicator": lambda x, y, z: (
        x / (1 + x * (2 * x.positive() - 1)),
        x.positive() * x / (1 + x) + (1 - x.positive()) * x / (1 - x),
    ),
    "one is the largest": lambda x, y, z: (
        largest(x, y, z) + largest(y, x, z) + largest(z, y, x),
        1,
    ),
    "not two are": lambda x, y, z: (largest(x, y, z) * largest(y, x, z), 0),
    "no entry is larger": lambda x, y, z: ((x - maximum(x, y, z)).positive(), 0),
    "a smaller entry": lambda x, y, z: ((maximum(x, y, z) - x).positive(), 1 - largest(x, y, z)),
}

FALSE: dict[str, Rule] = {
    "binomial": lambda x, y, z: ((x + y) ** 2, x * x + x * y + y**2),
    "exp of a product": lambda x, y, z: ((x * y).exp(), x.exp() * y.exp()),
    "root of a square": lambda x, y, z: ((x * x).sqrt(), x),
    "minus the root of a square": lambda x, y, z: ((x * x).sqrt(), -x),
    "conjugate roots": lambda x, y, z: (x + y.sqrt(), x - y.sqrt()),
    "Pythagoras": lambda x, y, z: (x.sin() ** 2 + y.cos() ** 2, 1),
    "odd": lambda x, y, z: ((-x).cos(), -x.cos()),
    "either kind at a flat place": lambda x, y, z: (
        ((x * x).sqrt() - x).positive(),
        ((x * x).sqrt() - x).nonnegative(),
    ),
    "either kind of ReLU": lambda x, y, z: (x.relu().positive(), x.relu().nonnegative()),
    "either kind of a maximum": lambda x, y, z: (
        ((x - maximum(x, y, z)) * z).positive(),
        ((x - maximum(x, y, z)) * z).nonnegative(),
    ),
    "a negative factor": lambda x, y, z: ((-3 * x).positive(), x.positive()),
    "an unknown factor": lambda x, y, z: ((x * y).positive(), x.positive()),
    "a large fraction": lambda x, y, z: ((x * 3 + y).positive(), (x * 3 - y).positive()),
    "sign of a shifted ReLU": lambda x, y, z: ((x.relu() - y).positive(), (x - y).positive()),
    "sign of an upside-down leaky ReLU": lambda x, y, z: (
        (x * x.positive() - x * (1 - x.positive())).positive(),
        x.positive(),
    ),
    "two at once": lambda x, y, z: (largest(x, y, z), largest(y, x, z)),
    "the largest, and another indicator": lambda x, y, z: (largest(x, y, z) * z.positive(), 0),
    "the largest of two choices": lambda x, y, z: (largest(z, x, y) * largest(z, -x, -y), 0),
    "two of several equal are": lambda x, y, z: (
        largest(x.relu(), y.relu(), z.relu()) * largest(y.relu(), x.relu(), z.relu()),
        0,
    ),
}


@pytest.mark.parametrize("rule", TRUE)
def test_what_is_true_vanishes(rule: str) -> None:
    assert zero(*TRUE[rule](*Writer().variables("x y z")))


@pytest.mark.parametrize("rule", FALSE)
def test_what_is_false_does_not(rule: str) -> None:
    assert not zero(*FALSE[rule](*Writer().variables("x y z")))


choices = st.lists(
    st.tuples(st.sampled_from(OPERATIONS), *[st.integers(0, 40)] * 3), min_size=4, max_size=18
)
coordinates = st.integers(-3000, 3000).filter(lambda n: n % 937).map(lambda n: Fraction(n, 937))


@settings(deadline=None, max_examples=80)
@given(choices, st.lists(st.tuples(coordinates, coordinates), min_size=8, max_size=8))
def test_nothing_vanishes_that_has_another_value_anywhere(
    made_by: list[Any], places: list[tuple[Fraction, Fraction]]
) -> None:
    pool, made = grown(made_by)
    size = len(pool.nodes)
    random_points = FieldPoints(Budget(60), seeded(1))
    with mp.workdps(60):
        known = [
            values(
                pool.nodes[:size],
                {
                    "x": mp.mpf(x.numerator) / x.denominator,
                    "y": mp.mpf(y.numerator) / y.denominator,
                },
            )
            for x, y in places
        ]
        for place, a in enumerate(made):
            for b in made[:place]:
                try:
                    if not random_points.vanishes(pool.subtract(a, b)):
                        continue
                except GivenUp:
                    continue
                for found in known:
                    one, other = found[a.number], found[b.number]
                    if one is not None and other is not None:
                        assert abs(one - other) <= 1e-35 * max(1, abs(one), abs(other)), (a, b)


def test_a_network_too_large_for_a_normal_form() -> None:
    writer = Writer()
    x, g = writer.variables("x1 x2 x3"), writer.variables("g1 g2 g3")
    y = x
    for layer in range(4):
        w = writer.variables(" ".join(f"w{layer}{k}" for k in range(9)))
        z = [sum((w[3 * i + j] * y[j] for j in (1, 2)), w[3 * i] * y[0]) for i in range(3)]
        y = [((2 * a).exp() - 1) / ((2 * a).exp() + 1) for a in z]
    y = softmax(y)
    true = gradients([a.node for a in y], [a.node for a in g], [a.node for a in x])
    again = gradients(
        [a.node for a in reversed(y)], [a.node for a in reversed(g)], [a.node for a in x]
    )
    points = FieldPoints(Budget(60), seeded(2))
    for a, b in zip(true, again, strict=True):
        assert points.vanishes(writer.pool.subtract(a, b))
        assert not points.vanishes(
            writer.pool.subtract(a, writer.pool.mul(b, writer.pool.constant(2)))
        )
    assert not points.vanishes(writer.pool.subtract(true[0], true[1]))


def test_the_probability_of_a_miss_is_counted() -> None:
    (x,) = Writer().variables("x")
    power = x
    for _ in range(40):
        power = power * power + 1
    point = FieldPoint(Budget(60), seeded(4), 1)
    point.of(x.node)
    few = point.doubt_bits()
    point.of(power.node)
    assert few < 10
    assert 40 < point.doubt_bits() < PRIMES_BITS  # the degree is 2^40
    assert PRIMES_BITS - point.doubt_bits() < MISS_BITS  # so one point is not enough
    points = FieldPoints(Budget(60), seeded(5))
    assert points.vanishes((power - power * 1 + x - x * 1).node)
    assert points.vanishes(((power + x) * (power - x) - power * power + x * x).node)
    assert len(points._points) > 1


def test_a_degree_that_is_too_high_is_given_up() -> None:
    (x,) = Writer().variables("x")
    power = x
    for _ in range(200):
        power = power * power + 1
    with pytest.raises(GivenUp, match="degree"):
        zero((power + x) * (power - x) - power * power, -(x * x))


def test_a_division_by_0_is_given_up() -> None:
    (x,) = Writer().variables("x")
    with pytest.raises(GivenUp, match="division by 0"):
        zero(x.positive() / x.positive(), 1)


def test_too_many_symbols_are_given_up() -> None:
    x = Writer().variables(" ".join(f"x{k}" for k in range(12)))
    product = x[0].relu() + 1
    for one in x[1:]:
        product = product * (one.relu() + 1)
    with pytest.raises(GivenUp, match="too many"):
        zero(product)


def test_a_number_in_an_exponent_that_comes_late() -> None:
    x, y = Writer().variables("x y")
    points = FieldPoints(Budget(60), seeded(6))
    assert points.vanishes(((x + y).exp() - x.exp() * y.exp()).node)
    third = (x * Fraction(1, 3)).exp()
    assert points.vanishes((third**3 - x.exp()).node)
    assert not points.vanishes((third**2 - x.exp()).node)


@pytest.mark.parametrize("decided", [True, False])
def test_a_condition_is_taken_for_granted(*, decided: bool) -> None:
    x, y = Writer().variables("x y")
    points = FieldPoints(Budget(60), seeded(7), [((x - y).positive().node, decided)])
    assert points.vanishes(((2 * x - 2 * y).positive() - int(decided)).node)
    assert points.vanishes(((y - x).nonnegative() - int(not decided)).node)
    assert not points.vanishes(((x - y).positive() - int(not decided)).node)


def test_inverse_in_the_algebra() -> None:
    algebra = Algebra(2**127 - 1, Budget(60))
    b, c = {algebra.indicator(): 1}, {algebra.indicator(): 1}
    r = algebra.root(algebra.add(7, b), 1)
    a = algebra.add(algebra.add(3, algebra.mul(b, c)), algebra.mul(5, algebra.mul(r, c)))
    assert algebra.mul(a, algebra.inverse(a)) == 1
    assert algebra.mul(r, r) == algebra.add(7, b)
    with pytest.raises(GivenUp):
        algebra.inverse(algebra.subtract(1, b))
