"""The pages of a report: one where there is one file or none, else an overview and one a file."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from gradcheck.records import FileNote, Verdict
from gradcheck.render.html.environment import environment, made_here
from gradcheck.render.html.matrix import headline, matrix
from gradcheck.render.html.sections import section
from gradcheck.render.pictures.lines import bars
from gradcheck.render.proofs import COVERS, any_proved
from gradcheck.render.story import absent
from gradcheck.render.summary import report_verdict
from gradcheck.render.words import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcheck.records import Report, Result

RANKED = (Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_RUN, Verdict.PASS)

SLOWEST, MOST_FREQUENT = 10, 12

GROUPS = (
    ("dense", ("dense",)),
    ("activation", ("activation", "relu", "leaky_relu", "sigmoid", "tanh")),
    ("softmax", ("softmax",)),
    ("loss", ("mse", "cross_entropy", "softmax_cross_entropy")),
    ("network", ("sequential", "network")),
    ("other", ("other",)),
)
"""Columns of the overview, and the roles in each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One file of the overview."""

    path: str
    href: str
    verdict: Verdict
    note: FileNote
    results: tuple[Result, ...]
    groups: tuple[tuple[Result, ...], ...]


def report_page(report: Report) -> str:
    """Return a report as one page, whatever it is of."""
    return _page(report, {"links": {}, "sparing": len(report.subjects) > 40})


def report_pages(report: Report, name: str = "report.html") -> dict[str, str]:
    """Return the pages by their names: the first is `name`, the others are in a folder beside it.

    Parameters
    ----------
    report : Report
    name : str
        Of the first page; ends with ".html".
    """
    notes = _notes(report)
    if len(notes) < 2:
        return {name: report_page(report)}
    folder = f"{name.removesuffix('.html')}-files"
    entries = list(_entries(report, notes, folder))
    pages = {name: _overview(report, entries)}
    for k, entry in enumerate(entries):
        links = {"overview": f"../{name}"}
        if k:
            links["previous"] = entries[k - 1].href.partition("/")[2]
        if k + 1 < len(entries):
            links["next"] = entries[k + 1].href.partition("/")[2]
        part = replace(
            report,
            subjects=entry.results,
            files=(entry.note,),
            planned=sum(len(result.checks) for result in entry.results),
        )
        pages[entry.href] = _page(part, {"links": links, "sparing": True})
    return pages


def _page(report: Report, more: Mapping[str, Any]) -> str:
    results = [result for result in report.subjects if not absent(result)]
    anchors = [f"s{k + 1}" for k in range(len(results))]
    verdict = report_verdict(report)
    heads, lines = matrix(results, anchors)
    sections = [
        section(result, anchor, sparing=more["sparing"])
        for result, anchor in zip(results, anchors, strict=True)
    ]
    # What is wrong comes first: it is what one opens the page for.
    sections.sort(key=lambda one: RANKED.index(one.story.verdict))
    return environment().get_template("report.html.jinja").render(
        report=report,
        verdict=verdict,
        calm=verdict is Verdict.PASS,
        headline=headline(report),
        heads=heads,
        lines=lines,
        sections=sections,
        covers=COVERS if any_proved(results) else "",
        versions=sorted(report.tool.items()),
        links=more["links"],
        notes=[note for note in report.files if note.notes or note.output or note.error],
        title=plain(report.files[0].path if len(report.files) == 1 else report.command, 80),
    )  # fmt: skip


def _notes(report: Report) -> list[FileNote]:
    """Return one note a file, those first that the report has; none where it is of no files."""
    if not report.files:
        return []
    notes: dict[str, FileNote] = {}
    for note in report.files:
        notes.setdefault(note.path, note)
    for result in report.subjects:
        notes.setdefault(result.file, FileNote(path=result.file))
    return list(notes.values())


def _entries(report: Report, notes: Sequence[FileNote], folder: str) -> Iterator[Entry]:
    by_file: dict[str, list[Result]] = {}
    for result in report.subjects:
        by_file.setdefault(result.file, []).append(result)
    for k, note in enumerate(notes):
        results = by_file.get(note.path, [])
        seen = [result for result in results if not absent(result)]
        stem = note.path.replace("\\", "/").rpartition("/")[2].partition(".")[0]
        slug = re.sub(r"[^A-Za-z0-9]+", "-", stem)[:40].strip("-")
        yield Entry(
            path=plain(note.path, 200),
            href=f"{folder}/{k + 1:04d}{'-' if slug else ''}{slug}.html",
            verdict=Verdict.worst(result.verdict for result in results),
            note=note,
            results=tuple(results),
            groups=tuple(
                tuple(result for result in seen if result.role in roles) for _, roles in GROUPS
            ),
        )


def _overview(report: Report, entries: Sequence[Entry]) -> str:
    columns = [k for k in range(len(GROUPS)) if any(entry.groups[k] for entry in entries)]
    found = _frequent(report)
    counts = Counter(entry.verdict for entry in entries)
    drawn = [(code, number) for code, number, _ in found if re.fullmatch(r"[a-z0-9-]{1,40}", code)]
    return environment().get_template("overview.html.jinja").render(
        report=report,
        verdict=report_verdict(report),
        headline=_told(entries, counts),
        columns=columns,
        heads=[GROUPS[k][0] for k in columns],
        entries=entries,
        found=found,
        bars=made_here(bars(drawn, "bars")) if drawn else "",
        slowest=sorted(entries, key=lambda entry: -round(entry.note.seconds, 6))[:SLOWEST],
        unchecked=[e for e in entries if e.note.error or _open(e)],
        open=_open,
        versions=sorted(report.tool.items()),
        links={},
        title=f"{len(entries)} files",
    )  # fmt: skip


def _told(entries: Sequence[Entry], counts: Mapping[Verdict, int]) -> str:
    wrong = counts.get(Verdict.FAIL, 0)
    right = counts.get(Verdict.PASS, 0)
    rest = len(entries) - wrong - right
    if right == len(entries):
        return f"All {len(entries)} files are right."
    parts = [f"{wrong} of {len(entries)} files {'has' if wrong == 1 else 'have'} a wrong gradient"]
    parts += [f"{right} {'is' if right == 1 else 'are'} right"]
    if rest:
        parts.append(f"{rest} could not be decided")
    return f"{', '.join(parts)}."


def _open(entry: Entry) -> list[Result]:
    """Return the subjects of a file that neither pass nor fail."""
    known = (Verdict.PASS, Verdict.FAIL)
    return [one for one in entry.results if not absent(one) and one.verdict not in known]


def _frequent(report: Report) -> list[tuple[str, int, str]]:
    """Return (code, files it is in, an example's sentence), the most frequent first."""
    places: dict[str, set[str]] = {}
    sentences: dict[str, str] = {}
    for result in report.subjects:
        for finding in result.findings:
            if not finding.remark:
                code = plain(finding.code, 60)
                places.setdefault(code, set()).add(result.file)
                sentences.setdefault(code, plain(finding.message, 160))
    ranked = sorted(places, key=lambda code: (-len(places[code]), code))[:MOST_FREQUENT]
    return [(code, len(places[code]), sentences[code]) for code in ranked]
