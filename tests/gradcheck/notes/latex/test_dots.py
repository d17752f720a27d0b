"""Dots are read as the rule that what stands beside them has in common."""

from __future__ import annotations

import pytest

from gradcheck.errors import NotesError
from gradcheck.notes.latex.dots import Layout, run_of
from gradcheck.notes.latex.grammar import expression
from gradcheck.notes.latex.nodes import Grid, Index, mapped
from gradcheck.notes.latex.tokens import tokens


def tree(printed: str):  # type: ignore[no-untyped-def]
    return expression(tokens(printed))


def grid(*rows: str) -> Layout:
    body = r" \\ ".join(rows)
    parsed = tree(rf"\begin{{bmatrix}} {body} \end{{bmatrix}}")
    assert isinstance(parsed, Grid)
    return Layout(parsed)


def plainly(node):  # type: ignore[no-untyped-def]
    """Return the node as if each of its indices were printed as it is."""
    return mapped(node, lambda index: Index(index.value))


def at(layout: Layout, row: int, column: int, rows: int, columns: int, **letters: int):  # type: ignore[no-untyped-def]
    """Return the cell of a matrix with its letters filled in."""
    cell = layout.cell(row, column, rows, columns)
    return mapped(cell, lambda index: Index(letters.get(str(index.value), index.value)))


def test_a_run_tells_its_terms() -> None:
    run = run_of(tree("y_2 x_1"), tree("y_n x_1"))
    assert run is not None
    assert (run.start, run.letter, run.consistent) == (2, "n", True)
    assert plainly(run.at(5)) == tree("y_5 x_1")


@pytest.mark.parametrize(
    ("before", "after"),
    [("y_2 x_1", "y_n x_2"), ("y_2 x_1", "y_n"), ("y_2", "y_n + 1"), ("y_2 x_2", "y_n x_k")],
)
def test_a_run_that_follows_no_one_rule_says_so(before: str, after: str) -> None:
    run = run_of(tree(before), tree(after))
    assert run is None or not run.consistent


def test_a_column() -> None:
    layout = grid("b_1", "b_2", r"\vdots", "b_j")
    assert (layout.rows, layout.columns) == ("j", 1)
    cells = [at(layout, row, 1, 5, 1, j=5) for row in range(1, 6)]
    assert cells == [at(layout, row, 1, 5, 1, j=5) for row in range(1, 6)]
    assert [plainly(cell) for cell in cells] == [tree(f"b_{row}") for row in range(1, 6)]


@pytest.mark.parametrize("size", range(1, 7))
def test_a_matrix_at_every_size(size: int) -> None:
    layout = grid(
        r"w_{11} & w_{12} & \dots & w_{1i}",
        r"w_{21} & w_{22} & \dots & w_{2i}",
        r"\vdots & \vdots & \ddots & \vdots",
        r"w_{j1} & w_{j2} & \dots & w_{ji}",
    )
    assert (layout.rows, layout.columns) == ("j", "i")
    for row in range(1, size + 2):
        for column in range(1, size + 1):
            cell = at(layout, row, column, size + 1, size, j=size + 1, i=size)
            assert plainly(cell) == tree(f"w_{{{row}{column}}}")


@pytest.mark.parametrize("size", range(1, 7))
def test_a_diagonal_has_a_rule_of_its_own(size: int) -> None:
    layout = grid(
        r"1-y_1 & -y_2 & \dots & -y_n",
        r"-y_1 & 1-y_2 & \dots & -y_n",
        r"\vdots & \vdots & \ddots & \vdots",
        r"-y_1 & -y_2 & \dots & 1-y_n",
    )
    for row in range(1, size + 1):
        for column in range(1, size + 1):
            cell = plainly(at(layout, row, column, size, size, n=size))
            assert cell == tree(f"1-y_{column}" if row == column else f"-y_{column}")


def test_a_row_that_is_printed_is_taken_at_its_word() -> None:
    layout = grid(
        r"y_1 & y_2 & \dots & y_n",
        r"y_2 & y_2 & \dots & y_2",
        r"\vdots & \vdots & \ddots & \vdots",
        r"y_n & y_n & \dots & y_n",
    )
    first = [plainly(at(layout, 1, column, 5, 5, n=5)) for column in range(1, 6)]
    assert first == [tree(f"y_{column}") for column in range(1, 6)]
    for row in range(2, 6):
        cells = [plainly(at(layout, row, column, 5, 5, n=5)) for column in range(1, 6)]
        assert cells == [tree(f"y_{row}")] * 5


def test_rows_that_are_all_alike_do_not_tell_how_many_they_are() -> None:
    rows = [r"y_1 & y_2 & \dots & y_n"] * 2
    layout = grid(*rows, r"\vdots & \vdots & \ddots & \vdots", rows[0])
    assert layout.columns == "n"
    assert layout.rows in (None, "n")


def test_the_letter_tells_how_far_the_columns_run() -> None:
    layout = grid(r"w_{11} & w_{12} & \dots & w_{1n}", r"w_{21} & w_{22} & \dots & w_{2n}")
    assert (layout.rows, layout.columns) == (2, "n")


@pytest.mark.parametrize(
    "rows",
    [
        [r"w_{11} & \dots & w_{1i}", r"w_{21} & w_{22} & w_{2i}"],
        [r"w_{11} & \dots & w_{1i}", r"w_{21} & \dots"],
        [r"b_1 & b_2", r"\vdots", r"b_i & b_j"],
    ],
)
def test_rows_that_are_not_alike_are_refused(rows: list[str]) -> None:
    with pytest.raises(NotesError, match="not alike"):
        grid(*rows)
