"""What a page opens with: the verdict in a sentence, and a matrix of layer by quantity."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.records import Oracle, Verdict, together
from gradcheck.render.story import absent
from gradcheck.render.summary import counted, report_verdict, weakest
from gradcheck.render.words import plain, symbol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.records import Check, Report, Result

FIRST = ("y", "loss", "dx", "dy", "dW", "db")
"""The order of the columns; what else there is follows."""

CONTRACTS = "contracts"

NAMED = 3
"""Subjects that are named in the sentence."""

MOST_COLUMNS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What is known of one quantity of one layer."""

    verdict: Verdict | None = None
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One layer of the matrix."""

    name: str
    role: str
    anchor: str
    verdict: Verdict
    cells: tuple[Cell, ...]


def headline(report: Report) -> str:
    """Return the verdict in one sentence."""
    verdict = report_verdict(report)
    results = [result for result in report.subjects if not absent(result)]
    count = counted(len(results), "subject")
    if not results:
        return "Nothing could be checked."
    if verdict is Verdict.PASS:
        checks = counted(report.counts["ran"], "check")
        which = "It is right" if len(results) == 1 else f"All {count} are right"
        return f"{which}: {checks}, every one of them passed."
    if verdict is Verdict.FAIL:
        wrong = [result for result in results if result.verdict is Verdict.FAIL]
        named = ", ".join(_named(result) for result in wrong[:NAMED])
        more = f" and {len(wrong) - NAMED} more" if len(wrong) > NAMED else ""
        return f"{len(wrong)} of {count} {_are(wrong)} wrong: {named}{more}."
    open_ = [result for result in results if result.verdict is not Verdict.PASS]
    named = ", ".join(plain(result.name, 60) for result in open_[:NAMED])
    more = f" and {len(open_) - NAMED} more" if len(open_) > NAMED else ""
    if not open_:
        return "Not all that was planned was checked."
    return f"{len(open_)} of {count} could not be decided: {named}{more}."


def _are(results: Sequence[Result]) -> str:
    return "is" if len(results) == 1 else "are"


def _named(result: Result) -> str:
    wrong = dict.fromkeys(
        symbol(check.quantity) for check in result.checks if check.verdict is Verdict.FAIL
    )
    which = f" ({', '.join(list(wrong)[:NAMED])})" if wrong else ""
    return f"{plain(result.name, 60)}{which}"


def column(check: Check) -> str:
    """Return the column a check is in: of dW1 and dW2 it is that of dW."""
    if check.oracle is Oracle.CONTRACT:
        return CONTRACTS
    return _family(check.quantity)


def matrix(results: Sequence[Result], anchors: Sequence[str]) -> tuple[list[str], list[Line]]:
    """Return the heads of the columns, and a line a layer."""
    names = dict.fromkeys(column(check) for result in results for check in result.checks)
    known = [name for name in FIRST if name in names]
    others = [name for name in names if name not in FIRST and name != CONTRACTS]
    columns = [*known, *others][:MOST_COLUMNS]
    columns += [CONTRACTS] * (CONTRACTS in names)
    lines = [
        Line(
            name=plain(result.name, 60),
            role=plain(result.role, 30),
            anchor=anchor,
            verdict=result.verdict,
            cells=tuple(_cell(result, name) for name in columns),
        )
        for result, anchor in zip(results, anchors, strict=True)
    ]
    heads = [name if name == CONTRACTS else symbol(name) for name in columns]
    return heads, lines


def _cell(result: Result, name: str) -> Cell:
    checks = [check for check in result.checks if column(check) == name]
    if not checks:
        return Cell()
    verdict = together(checks)
    if verdict in (Verdict.INCONCLUSIVE, Verdict.NOT_RUN) and _broken(result, name):
        verdict = Verdict.FAIL
    if name == CONTRACTS:
        kept = {check.contract for check in checks}
        broken = {check.contract for check in checks if check.verdict is not Verdict.PASS}
        return Cell(verdict=verdict, note=f"{len(kept - broken)} of {len(kept)}")
    note = str(weakest(checks) or "")
    return Cell(verdict=verdict, note=note or _codes(result, name))


def _broken(result: Result, name: str) -> bool:
    """Say whether a gradient breaks a contract: then no oracle had anything to compare."""
    return any(
        check.oracle is Oracle.CONTRACT
        and check.verdict is Verdict.FAIL
        and _family(check.quantity) == name
        for check in result.checks
    )


def _family(quantity: str) -> str:
    """Return "dW" for "dW1" and "dW2"."""
    return re.sub(r"(?<=\D)\d+$", "", quantity) or quantity


def _codes(result: Result, name: str) -> str:
    codes = [
        plain(finding.code, 40)
        for finding in result.findings
        if not finding.remark and _family(finding.quantity) == name
    ]
    return ", ".join(dict.fromkeys(codes[:1]))
