"""A printed line becomes statements: words, arrows and semicolons stand between them."""

from __future__ import annotations

import pytest

from gradcheck.errors import NotesError
from gradcheck.notes.index import EQUATIONS
from gradcheck.notes.latex.nodes import (
    Applied,
    Braced,
    Branches,
    Component,
    Differential,
    Dots,
    Grid,
    Index,
    Letter,
    Number,
    Product,
    Shaped,
    Total,
    Transposed,
    found,
)
from gradcheck.notes.latex.statements import statements

W, X, B, Y = (Letter(name) for name in "WXbY")


def sides(printed: str) -> tuple[object, ...]:
    (statement,) = statements(printed)
    return statement.sides


def test_words_around_a_formula_are_no_part_of_it() -> None:
    assert sides("⇒ Matrix Equation: $Y = WX + b$") == sides("Y = WX + b")
    left, right = sides("Y = WX + b")
    assert left == Y
    assert isinstance(right, Total)
    assert [term.body for term in right.terms] == [Product((W, X), (False,)), B]


def test_a_derivative_is_no_quotient() -> None:
    left, right = sides(r"\frac{\partial C}{\partial w_{12}} = \frac{2}{n}")
    assert left == Differential(Letter("C"), Component("w", (Index(1), Index(2))))
    assert not isinstance(right, Differential)


@pytest.mark.parametrize(
    ("subscript", "indices"), [("_{12}", (1, 2)), ("_{1n}", (1, "n")), ("_k", ("k",))]
)
def test_a_subscript_holds_one_index_a_sign(subscript: str, indices: tuple[object, ...]) -> None:
    left, _ = sides(f"w{subscript} = 0")
    assert left == Component("w", tuple(Index(index) for index in indices))


def test_a_shape_below_is_no_index() -> None:
    _, right = sides(r"Y = X^T_{1 \times i}")
    assert right == Shaped(Transposed(X), Number(1), Letter("i"))


def test_a_star_above_marks_the_desired_output() -> None:
    left, right = sides(r"Y^* = y_1^*")
    assert left == Letter("Y", starred=True)
    assert right == Component("y", (Index(1),), starred=True)


def test_a_brace_says_what_it_is_equal_to() -> None:
    _, right = sides(r"C = \underbrace{b}_{\text{these} = 0!}")
    assert right == Braced(B, Number(0))


def test_dots_keep_their_place() -> None:
    _, right = sides(r"C = b_1 + \dots + b_n")
    assert isinstance(right, Total)
    assert isinstance(right.terms[1].body, Dots)
    _, grid = sides(r"b = \begin{bmatrix} b_1 \\ \vdots \\ b_j \end{bmatrix}")
    assert isinstance(grid, Grid)
    assert [type(row[0]) for row in grid.rows] == [Component, Dots, Component]


def test_the_dot_of_a_function_is_what_the_arrow_comes_from() -> None:
    printed = r"x_1 \rightarrow \bigcirc \rightarrow y_1 = F(\cdot)"
    assert sides(printed) == sides("y_1 = F(x_1)")
    assert sides(printed) != sides("y_1 = F(x_2)")


def test_several_statements_on_a_line() -> None:
    first, second = statements(r"Y = F(X); \quad \text{So, } b = X")
    assert first.sides == (Y, Applied("F", (X,)))
    assert second.sides == (B, X)


def test_a_condition_is_of_what_follows() -> None:
    (statement,) = statements("If $k=i$: $b = X$ ← Quotient Rule")
    assert statement.condition == (Letter("k"), "=", Letter("i"))
    (statement,) = statements(r"If $k \neq j$: $b = X$")
    assert statement.condition == (Letter("k"), "≠", Letter("j"))


def test_a_line_may_go_on_from_another() -> None:
    (statement,) = statements("= X = b")
    assert statement.continued
    assert statement.sides == (X, B)


def test_rows_that_are_aligned_are_one_statement() -> None:
    assert sides(r"\begin{aligned} \text{ex) } Y &= X \\ &= b \end{aligned}") == (Y, X, B)


def test_words_above_an_arrow_part_two_statements() -> None:
    first, second = statements(r"Y = X \quad \xrightarrow{\text{We want:}} \quad b = X")
    assert (first.sides, second.sides) == ((Y, X), (B, X))


def test_cases() -> None:
    _, right = sides(r"g'(x) = \begin{cases} 0, & x \leq 0 \\ 1, & \text{else} \end{cases}")
    assert isinstance(right, Branches)
    assert right.conditions == ((Letter("x"), "≤", Number(0)), None)


@pytest.mark.parametrize(
    "printed",
    [
        r"Y = \frac{a}",
        r"Y = \begin{pmatrix} a \end{pmatrix}",
        r"Y = \sqrt{a}",
        r"Y = (a",
        r"Y = a)",
        r"Y = b_{a+1}",
        r"Y = \underbrace{b}_{a}",
        r"Y = \sum_{i} b_i",
        r"If $k$: $Y = b$",
        r"Y \xrightarrow b",
        "Y = §",
        "Y",
        "Y = = b",
        r"Y = b; \quad = X",
        r"Y = \begin{bmatrix} b \end{cases}",
    ],
)
def test_what_the_notes_do_not_write_is_refused(printed: str) -> None:
    with pytest.raises(NotesError, match=r"read|closed|nothing"):
        statements(printed)


@pytest.mark.parametrize("equation", EQUATIONS, ids=lambda one: one.id)
def test_every_equation_of_the_notes_is_read(equation) -> None:  # type: ignore[no-untyped-def]
    if not equation.claim:
        assert statements(equation.printed)
    if equation.corrected:
        old, new = statements(equation.printed), statements(equation.corrected)
        assert old != new
        assert [len(one.sides) for one in old] == [len(one.sides) for one in new]
        assert len(found(tuple(old), Index)) <= len(found(tuple(new), Index))
