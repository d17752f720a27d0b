"""What a file is taken for hangs on its names and shapes, and never on whether it is right."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from submissions.case import FILES
from submissions.table import RIGHT, WRONG

from gradcheck.students.adapter import Description
from gradcheck.students.find import candidates
from gradcheck.students.load import load
from gradcheck.students.steps import step_of
from gradcheck.students.survey import survey

if TYPE_CHECKING:
    from pathlib import Path

    from submissions.case import Right, Wrong

OF_VALUES = {
    "factor", "sign", "diagonal-only", "diagonal-missing", "pass-through", "mask-missing",
    "mask-inverted", "mask-from-upstream", "wrong-point", "function-for-derivative",
    "wrong-formula", "fused-twice", "loss-mismatch", "upstream-ignored", "upstream-nonlinear",
    "region", "wrong-operand", "batch-of-one",
}  # fmt: skip
"""Codes of bugs that leave every name and shape as it was."""

ALIKE = [
    sample
    for sample in WRONG
    if set(sample.codes.values()) <= OF_VALUES and not sample.file.startswith("package")
]


def described(path: Path) -> dict[str, dict[str, Any]]:
    found = survey(path, {})
    facts = [adapter.description.to_dict() for adapter in found.adapters]
    # Numbers that stand in a backward are tried as sizes: those are for the wrong one alone.
    facts = [fact for fact in facts if fact["facts"].get("sizes by") != "number"]
    for fact in facts:
        fact["facts"].pop("numbers", None)
    for fact in facts:
        fact.pop("file")
        fact.pop("line")
    return {fact["name"]: fact for fact in facts}


@cache
def described_right(file: str) -> dict[str, dict[str, Any]]:
    return described(FILES / file)


@pytest.mark.parametrize("sample", ALIKE, ids=[sample.name for sample in ALIKE])
def test_a_wrong_backward_is_met_as_the_right_one_is(sample: Wrong, tmp_path: Path) -> None:
    right = described_right(sample.file)
    assert right
    assert described(sample.written(tmp_path)) == right


@pytest.mark.parametrize("sample", RIGHT, ids=[sample.file for sample in RIGHT])
def test_a_description_crosses_the_wall(sample: Right) -> None:
    adapters = survey(FILES / sample.file, {}).adapters
    assert adapters
    for adapter in adapters:
        description = adapter.description
        assert Description.from_dict(description.to_dict()) == description


RULES = {
    ("attributes_batch.py", "Linear"): ("R1", "batch_features"),
    ("attributes_columns.py", "DenseLayer"): ("R1", "features_batch"),
    ("rate_column.py", "Dense"): ("R4", "column"),
    ("rate_row.py", "FCLayer"): ("R4", "row"),
    ("rate_vector.py", "Dense"): ("R4", "1d"),
    ("dicts_batch.py", "Affine"): ("R2", "batch_features"),
    ("parameter_objects.py", "Linear"): ("R3", "batch_features"),
    ("optimizer_inside.py", "Dense"): ("R5", "batch_features"),
    ("dinputs_style.py", "Layer_Dense"): ("R6", "batch_features"),
    ("cache_functions.py", "affine_forward"): ("R7", "batch_features"),
    ("dispatcher.py", "linear_activation_forward"): ("R7", "features_batch"),
    ("tuple_returned.py", "Dense"): ("R8", "features_batch"),
    ("network_dict.py", "TwoLayerNet"): ("R10", "batch_features"),
    ("network_lists.py", "Network"): ("R10", "column"),
}


@pytest.mark.parametrize(("where", "expected"), RULES.items(), ids=[f"{f}-{n}" for f, n in RULES])
def test_a_rule_and_a_layout_are_told(where: tuple[str, str], expected: tuple[str, str]) -> None:
    file, name = where
    convention = described(FILES / file)[name]["convention"]
    assert (convention["rule"], convention["orientation"]) == expected
    assert convention["orientation because"]


def test_f_prime_of_the_output_is_told_by_its_argument_and_how_it_is_called() -> None:
    found = described(FILES / "pairs_output.py")
    assert {fact["convention"]["F' takes"] for fact in found.values()} == {"the output"}
    found = described(FILES / "pairs.py")
    assert {fact["convention"]["F' takes"] for fact in found.values()} == {"the input"}


def test_a_complex_step_in_backward_is_told_from_a_forward_in_it() -> None:
    found = described(FILES / "complex_backward.py")
    assert found["Tanh"]["facts"] == {"complex_step": True}
    assert found["Sigmoid"]["facts"] == {}


def test_a_configuration_comes_first() -> None:
    settings = {
        "orientation": "features_batch",
        "subjects": {"Tanh": {"role": "skip"}, "mse": {"order": "yt"}},
    }
    found = {
        a.description.name: a.description
        for a in survey(FILES / "rate_column.py", settings).adapters
    }
    assert "Tanh" not in found
    assert found["Dense"].convention["orientation"] == "features_batch"
    assert found["mse"].convention["target"] == "y_pred"


def test_a_table_for_nothing_in_the_file_is_told_of() -> None:
    tables = {"Tnah": {"role": "tanh"}, "Tanh": {"role": "skip"}, "np": {"role": "other"}}
    notes = survey(FILES / "rate_column.py", {"subjects": tables}).notes
    found = "found: Dense, Softmax, Tanh, mse"
    assert notes == [
        f"[subjects.Tnah] of the configuration changes nothing: this file has no Tnah; {found}",
        (
            "[subjects.np] of the configuration changes nothing: np is not taken for a subject; "
            f"name its forward and its backward; {found}"
        ),
    ]
    del tables["Tnah"], tables["np"]
    assert survey(FILES / "rate_column.py", {"subjects": tables}).notes == []


STEPS = {
    ("attributes_batch.py", "Linear"): True,
    ("dicts_batch.py", "Affine"): True,
    ("rate_column.py", "Dense"): True,
    ("tuple_returned.py", "Dense"): False,
    ("container_add.py", "Dense"): False,
}


@pytest.mark.parametrize(("where", "steps"), STEPS.items(), ids=[f"{f}-{n}" for f, n in STEPS])
def test_the_files_own_step_is_used_where_it_has_one(where: Any, *, steps: bool) -> None:
    file, name = where
    assert described(FILES / file)[name]["steps"] is steps


def test_what_has_no_parameters_has_no_step() -> None:
    found = survey(FILES / "attributes_batch.py", {})
    (relu,) = [a for a in found.adapters if a.description.name == "ReLU"]
    recipe = replace(relu.recipe, build=lambda: pytest.fail("it was built"))  # type: ignore[attr-defined]
    assert step_of(recipe, {}, "") is None


def test_nothing_is_run_to_find_candidates(tmp_path: Path) -> None:
    text = "class Dense:\n    def __init__(self, n):\n        raise SystemExit\n"
    text += "    forward = backward = lambda self, x: exit()\n"
    path = tmp_path / "layers.py"
    path.write_text(text, encoding="utf-8")
    loaded = load(path, seconds=1.0)
    found = candidates(loaded.namespace, str(loaded.namespace["__name__"]))
    assert [candidate.name for candidate in found] == ["Dense"]


METACLASSES = {
    "attributes": "def __getattr__(cls, name): raise ValueError(name)",
    "every attribute": "def __getattribute__(cls, name): raise ValueError(name)",
    "no hash": "def __eq__(cls, other): return True\n    __hash__ = None",
    "a hash": "def __hash__(cls): raise ValueError",
    "subclasses": "def __subclasscheck__(cls, other): raise ValueError",
    "calls": "def __call__(cls, *_): raise ValueError",
    "names": "__module__ = property(lambda cls: 1 / 0)",
}
"""Bodies of metaclasses whose classes do not let themselves be asked."""


@pytest.mark.parametrize("what", METACLASSES)
def test_a_hostile_metaclass_costs_its_own_class_alone(what: str, tmp_path: Path) -> None:
    layer = (
        "    def forward(self, x):\n        self.y = np.tanh(x)\n        return self.y\n"
        "    def backward(self, g):\n        return g * (1 - self.y**2)\n"
    )
    path = tmp_path / "layers.py"
    path.write_text(
        f"import numpy as np\nclass Meta(type):\n    {METACLASSES[what]}\n"
        f"class Sigmoid(metaclass=Meta):\n{layer}class Tanh:\n{layer}",
        encoding="utf-8",
    )
    told = [adapter.description for adapter in survey(path, {}).adapters]
    found = {one.name: one for one in told if "sizes of" not in one.facts}
    assert set(found) == {"Sigmoid", "Tanh"}
    assert not found["Tanh"].reason
    assert bool(found["Sigmoid"].reason) is (what not in ("attributes", "names"))
