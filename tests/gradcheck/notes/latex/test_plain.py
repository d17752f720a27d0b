"""What a terminal shows of a formula."""

from __future__ import annotations

import pytest

from gradcheck.notes.index import EQUATIONS
from gradcheck.notes.latex.plain import compared, plain


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("⇒ Matrix Equation: $Y = WX + b$", "⇒ Matrix Equation: Y = WX + b"),
        (r"\frac{\partial L}{\partial \mathbf{b}}", "∂L/∂b"),
        (r"\frac{2}{n} (y_1 - y_1^*)", "2/n (y_1 - y_1*)"),
        (r"\underbrace{\frac{\partial y_1}{\partial b_1}}_{=1}", "⟨∂y_1/∂b_1⟩ {=1}"),
        (r"\begin{bmatrix} a & b \\ \vdots & \vdots \\ c & d \end{bmatrix}", "[a, b; …; c, d]"),
        (r"(A \odot (I - A^T)) \cdot x_{12}", "(A ⊙ (I - Aᵀ)) · x_12"),
        (r"If $k \neq j$: $y$", "If k ≠ j: y"),
    ],
)
def test_plain(printed: str, shown: str) -> None:
    assert plain(printed) == shown


@pytest.mark.parametrize("equation", EQUATIONS, ids=lambda one: one.id)
def test_no_latex_is_left(equation) -> None:  # type: ignore[no-untyped-def]
    text = plain(equation.printed)
    assert not set("\\&$") & set(text)
    assert text.count("[") == text.count("]")


def test_what_differs_is_marked() -> None:
    old, new = compared("y_1 + y_2 = 0", "y_1 + y_3 = 0")
    assert [word for word, changed in old if changed] == ["y_2"]
    assert [word for word, changed in new if changed] == ["y_3"]
    assert not any(changed for line in compared("y = 0", "y = 0") for _, changed in line)
