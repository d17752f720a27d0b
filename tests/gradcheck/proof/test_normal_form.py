"""Each rule of the normal form, seen accepting what is true and rejecting its near neighbour."""

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
    number,
    softmax,
    values,
)

from gradcheck.proof.derivative import gradients
from gradcheck.proof.expression import Pool
from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.normal_form import NormalForms

if TYPE_CHECKING:
    from collections.abc import Callable

    Rule = Callable[..., tuple[Written, Written | int]]


def zero(a: Written, b: Written | int = 0) -> bool:
    return NormalForms(Budget(60)).is_zero((a - b).node)


def tanh(a: Written) -> Written:
    e = (2 * a).exp()
    return (e - 1) / (e + 1)


def sigmoid(a: Written) -> Written:
    return 1 / ((-a).exp() + 1)


def elu(a: Written) -> Written:
    return a * a.positive() + (1 - a.positive()) * (a.exp() - 1)


def clip(a: Written) -> Written:
    return -a.writer.larger(-a.writer.larger(a, -1), -1)


def softsign(a: Written) -> Written:
    return a / (1 + a * (2 * a.positive() - 1))


TRUE: dict[str, Rule] = {
    "binomial": lambda x, y, z: ((x + y) ** 2, x * x + 2 * x * y + y**2),
    "fractions": lambda x, y, z: (1 / x + 1 / y, (x + y) / (x * y)),
    "a factor cancels": lambda x, y, z: ((x * x + x * y) / (x + y), x),
    "exp of a sum": lambda x, y, z: ((x + y).exp(), x.exp() * y.exp()),
    "exp of a part": lambda x, y, z: ((x * HALF).exp() ** 2, x.exp()),
    "exp of a quotient": lambda x, y, z: (
        ((x - y) / z).exp(),
        (x / z).exp() / (y / z).exp(),
    ),
    "exp of a log": lambda x, y, z: ((-2 * x.log()).exp(), x**-2),
    "exp of half a log": lambda x, y, z: ((HALF * x.log()).exp(), x.sqrt()),
    "exp of a number": lambda x, y, z: (
        (x + 1).exp(),
        x.exp() * x._new(x.writer.pool.call("exp", x.writer.pool.one)),
    ),
    "log of an exp": lambda x, y, z: ((3 * x.exp()).log(), x + number(x, 3).log()),
    "log of a number": lambda x, y, z: (
        number(x, 12).log(),
        2 * number(x, 2).log() + number(x, 3).log(),
    ),
    "log of a sigmoid": lambda x, y, z: (sigmoid(x).log(), x - (1 + x.exp()).log()),
    "sigmoid in two ways": lambda x, y, z: (sigmoid(x), x.exp() / (1 + x.exp())),
    "tanh by sigmoid": lambda x, y, z: (tanh(x), 2 * sigmoid(2 * x) - 1),
    "square of a root": lambda x, y, z: (x.sqrt() ** 2, x),
    "a root below": lambda x, y, z: (x / x.sqrt(), x.sqrt()),
    "a square out of a root": lambda x, y, z: ((4 * x).sqrt(), 2 * x.sqrt()),
    "root of a number": lambda x, y, z: (number(x, HALF).sqrt(), number(x, 2).sqrt() / 2),
    "root of a product of numbers": lambda x, y, z: (
        number(x, 6).sqrt(),
        number(x, 2).sqrt() * number(x, 3).sqrt(),
    ),
    "square of the root of a quotient": lambda x, y, z: ((x / y).sqrt() ** 2, x / y),
    "root over what is positive": lambda x, y, z: (
        (x / (y * y + 1)).sqrt() * (y * y + 1),
        (x * (y * y + 1)).sqrt(),
    ),
    "root of an exp": lambda x, y, z: ((x.exp() * y).sqrt(), (x * HALF).exp() * y.sqrt()),
    "Pythagoras": lambda x, y, z: ((x * y).sin() ** 2 + (x * y).cos() ** 2, 1),
    "sine below": lambda x, y, z: (1 / x.sin() ** 2 - x.cos() ** 2 / x.sin() ** 2, 1),
    "odd": lambda x, y, z: (
        (y - x).sin() + (x - y).call("erf"),
        -(x - y).sin() - (y - x).call("erf"),
    ),
    "even": lambda x, y, z: ((y - x).cos(), (x - y).cos()),
    "an indicator's square": lambda x, y, z: (x.positive() ** 3, x.positive()),
    "both signs": lambda x, y, z: (x.positive() + (-x).positive(), 1),
    "either kind": lambda x, y, z: ((x * y - z).positive(), (x * y - z).nonnegative()),
    "positive factors": lambda x, y, z: ((3 * x * y.exp() / (z * z + 1)).positive(), x.positive()),
    "a sum of squares": lambda x, y, z: ((x * x + y * y + HALF).positive(), 1),
    "minus a sum of exps": lambda x, y, z: ((-x.exp() - y.exp()).positive(), 0),
    "a root is not negative": lambda x, y, z: (x.sqrt().nonnegative(), 1),
    "exps compared": lambda x, y, z: ((x.exp() - y.exp()).positive(), (x - y).positive()),
    "sign of ReLU": lambda x, y, z: ((x * y).relu().positive(), (x * y).positive()),
    "ReLU is not negative": lambda x, y, z: (x.relu().nonnegative(), 1),
    "ReLU of ReLU": lambda x, y, z: (x.relu().relu(), x.relu()),
    "sign of leaky ReLU": lambda x, y, z: (leaky(x - y).positive(), (x - y).positive()),
    "sign of ELU": lambda x, y, z: (elu(x).positive(), x.positive()),
    "sign of tanh": lambda x, y, z: (tanh(x).nonnegative(), x.positive()),
    "sign of softsign": lambda x, y, z: (softsign(x).positive(), x.positive()),
    "inside of a clip": lambda x, y, z: (
        (clip(x) + 1).positive() * (1 - clip(x)).positive(),
        (x + 1).positive() * (1 - x).positive(),
    ),
    "signs of a product": lambda x, y, z: ((x * x * x * y).positive(), (x * y).positive()),
    "one is the largest": lambda x, y, z: (
        largest(x, y, z) + largest(y, x, z) + largest(z, y, x),
        1,
    ),
    "not two are": lambda x, y, z: (largest(x, y, z) * largest(y, x, z), 0),
    "the largest is the maximum": lambda x, y, z: (
        largest(x, y, z) * maximum(x, y, z),
        largest(x, y, z) * x,
    ),
    "so is the last": lambda x, y, z: (largest(z, y, x) * maximum(x, y, z), largest(z, y, x) * z),
    "any that is the largest is the maximum": lambda x, y, z: (
        largest(x.relu(), y.relu(), z.relu()) * maximum(x.relu(), y.relu(), z.relu()),
        largest(x.relu(), y.relu(), z.relu()) * x.relu(),
    ),
    "no entry is larger": lambda x, y, z: ((x - maximum(x, y, z)).positive(), 0),
    "a smaller entry": lambda x, y, z: ((maximum(x, y, z) - x).positive(), 1 - largest(x, y, z)),
    "maximum of two": lambda x, y, z: (maximum(x, y) + -maximum(-x, -y), x + y),
    "maximum of two by an indicator": lambda x, y, z: (maximum(x, y), x.writer.larger(x, y)),
    "maximum in either order": lambda x, y, z: (maximum(x - y, y, z), maximum(z, -y + x, y)),
    "numbers in a maximum": lambda x, y, z: (
        maximum(x, number(x, 1), number(x, 2)),
        maximum(x, number(x, 2)),
    ),
    "shift of softmax": lambda x, y, z: (
        softmax([x, y, z])[0],
        softmax([x + z * z, y + z * z, z + z * z])[0],
    ),
}

