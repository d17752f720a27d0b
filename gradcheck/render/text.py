"""A result as plain text: what `str(result)` shows, and the text of `assert_gradients`' error."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradcheck.notes.citations import cited
from gradcheck.records import Oracle, Verdict
from gradcheck.render.summary import (
    NOT_MEASURED,
    contract_rows,
    counted,
    points,
    printable,
    residual_figure,
    tally,
    unsettled,
    value_rows,
    weakest,
    worst_figures,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.records import Check, Finding, Result

ROWS = 10
"""Rows of the table and reasons below it: what fits on a screen beside the findings."""

_HEADER = (
    "quantity",
    "oracle",
    "verdict",
    "residual",
    "worst entry",
    "got",
    "oracle ± bound",
    "regime",
)
_RANK = {
    Verdict.FAIL: 0,
    Verdict.ERROR: 1,
    Verdict.INCONCLUSIVE: 2,
    Verdict.NOT_RUN: 3,
    Verdict.PASS: 4,
}

_UNTOLD = {
    Verdict.ERROR: "could not be measured",
    Verdict.INCONCLUSIVE: "could not be judged",
    Verdict.NOT_RUN: "not checked",
}


def result_text(result: Result) -> str:
    """Return the verdict, the findings, the worst entries, the counts and how to reproduce it.

    Returns
    -------
    str
        Plain text without colours and without a newline at its end; the same for the same result.
    """
    lines = [headline(result)]
    lines += [line for finding in result.findings for line in _finding_lines(finding, result.role)]
    failed = sorted(unsettled(result.checks), key=_badness)
    if failed:
        lines += _table([_cells(check) for check in failed[:ROWS]])
        if len(failed) > ROWS:
            lines.append(f"… and {len(failed) - ROWS} more that did not pass")
        lines += _reasons(failed)
    elif result.checks:
        lines += _pass_lines(result)
        lines += _reasons(
            [c for c in result.checks if c.verdict is not Verdict.PASS], "cannot tell"
        )
    lines += _limits(result)
    lines.append(_counts(result))
    again = f"; reproduce: {result.reproduce}" if result.reproduce else ""
    lines.append(f"seed {result.seed}{again}")
    return printable("\n  ".join(lines))


def headline(result: Result, named: Callable[[str], str] = str) -> str:
    """Return "FAIL Dense: dW is wrong (layers.py:7)"; `named` says how a quantity is written."""
    verdict = result.verdict
    role = "" if result.role in ("other", result.name.lower()) else f" ({result.role})"
    where = f" ({result.file}:{result.line})" if result.file and result.line else ""
    start = f"{verdict.upper()} {result.name}{role}: "
    settled = verdict is Verdict.PASS
    told = result.checks if settled else unsettled(result.checks)
    checks = [check for check in told if check.verdict is verdict]
    if not checks:
        return f"{start}nothing was checked{where}"
    values = [c.quantity for c in checks if c.oracle is not Oracle.CONTRACT]
    values = list(dict.fromkeys(map(named, values)))
    broken = list(
        dict.fromkeys(f"{c.contract} ({c.quantity})" for c in checks if c.oracle is Oracle.CONTRACT)
    )
    verb = "is" if len(values) == 1 else "are"
    names = ", ".join(values)
    contracts = ", ".join(broken)
    if verdict is Verdict.PASS:
        said = [f"{names} {verb} right"] if values else ["every contract is kept"]
    elif verdict is Verdict.FAIL:
        said = [f"{names} {verb} wrong"] if values else []
        said += [f"broken contract: {contracts}"] if broken else []
    else:
        said = [f"{', '.join(values + broken)} {_UNTOLD[verdict]}"]
    return f"{start}{'; '.join(said)}{where}"


def _finding_lines(finding: Finding, role: str) -> list[str]:
    kind = "remark: " if finding.remark else ""
    lines = [f"[{kind}{finding.code}] {finding.quantity}: {_one_line(finding.message)}"]
    if finding.hint:
        lines.append(f"  hint: {_one_line(finding.hint)}")
    equation = None if finding.remark else cited(role, finding.quantity, finding.code)
    if equation is not None:
        lines.append(f"  in the notes: {equation.heading}, {equation.id}")
    return lines


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _badness(check: Check) -> tuple[int, float]:
    # A stable sort: checks that are equally bad stay in the order in which they were made.
    return _RANK[check.verdict], 0.0 if math.isnan(check.residual) else -check.residual


def _cells(check: Check) -> tuple[str, ...]:
    index = got = oracle = NOT_MEASURED
    if check.worst is not None:
        index = str(list(check.worst.index))
        got, oracle = worst_figures(check.worst)
    return (
        _quantity(check),
        f"contract: {check.contract}" if check.oracle is Oracle.CONTRACT else str(check.oracle),
        str(check.verdict),
        residual_figure(check.residual),
        index,
        got,
        oracle,
        check.regime or NOT_MEASURED,
    )


def _quantity(check: Check) -> str:
    shape = check.shapes.get(check.quantity.removeprefix("d"))
    if shape is None or not check.quantity.startswith("d"):
        return check.quantity
    return f"{check.quantity} {tuple(shape)}"


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    # A column without a value in it says nothing.
    kept = [k for k in range(len(_HEADER)) if any(row[k] != NOT_MEASURED for row in rows)]
    cells = [[row[k] for k in kept] for row in (_HEADER, *rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in cells
    ]


def _reasons(checks: Sequence[Check], verb: str = "why") -> list[str]:
    """Say each reason once, with those who gave it."""
    who: dict[str, list[str]] = {}
    for check in checks:
        if check.reason:
            name = check.contract or str(check.oracle)
            who.setdefault(_one_line(check.reason), []).append(f"{check.quantity} {name}")
    lines = []
    for reason, names in list(who.items())[:ROWS]:
        unique = list(dict.fromkeys(names))
        more = f" and {len(unique) - 3} more" if len(unique) > 3 else ""
        lines.append(f"{verb} ({', '.join(unique[:3])}{more}): {reason}")
    return lines


def _pass_lines(result: Result) -> list[str]:
    rows = value_rows(result)
    lines = []
    if rows:
        oracles = ", ".join(dict.fromkeys(str(row.oracle) for row in rows))
        line = f"{weakest(result.checks)} by {oracles}"
        measured = [row for row in rows if not math.isnan(row.residual)]
        if measured:
            worst = max(measured, key=lambda row: row.residual)
            figure = residual_figure(worst.residual)
            line += f"; largest residual {figure} ({worst.label}, {worst.oracle}), must be ≤ 1"
        lines.append(line)
    contracts = contract_rows(result)
    if contracts:
        lines.append(f"contracts kept: {', '.join(row.label for row in contracts)}")
    return lines


def _limits(result: Result) -> list[str]:
    """Say what the sharpest oracle of a quantity could have shown, where none saw every entry."""
    sharpest: dict[str, float] = {}
    for check in result.checks:
        if check.oracle is not Oracle.CONTRACT and check.verdict is Verdict.PASS:
            known = sharpest.get(check.quantity, math.inf)
            sharpest[check.quantity] = min(known, check.visible)
    coarse = {quantity: size for quantity, size in sharpest.items() if size > 0}
    if not coarse:
        return []
    size = f"{max(coarse.values()):.1e} of the largest entry"
    names = ", ".join(coarse)
    return [f"limit: entries of {names} were added up in blocks; one wrong entry shows from {size}"]


def _counts(result: Result) -> str:
    line = tally(result.checks)
    judged, nothing, unclear = (
        points(result, kind) for kind in ("judged", "no-evidence", "inconclusive")
    )
    if judged or nothing or unclear:
        line += f"; {counted(judged, 'point')} judged"
    if unclear:
        line += f", {unclear} inconclusive"
    if nothing:
        line += f", {nothing} without evidence (forward is not finite there)"
    return line
