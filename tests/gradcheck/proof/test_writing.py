"""Expressions as text."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gradcheck.proof.expression import OPERATIONS, Expression, Pool, written

POOL = Pool()
X, Y = POOL.variable("x"), POOL.variable("y")
P = POOL

CASES: dict[str, Expression] = {
    "-3/2": P.constant(Fraction(-3, 2)),
    "π": P.variable("pi"),
    "x + y": P.add(X, Y),
    "x - y": P.subtract(X, Y),
    "y - x": P.subtract(Y, X),
    "x·y": P.mul(X, Y),
    "-x": P.negative(X),
    "-(x + y)": P.negative(P.add(X, Y)),
    "2·(x + y)": P.mul(P.constant(2), P.add(X, Y)),
    "(-3/2)·x": P.mul(P.constant(Fraction(-3, 2)), X),
    "x^2": P.power(X, 2),
    "(x + y)^3": P.power(P.add(X, Y), 3),
    "1/x": P.power(X, -1),
    "1/(x·y)": P.power(P.mul(X, Y), -1),
    "x^-2": P.power(X, -2),
    "max(x, y, 1)": P.maximum([X, Y, P.one]),
    "exp(x + y)": P.call("exp", P.add(X, Y)),
    "[x > 0]": P.positive(X),
    "[x - y ≥ 0]": P.nonnegative(P.subtract(X, Y)),
}


@pytest.mark.parametrize("text", CASES)
def test_each(text: str) -> None:
    order = written(CASES[text])
    if text.startswith("max"):
        assert sorted(order.strip("max()").split(", ")) == ["1", "x", "y"]
    else:
        assert order == text


def test_every_operation_is_written() -> None:
    for operation in OPERATIONS:
        if operation not in (
            "constant",
            "variable",
            "add",
            "mul",
            "power",
            "maximum",
            "positive",
            "nonnegative",
        ):
            assert written(POOL.call(operation, X)) == f"{operation}(x)"


def test_long_ones_are_cut() -> None:
    node = X
    for _ in range(50):
        node = POOL.call("exp", POOL.add(node, Y))
    text = written(node, 40)
    assert len(text) <= 40
    assert text.endswith("…")
    assert len(written(node)) <= 200
