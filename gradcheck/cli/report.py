"""``gradcheck report``: every format of a report again, from its JSON alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradcheck.cli.codes import PASS, UNCHECKED
from gradcheck.cli.screen import complain
from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from gradcheck.records import Report


@click.command("report")
@click.argument("source", type=click.Path(path_type=Path), metavar="JSON")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Of several files it is the overview; the pages are in a folder beside it.",
)
@click.option("--md", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option(
    "--xml", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="JUnit."
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write every format there.",
)
def report_command(
    source: Path, html: Path | None, md: Path | None, xml: Path | None, output: Path | None
) -> int:
    """Render JSON, a report that check or verify wrote, again.

    Nothing is checked: the exit code is 0 where all was written, whatever the verdict.
    """
    if html is None and md is None and xml is None and output is None:
        raise UsageError("report: nothing to write, must have one of --html, --md, --xml, --output")
    if html is not None and html.suffix != ".html":
        raise UsageError(f"--html {html}: must end with .html")
    report = _read(source)
    from gradcheck.render.files import save, written

    try:
        if output is not None:
            written(report, output)
        if html is not None:
            from gradcheck.render.html.pages import report_pages

            save(html.parent, report_pages(report, html.name))
        if md is not None:
            from gradcheck.render.markdown import report_markdown

            save(md.parent, {md.name: report_markdown(report)})
        if xml is not None:
            from gradcheck.render.junit import report_xml

            save(xml.parent, {xml.name: report_xml(report)})
    except OSError as error:
        return complain(f"the report could not be written: {error}", UNCHECKED)
    return PASS


def _read(source: Path) -> Report:
    from gradcheck.render.load import MOST_BYTES, report_from

    try:
        if source.stat().st_size > MOST_BYTES:
            raise UsageError(f"{source}: it is longer than {MOST_BYTES // 2**20} MiB")
        text = source.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{source}: it is no UTF-8; must be a report's JSON") from None
    except OSError as error:
        raise UsageError(f"{source}: cannot be read: {error.strerror}") from error
    return report_from(text, str(source))
