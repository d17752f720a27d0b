"""The audit of the notes as Markdown: the page that is committed beside the report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.notes.audit import Standing
from gradcheck.notes.latex.plain import plain
from gradcheck.notes.latex.tokens import latex
from gradcheck.render.markdown import environment
from gradcheck.render.notes.sentences import SYMBOLS, by_heading, counts, example, reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.notes.audit import Audited


def notes_markdown(found: Sequence[Audited]) -> str:
    """Return the audit as GitHub-flavoured Markdown, with a newline at its end.

    There is no time and no version in it: it is the same on every machine.
    """
    page = environment()
    page.filters["latex"] = latex
    page.filters["plain"] = plain
    page.filters["sentence"] = lambda text: f"{text[:1].upper()}{text[1:]}."
    page.filters["example"] = example
    page.filters["reason"] = reason
    return page.get_template("notes.md.jinja").render(
        counts=counts(found),
        headings=by_heading(found),
        misprints=[one for one in found if one.verdict is Standing.MISPRINT],
        symbols=SYMBOLS,
    )
