"""What is wrong alone may be a convention that another subject makes up for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from submissions.case import FILES, wrong

from gradcheck.records import Check, Finding, Oracle, Result, Verdict
from gradcheck.students.adapter import Description, Input
from gradcheck.students.check import Options, check_path
from gradcheck.students.context import as_remarks, hangs_together, judged_together
from gradcheck.students.conventions import _averages as averages

if TYPE_CHECKING:
    from pathlib import Path

    from submissions.case import Edit


def faults_of(path: Path, only: str = "") -> dict[str, dict[str, str]]:
    report = check_path(path, Options(in_process=True, only=(only,) if only else ()))
    return {
        result.name: {f.quantity: f.code for f in result.findings if not f.remark}
        for result in report.results
    }


CONVENTIONS: dict[str, tuple[str, tuple[Edit, ...], dict[str, dict[str, str]]]] = {
    "1/N in the layer, and a loss that averages too": (
        "mean_in_layer.py",
        (("2 * (self.Y_hat - self.Y)", "2 * (self.Y_hat - self.Y) / len(self.Y[0])"),),
        {"Dense": {"dW": "factor", "db": "factor"}},
    ),
    "1/N in no layer, and a loss that leaves it out": (
        "mean_in_layer.py",
        (
            ("dZ.dot(self.A.T) / m", "dZ.dot(self.A.T)"),
            ("np.sum(dZ, axis=1, keepdims=True) / m", "np.sum(dZ, axis=1, keepdims=True)"),
        ),
        {"MSE": {"dy": "factor"}},
    ),
    "a softmax that hands on, and a loss that is not fused": (
        "fused_pass_through.py",
        (("return (self.y - self.t) / len(self.y)", "return -self.t / self.y / len(self.y)"),),
        {"Softmax": {"dx": "pass-through"}},
    ),
    "a softmax that does not hand on, and a loss that is fused": (
        "fused_pass_through.py",
        (
            ("        return e / e.sum(axis=1, keepdims=True)",
             "        self.p = e / e.sum(axis=1, keepdims=True)\n        return self.p"),
            ("        return delta\n",
             ("        inner = (delta * self.p).sum(axis=1, keepdims=True)\n"
              "        return self.p * (delta - inner)\n")),
        ),
        {"CrossEntropy": {"dy": "fused-twice"}},
    ),
}  # fmt: skip


@pytest.mark.parametrize(("file", "edits", "expected"), CONVENTIONS.values(), ids=list(CONVENTIONS))
def test_half_of_a_convention_is_a_fault(
    file: str, edits: tuple[Edit, ...], expected: Any, tmp_path: Path
) -> None:
    name, codes = next(iter(expected.items()))
    found = faults_of(wrong(file, name, codes, *edits).written(tmp_path))
    assert {subject: faults for subject, faults in found.items() if faults} == expected


@pytest.mark.parametrize(
    ("file", "name"),
    [("mean_in_layer.py", "Dense"), ("fused_pass_through.py", "Softmax")],
)
def test_what_is_asked_for_alone_is_judged_beside_the_others(file: str, name: str) -> None:
    assert faults_of(FILES / file, name) == {name: {}}


def result(*findings: Finding, verdict: Verdict = Verdict.FAIL) -> Result:
    check = Check(quantity="dW", oracle=Oracle.COMPLEX_STEP, verdict=verdict)
    return Result(name="Dense", role="dense", checks=(check,), findings=findings, seed=0)


def of(code: str, quantity: str = "dW", **numbers: float) -> Finding:
    return Finding(code=code, quantity=quantity, message="told", numbers=numbers)


DENSE = Description(
    name="Dense",
    role="dense",
    inputs=(
        Input(name="x", shape=(3, 2), axis=1),
        Input(name="W", shape=(2, 5), parameter=True),
    ),
    output="rows",
)


def judged(one: Result, description: Description = DENSE) -> Result:
    (found,) = judged_together({"Dense": one}, {"Dense": description}, lambda layer, loss: None)
    return found


def test_1_over_n_with_no_loss_in_the_file_is_a_remark() -> None:
    found = judged(result(of("factor", factor=1 / 3)))
    assert found.verdict is Verdict.PASS
    assert [f.remark for f in found.findings] == [True]


@pytest.mark.parametrize("factor", [3.0, 1 / 2, 1 / 5, -1 / 3])
def test_another_factor_is_a_fault(factor: float) -> None:
    assert judged(result(of("factor", factor=factor))).verdict is Verdict.FAIL


def test_1_over_n_beside_another_fault_is_a_fault() -> None:
    found = judged(result(of("factor", factor=1 / 3), of("sign", "db")))
    assert found.verdict is Verdict.FAIL


def test_1_over_n_on_the_input_is_a_fault() -> None:
    assert judged(result(of("factor", "dx", factor=1 / 3))).verdict is Verdict.FAIL


def test_a_remark_changes_no_figure() -> None:
    one = result(of("factor", factor=1 / 3))
    found = as_remarks(one, {"factor"}, "because")
    assert found.checks[0].reason == "because"
    assert replace(found.checks[0], verdict=Verdict.FAIL, reason="", evidence=None) == one.checks[0]


def test_a_contract_that_is_broken_is_never_excused() -> None:
    broken = Check(quantity="dW", oracle=Oracle.CONTRACT, contract="purity", verdict=Verdict.FAIL)
    one = replace(result(of("factor", factor=1 / 3)), checks=(broken,))
    assert as_remarks(one, {"factor"}, "because").verdict is Verdict.FAIL


def test_a_container_of_a_wrong_layer_is_not_judged() -> None:
    box = Description(name="Box", role="sequential", facts={"filled_with": ["Dense"]})
    found = judged_together(
        {"Dense": result(of("sign")), "Box": replace(result(of("sign")), name="Box")},
        {"Dense": DENSE, "Box": box},
        lambda layer, loss: None,
    )
    assert [one.verdict for one in found] == [Verdict.FAIL, Verdict.NOT_RUN]


def test_only_what_may_be_a_convention_hangs_together() -> None:
    assert hangs_together(result(of("factor", factor=1 / 3)), DENSE)
    assert hangs_together(result(of("pass-through", "dx")), DENSE)
    assert not hangs_together(result(of("sign")), DENSE)
    assert not hangs_together(result(verdict=Verdict.PASS), DENSE)


@pytest.mark.parametrize(
    ("factor", "expected"),
    [(1.0, True), (1 / 3, True), (1 / 5, True), (1 / 15, True), (2 / 15, False), (0.5, False)],
)
def test_a_mean_leaves_one_over_a_size(factor: float, *, expected: bool) -> None:
    assert averages(factor, (3, 5)) is expected
