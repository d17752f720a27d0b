"""What a proof says, as checks of a report."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcheck.check import check_subject
from gradcheck.errors import SubjectError
from gradcheck.proof.checks import Proving, proof_checks, with_proof
from gradcheck.proof.limits import GivenUp
from gradcheck.records import Evidence, Oracle, Result, Verdict
from gradcheck.subject import Subject, from_functions

X = np.array([[0.5, -1.25]])
RIGHT = lambda g, x: 2 * x * g  # noqa: E731


def subject(backward: Any = RIGHT, forward: Any = np.square, **named: Any) -> Subject:
    return from_functions(forward, backward, (X,), names=["x"], **named)


def proofs(result: Result) -> dict[str, Any]:
    return {check.quantity: check for check in result.checks if check.oracle is Oracle.PROOF}


def test_proved() -> None:
    [check] = proof_checks(subject(), None, Proving(), 0)
    assert check.quantity == "dx"
    assert check.oracle is Oracle.PROOF
    assert check.verdict is Verdict.PASS
    assert check.evidence is Evidence.PROVED
    assert check.residual == 0
    assert check.worst is None
    assert check.shapes == {"x": (1, 2)}
    assert check.seconds > 0
    assert check.proof is not None
    assert check.proof.sizes == "x 1×2"
    assert check.proof.claims == ("backward = this forward's derivative",)
    assert not check.proof.point


def test_refuted() -> None:
    [check] = proof_checks(subject(lambda g, x: x * g), None, Proving(), 0)
    assert check.verdict is Verdict.FAIL
    assert check.evidence is None
    assert check.worst is not None
    assert check.worst.got == pytest.approx(check.worst.oracle / 2)
    assert len(check.worst.index) == 2
    assert check.proof is not None
    assert check.proof.residual == "dx = 1/2 · true"
    assert float(eval(check.proof.got)) == pytest.approx(check.worst.got)  # noqa: S307
    assert set(check.proof.point) == {"x₀", "x₁", "g₀₀", "g₀₁"}


def test_open() -> None:
    [check] = proof_checks(subject(lambda g, x: np.unwrap(2 * x * g)), None, Proving(), 0)
    assert check.verdict is Verdict.INCONCLUSIVE
    assert check.evidence is None
    assert "unwrap" in check.reason


def test_at_regions() -> None:
    backward = lambda g, x: 2 * x * g if x[0, 0] > 0 else x * g * 2  # noqa: E731
    [check] = proof_checks(subject(backward), None, Proving(), 0)
    assert check.evidence is Evidence.PROVED_ON_REGIONS
    assert check.proof is not None
    assert check.proof.regions == 2
    assert check.proof.conditions


def test_a_subject_that_does_not_run_has_none() -> None:
    def forward(x: Any) -> Any:
        raise SubjectError("no")

    assert proof_checks(subject(forward=forward), None, Proving(), 0) == []


def test_another_process_may_run_the_code() -> None:
    def tracer(*_given: Any) -> Any:
        raise GivenUp("the process ended")

    [check] = proof_checks(subject(), None, Proving(tracer=tracer), 0)
    assert check.verdict is Verdict.INCONCLUSIVE
    assert check.reason == "the process ended"


def test_time_is_bounded() -> None:
    [check] = proof_checks(subject(), None, Proving(seconds=0.0), 0)
    assert check.verdict is Verdict.INCONCLUSIVE
    assert "0 s" in check.reason


class TestWithProof:
    """The proof beside what floating point says."""

    def test_both_agree(self) -> None:
        result = check_subject(subject(), proving=Proving())
        assert result.verdict is Verdict.PASS
        assert proofs(result)["dx"].evidence is Evidence.PROVED
        others = [c for c in result.checks if c.oracle is Oracle.FINITE_DIFFERENCE]
        assert others
        assert all(Oracle.PROOF in check.agree for check in others)
        assert not [finding for finding in result.findings if not finding.remark]

    def test_both_refute_and_the_fault_is_named_once(self) -> None:
        result = check_subject(subject(lambda g, x: x * g), proving=Proving())
        assert result.verdict is Verdict.FAIL
        assert [finding.code for finding in result.findings if not finding.remark] == ["factor"]

    def test_what_only_the_proof_refutes_has_a_finding_of_its_own(self) -> None:
        right = check_subject(subject())
        wrong = subject(lambda g, x: 2 * x * g * (1 + 1e-6 * (x > 0)))
        result = with_proof(right, wrong, None, Proving(), 0)
        [finding] = [finding for finding in result.findings if not finding.remark]
        assert finding.code == "unlisted"
        assert finding.quantity == "dx"
        assert "exactly it is not what it must be" in finding.message
        assert "must be" in finding.message
        assert result.verdict is Verdict.FAIL
        assert all(Oracle.PROOF not in check.agree for check in result.checks)

    def test_what_is_open_changes_nothing(self) -> None:
        own = subject(lambda g, x: 2 * x * g + 0 * np.unwrap(x))
        result = check_subject(own)
        proved = with_proof(result, own, None, Proving(), 0)
        assert proved.checks[: len(result.checks)] == result.checks
        assert proved.findings == result.findings

    @pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.NOT_RUN])
    def test_where_nothing_runs_nothing_is_proved(self, verdict: Verdict) -> None:
        result = check_subject(subject())
        checks = tuple(replace(c, verdict=verdict, evidence=None) for c in result.checks)
        broken = replace(result, checks=checks)
        assert broken.verdict is verdict
        assert with_proof(broken, subject(), None, Proving(), 0) is broken

    def test_a_formula_that_y_differs_from_is_left_aside(self) -> None:
        own = from_functions(np.sin, lambda g, x: np.cos(x) * g, (X,), names=["x"])
        result = check_subject(own, formula="tanh", proving=Proving())
        assert "y" not in proofs(result)
        assert proofs(result)["dx"].evidence is Evidence.PROVED

    def test_a_formula_that_it_is(self) -> None:
        own = from_functions(np.tanh, lambda g, x: (1 - np.tanh(x) ** 2) * g, (X,), names=["x"])
        found = proofs(check_subject(own, formula="tanh", proving=Proving()))
        assert found["y"].evidence is Evidence.PROVED
        assert len(found["dx"].proof.claims) == 2


def test_what_stays_a_number_is_said() -> None:
    t = np.array([0, 1, 0])
    own = from_functions(
        lambda y, t: -np.sum(t * np.log(y)),
        lambda g, y, t: (-g * t / y, None),
        (np.array([0.2, 0.5, 0.3]), t),
        names=["y", "t"],
    )
    [check] = proof_checks(own, None, Proving(), 0)
    assert check.evidence is Evidence.PROVED
    assert check.proof is not None
    assert check.proof.sizes == "y 3, t 3, and this t"


def test_backward_may_leave_out_what_gets_no_gradient() -> None:
    inputs = (np.array([0.2, 0.5, 0.3]), np.array([0, 1, 0]))
    own = from_functions(
        lambda y, t: -np.sum(t * np.log(y)), lambda g, y, t: -g * t / y, inputs, names=["y", "t"]
    )
    [check] = proof_checks(own, None, Proving(), 0)
    assert check.evidence is Evidence.PROVED
    few = from_functions(np.add, lambda g, x, y: g, (inputs[0], inputs[0]), names=["x", "y"])
    assert {check.verdict for check in proof_checks(few, None, Proving(), 0)} == {
        Verdict.INCONCLUSIVE
    }
