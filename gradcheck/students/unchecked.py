"""The results of what was not checked: not found, not met, missing, or ended with its process."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gradcheck.records import Check, Finding, Oracle, Result, Verdict

if TYPE_CHECKING:
    from gradcheck.students.adapter import Description


def not_looked_at(shown: str, why: str, seed: int) -> Result:
    """Return what stands in the report for a file in which nothing was checked."""
    check = Check(quantity="file", oracle=Oracle.CONTRACT, contract="loaded",
                  verdict=Verdict.NOT_RUN, reason=why)  # fmt: skip
    return Result(name=shown, role="other", checks=(check,), findings=(), seed=seed,
                  reproduce=f"gradcheck check {shown}", file=shown)  # fmt: skip


def not_placed(description: Description, seed: int, again: str) -> Result:
    """Return the result of what was found and could not be met."""
    lost = bool(description.facts.get("lost"))
    check = Check(quantity="backward", oracle=Oracle.CONTRACT,
                  contract="runs" if lost else "placed",
                  verdict=Verdict.ERROR if lost else Verdict.NOT_RUN,
                  reason=description.reason)  # fmt: skip
    crash = Finding(code="crash", quantity="backward", message=description.reason)
    return Result(
        name=description.name, role=description.role, checks=(check,), seed=seed,
        findings=(crash,) if lost else (),
        reproduce=again, file=description.file, line=description.line,
        convention=dict(description.convention),
    )  # fmt: skip


def missing(name: str, shown: str, seed: int) -> Result:
    """Return the result of a subject that an instructor expects and that is not there."""
    text = f"{name} is expected, and this file does not define it"
    check = Check(quantity=name, oracle=Oracle.CONTRACT, contract="expected",
                  verdict=Verdict.FAIL, reason=text)  # fmt: skip
    finding = Finding(code="missing", quantity=name, message=text)
    return Result(name=name, role="other", checks=(check,), findings=(finding,), seed=seed,
                  reproduce=f"gradcheck check {shown}", file=shown)  # fmt: skip


def ended(result: Result, why: str) -> Result:
    """Return the result of a subject whose process ended: an error, unless it is wrong already."""
    check = Check(quantity="process", oracle=Oracle.CONTRACT, contract="runs",
                  verdict=Verdict.ERROR, reason=why)  # fmt: skip
    finding = Finding(code="crash", quantity="process", message=why)
    found = tuple(_unnamed(f, why) for f in result.findings)
    return replace(result, checks=(*result.checks, check), findings=(finding, *found))


def _unnamed(finding: Finding, why: str) -> Finding:
    """Return what has no name, and might have one had the process lived to be asked."""
    if finding.code != "unlisted" or finding.remark:
        return finding
    text = f"{finding.quantity} is wrong, and could not be looked into: {why}"
    return replace(finding, message=text, hint="")
