"""The audit of the notes on the terminal: a line an equation, then what is misprinted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.notes.audit import Standing
from gradcheck.notes.latex.plain import compared, plain
from gradcheck.render.notes.sentences import SYMBOLS, by_heading, counts, example
from gradcheck.render.wrapping import HARD, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gradcheck.notes.audit import Audited

STYLES = {
    Standing.HOLDS: "green",
    Standing.REMARK: "cyan",
    Standing.MISPRINT: "bold red",
    Standing.UNDECIDABLE: "yellow",
}


def print_notes(
    found: Sequence[Audited], console: Console, *, shown: Sequence[Audited] | None = None
) -> None:
    """Print a table of the equations by heading, what is misprinted or loose, and the counts.

    Parameters
    ----------
    found : sequence of Audited
        All equations: they are counted.
    console : rich.console.Console
        At 80 columns lines are broken between words; without a terminal there are no colours.
    shown : sequence of Audited, optional
        Those to be printed in full, one after another, in place of the table.
    """
    sheet = Sheet(console)
    if shown is None:
        for heading, group in by_heading(found).items():
            sheet.space()
            sheet.words((heading, "bold"))
            width = max(len(one.equation.id) for one in group)
            for one in group:
                _line(sheet, one, width, console)
        shown = [one for one in found if one.verdict in (Standing.MISPRINT, Standing.UNDECIDABLE)]
    for one in shown:
        sheet.space()
        _block(sheet, one)
    sheet.space()
    sheet.words((counts(found), ""))


def _line(sheet: Sheet, one: Audited, width: int, console: Console) -> None:
    style = STYLES[one.verdict]
    what = one.remark
    if one.verdict is Standing.HOLDS:
        formula = plain(one.equation.printed)
        room = console.width - width - len(f"    {one.verdict}    ")
        what = formula if len(formula) <= room else ""
    sheet.words(
        (f"{SYMBOLS[one.verdict]} ", style),
        (one.equation.id.ljust(width).replace(" ", HARD), ""),
        (f"  {one.verdict}", style),
        (f"  {what}" if what else "", "" if one.remark else "dim"),
        indent=2,
        hang=width + 4,
    )


def _block(sheet: Sheet, one: Audited) -> None:
    style = STYLES[one.verdict]
    sheet.words(
        (f"{SYMBOLS[one.verdict]} ", style),
        (one.equation.id, "bold"),
        (f"  {one.verdict}", style),
        (f"  {one.equation.heading}", "dim"),
    )
    if one.equation.corrected:
        lines = compared(one.equation.printed, one.equation.corrected)
        for label, line, mark in zip(
            ("printed", "should be"), lines, ("red", "green"), strict=True
        ):
            words = [(f"{word} ", f"bold {mark}" if changed else "") for word, changed in line]
            sheet.words((f"{label}: ", "cyan"), *words, indent=4, hang=2)
    else:
        sheet.words(("printed: ", "cyan"), (plain(one.equation.printed), ""), indent=4, hang=2)
    if one.counterexample is not None:
        sheet.words(("for example: ", "cyan"), (example(one.counterexample), ""), indent=4, hang=2)
    if one.remark:
        sheet.words(("remark: ", "cyan"), (one.remark, ""), indent=4, hang=2)
    sheet.words((one.reason, "dim"), indent=4, hang=2)
