"""The audit finds every misprint of the notes, and accuses nothing that is right."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gradcheck.notes.audit import Audited, Standing, audit, audited
from gradcheck.notes.equation import LITERAL, Equation, Reading
from gradcheck.notes.index import BY_ID, EQUATIONS
from gradcheck.notes.meaning.claims import Context

CONTEXT = Context(BY_ID)

MISPRINTS = {
    "dense-wanted": ({"i": 1, "j": 1, "n": 2}, "1 × 2", "1 × 1"),
    "dense-weight-example": ({"i": 2, "j": 1}, "1", "0"),
    "dense-weight-gradient": ({"i": 1, "j": 2}, "a block of 2 × 1", "1 × 1"),
    "activation-example": ({"i": 1}, "0", "1"),
    "softmax-off-diagonal": ({"n": 2}, "-1/4", "1/4"),
    "softmax-hadamard": ({"n": 2}, "-1/9", "-2/9"),
    "softmax-hadamard-identity": ({"n": 2}, "-1/9", "-2/9"),
}
"""What is printed wrongly, with the smallest sizes, what is printed there and what it is."""

LOOSE = {
    "dense-chain-rule", "activation-nonlinear", "activation-relu-derivative",
    "softmax-jacobian", "softmax-named", "cost-example",
}  # fmt: skip


NUMBERS_ALONE = {"architecture-sequential", "dense-descent", "softmax-named"}
"""Claims in words that are decided at sizes that are numbers."""


@pytest.fixture(scope="module")
def found() -> dict[str, Audited]:
    return {one.equation.id: one for one in audited(EQUATIONS)}


def of(equation: Equation, largest: int = 3) -> Audited:
    return audit(equation, CONTEXT, largest)


def test_all_misprints_and_no_others(found: dict[str, Audited]) -> None:
    wrong = {name for name, one in found.items() if one.verdict is Standing.MISPRINT}
    assert wrong == set(MISPRINTS)
    loose = {name for name, one in found.items() if one.verdict is Standing.REMARK}
    assert loose == LOOSE
    holds = [one for one in found.values() if one.verdict is Standing.HOLDS]
    assert len(holds) == len(EQUATIONS) - len(MISPRINTS) - len(LOOSE)


@pytest.mark.parametrize("name", MISPRINTS)
def test_a_misprint_has_its_smallest_counterexample(found: dict[str, Audited], name: str) -> None:
    example = found[name].counterexample
    assert example is not None
    assert (example.sizes, example.printed, example.oracle) == MISPRINTS[name]
    assert found[name].reason.startswith("corrected, it holds for every size, and for sizes 1 to 6")


def test_what_is_printed_is_shown_for_every_size(found: dict[str, Audited]) -> None:
    for one in found.values():
        general = one.equation.id not in NUMBERS_ALONE and one.equation.setting != "relu"
        assert ("for every size" in one.reason) == general, one.equation.id


def test_where_nothing_is_wrong_there_is_no_counterexample(found: dict[str, Audited]) -> None:
    for one in found.values():
        assert (one.counterexample is not None) == (one.verdict is Standing.MISPRINT)
        assert bool(one.remark) == (one.verdict is Standing.REMARK)


@pytest.mark.parametrize("name", MISPRINTS)
def test_the_near_neighbour_of_a_misprint_holds(name: str) -> None:
    equation = BY_ID[name]
    neighbour = replace(equation, printed=equation.corrected, corrected="")
    assert of(neighbour).verdict is Standing.HOLDS


@pytest.mark.parametrize("name", sorted(LOOSE))
def test_read_strictly_what_is_loose_does_not_hold(name: str) -> None:
    equation = BY_ID[name]
    strict = replace(equation, readings=equation.readings[:1])
    assert of(strict).verdict is Standing.MISPRINT
    loose = replace(equation, readings=(replace(equation.readings[-1], remark=""),))
    assert of(loose).verdict is Standing.HOLDS


def test_a_matrix_that_is_not_symmetric_must_be_transposed() -> None:
    equation = replace(BY_ID["softmax-jacobian"], readings=(Reading(setting="any layer"),))
    printed = equation.printed
    for row in "12n":
        for column in "12n":
            printed = printed.replace(
                rf"\partial y_{row}}}{{\partial x_{column}}}", f"<{column}{row}>"
            )
    for row in "12n":
        for column in "12n":
            printed = printed.replace(
                f"<{row}{column}>", rf"\partial y_{row}}}{{\partial x_{column}}}"
            )
    assert printed != equation.printed
    assert of(replace(equation, printed=printed)).verdict is Standing.HOLDS
    assert of(equation).verdict is Standing.MISPRINT


def test_a_wrong_correction_is_no_proof() -> None:
    equation = replace(BY_ID["dense-weight-example"])
    wrong = replace(equation, corrected=equation.corrected.replace("{=x_2}", "{=x_3}"))
    said = of(wrong)
    assert said.verdict is Standing.UNDECIDABLE
    assert "correction does not hold" in said.reason


def test_a_misprint_may_have_no_correction() -> None:
    said = of(replace(BY_ID["cost-value"], printed=r"C = \frac{2}{n} \sum_{i=1}^n y_i"))
    assert said.verdict is Standing.MISPRINT
    assert said.reason == "no correction is known"
    assert said.counterexample is not None


@pytest.mark.parametrize(
    ("printed", "reason"),
    [
        ("Y = QX", "the letter Q has no meaning here"),
        (r"Y = \sqrt{X}", "cannot read"),
        ("Y", "states nothing"),
        ("= X", "goes on from no equation"),
        (r"y_q = b_q", "the index q has no meaning here"),
        (r"\frac{\partial C}{\partial y_9} = b_9", "not even sizes of 3 have"),
        (r"x_1 = x_9", "not even sizes of 3 have"),
        (r"b = g(X)", "the function g has no meaning here"),
        (r"\frac{\partial b}{\partial w} = X", "this derivative has no meaning here"),
    ],
)
def test_what_says_nothing_is_not_decidable(printed: str, reason: str) -> None:
    said = of(Equation(id="x", heading="h", printed=printed, setting="dense"))
    assert said.verdict is Standing.UNDECIDABLE
    assert reason in said.reason


def test_the_first_reading_that_holds_counts() -> None:
    readings = (LITERAL, Reading(contracted=True, remark="loose"))
    equation = replace(BY_ID["dense-bias-gradient"], readings=readings)
    assert of(equation).verdict is Standing.HOLDS


def test_an_equation_of_ones_own() -> None:
    own = Equation(
        id="softmax-sums-to-one",
        heading="Softmax",
        printed=r"$\sum_{i=1}^n y_i = 1$",
        setting="softmax",
    )
    assert of(own).verdict is Standing.HOLDS
    assert of(replace(own, printed=r"$\sum_{i=1}^n y_i = 2$")).verdict is Standing.MISPRINT


def test_a_loose_equation_is_refuted_by_its_loosest_reading() -> None:
    equation = BY_ID["cost-example"]
    wrong = equation.printed.replace(r"\frac{1}{n}", r"\frac{2}{n}")
    example = of(replace(equation, printed=wrong)).counterexample
    assert example is not None
    assert example.where == ""
    assert example.sizes == {"n": 1}


@pytest.mark.parametrize("condition", [r"k \leq i", "k = 1"])
def test_a_condition_is_of_two_indices(condition: str) -> None:
    equation = BY_ID["softmax-off-diagonal"]
    said = of(replace(equation, printed=equation.printed.replace(r"k \neq j", condition)))
    assert said.verdict is Standing.UNDECIDABLE
    assert "a condition must be" in said.reason
