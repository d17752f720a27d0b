"""SymPy's expressions in the graph of exact scalars."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import Piecewise, Rational, S, atan, cos, erf, exp, log, sin, sqrt, tanh

from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import Pool
from gradcheck.proof.from_sympy import node_of
from gradcheck.proof.limits import Unmodelled

X, Y = sympy.symbols("x y", real=True)

CASES = [
    X + 2 * Y - Rational(1, 3), X * Y, X**5, X**-2, 1 / (1 + X), sqrt(1 + Y**2),
    (1 + Y**2) ** Rational(-3, 2),
    exp(X), log(1 + X**2), sin(X), cos(Y), atan(X), erf(X * Y), tanh(X), S.One, S.Half,
    Piecewise((X, X > 0), (0, True)), Piecewise((X, X >= Y), (Y, True)),
    Piecewise((X, X < 0), (Y, X <= 1), (X * Y, True)), exp(X) / (exp(X) + exp(Y)),
]  # fmt: skip


@pytest.mark.parametrize("expression", CASES, ids=str)
@pytest.mark.parametrize("at", [(0.7, 1.3), (-0.6, 0.2)])
def test_each_has_the_same_value(expression: Any, at: tuple[float, float]) -> None:
    pool = Pool()
    node = node_of(expression, {X: pool.variable("x"), Y: pool.variable("y")}, pool)
    value = FloatValues({"x": at[0], "y": at[1]}).of(node)
    assert value == pytest.approx(float(expression.subs({X: at[0], Y: at[1]})), rel=1e-12)


@pytest.mark.parametrize(
    "expression",
    [sympy.gamma(X), sympy.Abs(X), sympy.floor(X), X**Y, X ** Rational(1, 3), sympy.pi * X,
    sympy.Float(0.5),
     Piecewise((X, X > 0)), sympy.I * X, sympy.Max(X, Y), sympy.oo],
    ids=str,
)  # fmt: skip
def test_what_the_graph_has_not_is_refused(expression: Any) -> None:
    pool = Pool()
    with pytest.raises(Unmodelled):
        node_of(expression, {X: pool.variable("x"), Y: pool.variable("y")}, pool)