FALSE: dict[str, Rule] = {
    "binomial": lambda x, y, z: ((x + y) ** 2, x * x + x * y + y**2),
    "exp of a product": lambda x, y, z: ((x * y).exp(), x.exp() * y.exp()),
    "exp of a quotient": lambda x, y, z: ((x / z).exp(), x.exp() / z.exp()),
    "exp of a log": lambda x, y, z: ((2 * x.log()).exp(), x**3),
    "root of a square": lambda x, y, z: ((x * x).sqrt(), x),
    "root of a quotient": lambda x, y, z: ((x / y).sqrt(), (x * y).sqrt() / y),
    "root of a quotient of unknown sign": lambda x, y, z: (
        (x / (y + 1)).sqrt(),
        (x * (y + 1)).sqrt() / (y + 1),
    ),
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
    "either kind of an arctangent": lambda x, y, z: (
        (x.call("atan") + (1 / x).call("atan") - 2 * number(x, 1).call("atan")).positive(),
        (x.call("atan") + (1 / x).call("atan") - 2 * number(x, 1).call("atan")).nonnegative(),
    ),
    "a negative factor": lambda x, y, z: ((-3 * x).positive(), x.positive()),
    "an unknown factor": lambda x, y, z: ((x * y).positive(), x.positive()),
    "an unknown denominator": lambda x, y, z: ((x / (y + 1)).positive(), x.positive()),
    "a difference of squares": lambda x, y, z: ((x * x - y * y).positive(), 1),
    "exps of other sizes": lambda x, y, z: ((2 * x.exp() - y.exp()).positive(), (x - y).positive()),
    "exps of other sizes by their exponents": lambda x, y, z: (
        (2 * x.exp() - y.exp()).positive(),
        (2 * x - y).positive(),
    ),
    "sign of a shifted ReLU": lambda x, y, z: ((x.relu() - y).positive(), (x - y).positive()),
    "sign of an upside-down leaky ReLU": lambda x, y, z: (
        (x * x.positive() - x * (1 - x.positive())).positive(),
        x.positive(),
    ),
    "sign of a shifted ELU": lambda x, y, z: ((elu(x) + HALF).positive(), x.positive()),
    "clip at 1": lambda x, y, z: ((clip(x) + 1).positive(), (1 - x).positive()),
    "two at once": lambda x, y, z: (largest(x, y, z), largest(y, x, z)),
    "the largest, and another indicator": lambda x, y, z: (largest(x, y, z) * z.positive(), 0),
    "the largest of two choices": lambda x, y, z: (largest(z, x, y) * largest(z, -x, -y), 0),
    "largest of others": lambda x, y, z: (largest(x, y, z), largest(x, y, -z)),
    "one of several equal is the largest": lambda x, y, z: (
        largest(x.relu(), y.relu(), z.relu())
        + largest(y.relu(), x.relu(), z.relu())
        + largest(z.relu(), y.relu(), x.relu()),
        1,
    ),
    "two of several equal are": lambda x, y, z: (
        largest(x.relu(), y.relu(), z.relu()) * largest(y.relu(), x.relu(), z.relu()),
        0,
    ),
    "softmax of scaled entries": lambda x, y, z: (
        softmax([x, y, z])[0],
        softmax([2 * x, 2 * y, 2 * z])[0],
    ),
}


