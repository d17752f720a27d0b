"""A class that a file writes and does not have in the end is not passed over."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

import gradcheck
from gradcheck.students.left_out import left_out

if TYPE_CHECKING:
    from pathlib import Path

TANH = """
import numpy as np
class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y
    def backward(self, g):
        return g * (1 - self.y ** 2)
"""

LOST = """
class Dense(Layer):
    def forward(self, x):
        return x
    def backward(self, g):
        return g
"""


def names(text: str, notes: tuple[str, ...] = (), **namespace: object) -> list[tuple[str, str]]:
    return [(c.name, c.why) for c in left_out(text, namespace, notes)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LOST, ["Dense"]),
        ("class Tanh(Activation):\n    pass", ["Tanh"]),
        ("class Data(Set):\n    pass", []),
        ("class Tanh:\n    pass", []),
        ("class Odd:\n    def forward(self, x): ...\n    def backward(self, g): ...", ["Odd"]),
        ("if True:\n    class Tanh(Activation):\n        pass", []),
    ],
)
def test_layers_are_missed_and_nothing_else(text: str, found: list[str]) -> None:
    assert [name for name, _ in names(text)] == found


def test_what_is_there_is_not_missed() -> None:
    assert names(LOST, Dense=object()) == []


def test_the_reason_is_that_of_the_statement() -> None:
    note = "f.py, line 2: `class Dense(Layer):` raised NameError, and was left out"
    assert names(LOST, ("f.py, line 1: `class Den:` raised", note)) == [("Dense", note)]


def test_a_file_that_lost_a_layer_does_not_pass(tmp_path: Path) -> None:
    path = tmp_path / "layers.py"
    path.write_text(TANH + LOST)
    verdicts = {r.name: r.verdict.value for r in gradcheck.check_file(path).subjects}
    assert verdicts == {"Tanh": "pass", "Dense": "not-run"}


def test_a_notebook_that_lost_a_cell_does_not_pass(tmp_path: Path) -> None:
    path = tmp_path / "layers.ipynb"
    cells = [TANH, LOST.replace("(self, g):", "(self, g)")]
    path.write_text(json.dumps(
        {"cells": [{"cell_type": "code", "source": cell} for cell in cells], "nbformat": 4}
    ))  # fmt: skip
    verdicts = {r.name: r.verdict.value for r in gradcheck.check_file(path).subjects}
    assert verdicts == {"Tanh": "pass", "Dense": "not-run"}
