"""What is wrong, in the notes' symbols."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.proof.expression import Expression, Pool
from gradcheck.proof.graph import UPSTREAM
from gradcheck.proof.limits import Budget
from gradcheck.proof.normal_form import NormalForms
from gradcheck.proof.residual import quotient, symbol, text_of

if TYPE_CHECKING:
    from collections.abc import Callable

SHAPES: dict[str, tuple[int, ...]] = {
    "x": (3, 1), "W": (2, 3), "b": (2,), "s": (), UPSTREAM: (2, 1), "big": (2, 30), "r": (1, 4)
}  # fmt: skip


@pytest.mark.parametrize(
    ("variable", "text"),
    [("x[1,0]", "x₁"), ("W[0,1]", "W₀₁"), ("b[1]", "b₁"), ("s", "s"), (f"{UPSTREAM}[1,0]", "g₁"),
     ("big[1,12]", "big₁,₁₂"), ("r[0,3]", "r₃"), ("pi", "π")],
)  # fmt: skip
def test_symbols(variable: str, text: str) -> None:
    assert symbol(variable, SHAPES) == text


def nodes() -> tuple[Pool, Expression, Expression, Expression]:
    pool = Pool()
    return (pool, *map(pool.variable, ("x[0,0]", "x[1,0]", f"{UPSTREAM}[0,0]")))  # type: ignore[return-value]


POINT = {"x[0,0]": 0.5, "x[1,0]": -1.5, f"{UPSTREAM}[0,0]": 2.0}

TEXTS: dict[str, Callable[[Pool, Any, Any, Any], Any]] = {
    "x₀ g₀": lambda p, x, y, g: p.mul(x, g),
    "−x₀": lambda p, x, y, g: p.negative(x),
    "x₀² − 3 x₁": lambda p, x, y, g: p.subtract(p.power(x, 2), p.mul(p.constant(3), y)),
    "1/2 g₀": lambda p, x, y, g: p.mul(p.constant(Fraction(1, 2)), g),
    "g₀ exp(x₀)": lambda p, x, y, g: p.mul(g, p.call("exp", x)),
    "[x₀ > 0]": lambda p, x, y, g: p.positive(x),
    "√2": lambda p, x, y, g: p.call("sqrt", p.constant(2)),
    "(x₀) / (x₀ + x₁)": lambda p, x, y, g: p.divide(x, p.add(x, y)),
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_differences(text: str) -> None:
    pool, x, y, g = nodes()
    assert text_of(TEXTS[text](pool, x, y, g), NormalForms(Budget(10)), SHAPES) == text


def test_what_is_long_or_cannot_be_written_is_not_told() -> None:
    pool, x, y, g = nodes()
    forms = NormalForms(Budget(10))
    assert not text_of(pool.power(pool.add(pool.add(x, y), g), 6), forms, SHAPES)
    assert not text_of(pool.call("atan", x), forms, SHAPES)


def of(number: Fraction | int, *others: Expression) -> Fraction | None:
    pool, x, y, g = nodes()
    true = [pool.mul(x, g), pool.mul(y, g)]
    got = [pool.mul(pool.constant(number), one) for one in true]
    return quotient(got, true, POINT, NormalForms(Budget(10)))


@pytest.mark.parametrize("number", [2, -1, Fraction(1, 2), Fraction(-3, 7), 0])
def test_a_factor_of_every_entry(number: Fraction | int) -> None:
    assert of(number) == number


def test_what_is_no_factor() -> None:
    pool, x, y, g = nodes()
    forms = NormalForms(Budget(10))
    true = [pool.mul(x, g), pool.mul(y, g)]
    doubled = [pool.mul(pool.constant(2), true[0]), true[1]]
    assert quotient(doubled, true, POINT, forms) is None
    assert quotient([pool.mul(x, one) for one in true], true, POINT, forms) is None
    assert quotient(true, [pool.zero, pool.zero], POINT, forms) is None
    assert of(12345) is None
