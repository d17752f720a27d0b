"""The terminal view of ``gradcheck check``: what is right in a line, what is wrong in a block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.records import Verdict
from gradcheck.render.proofs import COVERS, any_proved
from gradcheck.render.story import Block, Story, absent, story_of
from gradcheck.render.summary import counted, report_verdict
from gradcheck.render.words import SYMBOLS, WORDS, plain
from gradcheck.render.wrapping import HARD, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from gradcheck.records import FileNote, Report, Result

STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.INCONCLUSIVE: "yellow",
    Verdict.ERROR: "bold magenta",
    Verdict.NOT_RUN: "yellow",
}

NOTES, PRINTED = 8, 3
"""Notes of a file, and lines that it printed, that are shown."""

_ORDER = (Verdict.PASS, Verdict.NOT_RUN, Verdict.INCONCLUSIVE, Verdict.ERROR, Verdict.FAIL)
"""What is wrong stands last, next to the summary: there a reader of a terminal looks first."""

_STATES = {
    Verdict.FAIL: "wrong",
    Verdict.PASS: "right",
    Verdict.ERROR: "with an error",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.NOT_RUN: "not run",
}


def print_student(
    report: Report,
    console: Console,
    *,
    hints: int = 2,
    everything: bool = False,
    conventions: bool = False,
    seconds: float | None = None,
) -> None:
    """Print what was found in each file, what is right, what is wrong and why, and the counts.

    Parameters
    ----------
    report : Report
    console : rich.console.Console
        Where; lines are broken between words at its width, and without a terminal there are no
        colours. The line that reproduces a result is not broken, for it is there to be copied.
    hints : int
        0 none, 1 the concept, 2 the place, 3 the formula.
    everything : bool
        Every finding, not only the most specific one of each quantity.
    conventions : bool
        What was taken for what, and why.
    seconds : float, optional
        What the run took; the sum over the files if left out.
    """
    sheet = Sheet(console)
    full = False
    groups = _by_file(report)
    several = len(groups) > 1
    for note, results in groups:
        stories = [story_of(r, hints=hints, everything=everything) for r in results]
        brief = several and not (everything or conventions)
        short = brief and _all_right(note, stories)
        if several and (full or not short):
            sheet.space()
        full = not short
        if short:
            _one_line(sheet, note.path, stories)
            continue
        _file(sheet, note, stories, conventions=conventions)
    if several:
        _what_is_wrong(sheet, groups)
    sheet.space()
    if any_proved(report.subjects):
        sheet.words((f"proved: {COVERS}", "dim"))
    _summary(sheet, report, groups, seconds)


def _by_file(report: Report) -> list[tuple[FileNote, list[Result]]]:
    """Return the results of each file; what stands for a file that was not checked is left out."""
    from gradcheck.records import FileNote

    notes = {note.path: note for note in report.files}
    for result in report.subjects:
        notes.setdefault(result.file, FileNote(path=result.file))
    groups: dict[str, list[Result]] = {path: [] for path in notes}
    for result in report.subjects:
        if not absent(result):
            groups[result.file].append(result)
    return [(notes[path], results) for path, results in groups.items()]


def _all_right(note: FileNote, stories: Sequence[Story]) -> bool:
    right = bool(stories) and all(s.verdict is Verdict.PASS for s in stories)
    return right and not note.error


def _one_line(sheet: Sheet, path: str, stories: Sequence[Story]) -> None:
    names = " ".join(story.name for story in stories)
    sheet.words(
        (f"{SYMBOLS[Verdict.PASS]} ", STYLES[Verdict.PASS]),
        (plain(path, 200), "bold"),
        (f"  {counted(len(stories), 'subject')} right: {names}", ""),
    )
    for story in stories:
        for code, text in story.remarks:
            sheet.words(
                (f"remark {code}: ", "cyan"), (f"{story.name} {text}", ""), indent=4, hang=2
            )


def _file(sheet: Sheet, note: FileNote, stories: Sequence[Story], *, conventions: bool) -> None:
    found = f"{counted(len(stories), 'subject')} found"
    if not stories:
        found = "nothing could be checked"
    sheet.words((plain(note.path, 200) or "here", "bold"), (f": {found}", ""))
    if note.error:
        sign = f"{SYMBOLS[Verdict.NOT_RUN]} {WORDS[Verdict.NOT_RUN]}: "
        sheet.words((sign, STYLES[Verdict.NOT_RUN]), (plain(note.error), ""))
    for text in note.notes[:NOTES]:
        sheet.words(("note: ", "dim"), (plain(text, 300), ""), indent=4)
    if len(note.notes) > NOTES:
        sheet.words((f"note: and {len(note.notes) - NOTES} more", "dim"), indent=4)
    _printed(sheet, note.output)
    if stories:
        sheet.space()
    widths = _widths(stories)
    ordered = sorted(stories, key=lambda story: _ORDER.index(story.verdict))
    for k, story in enumerate(ordered):
        if story.verdict in (Verdict.PASS, Verdict.NOT_RUN):
            _line(sheet, story, widths)
        else:
            if k:
                sheet.space()
            _blocks(sheet, story)
        _proofs(sheet, story.proofs if conventions else story.beside)
        if conventions:
            sheet.pairs(story.convention, indent=4)


def _proofs(sheet: Sheet, sentences: Sequence[str]) -> None:
    for text in sentences:
        sheet.words(("proof: ", "cyan"), (text, "dim"), indent=4, hang=2)


def _printed(sheet: Sheet, output: str) -> None:
    lines = [line for line in output[:4000].splitlines() if line.strip()]
    if not lines:
        return
    sheet.words(("note: it printed when it was loaded", "dim"), indent=4)
    for line in lines[:PRINTED]:
        sheet.words(("│ ", "dim"), (plain(line, 68), "dim"), indent=6, hang=2)
    if len(lines) > PRINTED:
        sheet.words(("│ …", "dim"), indent=6)


def _widths(stories: Sequence[Story]) -> tuple[int, int]:
    short = [s for s in stories if s.verdict in (Verdict.PASS, Verdict.NOT_RUN)]
    names = [len(s.name) for s in short if len(s.name) <= 28]
    return max(names, default=0), max((len(s.role) for s in short), default=0)


def _line(sheet: Sheet, story: Story, widths: tuple[int, int]) -> None:
    """Print a subject that is right, or was not looked at, in a line."""
    style = STYLES[story.verdict]
    if story.verdict is Verdict.PASS:
        said = story.summary
    else:
        reasons = [text for block in story.blocks for _, text in block.lines]
        said = f"{WORDS[story.verdict]}: {'; '.join(dict.fromkeys(reasons))}"
    sheet.words(
        (f"{SYMBOLS[story.verdict]} ", style),
        (story.name.ljust(widths[0]), "bold"),
        (f"  {story.role.ljust(widths[1])}  ", "dim"),
        (said, style if story.verdict is not Verdict.PASS else ""),
    )
    _remarks(sheet, story)


def _blocks(sheet: Sheet, story: Story) -> None:
    for block in story.blocks:
        _block(sheet, block, story.place)
    if story.right:
        sheet.words((story.summary, "dim"), indent=4)
    if story.hidden:
        sheet.words((f"{counted(story.hidden, 'finding')} more: --all", "dim"), indent=4)
    _remarks(sheet, story)
    if story.reproduce:
        sheet.unbroken(("reproduce: ", "dim"), (story.reproduce, ""), indent=4)


def _block(sheet: Sheet, block: Block, place: str) -> None:
    parts = [block.quantity, block.shape, WORDS[block.verdict], block.code]
    style = STYLES[block.verdict]
    head = [(f"{SYMBOLS[block.verdict]} ", style), (block.who, "bold")]
    for part in parts:
        if part:
            bold = style if part in (WORDS[block.verdict], block.code) else "bold"
            head += [("  ", ""), (part.replace(" ", HARD), bold)]
    if place:
        head += [("  ", ""), (place, "dim")]
    sheet.words(*head)
    for label, text in block.lines:
        sheet.words((f"{label}: " if label else "", "cyan"), (text, ""), indent=4, hang=2)


def _remarks(sheet: Sheet, story: Story) -> None:
    for code, text in story.remarks:
        sheet.words((f"remark {code}: ", "cyan"), (text, ""), indent=4, hang=2)


def _what_is_wrong(sheet: Sheet, groups: Sequence[tuple[FileNote, list[Result]]]) -> None:
    """Print once more, a line each, what stands somewhere above: what an instructor copies."""
    rows = [
        (note.path, story, block)
        for note, results in groups
        for story in (story_of(result, hints=0) for result in results)
        if story.verdict in (Verdict.FAIL, Verdict.ERROR)
        for block in story.blocks
    ]
    if not rows:
        return
    sheet.space()
    sheet.words(("what is wrong", "bold"))
    for path, story, block in rows:
        what = "  ".join(part for part in (block.quantity, block.code) if part)
        sheet.words(
            (f"{SYMBOLS[block.verdict]} ", STYLES[block.verdict]),
            (plain(path, 200), ""),
            (f"  {story.name}", "bold"),
            (f"  {what or WORDS[block.verdict]}", ""),
        )


def _summary(
    sheet: Sheet,
    report: Report,
    groups: Sequence[tuple[FileNote, list[Result]]],
    seconds: float | None,
) -> None:
    results = [result for _, found in groups for result in found]
    verdicts = [result.verdict for result in results]
    counts = {verdict: verdicts.count(verdict) for verdict in _STATES if verdict in verdicts}
    first, *others = counts.items() or ((Verdict.PASS, 0),)
    parts = [f"{first[1]} of {counted(len(results), 'subject')} {_STATES[first[0]]}"]
    parts += [f"{number} {_STATES[verdict]}" for verdict, number in others]
    said = [", ".join(parts)]
    if len(groups) > 1:
        said += _of_files(groups)
    if seconds is None:
        seconds = sum(note.seconds for note, _ in groups)
    said += [f"{seconds:.1f} s", f"seed {report.seed}"]
    verdict = report_verdict(report)
    sheet.words((verdict.upper(), STYLES[verdict]), (f": {'; '.join(said)}", ""))


def _of_files(groups: Sequence[tuple[FileNote, list[Result]]]) -> list[str]:
    wrong = sum(any(r.verdict is Verdict.FAIL for r in results) for _, results in groups)
    unread = sum(not results for _, results in groups)
    findings = sum(not f.remark for _, results in groups for r in results for f in r.findings)
    text = f"{counted(len(groups), 'file')}, {wrong} of them wrong"
    if unread:
        text += f", {unread} not checked"
    return [counted(findings, "finding"), text]