@pytest.mark.parametrize("rule", TRUE)
def test_what_is_true_is_proved(rule: str) -> None:
    assert zero(*TRUE[rule](*Writer().variables("x y z")))


@pytest.mark.parametrize("rule", FALSE)
def test_what_is_false_is_not(rule: str) -> None:
    assert not zero(*FALSE[rule](*Writer().variables("x y z")))


@pytest.mark.parametrize("rule", FALSE)
def test_what_is_called_false_is_false_somewhere(rule: str) -> None:
    writer = Writer()
    a, b = FALSE[rule](*writer.variables("x y z"))
    difference = (a - b).node
    with mp.workdps(60):
        found = set()
        for x, y, z in (
            (2, 3, 5),
            (-2, 3, 5),
            (5, -3, 2),
            (-2, -3, -5),
            ("0.5", "0.7", "0.6"),
            ("-0.2", "0.3", "0.1"),
            (-3, -2, 1),
        ):
            point = {"x": mp.mpf(x), "y": mp.mpf(y), "z": mp.mpf(z)}
            value = values(writer.pool.nodes, point)[difference.number]
            found.add(value is not None and abs(value) > 1e-30)
    assert True in found


choices = st.lists(
    st.tuples(st.sampled_from(OPERATIONS), *[st.integers(0, 40)] * 3), min_size=4, max_size=22
)
coordinates = st.integers(-3000, 3000).filter(lambda n: n % 10).map(lambda n: Fraction(n, 937))


def apart(place: tuple[Fraction, Fraction]) -> bool:
    """Say that x and y are no tie of a maximum: what is 0 generically may differ there."""
    return abs(place[0]) != abs(place[1])


@settings(deadline=None, max_examples=150)
@given(choices, st.lists(st.tuples(coordinates, coordinates).filter(apart), min_size=8, max_size=8))
def test_nothing_is_proved_that_has_another_value_anywhere(
    made_by: list[Any], places: list[tuple[Fraction, Fraction]]
) -> None:
    pool, made = grown(made_by)
    size = len(pool.nodes)
    forms = NormalForms(Budget(60, terms=300))
    with mp.workdps(60):
        points = [
            {"x": mp.mpf(x.numerator) / x.denominator, "y": mp.mpf(y.numerator) / y.denominator}
            for x, y in places
        ]
        known = [values(pool.nodes[:size], point) for point in points]
        for place, a in enumerate(made):
            for b in made[:place]:
                try:
                    if not forms.is_zero(pool.subtract(a, b)):
                        continue
                except GivenUp:
                    continue
                for found in known:
                    one, other = found[a.number], found[b.number]
                    if one is not None and other is not None:
                        assert abs(one - other) <= 1e-35 * max(1, abs(one), abs(other)), (a, b)


