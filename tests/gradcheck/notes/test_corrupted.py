"""Every equation, corrupted in one place in every way that is tried, is found to be misprinted."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gradcheck.notes.audit import Standing, audit
from gradcheck.notes.index import BY_ID, EQUATIONS
from gradcheck.notes.meaning.claims import Context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcheck.notes.equation import Equation

PRINTED = [equation for equation in EQUATIONS if not equation.claim]

OTHER = {"1": "2", "2": "1", "3": "1", "i": "j", "j": "i", "n": "1", "k": "i"}
"""What is put in place of an index."""

CHANGES = {
    r" \+ ": " - ",
    r"(?<=[\d\w)}]) - ": " + ",
    r"\^T": "",
    r"\\odot": r"\\cdot",
    r"=\s?0(?=[!}])": "=1",
    r"\\frac\{[12]\}": r"\\frac{3}",
    r"\^2": "^3",
    r"_\{(\w) \\times (\w)\}": r"_{\2 \\times \1}",
    r"\\leq": r"\\geq",
    r"1, & \\text": r"2, & \\text",
    r"\\max\(0": r"\\max(1",
    r"(?<=\\partial )w(?=\})": "b",
    r"\\mathbf\{y\}": r"\\mathbf{x}",
    r"WX": "XW",
}
"""Signs, transposes, products, braces, factors, powers, shapes, and whole arrays."""

EQUAL = {
    # The terms of the brace are 0: their sign does not matter.
    "dense-weight-example": {r"_{=x_2} - \underbrace"},
    "dense-bias-example": {r"_{=1} - \underbrace"},
    "cost-example": {r"^2 - \underbrace"},
    # There k is i.
    "softmax-diagonal": {r"\frac{\partial y_i}{\partial x_i}"},
}
"""Changes that change nothing of what is said."""


def corrupted(printed: str) -> Iterator[str]:
    """Yield the line with one thing changed."""
    for match in re.finditer(r"_(\{[0-9a-z]{1,2}\}|[0-9a-z])(?!\s*\\times)", printed):
        for place in range(match.start(1), match.end(1)):
            other = OTHER.get(printed[place])
            if other is not None:
                yield printed[:place] + other + printed[place + 1 :]
    for pattern, change in CHANGES.items():
        for match in re.finditer(pattern, printed):
            yield printed[: match.start()] + match.expand(change) + printed[match.end() :]


def right(equation: Equation) -> str:
    return equation.corrected or equation.printed


@pytest.mark.parametrize("equation", PRINTED, ids=lambda one: one.id)
def test_a_corrupted_copy_is_a_misprint(equation: Equation) -> None:
    context = Context(BY_ID)
    tried = 0
    for printed in dict.fromkeys(corrupted(right(equation))):
        if printed == right(equation):
            continue
        if any(part in printed for part in EQUAL.get(equation.id, ())):
            continue
        said = audit(replace(equation, printed=printed, corrected=""), context, 4)
        assert said.verdict is Standing.MISPRINT, (printed, said.verdict, said.reason)
        assert said.counterexample is not None
        tried += 1
    assert tried > 0


@pytest.mark.parametrize("equation", PRINTED, ids=lambda one: one.id)
def test_the_copy_that_is_not_corrupted_is_none(equation: Equation) -> None:
    said = audit(replace(equation, printed=right(equation), corrected=""), Context(BY_ID), 4)
    assert said.verdict in (Standing.HOLDS, Standing.REMARK)


def test_a_correction_changes_no_more_than_it_must() -> None:
    context = Context(BY_ID)
    for equation in PRINTED:
        if not equation.corrected:
            continue
        old, new = equation.printed.split(" "), equation.corrected.split(" ")
        if len(old) != len(new):
            continue
        places = [k for k, words in enumerate(zip(old, new, strict=True)) if len(set(words)) == 2]
        assert places
        for place in places:
            half = " ".join([*new[:place], old[place], *new[place + 1 :]])
            said = audit(replace(equation, printed=half, corrected=""), context, 3)
            assert said.verdict is Standing.MISPRINT, half


def test_enough_is_tried() -> None:
    assert sum(len(set(corrupted(right(equation)))) for equation in PRINTED) > 350
