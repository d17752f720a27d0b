"""A report on the terminal: one table for all layers, then what is wrong, then one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.records import Oracle, Verdict, together
from gradcheck.render.proofs import COVERS, any_proved, proof_sentences
from gradcheck.render.summary import (
    Row,
    contract_rows,
    counted,
    printable,
    report_verdict,
    residual_figure,
    value_rows,
    weakest,
)
from gradcheck.render.text import result_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from gradcheck.records import Report, Result

_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.ERROR: "bold magenta",
    Verdict.NOT_RUN: "yellow",
}


def print_report(report: Report, console: Console) -> None:
    """Print one table (layer × quantity × oracle), what did not pass, remarks, and a summary.

    Parameters
    ----------
    report : Report
        What to show.
    console : rich.console.Console
        Where; at 80 columns nothing is cut, and without a terminal there are no colours.
    """
    from rich.text import Text

    if report.subjects:
        console.print(_table(report))
    for result in report.subjects:
        # What the code under test says must not be read as rich's markup.
        if result.verdict is not Verdict.PASS:
            console.print(Text(result_text(result)), soft_wrap=True)
            console.print()
    for line in [*_remarks(report), *_proofs(report)]:
        console.print(Text(line), soft_wrap=True)
    console.print(_summary(report), soft_wrap=True)


def _table(report: Report) -> Table:
    from rich import box
    from rich.table import Table
    from rich.text import Text

    spoken = {check.oracle for result in report.subjects for check in result.checks}
    oracles = [oracle for oracle in Oracle if oracle in spoken - {Oracle.CONTRACT}]
    table = Table(
        box=box.SIMPLE_HEAD,
        show_edge=False,
        padding=(0, 1, 0, 0),
        title="worst residual of each oracle; a pass needs ≤ 1",
        title_justify="left",
    )
    table.add_column("layer", no_wrap=True, overflow="fold")
    for oracle in oracles:
        table.add_column(
            oracle.replace("-", "\n"), justify="right", overflow="fold", vertical="bottom"
        )
    table.add_column("evidence", overflow="fold")
    table.add_column("verdict", overflow="fold")
    for result in report.subjects:
        table.add_row(
            Text(printable(result.name), style="bold"),
            *[""] * len(oracles),
            "",
            _verdict(result.verdict),
        )
        rows = value_rows(result)
        for quantity in dict.fromkeys(row.label for row in rows):
            told = [row for row in rows if row.label == quantity]
            checks = [check for row in told for check in row.checks]
            table.add_row(
                Text(f"  {quantity}"),
                *(_cell([row for row in told if row.oracle is oracle]) for oracle in oracles),
                str(weakest(checks) or ""),
                _verdict(together(checks)),
            )
        _add_contracts(table, result, len(oracles))
        table.add_section()
    return table


def _add_contracts(table: Table, result: Result, oracles: int) -> None:
    rows = contract_rows(result)
    if not rows:
        return
    checks = [check for row in rows for check in row.checks]
    label = f"  {counted(len(rows), 'contract')}"
    evidence = str(weakest(checks) or "")
    table.add_row(label, *[""] * oracles, evidence, _verdict(together(checks)))


def _cell(rows: Sequence[Row]) -> Text | str:
    from rich.text import Text

    if not rows:
        return ""
    (row,) = rows
    figure = residual_figure(row.residual)
    if row.verdict is Verdict.PASS:
        return figure
    # A residual above 1 says that it fails; any other verdict needs the word.
    tells = row.verdict is Verdict.FAIL and row.residual > 1
    return Text(figure if tells else str(row.verdict), style=_STYLES[row.verdict])


def _verdict(verdict: Verdict) -> Text:
    from rich.text import Text

    return Text(str(verdict), style=_STYLES[verdict])


def _remarks(report: Report) -> list[str]:
    return [
        printable(f"remark [{finding.code}] {result.name}, {finding.quantity}: {finding.message}")
        for result in report.subjects
        if result.verdict is Verdict.PASS
        for finding in result.findings
    ]


def _proofs(report: Report) -> list[str]:
    lines = [
        printable(f"{result.name}: {sentence}")
        for result in report.subjects
        for sentence in proof_sentences(result)
    ]
    return [*lines, f"proved: {COVERS}"] if any_proved(report.subjects) else lines


def _summary(report: Report) -> Text:
    from rich.text import Text

    verdict = report_verdict(report)
    counts = report.counts
    numbers = ", ".join(f"{counts[v]} {v}" for v in Verdict if counts[v]) or "nothing"
    line = Text(verdict.upper(), style=_STYLES[verdict])
    line.append(
        f": {counted(len(report.subjects), 'layer')}, {counted(report.planned, 'check')} planned, "
        f"{counts['ran']} ran: {numbers}; seed {report.seed}",
        style="default",
    )
    return line
