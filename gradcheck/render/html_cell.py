"""Results in a notebook: small tables of HTML, without scripts, readable on dark and on light."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from gradcheck.records import Verdict
from gradcheck.render.story import Block, Story, absent, story_of
from gradcheck.render.summary import counted, report_verdict
from gradcheck.render.words import SYMBOLS, WORDS, plain

if TYPE_CHECKING:
    from gradcheck.records import FileNote, Report, Result

# No colour but these, on no background: each has a contrast of 3 or more with white and with #111,
# and the symbol and the word say the same.
_COLOURS = {
    Verdict.PASS: "#2a8a3e",
    Verdict.FAIL: "#d9363e",
    Verdict.INCONCLUSIVE: "#a8730b",
    Verdict.ERROR: "#b04fc4",
    Verdict.NOT_RUN: "#a8730b",
}
_TABLE = "border-collapse:collapse;text-align:left"
_CELL = "text-align:left;vertical-align:top;padding:2px 12px 2px 0"
_LIMIT = 200
"""Rows of a table: more than one looks at in a notebook."""


def result_html(result: Result) -> str:
    """Return one subject as HTML: the verdict, then a row for each thing that is wrong.

    Everything in it that comes from the code under test is escaped.
    """
    story = story_of(result)
    rows = "".join(_block_row(block) for block in story.blocks)
    below = [story.summary] if story.summary else []
    below += [f"remark {code}: {text}" for code, text in story.remarks]
    if story.verdict is not Verdict.PASS and story.reproduce:
        below.append(f"reproduce: {story.reproduce}")
    title = f"{_sign(story.verdict)} <b>{escape(story.name)}</b> {escape(story.role)}"
    where = f" <small>{escape(story.place)}</small>" if story.place else ""
    table = f'<table style="{_TABLE}">{rows}</table>' if rows else ""
    lines = "".join(f"<div>{escape(line)}</div>" for line in below)
    return f"<div>{title}{where}{table}{lines}</div>"


def report_html(report: Report) -> str:
    """Return a report as HTML: a row for each subject, what is wrong in it, and the counts."""
    results = [result for result in report.subjects if not absent(result)]
    rows = "".join(_story_row(story_of(result, hints=0)) for result in results[:_LIMIT])
    rows += "".join(_note_row(note) for note in report.files[:_LIMIT] if note.error)
    head = "".join(
        f'<th style="{_CELL}">{name}</th>' for name in ("", "subject", "taken for", "what is known")
    )
    left = len(results) - _LIMIT
    more = f"<div>… and {left} more</div>" if left > 0 else ""
    verdict = report_verdict(report)
    verdicts = [result.verdict for result in results]
    numbers = ", ".join(f"{verdicts.count(v)} {WORDS[v]}" for v in Verdict if v in verdicts)
    count = f"{counted(len(results), 'subject')}: {numbers or 'nothing ran'}; seed {report.seed}"
    return (
        f"<div>{_sign(verdict)} {escape(count)}"
        f'<table style="{_TABLE}"><tr>{head}</tr>{rows}</table>{more}</div>'
    )


def _sign(verdict: Verdict) -> str:
    style = f"color:{_COLOURS[verdict]};font-weight:bold;white-space:nowrap"
    return f'<span style="{style}">{SYMBOLS[verdict]} {WORDS[verdict]}</span>'


def _row(*cells: str) -> str:
    inside = "".join(f'<td style="{_CELL}">{cell}</td>' for cell in cells)
    return f"<tr>{inside}</tr>"


def _block_row(block: Block) -> str:
    said = "<br>".join(escape(f"{label}: {text}" if label else text) for label, text in block.lines)
    quantity = escape(f"{block.quantity} {block.shape}".strip())
    head = f"<b>{escape(block.who)}</b><br>{quantity}"
    return _row(_sign(block.verdict), head, f"<code>{escape(block.code)}</code>", said)


def _story_row(story: Story) -> str:
    parts = [
        escape(f"{block.quantity} {WORDS[block.verdict]} {block.code}".strip())
        + (f": {escape(block.sentence)}" if block.lines else "")
        for block in story.blocks
    ]
    if story.summary:
        parts.append(escape(story.summary))
    parts += [escape(f"remark {code}: {text}") for code, text in story.remarks]
    name = f"<b>{escape(story.name)}</b><br><small>{escape(story.place)}</small>"
    return _row(_sign(story.verdict), name, escape(story.role), "<br>".join(parts))


def _note_row(note: FileNote) -> str:
    path = f"<b>{escape(plain(note.path, 200))}</b>"
    return _row(_sign(Verdict.NOT_RUN), path, "", escape(plain(note.error)))
