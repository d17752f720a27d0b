"""Tiny literals that keep something finite are guards; those that change a gradient are not."""

from __future__ import annotations

import ast

import pytest

import gradcheck
from gradcheck import Verdict
from gradcheck.students.guards import Guards

LOSS = """
import numpy as np

def cross_entropy(y, t):
    return -np.sum(t * np.log(y + 1e-7)) / len(y)

def cross_entropy_grad(y, t):
    return -t / y / len(y)
"""
TANH = """
import numpy as np

class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y ** 2 + 1e-7)
"""


@pytest.mark.parametrize(
    ("text", "found", "left"),
    [
        ("np.log(y + 1e-8)", 1, "np.log(y + 1e-300)"),
        ("np.sqrt(v + 1e-8)", 1, "np.sqrt(v + 1e-300)"),
        ("x / (s + 10 ** -8)", 1, "x / (s + 1e-300)"),
        ("(v + 1e-8) ** -0.5", 1, "(v + 1e-300) ** (-0.5)"),
        ("np.log(y + 1e-3)", 0, "np.log(y + 0.001)"),
        ("y + 1e-8", 0, "y + 1e-08"),
        ("np.clip(y, 1e-12, 1)", 0, "np.clip(y, 1e-12, 1)"),
        (
            "from c import eps\nx / (s + eps)",
            1,
            "from c import eps\nx / (s + (1e-300 if eps <= 1e-06 else eps))",
        ),
        (
            "import c\nx / (s + c.eps)",
            1,
            "import c\nx / (s + (1e-300 if c.eps <= 1e-06 else c.eps))",
        ),
        ("import c\nx / (s + c.size)", 0, "import c\nx / (s + c.size)"),
        ("x / (s + c.eps)", 0, "x / (s + c.eps)"),
        ("eps = 1e-9\nx / (s + eps)", 1, "eps = 1e-09\nx / (s + 1e-300)"),
    ],
)
def test_what_is_a_guard(text: str, found: int, left: str) -> None:
    guards = Guards(remove=True)
    statements = guards(ast.parse(text).body)
    assert len(guards.found) == found
    assert "\n".join(map(ast.unparse, statements)).replace("**-0.5", "** (-0.5)") == left


def test_without_being_asked_nothing_is_taken_out() -> None:
    guards = Guards(remove=False)
    (statement,) = guards(ast.parse("np.log(y + 1e-8)").body)
    assert (len(guards.found), ast.unparse(statement)) == (1, "np.log(y + 1e-08)")


@pytest.mark.parametrize(
    ("text", "verdict"), [(LOSS, Verdict.PASS), (TANH, Verdict.FAIL)], ids=["guard", "literal"]
)
def test_a_guard_is_a_remark_and_a_literal_is_not(tmp_path, text: str, verdict: Verdict) -> None:
    (tmp_path / "layers.py").write_text(text, encoding="utf-8")
    (result,) = gradcheck.check_file(tmp_path / "layers.py", in_process=True).subjects
    assert result.verdict is verdict, str(result)
    assert ("guard" in {f.code for f in result.findings}) is (verdict is Verdict.PASS)
