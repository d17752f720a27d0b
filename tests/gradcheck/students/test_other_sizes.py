"""A subject is looked at once more at other sizes, where its forward runs at those too."""

from __future__ import annotations

from dataclasses import replace
from textwrap import dedent
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from submissions.case import FILES

from gradcheck import check
from gradcheck.records import Check, Finding, Oracle, Result, Verdict
from gradcheck.students.adapter import Description, Input
from gradcheck.students.check import Options, check_path
from gradcheck.students.other_sizes import right_in_short, sizes_of, with_sizes
from gradcheck.students.survey import survey
from gradcheck.subject import from_functions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def met_again(file: str) -> dict[str, list[Description]]:
    found = [adapter.description for adapter in survey(FILES / file, {}).adapters]
    again: dict[str, list[Description]] = {}
    for one in found:
        if "sizes of" in one.facts:
            again.setdefault(found[one.facts["sizes of"]].name, []).append(one)
    return again


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("attributes_batch.py", {"Linear", "ReLU", "Sigmoid", "Softmax", "CrossEntropyLoss"}),
        ("cache_functions.py", {"affine_forward", "relu_forward", "softplus_forward",
                                "affine_relu_forward", "mse_loss"}),
        ("pairs_output.py", {"sigmoid", "tanh"}),
        ("network_lists.py", {"Network"}),
        ("container_add.py", {"Dense", "Tanh", "Sequential"}),
    ],
)  # fmt: skip
def test_what_is_met_at_other_sizes(file: str, names: set[str]) -> None:
    again = met_again(file)
    assert set(again) == names
    adapters = survey(FILES / file, {}).adapters
    for others in again.values():
        for other in others:
            first = adapters[other.facts["sizes of"]].description
            assert [one.name for one in other.inputs] == [one.name for one in first.inputs]
            assert [one.shape for one in other.inputs] != [one.shape for one in first.inputs]


def test_what_the_file_fixes_is_not() -> None:
    others = met_again("sizes_from_arrays.py")["Readout"]
    # Its weights take two features: a number of examples is read off its backward, and no more.
    assert [(one.inputs[0].shape, one.facts["sizes by"]) for one in others] == [((5, 2), "number")]


def test_a_number_in_backward_is_tried_as_a_size(tmp_path: Path) -> None:
    text = (FILES / "sizes_from_arrays.py").read_text(encoding="utf-8")
    path = tmp_path / "softmax.py"
    path.write_text(text.replace("np.eye(len(y))", "np.eye(10)"), encoding="utf-8")
    shapes = [
        adapter.description.inputs[0].shape
        for adapter in survey(path, {}).adapters
        if adapter.description.name.startswith("Softmax → other")
    ]
    assert shapes == [(4, 6), (10, 6), (4, 10)]


def subject_of(backward: Callable[..., Any], forward: Callable[..., Any] = np.tanh) -> Any:
    x = np.random.default_rng(0).standard_normal((4, 6))
    return from_functions(forward, backward, [x])


def test_in_short_what_is_right_is_right() -> None:
    assert right_in_short(subject_of(lambda g, x: g * (1 - np.tanh(x) ** 2)), 0) is True


@pytest.mark.parametrize(
    "backward",
    [
        lambda g, x: 1.1 * g * (1 - np.tanh(x) ** 2),
        lambda g, x: g[:3] * (1 - np.tanh(x[:3]) ** 2),
        lambda g, x: (g * (1 - np.tanh(x) ** 2)).reshape(3, 5),
        lambda g, x: None,
    ],
    ids=["a-factor", "a-part", "raises", "missing"],
)
def test_in_short_what_is_wrong_is_not(backward: Callable[..., Any]) -> None:
    assert right_in_short(subject_of(backward), 0) is False


def test_in_short_a_forward_that_cannot_run_says_nothing() -> None:
    subject = subject_of(lambda g, x: g, lambda x: x @ np.ones((5, 2)))
    assert right_in_short(subject, 0) is None


def described(*shapes: tuple[int, ...]) -> Description:
    x, *rest = shapes
    return Description(
        name="layer",
        role="dense",
        inputs=(
            Input(name="x", shape=x, axis=1),
            *(Input(name=f"W{k}", shape=shape, parameter=True) for k, shape in enumerate(rest)),
        ),
    )


def test_sizes_by_their_symbols() -> None:
    assert sizes_of(described((3, 5)), described((4, 6))) == {
        "N": (3, 4), "n": (5, 6), "n·N": (15, 24)
    }  # fmt: skip
    assert sizes_of(described((3, 2), (2, 5)), described((4, 3), (3, 6))) == {
        "N": (3, 4), "n": (5, 6), "the number of inputs": (2, 3), "n·N": (15, 24)
    }  # fmt: skip


@pytest.mark.parametrize("beside", [(), ("sign",)], ids=["alone", "beside-another"])
def test_a_factor_is_looked_at_whatever_stands_beside_it(beside: tuple[str, ...]) -> None:
    def result(factor: float) -> Result:
        factors = Finding(code="factor", quantity="dx", message="", numbers={"factor": factor})
        others = (Finding(code=code, quantity="db", message="") for code in beside)
        check = Check(quantity="dx", oracle=Oracle.COMPLEX_STEP, verdict=Verdict.FAIL)
        return Result(name="", role="", checks=(check,), findings=(factors, *others), seed=0)

    facts = {"sizes by": "", "numbers": [10]}
    other = replace(described((4, 6)), facts=facts)
    subject = subject_of(lambda g, x: 0.4 * g * (1 - np.tanh(x) ** 2))
    seen = with_sizes(result(0.3), described((3, 5)), [(other, subject)], lambda *_: result(0.4))
    codes = [(f.quantity, f.code) for f in seen.findings]
    assert codes == [("dx", "size-hard-coded"), *(("db", code) for code in beside)]


def checked(path: Path, source: str) -> Result:
    path.write_text(dedent(source), encoding="utf-8")
    (result,) = check_path(path, Options(in_process=True)).results
    return result


FLATTENS = """
import numpy as np
class Scale:
    def forward(self, x):
        self.shape = x.shape
        {forward}
        return 3 * x
    def backward(self, grad):
        return (3 * grad).reshape({shape})
"""


def test_a_forward_that_the_file_fixes_is_no_bug(tmp_path: Path) -> None:
    fixed = "assert x.shape == (3, 5)"
    result = checked(tmp_path / "a.py", FLATTENS.format(forward=fixed, shape="3, 5"))
    assert result.verdict is Verdict.PASS
    result = checked(tmp_path / "b.py", FLATTENS.format(forward="", shape="3, 5"))
    assert result.verdict is Verdict.FAIL
    assert [f.code for f in result.findings] == ["size-hard-coded"]
    shapes = {check.shapes["x"] for check in result.checks if check.verdict is Verdict.FAIL}
    assert shapes == {(4, 6)}
    result = checked(tmp_path / "c.py", FLATTENS.format(forward="", shape="self.shape"))
    assert result.verdict is Verdict.PASS


def test_what_is_right_at_both_shapes_is_checked_with_care_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    regimes = []
    real = check.check_subject

    def counted(subject: Any, **more: Any) -> Any:
        regimes.append(more["regimes"])
        return real(subject, **more)

    monkeypatch.setattr(check, "check_subject", counted)
    checked(tmp_path / "right.py", FLATTENS.format(forward="", shape="self.shape"))
    assert regimes == ["all"]
    checked(tmp_path / "wrong.py", FLATTENS.format(forward="", shape="3, 5"))
    assert regimes == ["all", "all", ("point", "signs")]
