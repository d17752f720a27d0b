"""A printed formula is taken at its word: its value, what it claims, and what does not fit."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Symbol, symbols

from gradcheck.errors import NotesError
from gradcheck.notes.equation import LITERAL, Reading
from gradcheck.notes.latex.grammar import expression
from gradcheck.notes.latex.tokens import tokens
from gradcheck.notes.meaning.evaluation import Evaluation
from gradcheck.notes.meaning.settings import SETTINGS
from gradcheck.notes.meaning.values import Misfit, Table
from gradcheck.notes.meaning.world import TooSmall, World

x1, x2, w11, w12, w21, w22, b1 = symbols("x_1 x_2 w_11 w_12 w_21 w_22 b_1")
G = [Symbol(f"∂C/∂y_{k}") for k in (1, 2, 3)]


def evaluation(setting: str = "dense", reading: Reading = LITERAL, **sizes: Any) -> Evaluation:
    return Evaluation(World(SETTINGS[setting], sizes or {"i": 2, "j": 2}), reading)


def value(printed: str, *arguments: Any, **sizes: Any) -> Any:
    return evaluation(*arguments, **sizes).value(expression(tokens(printed)))


def entries(table: Table) -> list[list[Any]]:
    rows, columns = table.shape
    return [[table.entry(r, c) for c in range(1, columns + 1)] for r in range(1, rows + 1)]


def test_an_output_is_what_the_layer_computes() -> None:
    assert value("y_1") == w11 * x1 + w12 * x2 + b1
    assert entries(value("WX + b"))[0] == [value("y_1")]


@pytest.mark.parametrize(
    ("printed", "oracle"),
    [
        (r"\frac{\partial y_1}{\partial w_{12}}", x2),
        (r"\frac{\partial y_2}{\partial w_{12}}", 0),
        (r"\frac{\partial C}{\partial w_{12}}", G[0] * x2),
        (r"\frac{\partial L}{\partial x_1}", G[0] * w11 + G[1] * w21),
        (r"\frac{\partial C}{\partial y_2}", G[1]),
        (r"\frac{2}{j}", 1),
        (r"x_1 - 2 x_2", x1 - 2 * x2),
    ],
)
def test_numbers(printed: str, oracle: Any) -> None:
    assert (value(printed) - oracle).expand() == 0


def test_matrices() -> None:
    assert entries(value(r"X^T")) == [[x1, x2]]
    assert entries(value(r"\frac{\partial C}{\partial y} X^T")) == [
        [G[0] * x1, G[0] * x2],
        [G[1] * x1, G[1] * x2],
    ]
    assert entries(value(r"X \odot X")) == [[x1**2], [x2**2]]
    gradient = entries(value(r"\mathbf{W}^T \frac{\partial L}{\partial \mathbf{y}}"))
    assert gradient[1] == [G[0] * w12 + G[1] * w22]


@pytest.mark.parametrize(
    ("size", "oracle"), [(1, G[:1]), (2, G[:2]), (3, G[:3])], ids=["one", "two", "three"]
)
def test_dots_in_a_sum_stop_where_the_size_does(size: int, oracle: list[Any]) -> None:
    printed = (
        r"\frac{\partial C}{\partial y_1} + \frac{\partial C}{\partial y_2} + \dots"
        r" + \frac{\partial C}{\partial y_j}"
    )
    assert value(printed, i=1, j=size) == sum(oracle)


@pytest.mark.parametrize(
    "printed",
    [r"X W", r"X + b W", r"X + 1", r"W \odot X", r"\frac{1}{X}", r"X^2", "x_{11}", "w_1", "x_0"],
)
def test_what_does_not_fit(printed: str) -> None:
    with pytest.raises(Misfit):
        value(printed, i=3, j=2)


def test_a_component_that_does_not_exist() -> None:
    with pytest.raises(TooSmall):
        value("x_3")
    assert value("x_3", i=3, j=1) == Symbol("x_3")


@pytest.mark.parametrize("printed", ["Q", "n", r"g(x_1)", r"\frac{\partial x}{\partial b}", "C"])
def test_what_has_no_meaning(printed: str) -> None:
    with pytest.raises(NotesError, match=r"no meaning|C is any"):
        value(printed)


def test_a_brace_and_a_shape_are_claims() -> None:
    seen = evaluation()
    seen.value(expression(tokens(r"\underbrace{x_1}_{=x_2}")))
    seen.value(expression(tokens(r"X_{1 \times i}")))
    claimed = [(case.where, case.printed, case.oracle) for case in seen.cases]
    assert claimed == [("the brace", x2, x1), ("the shape below", "1 × 2", "2 × 1")]


def test_a_brace_within_a_derivative_may_be_of_the_derivative() -> None:
    printed = r"\frac{\partial}{\partial y_1} \left[\underbrace{y_2}_{=0}\right]"
    found = []
    for reading in (LITERAL, Reading(brace_of_derivative=True)):
        seen = evaluation("cost", reading, n=2)
        assert seen.value(expression(tokens(printed))) is not None
        found.append([case.oracle for case in seen.cases])
    assert found == [[Symbol("y_2")], [0]]


def test_the_kink_has_no_derivative() -> None:
    from sympy import Integer

    seen = Evaluation(World(SETTINGS["relu"], {}), LITERAL, {"x": Integer(0)})
    with pytest.raises(Misfit, match=r"from|by side"):
        seen.value(expression(tokens("g'(x)")))
    positive = Evaluation(seen.world, LITERAL, {"x": Symbol("p", positive=True)})
    assert positive.value(expression(tokens("g'(x)"))) == 1


def test_a_sum_of_its_own_index() -> None:
    assert value(r"\sum_{k=1}^j x_k", i=2, j=2) == x1 + x2
    with pytest.raises(NotesError, match="begins at 1"):
        value(r"\sum_{k=2}^j x_k", i=2, j=2)
