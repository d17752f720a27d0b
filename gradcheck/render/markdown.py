"""A report as Markdown, the page that is committed and read on the web.

Only the column of residuals and the line of versions differ between machines: there is no time in
it, no worst entry, no regime and no line number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.records import Verdict
from gradcheck.render.proofs import COVERS, any_proved, proof_sentences
from gradcheck.render.story import absent, story_of
from gradcheck.render.summary import (
    NOT_MEASURED,
    contract_rows,
    report_verdict,
    residual_figure,
    value_rows,
)
from gradcheck.render.words import SYMBOLS, WORDS, plain

if TYPE_CHECKING:
    from jinja2 import Environment

    from gradcheck.records import Report, Result

_ESCAPES = str.maketrans(
    {mark: f"\\{mark}" for mark in "\\|*`[]"} | {"<": "&lt;", "&": "&amp;", "@": "&#64;"}
)

_RANKED = (
    Verdict.FAIL,
    Verdict.ERROR,
    Verdict.INCONCLUSIVE,
    Verdict.NOT_RUN,
    Verdict.PASS,
)

_LIMIT = 2000
"""Characters of one cell."""

MEBIBYTE = 2**20
"""What GitHub shows of a summary of one step; of a longer one it shows nothing."""


def report_markdown(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown, with a newline at its end."""
    page = environment()
    page.filters["residual"] = residual_figure
    if report.files:
        return _bounded(_of_files(report, page))
    subjects = [_subject(result) for result in report.subjects]
    text = page.get_template("report.md.jinja").render(
        report=report,
        verdict=report_verdict(report),
        versions=sorted(report.tool.items()),
        subjects=subjects,
        nothing=not any(subject["findings"] or subject["reasons"] for subject in subjects),
        none_mark=NOT_MEASURED,
        proved=any_proved(report.subjects),
        covers=COVERS,
    )
    return _bounded(text)


def environment() -> Environment:
    """Return what fills the templates in, with filters for text of any origin."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("gradcheck.render", "templates"),
        autoescape=False,  # noqa: S701 - this is no HTML; the filter `cell` escapes what is foreign
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["cell"] = _cell
    made.filters["code"] = _code
    return made


def _of_files(report: Report, page: Environment) -> str:
    """Return the page of files that somebody wrote: what is wrong first, then all subjects."""
    results = [result for result in report.subjects if not absent(result)]
    stories = [story_of(result, everything=True) for result in results]
    ranked = sorted(stories, key=lambda story: _RANKED.index(story.verdict))
    return page.get_template("files.md.jinja").render(
        report=report,
        verdict=report_verdict(report),
        versions=sorted(report.tool.items()),
        stories=stories,
        wrong=[story for story in ranked if story.verdict is not Verdict.PASS],
        remarks=[story for story in stories if story.remarks],
        unread=[note for note in report.files if note.error],
        noted=[note for note in report.files if note.notes or note.output],
        none_mark=NOT_MEASURED,
        symbols=SYMBOLS,
        words=WORDS,
    )


def _bounded(page: str) -> str:
    """Return the page, cut between lines where it is too long to be shown."""
    data = page.encode()
    if len(data) <= MEBIBYTE:
        return page
    note = "\n\n**Cut here: the page is longer than 1 MiB. All of it is in report.json.**\n"
    kept = data[: MEBIBYTE - len(note.encode())].decode(errors="ignore")
    return kept[: kept.rfind("\n")] + note


def _cell(text: object) -> str:
    """Return text of any origin so that it stays in its cell and is shown as it is."""
    return plain(text, _LIMIT).translate(_ESCAPES)


def _code(text: object) -> str:
    """Return text of any origin so that it stays between its backticks."""
    return plain(text, _LIMIT).replace("`", "'")


def _subject(result: Result) -> dict[str, Any]:
    shapes = {
        ", ".join(f"{name} {tuple(shape)}" for name, shape in check.shapes.items()): None
        for check in result.checks
        if check.shapes
    }
    reasons = {
        (f"{check.quantity} {check.contract or check.oracle}: {check.verdict}", check.reason): None
        for check in result.checks
        if check.verdict is not Verdict.PASS and check.reason
    }
    return {
        "name": result.name,
        "place": result.file or NOT_MEASURED,
        "rows": value_rows(result),
        "proofs": proof_sentences(result),
        "contracts": contract_rows(result),
        "shapes": "; ".join(shapes) or NOT_MEASURED,
        "findings": result.findings,
        "reasons": list(reasons),
    }
