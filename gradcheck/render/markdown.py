"""A report as Markdown, the page that is committed and read on the web.

Only the column of residuals and the line of versions differ between machines: there is no time in
it, no worst entry, no regime and no line number.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.records import Verdict
from gradcheck.render.summary import (
    NOT_MEASURED,
    contract_rows,
    printable,
    report_verdict,
    residual_figure,
    value_rows,
)

if TYPE_CHECKING:
    from gradcheck.records import Report, Result

_ESCAPES = str.maketrans({"|": r"\|", "<": "&lt;", "*": r"\*", "`": r"\`", "[": r"\[", "]": r"\]"})


def report_markdown(report: Report) -> str:
    """Return the report as GitHub-flavoured Markdown, with a newline at its end."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("gradcheck.render", "templates"),
        autoescape=False,  # noqa: S701 - this is no HTML; the filter `cell` escapes what is foreign
        undefined=StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["cell"] = _cell
    environment.filters["residual"] = residual_figure
    subjects = [_subject(result) for result in report.subjects]
    return environment.get_template("report.md.jinja").render(
        report=report,
        verdict=report_verdict(report),
        versions=sorted(report.tool.items()),
        subjects=subjects,
        nothing=not any(subject["findings"] or subject["reasons"] for subject in subjects),
        none_mark=NOT_MEASURED,
    )


def _cell(text: object) -> str:
    """Return text of any origin so that it stays in its cell and is shown as it is."""
    return printable(" ".join(str(text).split())).translate(_ESCAPES)


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
        "contracts": contract_rows(result),
        "shapes": "; ".join(shapes) or NOT_MEASURED,
        "findings": result.findings,
        "reasons": list(reasons),
    }
