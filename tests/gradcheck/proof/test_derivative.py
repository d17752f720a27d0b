"""The derivative of each operation, against SymPy's and against differences."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.proof import ties
from gradcheck.proof.derivative import gradients
from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import FUNCTIONS, OPERATIONS, Expression, Pool
from gradcheck.proof.from_sympy import node_of
from gradcheck.proof.limits import Budget
from gradcheck.proof.normal_form import NormalForms

AT = {"x": 0.7, "y": 1.3, "z": -0.4, "pi": 3.141592653589793}

WRITTEN = {
    "add": lambda p, x, y: p.add(x, p.mul(p.constant(3), y)),
    "mul": lambda p, x, y: p.mul(x, p.mul(x, y)),
    "power": lambda p, x, y: p.add(p.power(x, 5), p.power(p.add(x, y), -2)),
    "maximum": lambda p, x, y: p.maximum([p.mul(x, y), p.power(x, 2), p.constant(Fraction(1, 9))]),
    "exp": lambda p, x, y: p.call("exp", p.mul(x, y)),
    "log": lambda p, x, y: p.call("log", p.add(x, p.power(y, 2))),
    "sqrt": lambda p, x, y: p.call("sqrt", p.add(x, y)),
    "sin": lambda p, x, y: p.call("sin", p.mul(x, y)),
    "cos": lambda p, x, y: p.call("cos", p.mul(x, y)),
    "atan": lambda p, x, y: p.call("atan", p.divide(x, y)),
    "erf": lambda p, x, y: p.call("erf", p.mul(x, y)),
    "positive": lambda p, x, y: p.mul(p.positive(p.subtract(x, p.constant(5))), x),
    "nonnegative": lambda p, x, y: p.mul(p.nonnegative(p.add(x, y)), p.mul(x, y)),
}


def test_every_operation_has_a_case() -> None:
    assert {*WRITTEN, "constant", "variable"} == set(OPERATIONS)


def value(node: Expression, **moved: float) -> float:
    return FloatValues({**AT, **moved}).of(node)


@pytest.mark.parametrize("operation", WRITTEN)
@pytest.mark.parametrize("name", ["x", "y"])
def test_each_is_what_differences_give(operation: str, name: str) -> None:
    pool = Pool()
    x, y = pool.variable("x"), pool.variable("y")
    node = WRITTEN[operation](pool, x, y)
    [slope] = gradients([node], [pool.one], [pool.variable(name)])
    step = 1e-5
    above, below = (value(node, **{name: AT[name] + s}) for s in (step, -step))
    assert value(slope) == pytest.approx((above - below) / (2 * step), rel=1e-7, abs=1e-9)


X, Y = sympy.symbols("x y", real=True)


@pytest.mark.parametrize(
    "formula",
    [X**3 * Y, 1 / (1 + X**2), sympy.exp(X * Y), sympy.log(1 + X**2), sympy.sqrt(1 + X**2 * Y**2),
     sympy.sin(X) * sympy.cos(Y), sympy.atan(X * Y), sympy.tanh(X + Y), X / (1 + sympy.exp(-X)),
     sympy.Piecewise((X, X > 0), (Y, True)), sympy.log(sympy.exp(X) + sympy.exp(Y))],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("symbol", [X, Y], ids=str)
def test_each_is_what_sympy_gives(formula: Any, symbol: Any) -> None:
    pool = Pool()
    known = {X: pool.variable("x"), Y: pool.variable("y")}
    [own] = gradients([node_of(formula, known, pool)], [pool.one], [known[symbol]])
    true = node_of(sympy.diff(formula, symbol), known, pool)
    assert NormalForms(Budget(20)).is_zero(pool.subtract(own, true))


def test_a_wrong_derivative_is_not_what_sympy_gives() -> None:
    pool = Pool()
    known = {X: pool.variable("x")}
    [own] = gradients([node_of(X**3, known, pool)], [pool.one], [known[X]])
    assert not NormalForms(Budget(20)).is_zero(pool.subtract(own, node_of(2 * X**2, known, pool)))


def test_several_outputs_are_weighted() -> None:
    pool = Pool()
    x, y, g, h = map(pool.variable, "xygh")
    dx, dy = gradients([pool.mul(x, y), pool.power(x, 2)], [g, h], [x, y])
    assert NormalForms(Budget(20)).is_zero(
        pool.subtract(dx, pool.add(pool.mul(g, y), pool.mul(pool.mul(pool.constant(2), h), x)))
    )
    assert dy is pool.mul(g, x)


def test_what_does_not_depend_has_no_derivative() -> None:
    pool = Pool()
    x, y = pool.variable("x"), pool.variable("y")
    assert gradients([pool.call("exp", x), pool.constant(2)], [pool.one, pool.one], [y]) == [
        pool.zero
    ]
    assert gradients([pool.positive(x)], [pool.one], [x]) == [pool.zero]
    assert gradients([], [], [x]) == []


@given(st.lists(st.sampled_from(FUNCTIONS), min_size=1, max_size=3), st.floats(0.2, 0.9))
@settings(max_examples=60, deadline=None)
def test_chains(functions: list[str], at: float) -> None:
    pool = Pool()
    node: Expression = pool.variable("x")
    for function in functions:
        node = pool.call(
            function, pool.add(pool.constant(1), pool.mul(pool.constant(Fraction(1, 4)), node))
        )
    [slope] = gradients([node], [pool.one], [pool.variable("x")])
    step = 1e-5
    change = (value(node, x=at + step) - value(node, x=at - step)) / (2 * step)
    assert value(slope, x=at) == pytest.approx(change, rel=1e-5, abs=1e-9)


class TestTies:
    """Entries of a maximum that are equal on a region count once."""

    def slope(self, *entries: Expression) -> float:
        pool = entries[0].pool
        [slope] = gradients([pool.maximum(entries)], [pool.one], [pool.variable("x")])
        return value(slope)

    def test_the_same_function_twice(self) -> None:
        pool = Pool()
        x, y = pool.variable("x"), pool.variable("y")
        twin = pool.subtract(pool.add(x, y), y)
        assert not ties.apart([x, twin])
        assert self.slope(x, twin) == 1
        assert self.slope(pool.zero, x, twin) == 1

    def test_equal_on_a_region(self) -> None:
        pool = Pool()
        x, z = pool.variable("x"), pool.variable("z")
        relu = pool.mul(z, pool.positive(z))  # 0 at the point
        assert not ties.apart([x, pool.add(x, relu)])
        assert self.slope(x, pool.add(x, relu)) == 1

    def test_a_root_that_is_the_variable_where_it_is_positive(self) -> None:
        pool = Pool()
        x = pool.variable("x")
        assert not ties.apart([x, pool.call("sqrt", pool.power(x, 2))])

    def test_different_functions_are_apart(self) -> None:
        pool = Pool()
        x, y, b, c = map(pool.variable, "xybc")
        relu = pool.mul(x, pool.positive(x))
        assert ties.apart([x, y])
        assert ties.apart([x, pool.power(x, 2), pool.call("exp", x)])
        assert ties.apart([pool.add(relu, b), pool.add(pool.mul(y, relu), c)])
        assert ties.apart([pool.add(relu, b), relu])
        assert not ties.apart([pool.add(relu, b), pool.add(pool.mul(y, relu), b)])
