from __future__ import annotations

import sys
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from handmade import report_of

from gradcheck.contracts import contracts_of
from gradcheck.notes.formulas import FORMULAS
from gradcheck.records import Check, Evidence, Finding, Oracle, Result, Verdict
from gradcheck.reference import reference_subjects
from gradcheck.render.json import report_dict, schema
from gradcheck.verify import exit_code, planned_checks, tool, verify

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.subject import Subject

    Change = Callable[[Result], Result]

REMARK = Finding(code="kink-value", quantity="dx", message="g'(0) = 0", remark=True)


def all_right(subject: Subject, formula: str, seed: int) -> Result:
    """Return what a check of everything that is planned gives where all is right."""
    shapes = {n: a.shape for n, a in zip(subject.names, subject.inputs, strict=True)}
    checks = tuple(
        Check(
            quantity="dx" if contract else quantity,
            oracle=oracle,
            contract=contract,
            verdict=Verdict.PASS,
            evidence=Evidence.TESTED,
            shapes=shapes,
        )
        for quantity, oracle, contract in planned_checks(subject, formula)
    )
    return Result(
        name=subject.name,
        role=subject.role,
        checks=checks,
        findings=(REMARK,),
        seed=seed,
        reproduce=subject.reproduce,
        file=subject.file,
        line=subject.line,
    )


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Callable[[Change], None]:
    """Put a check_subject in place whose results, all right, are sent through a change."""

    def install(change: Change) -> None:
        def check_subject(
            subject: Subject, *, regimes: Any, seed: int, formula: str | None, proving: object,
            pictured: bool,
        ) -> Result:  # fmt: skip
            assert proving is None
            assert not pictured
            assert regimes == "all"
            assert formula is not None
            return change(all_right(subject, formula, seed))

        module = ModuleType("gradcheck.check")
        module.check_subject = check_subject  # type: ignore[attr-defined]
        monkeypatch.setitem(sys.modules, "gradcheck.check", module)

    return install


def test_a_result_for_each_layer_holds_the_checks_of_all_its_shapes(
    fake: Callable[[Change], None],
) -> None:
    fake(lambda result: result)
    report = verify(3)
    names = [result.name for result in report.subjects]
    assert names == [
        "Dense",
        "Sigmoid",
        "Tanh",
        "ReLU",
        "Softmax",
        "MeanSquaredError",
        "Sequential",
    ]
    assert [result.role for result in report.subjects] == list(FORMULAS)
    dense = report.subjects[0]
    subject = reference_subjects(3)[0][0]
    assert len(dense.checks) == 3 * (1 + 3 * 3 + len(contracts_of(subject)))
    assert {check.shapes["x"] for check in dense.checks} == {(4, 1), (3, 2), (1, 1)}
    assert dense.findings == (REMARK,)
    assert report.verdict is Verdict.PASS
    assert report.counts["planned"] == report.counts["ran"] == report.counts["pass"]
    assert report.command == dense.reproduce == "gradcheck verify --seed 3"
    jsonschema.Draft202012Validator(schema()).validate(report_dict(report))


def test_a_loss_is_called_loss(fake: Callable[[Change], None]) -> None:
    fake(lambda result: result)
    quantities = {
        result.name: list(dict.fromkeys(c.quantity for c in result.checks if not c.contract))
        for result in verify(0).subjects
    }
    assert quantities["MeanSquaredError"] == ["loss", "dy"]
    assert quantities["Sequential"] == ["loss", "dx", "dW1", "db1", "dW2", "db2"]
    assert quantities["ReLU"] == ["y", "dx"]


@pytest.mark.parametrize(
    ("oracle", "quantity", "contract"),
    [(Oracle.COMPLEX_STEP, "dW", ""), (Oracle.CONTRACT, "backward", "linear")],
)
def test_a_check_that_silently_does_not_run_is_counted(
    fake: Callable[[Change], None], oracle: Oracle, quantity: str, contract: str
) -> None:
    def without(result: Result) -> Result:
        if result.name != "Dense":
            return result
        left_out = (oracle, contract or quantity)
        kept = [c for c in result.checks if (c.oracle, c.contract or c.quantity) != left_out]
        return replace(result, checks=tuple(kept))

    fake(without)
    report = verify(0)
    counts = report.counts
    assert counts["not-run"] == 3
    assert counts["ran"] == counts["pass"] == counts["planned"] - 3
    missing = [c for c in report.subjects[0].checks if c.verdict is Verdict.NOT_RUN]
    assert {(c.oracle, c.quantity, c.contract) for c in missing} == {(oracle, quantity, contract)}
    assert exit_code(report) == 3
    jsonschema.Draft202012Validator(schema()).validate(report_dict(report))


def test_faults_come_before_remarks_and_once(fake: Callable[[Change], None]) -> None:
    fault = Finding(code="factor", quantity="dW", message="twice")
    fake(lambda result: replace(result, findings=(REMARK, fault)))
    assert verify(0).subjects[0].findings == (fault, REMARK)


def test_progress_is_told(fake: Callable[[Change], None]) -> None:
    fake(lambda result: result)
    calls: list[tuple[int, int, str]] = []
    verify(0, lambda *call: calls.append(call))
    assert [done for done, _, _ in calls] == list(range(22))
    assert {total for _, total, _ in calls} == {21}
    assert (calls[0][2], calls[-1][2]) == ("Dense", "")


def test_the_tool_names_no_machine() -> None:
    assert set(tool()) == {"gradcheck", "mpmath", "numpy", "platform", "python", "sympy"}


PASS, FAIL, ERROR, NOT_RUN, INCONCLUSIVE = (
    Check(quantity=f"d{verdict}", oracle=Oracle.SYMBOLIC, verdict=verdict)
    for verdict in (
        Verdict.PASS,
        Verdict.FAIL,
        Verdict.ERROR,
        Verdict.NOT_RUN,
        Verdict.INCONCLUSIVE,
    )
)


@pytest.mark.parametrize(
    ("checks", "planned", "code"),
    [
        ([PASS], 1, 0),
        ([], 0, 3),
        ([], 1, 3),
        ([PASS], 2, 3),
        ([PASS, NOT_RUN], 2, 3),
        ([PASS, ERROR], 2, 3),
        ([PASS, INCONCLUSIVE], 2, 3),
        ([PASS, FAIL, ERROR], 3, 1),
        ([FAIL], 9, 1),
        ([PASS, replace(INCONCLUSIVE, quantity=PASS.quantity)], 2, 0),
        ([PASS, replace(INCONCLUSIVE, quantity=PASS.quantity, shapes={"x": (1, 1)})], 2, 3),
    ],
    ids=[
        "pass",
        "nothing",
        "none-ran",
        "missing",
        "not-run",
        "error",
        "unclear",
        "1-beats-3",
        "wrong",
        "other-oracle",
        "other-shape",
    ],
)
def test_exit_codes(checks: list[Check], planned: int, code: int) -> None:
    result = Result(name="f", role="other", checks=tuple(checks), findings=(), seed=0)
    assert exit_code(report_of(result, planned=planned)) == code