def numbers_off(*, wrong: bool) -> list[Written]:
    writer = Writer()
    *x, g1, g2, g3 = writer.variables("x1 x2 x3 g1 g2 g3")
    g = [g1, g2, g3]
    y = softmax(x)
    total = sum((a * b for a, b in zip(g[1:], y[1:], strict=True)), g[0] * y[0])
    mine = [b * (a - total) for a, b in zip(g, y, strict=True)]
    if wrong:
        mine[2] = y[2] * (g[2] - total * y[2])
    true = gradients([one.node for one in y], [one.node for one in g], [one.node for one in x])
    return [a - Written(writer, b) for a, b in zip(mine, true, strict=True)]


def test_backward_of_softmax() -> None:
    forms = NormalForms(Budget(60))
    assert all(forms.is_zero(one.node) for one in numbers_off(wrong=False))


def test_a_wrong_backward_of_softmax() -> None:
    forms = NormalForms(Budget(60))
    assert [forms.is_zero(one.node) for one in numbers_off(wrong=True)] == [True, True, False]


def test_a_mask_of_the_second_layer_is_kept_whole() -> None:
    x1, x2, *w = Writer().variables("x1 x2 a b c d e f")
    hidden = [(w[k] * x1 + w[k + 1] * x2).relu() for k in (0, 2, 4)]
    z = hidden[0] * w[1] + hidden[1] * w[3] + hidden[2] * w[5]
    assert len(NormalForms(Budget(60)).of(z.positive().node).numerator) == 1
    assert zero(z.relu().positive(), z.positive())
    assert not zero(z.nonnegative(), z.positive())  # all hidden ones may be 0
    assert zero((z + x1).nonnegative(), (z + x1).positive())  # x1 stays


@pytest.mark.parametrize("depth", [10_000])
def test_depth_is_no_matter(depth: int) -> None:
    pool = Pool()
    x, deep = pool.variable("x"), pool.variable("x")
    for _ in range(depth):
        deep = pool.add(pool.mul(deep, pool.one), pool.mul(pool.constant(2), x))
        deep = pool.mul(pool.minus_one, deep)
    forms = NormalForms(Budget(60))
    assert forms.of(deep).numerator in ({((0, 1),): 1}, {((0, 1),): -1})


def test_a_division_by_an_indicator_is_given_up() -> None:
    (x,) = Writer().variables("x")
    with pytest.raises(GivenUp, match="division by 0"):
        zero(x.positive() / x.positive(), 1)
    assert zero((1 + x.positive()) / (1 + x.positive()), 1)


def test_a_reason_is_given_again() -> None:
    (x,) = Writer().variables("x")
    node = (1 / ((x + 1) ** 2 - x * x - 2 * x - 1)).node
    forms = NormalForms(Budget(60))
    for _ in range(2):
        with pytest.raises(GivenUp):
            forms.of(node)


def test_terms_are_counted() -> None:
    x = Writer().variables(" ".join(f"x{k}" for k in range(12)))
    total = sum(x[1:], x[0])
    forms = NormalForms(Budget(60, terms=50))
    with pytest.raises(GivenUp, match="more than 50 terms"):
        forms.of((total**4).node)


@pytest.mark.parametrize("decided", [True, False])
def test_a_condition_of_several_indicators(*, decided: bool) -> None:
    (x,) = Writer().variables("x")
    forms = NormalForms(Budget(60))
    other = (clip(x) * (1 - clip(x)) * (1 + clip(x))).positive()
    assert len(forms.of(other.node).numerator) > 1
    forms = NormalForms(Budget(60))
    forms.assume(other.node, decided)
    assert forms.is_zero((other - int(decided)).node)
    assert not forms.is_zero((other - int(not decided)).node)


@pytest.mark.parametrize("decided", [True, False])
def test_a_condition_is_taken_for_granted(*, decided: bool) -> None:
    x, y = Writer().variables("x y")
    forms = NormalForms(Budget(60))
    forms.assume((x - y).positive().node, decided)
    assert forms.is_zero((((x * x - y * x) * x).positive() - int(decided)).node)
    assert forms.is_zero(((y - x).nonnegative() - int(not decided)).node)
    assert not forms.is_zero(((y - x).nonnegative() - int(decided)).node)
