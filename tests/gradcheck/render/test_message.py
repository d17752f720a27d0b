from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from handmade import FACTOR, dense, wrong
from student_report import HOSTILE

from gradcheck.records import Oracle
from gradcheck.render.message import failure_text, one_failure_text

if TYPE_CHECKING:
    from gradcheck.records import Result

DTYPES = {"x": "float64", "W": "float64", "b": "float64"}

GOLDEN = """\
FAIL Dense: dW is wrong (reference_net/dense.py:21)
  checked at X (4, 2) float64, W (3, 4) float64, b (3, 1) float64
  dW (3, 4) float64: worst [2, 1]: got 1.5, should be 0.75 ± 3e-10; 5 of 6 entries wrong; \
at both signs
    looks like factor: dW is 2 · dL/dW in every entry at every probe
    hint: dL/dW = dL/dY Xᵀ has no factor
    in the notes: Dense Layer, dense-weight-entry
    three oracles agree: finite differences, complex step, SymPy
  reproduce: gradcheck verify --seed 7"""


def test_four_parts(faulty: Result) -> None:
    text = failure_text(replace(faulty, dtypes=DTYPES))
    assert text == GOLDEN


def test_without_dtypes(faulty: Result) -> None:
    assert "float64" not in failure_text(faulty)


def test_one_oracles_own_figures(faulty: Result) -> None:
    own = [c for c in faulty.checks if c.quantity == "dW" and c.oracle is Oracle.SYMBOLIC]
    text = one_failure_text(replace(faulty, dtypes=DTYPES), "Dense-dW-symbolic", "dW", own)
    head, *rest = text.splitlines()
    assert head.startswith("FAIL Dense-dW-symbolic")
    assert any("looks like factor" in line for line in rest)
    assert not any("dX" in line and "worst" in line for line in rest)


def test_what_did_not_run_says_what_is_wrong_instead(faulty: Result) -> None:
    text = one_failure_text(faulty, "Dense-dx-proof", "dx", [])
    assert text.splitlines()[0].startswith("NOT RUN Dense-dx-proof")
    assert "it was not looked at, because something that it needs is wrong:" in text
    assert "dW" in text


def test_what_could_not_be_told(unclear: Result) -> None:
    text = failure_text(unclear)
    assert text.startswith("INCONCLUSIVE Dense: ")
    assert "reproduce: " in text or "seed " in text


def test_a_pass_that_lacks_a_proof(right: Result) -> None:
    text = failure_text(right, {"dW": "it calls math.floor"})
    assert text.splitlines()[0] == "NOT PROVED Dense: dW only tested, must be proved"
    assert "dW: it calls math.floor" in text


def test_text_of_the_code_under_test_is_harmless() -> None:
    finding = replace(FACTOR, message=HOSTILE, hint=HOSTILE)
    result = replace(dense(wrong("dW", Oracle.SYMBOLIC), findings=(finding,)), name=HOSTILE)
    for text in (
        failure_text(result),
        one_failure_text(result, "Dense", "dW", [c for c in result.checks if c.verdict == "fail"]),
    ):
        assert "\x1b" not in text
        assert "\x00" not in text
        assert "\r" not in text
        assert "::error" not in text
