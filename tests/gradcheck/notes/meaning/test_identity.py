"""What is equal for all numbers is told from what is not, with the smallest numbers."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Derivative, Function, Integer, Symbol, cos, exp, sin, symbols

from gradcheck.notes.equation import Case
from gradcheck.notes.meaning.identity import at, holds, numbers
from gradcheck.notes.meaning.values import Between

x, y, z = symbols("x y z")
F = Function("F")


def case(printed: Any, oracle: Any) -> Case:
    return Case(where="", printed=printed, oracle=oracle, indices={})


@pytest.mark.parametrize(
    ("printed", "right", "wrong"),
    [
        ((x + y) ** 2, x**2 + 2 * x * y + y**2, x**2 + x * y + y**2),
        (x / (x + y) + y / (x + y), Integer(1), Integer(2)),
        (exp(x) * exp(x), exp(2 * x), exp(x)),
        (
            exp(x) / (exp(x) + exp(y)) - (exp(x) / (exp(x) + exp(y))) ** 2,
            exp(x) * exp(y) / (exp(x) + exp(y)) ** 2,
            exp(x) ** 2 / (exp(x) + exp(y)) ** 2,
        ),
        (Derivative(F(x), x) * y, y * Derivative(F(x), x), y * F(x)),
        ("2 × 1", "2 × 1", "1 × 2"),
        (True, True, False),
        (Integer(0), Between(Integer(0), Integer(1)), Between(Integer(1), Integer(2))),
    ],
)
def test_holds(printed: Any, right: Any, wrong: Any) -> None:
    assert holds(case(printed, right))
    assert not holds(case(printed, wrong))


def test_the_smallest_numbers() -> None:
    assert numbers(case(x, y)) == {"x": 1, "y": 0}
    assert numbers(case(x * y, Integer(0))) == {"x": 1, "y": 1}
    assert numbers(case(x * y * z, 2 * x * y * z)) == {"x": 1, "y": 1, "z": 1}
    assert numbers(case(Integer(1), Integer(2))) == {}


def test_of_an_exponential_the_argument_is_told() -> None:
    point = numbers(case(exp(x), exp(y)))
    assert point == {"e^x": 2, "e^y": 1}
    assert at(exp(x), point) == 2


def test_a_function_that_may_be_any_is_given_a_value() -> None:
    told = case(Derivative(F(x), x), Integer(0))
    point = numbers(told)
    assert point == {"F'(x)": 1}
    assert at(told.printed, point) == 1


def test_what_is_equal_has_none() -> None:
    assert numbers(case(x + y, y + x)) is None


def test_many_symbols() -> None:
    several = [Symbol(f"x_{k}") for k in range(7)]
    product = Integer(1)
    for symbol in several:
        product *= symbol
    point = numbers(case(product, Integer(0)))
    assert point is not None
    assert at(product, point) != 0


def test_what_is_not_simplified_is_not_accused() -> None:
    several = [Symbol(f"x_{k}") for k in range(9)]
    one = case(sin(sum(several)) ** 2 + cos(sum(several)) ** 2, Integer(1))
    assert not holds(one)
    assert numbers(one) is None
    assert numbers(case(one.printed, Integer(2))) is not None
