"""Mutation testing: every mistake that is planted in reference_net's backward passes is caught.

What is planted: another operator, an operand or a factor left out, the operands of @ swapped, a
transpose or a sum dropped, a sum for a mean, another constant, a comparison negated or moved to its
edge, another return value, an assignment left out.
"""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import pytest
from mutants import Mutant, mutants

import reference_net
from gradcheck.check import check_subject
from gradcheck.records import Result, Verdict
from gradcheck.reference import reference_subjects

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from gradcheck.subject import Subject

FUNCTIONS = {
    "dense": ["backward"],
    "activation": [
        "backward",
        "_relu_derivative",
        "_sigmoid_derivative",
        "_tanh_derivative",
        "_decay",
        "_lower",
    ],
    "softmax": ["backward"],
    "loss": ["backward"],
    "sequential": ["backward"],
}
"""What a backward pass is made of; validation of arguments is not, and has tests of its own."""

EDGE = (
    "activation._relu_derivative: return (X.real > 0).astype(X.dtype)"
    " -> return (X.real >= 0).astype(X.dtype)"
)
LOWER = "activation._lower: lower: Array = X * (X.real < 0) -> lower: Array = X * "
MEAN = "softmax.backward: weighted_mean = (Y * upstream).sum(axis=0, keepdims=True) -> "

EQUIVALENT = {
    EDGE: "g'(0) = 1 lies between the one-sided derivatives as g'(0) = 0 does",
    f"{LOWER}(X.real <= 0)": "x · 1 and x · 0 are both 0 at x = 0",
    f"{LOWER}(X.real < 1)": (
        "for 0 < x < 1 it puts e^x for e^−x into formulas in which both give the same number"
    ),
    f"{MEAN}weighted_mean = (Y * upstream).sum(axis=0, keepdims=False)": (
        "a mean for each column, (N,), broadcasts against (n, N) as (1, N) does"
    ),
}
"""Mutants that are right, each with the reason why."""

SUBJECTS = reference_subjects(0)
MUTANTS = [
    mutant
    for module, functions in FUNCTIONS.items()
    for mutant in mutants(
        module, inspect.getsource(import_module(f"reference_net.{module}")), functions
    )
]


PLANTED = [mutant for mutant in MUTANTS if str(mutant) not in EQUIVALENT]


def of_layers(names: set[str], mutant: Mutant) -> list[tuple[Subject, str]]:
    """Return the subjects of these layers; first the one that the mutated function is named for."""
    chosen = [pair for pair in SUBJECTS if pair[0].name in names]
    return sorted(chosen, key=lambda pair: pair[0].name.lower() not in mutant.function)


def put_in_place(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Let `reference_net` have the mutant's classes, which its subjects ask for; return names."""
    module = mutant.load()
    names = {name for name in reference_net.__all__ if _home(module, name) == module.__name__}
    for name in names:
        monkeypatch.setattr(reference_net, name, getattr(module, name))
    return names


def _home(module: ModuleType, name: str) -> str:
    return getattr(getattr(module, name, None), "__module__", "")


def verdicts(mutant: Mutant, names: set[str]) -> Iterator[Result]:
    """Yield a result for each shape; the given point alone comes first, for it is cheaper."""
    for regimes in ("point", "all"):
        for subject, formula in of_layers(names, mutant):
            told = formula if regimes == "all" else None
            yield check_subject(subject, regimes=regimes, formula=told)


@pytest.mark.parametrize("mutant", PLANTED, ids=str)
def test_a_mutant_is_killed(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    names = put_in_place(mutant, monkeypatch)
    killing = (Verdict.FAIL, Verdict.ERROR)
    assert any(result.verdict in killing for result in verdicts(mutant, names))


@pytest.mark.parametrize("text", EQUIVALENT)
def test_an_equivalent_mutant_passes(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = next(mutant for mutant in MUTANTS if str(mutant) == text)
    names = put_in_place(mutant, monkeypatch)
    results = list(verdicts(mutant, names))
    assert {result.verdict for result in results} == {Verdict.PASS}


def test_an_edge_at_the_kink_is_remarked(monkeypatch: pytest.MonkeyPatch) -> None:
    mutant = next(mutant for mutant in MUTANTS if str(mutant) == EDGE)
    put_in_place(mutant, monkeypatch)
    result = check_subject(next(subject for subject, _ in SUBJECTS if subject.name == "ReLU"))
    assert "kink-value" in {finding.code for finding in result.findings}


def test_there_are_many_mutants_of_each_module() -> None:
    assert len(PLANTED) >= 110
    modules = [mutant.module for mutant in PLANTED]
    assert all(modules.count(module) >= 6 for module in FUNCTIONS), modules
    functions = {(mutant.module, mutant.function) for mutant in PLANTED}
    assert functions == {(m, f) for m, functions in FUNCTIONS.items() for f in functions}


def test_most_mutants_are_killed_by_their_values_and_not_by_a_crash(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    crashes = 0
    for mutant in PLANTED:
        with monkeypatch.context() as patch:
            names = put_in_place(mutant, patch)
            subject = of_layers(names, mutant)[0][0]
            try:
                instance = subject.make()
                y = np.asarray(instance.forward(*subject.inputs))
                instance.backward(np.ones_like(y))
            except Exception:  # noqa: BLE001 - a mutant may raise anything
                crashes += 1
    assert crashes <= 0.2 * len(PLANTED)


def test_the_code_that_was_mutated_passes() -> None:
    for subject, formula in SUBJECTS:
        result = check_subject(subject, regimes="point", formula=formula)
        assert result.verdict is Verdict.PASS, str(result)
