"""Every wrong backward pass of the gallery is caught; every right one is left alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from correct_rules import CASES
from wrong_rules import RULES

from gradcheck.check import check_functions
from gradcheck.diagnosis import most_specific
from gradcheck.records import Finding, Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery.case import Case, Right, Rule

    Make = Callable[[np.random.Generator], Case]

MORE_SEEDS = (1, 2, 3, 4)
INCONCLUSIVE_PART = 0.05
REMARKS = {"kink-value", "low-precision", "zero-gradient"}

NEIGHBOURS: dict[int, Rule] = {id(getattr(r.correct, "__self__", r)): r for r in RULES}
"""Rules that spoil one layer share their right neighbour: the first test of it serves them all."""

seeds = pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in MORE_SEEDS)]
)
wrong = pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
neighbours = pytest.mark.parametrize(
    "rule", NEIGHBOURS.values(), ids=[f"beside-{rule.name}" for rule in NEIGHBOURS.values()]
)
right = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


def checked(make: Make, seed: int) -> Result:
    with np.errstate(all="ignore"):
        case = make(np.random.default_rng(seed))
    return check_functions(
        case.forward, case.backward, case.inputs, case.names, case.domain, seed=seed
    )


@cache
def of_right(case: Right, seed: int) -> Result:
    return checked(case.make, seed)


def faults(result: Result) -> list[Finding]:
    return [finding for finding in result.findings if not finding.remark]


@seeds
@wrong
def test_a_wrong_backward_is_caught(rule: Rule, seed: int) -> None:
    result = checked(rule.make, seed)
    assert result.verdict in rule.verdicts, str(result)
    assert "error" not in rule.verdicts, "a crash is no catch"
    assert faults(result), str(result)
    shown = [finding for finding in most_specific(result.findings) if not finding.remark]
    assert {finding.code for finding in shown} & set(rule.codes), str(result)


@seeds
@neighbours
def test_its_right_neighbour_passes(rule: Rule, seed: int) -> None:
    result = checked(rule.correct, seed)
    assert result.verdict is Verdict.PASS, str(result)
    assert not faults(result), str(result)


@seeds
@right
def test_a_right_backward_is_not_blamed(case: Right, seed: int) -> None:
    result = of_right(case, seed)
    assert result.verdict in (Verdict.PASS, Verdict.INCONCLUSIVE), str(result)
    assert not faults(result), str(result)
    assert {finding.code for finding in result.findings} <= REMARKS, str(result)


@seeds
def test_few_right_cases_are_inconclusive(seed: int) -> None:
    unclear = [c.name for c in CASES if of_right(c, seed).verdict is Verdict.INCONCLUSIVE]
    assert len(unclear) <= INCONCLUSIVE_PART * len(CASES), unclear


def test_the_gallery_is_large_and_its_names_are_unique() -> None:
    assert len(RULES) >= 60
    assert len(CASES) >= 40
    names = [entry.name for entry in (*RULES, *CASES)]
    assert len(set(names)) == len(names)


def test_every_kind_of_wrong_is_in_the_gallery() -> None:
    assert {rule.shows for rule in RULES} == {"generic", "region", "contract"}
    assert all(rule.codes for rule in RULES)


def test_every_wrong_rule_has_a_neighbour_that_is_tested() -> None:
    tested = set(NEIGHBOURS)
    assert all(id(getattr(rule.correct, "__self__", rule)) in tested for rule in RULES)
