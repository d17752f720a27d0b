"""The notes as data: complete, in order, and each with one place."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import fields

import pytest

from gradcheck.notes.equation import Equation
from gradcheck.notes.formulas import FORMULAS
from gradcheck.notes.index import BY_ID, EQUATIONS
from gradcheck.notes.meaning.settings import SETTINGS
from gradcheck.notes.meaning.words import CLAIMS

COUNTS = {
    "Implementation Architecture": 1,
    "Dense Layer": 16,
    "Activation Layer": 13,
    "Softmax": 13,
    "Cost Function: Mean-Squared Error": 5,
}
"""What stands in the notes under each heading: displayed equations, and claims in words."""


def test_every_equation_has_an_entry() -> None:
    headings = [equation.heading for equation in EQUATIONS]
    assert {heading: headings.count(heading) for heading in headings} == COUNTS
    assert list(dict.fromkeys(headings)) == list(COUNTS)
    assert sum(not equation.claim for equation in EQUATIONS) == 40


def test_each_stands_in_one_place() -> None:
    assert len(BY_ID) == len(EQUATIONS)
    printed = [equation.printed for equation in EQUATIONS]
    assert len(set(printed)) == len(printed)


@pytest.mark.parametrize("equation", EQUATIONS, ids=lambda one: one.id)
def test_the_data_are_sound(equation: Equation) -> None:
    assert equation.setting in SETTINGS
    assert all(reading.setting in {"", *SETTINGS} for reading in equation.readings)
    assert equation.readings[0].remark == ""
    assert all(reading.remark for reading in equation.readings[1:])
    assert equation.claim in {"", *CLAIMS}
    assert equation.continues in {"", *BY_ID}
    assert equation.corrected != equation.printed
    assert equation.printed.strip() == equation.printed


def test_no_verdict_is_typed_in() -> None:
    assert not {"verdict", "standing", "holds"} & {field.name for field in fields(Equation)}


def test_a_line_goes_on_from_one_above() -> None:
    order = list(BY_ID)
    for equation in EQUATIONS:
        assert bool(equation.continues) == equation.printed.startswith("=")
        if equation.continues:
            assert order.index(equation.continues) < order.index(equation.id)


def test_the_symbolic_oracle_reads_the_same_equations() -> None:
    stated = {(equation.heading, equation.formula) for equation in EQUATIONS}
    for formula in FORMULAS.values():
        assert (formula.heading, formula.equation) in stated
    assert FORMULAS["dense"].equation == "Y = WX + b"
    assert FORMULAS["tanh"].equation == "Y = F(X)"


def test_the_data_do_not_load_sympy() -> None:
    code = "import sys, gradcheck.notes.index, gradcheck.notes.citations, gradcheck.transcript;"
    code += "sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
