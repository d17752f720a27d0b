"""What was not checked is told with its reason."""

from __future__ import annotations

import pytest

from gradcheck.records import Check, Finding, Oracle, Result, Verdict
from gradcheck.students.unchecked import ended

WHY = "no end of all calls within 60 s"


def result_of(code: str, *, remark: bool = False) -> Result:
    check = Check(quantity="dx", oracle=Oracle.COMPLEX_STEP, verdict=Verdict.FAIL)
    finding = Finding(code=code, quantity="dx", message="as found", hint="as hinted", remark=remark)
    return Result(name="S", role="other", checks=(check,), findings=(finding,), seed=0)


def test_what_the_end_of_a_process_left_without_a_name_says_so() -> None:
    crash, found = ended(result_of("unlisted"), WHY).findings
    assert (crash.code, crash.message) == ("crash", WHY)
    assert found.message == f"dx is wrong, and could not be looked into: {WHY}"
    assert not found.hint


@pytest.mark.parametrize(("code", "remark"), [("factor", False), ("unlisted", True)])
def test_what_was_named_before_it_ended_keeps_its_name(code: str, *, remark: bool) -> None:
    given = result_of(code, remark=remark)
    assert ended(given, WHY).findings[1:] == given.findings
    assert ended(given, WHY).verdict is Verdict.FAIL
