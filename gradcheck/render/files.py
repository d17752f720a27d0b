"""All formats of a report by the names of their files: the one place that knows them."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from gradcheck.records import Report

JSON, HTML, MARKDOWN, JUNIT = "report.json", "report.html", "report.md", "report.xml"

NAMES = (JSON, HTML, MARKDOWN, JUNIT)
"""What is always written; of several files, a folder of pages stands beside report.html."""

_PAGE = re.compile(r"\d{4,}(-[A-Za-z0-9-]+)?\.html")


def report_texts(report: Report) -> dict[str, str]:
    """Return every format of a report by the name of its file; "/" parts a folder from a name.

    Each is a function of the report alone, which is what report.json holds.
    """
    from gradcheck.render.html.pages import report_pages
    from gradcheck.render.json import report_json
    from gradcheck.render.junit import report_xml
    from gradcheck.render.markdown import report_markdown

    return {
        JSON: report_json(report),
        **report_pages(report, HTML),
        MARKDOWN: report_markdown(report),
        JUNIT: report_xml(report),
    }


def written(report: Report, directory: Path) -> list[Path]:
    """Write every format of a report into a directory, which is made; return the first of each.

    Raises
    ------
    OSError
        Where one cannot be written; then none is.
    """
    save(directory, report_texts(report))
    return [directory / name for name in NAMES]


def save(directory: Path, texts: Mapping[str, str]) -> None:
    """Write files beside their places first, so that no reader ever sees half of one.

    Pages of an earlier report that this one does not have are removed from its folder.

    Raises
    ------
    OSError
        Where one cannot be written; then none is.
    """
    pairs = [(directory / name).parent for name in texts]
    for folder in dict.fromkeys(pairs):
        folder.mkdir(parents=True, exist_ok=True)
    places = {directory / name: text for name, text in texts.items()}
    try:
        for place, text in places.items():
            beside(place).write_text(text, encoding="utf-8", newline="\n")
        for place in places:
            beside(place).replace(place)
    finally:
        for place in places:
            beside(place).unlink(missing_ok=True)
    for name in texts:
        if name.endswith(".html") and "/" not in name:
            _drop_stale(directory / f"{name.removesuffix('.html')}-files", set(places))


def _drop_stale(folder: Path, kept: set[Path]) -> None:
    if folder.is_dir() and not folder.is_symlink():
        for page in folder.iterdir():
            if _PAGE.fullmatch(page.name) and page not in kept:
                page.unlink()


def beside(path: Path) -> Path:
    """Return where a file is written before it takes its place."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")
