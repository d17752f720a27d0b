"""The proof of the reference layers at all small sizes, as one check a quantity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck import everywhere
from gradcheck.everywhere import proved_everywhere
from gradcheck.proof.checks import Proving
from gradcheck.proof.limits import GivenUp
from gradcheck.records import Check, Evidence, Verdict
from gradcheck.subject import Subject, from_functions

if TYPE_CHECKING:
    from collections.abc import Callable

    Few = Callable[..., None]


def pair(size: int, factor: float = 2.0, name: str = "Square", role: str = "other") -> Subject:
    subject = from_functions(
        np.square,
        lambda g, x: factor * x * g,
        (np.linspace(0.5, 1.5, size),),
        names=["x"],
        name=name,
    )
    return replace(subject, role=role)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> Few:
    def use(*subjects: Subject) -> None:
        monkeypatch.setattr(
            everywhere, "small_subjects", lambda seed: [(s, None) for s in subjects]
        )

    return use


def only(found: dict[str, list[Check]]) -> Check:
    [[check]] = found.values()
    return check


def test_proved_at_each_size(few: Few) -> None:
    few(pair(1), pair(2), pair(3))
    check = only(proved_everywhere(0, Proving()))
    assert check.verdict is Verdict.PASS
    assert check.evidence is Evidence.PROVED
    assert check.quantity == "dx"
    assert check.proof is not None
    assert check.proof.sizes == "every size from 1 to 4: 3 shapes"
    assert check.seconds > 0


def test_refuted_at_one_size(few: Few) -> None:
    few(pair(1), pair(2, 2.01), pair(3))
    check = only(proved_everywhere(0, Proving()))
    assert check.verdict is Verdict.FAIL
    assert check.evidence is None
    assert check.proof is not None
    assert check.proof.sizes == "x 2"
    assert check.proof.residual
    assert check.worst is not None


def test_open_at_one_size(few: Few) -> None:
    few(pair(1), pair(2))
    calls: list[Any] = []

    def tracer(inputs: Any, upstream: Any, merging: bool, budget: Any) -> Any:  # noqa: FBT001
        from gradcheck.proof.prove import in_process

        calls.append(inputs)
        if inputs[0].size == 2:
            raise GivenUp("no")
        return in_process(pair(1))(inputs, upstream, merging, budget)

    check = only(proved_everywhere(0, Proving(tracer=tracer)))
    assert calls
    assert check.verdict is Verdict.INCONCLUSIVE
    assert check.evidence is None
    assert check.reason == "no"


def test_the_weakest_evidence_is_told(few: Few, monkeypatch: pytest.MonkeyPatch) -> None:
    few(pair(1), pair(2))
    real = everywhere.proof_checks

    def weaker(subject: Subject, *given: Any) -> list[Check]:
        evidence = Evidence.IDENTITY_TESTED if subject.inputs[0].size == 2 else Evidence.PROVED
        return [replace(check, evidence=evidence) for check in real(subject, *given)]

    monkeypatch.setattr(everywhere, "proof_checks", weaker)
    assert only(proved_everywhere(0, Proving())).evidence is Evidence.IDENTITY_TESTED


def test_layers_are_told_apart(few: Few) -> None:
    few(pair(1), pair(1, name="Other"), pair(2, 3.0, name="Other"))
    found = proved_everywhere(0, Proving())
    assert {name: checks[0].verdict for name, checks in found.items()} == {
        "Square": Verdict.PASS,
        "Other": Verdict.FAIL,
    }


def test_of_a_model_every_weight_is_one_quantity(few: Few) -> None:
    subject = from_functions(
        lambda x, W1, W2: x * W1 * W2,
        lambda g, x, W1, W2: (g * W1 * W2, g * x * W2, g * x * W1),
        (np.array([1.5]), np.array([0.5]), np.array([2.0])),
        names=["x", "W1", "W2"],
    )
    few(replace(subject, role="sequential"))
    [checks] = proved_everywhere(0, Proving()).values()
    assert [check.quantity for check in checks] == ["dx", "dW"]
    assert all(check.proof and "layers" in check.proof.sizes for check in checks)


@pytest.mark.slow
def test_the_reference_layers_are_proved() -> None:
    for checks in proved_everywhere(0, Proving()).values():
        assert all(check.evidence is Evidence.PROVED for check in checks)
