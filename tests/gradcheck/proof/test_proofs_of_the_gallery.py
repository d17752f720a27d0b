"""The gallery: what is wrong over the reals is refuted exactly, and nothing that is right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from correct_rules import CASES
from wrong_rules import RULES

from gradcheck.proof.limits import Budget
from gradcheck.proof.prove import MISSING, Prover, in_process
from gradcheck.records import Evidence
from gradcheck.subject import from_functions

if TYPE_CHECKING:
    from collections.abc import Callable

    from gallery.case import Case, Rule

    from gradcheck.proof.statement import Statement

    Make = Callable[[np.random.Generator], Case]

SECONDS = 4.0

pytestmark = pytest.mark.slow

OF_ANOTHER_ORACLE = {
    "overflow": "over the reals it is right: floats overflow far out",
    "low-precision": "over the reals it is right: narrower floats round",
    "mutates-upstream": "what it returns is right: it changes what it was handed",
    "mutates-input": "what it returns is right: it changes what it was handed",
    "mutates-parameter": "what it returns is right: it changes what it was handed",
    "mutates-output": "what it returns is right: it changes what it returned",
    "accumulates": "a first call is right: only a second call differs",
    "non-deterministic": "it differs from call to call",
    "stale-cache": "a first call is right: only a second call differs",
}
"""First finding codes of rules that are no identities of real functions, or whose are true."""

AT_NO_REGION = {
    "relu-two-at-zero": "it differs at x = 0 alone",
    "mse-quotient-nan-at-target": "it differs at y = t alone",
    "mse-one-at-target": "it differs at y = t alone",
    "mae-two-at-target": "it differs at y = t alone",
    "max-pool-to-every-tie": "it differs at ties alone",
    "row-max-to-every-tie": "it differs at ties alone",
    "zero-upstream-gives-nan": "it differs at g = 0 alone",
    "zero-upstream-gives-local-derivative": "it differs at g = 0 alone",
}
"""Rules that are right off a set without inner points; the proof names it as an exception."""

NOT_REAL = {
    "one-of-1000-nan": "NaN is no real number",
    "one-of-1000-inf": "infinity is no real number",
    "small-upstream-in-half-precision": "a conversion to float16 is no real function",
    "small-upstream-guarded": "a guard of 1e-17 is seen where the upstream is as small, alone",
    "sign-at-every-third-call": "it differs from call to call",
}


def said_of(make: Make) -> list[Statement]:
    with np.errstate(all="ignore"):
        case = make(np.random.default_rng(0))
        subject = from_functions(
            case.forward, case.backward, case.inputs, names=case.names, domain=case.domain
        )
        return Prover(subject, in_process(subject), None, Budget(SECONDS), 0).statements()


def refuted(statements: list[Statement]) -> list[Statement]:
    return [one for one in statements if one.certificate is not None]


def of_another_shape(statements: list[Statement]) -> bool:
    """Say whether a gradient is not there in its input's shape: a contract, not an identity."""
    return any(
        one.reason == MISSING or one.reason.startswith("backward gives") for one in statements
    )


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
def test_a_rule_that_is_wrong_over_the_reals_is_refuted(rule: Rule) -> None:
    statements = said_of(rule.make)
    if rule.name in AT_NO_REGION:
        assert not refuted(statements)
        assert any(one.exceptions or one.regions for one in statements), statements
    elif rule.name in NOT_REAL:
        assert not refuted(statements)
        assert not all(one.evidence is Evidence.PROVED for one in statements), statements
    elif not refuted(statements):
        assert rule.codes[0] in OF_ANOTHER_ORACLE or of_another_shape(statements), statements


RIGHT: dict[str, Make] = {
    **{f"beside-{rule.name}": rule.correct for rule in RULES},
    **{case.name: case.make for case in CASES},
}
DISTINCT = {id(getattr(make, "__self__", make)): name for name, make in RIGHT.items()}
"""Rules that spoil one layer share their right neighbour."""


@pytest.mark.parametrize("name", DISTINCT.values())
def test_what_is_right_is_not_refuted(name: str) -> None:
    statements = said_of(RIGHT[name])
    assert not refuted(statements), statements


def test_every_exception_is_of_the_gallery() -> None:
    names = {rule.name for rule in RULES}
    assert {*AT_NO_REGION, *NOT_REAL} <= names
    assert set(OF_ANOTHER_ORACLE) <= {rule.codes[0] for rule in RULES}
