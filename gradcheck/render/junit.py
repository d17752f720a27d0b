"""A report as JUnit's XML, as GitLab and GitHub's actions read it.

One test case is one quantity, or one contract, of one subject. What could not be told is an error,
and no success; what did not run because something else is wrong is skipped.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import TYPE_CHECKING

from gradcheck.records import Oracle, Verdict, together
from gradcheck.render.story import absent, story_of
from gradcheck.render.summary import weakest
from gradcheck.render.words import plain, symbol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcheck.records import Check, FileNote, Report, Result
    from gradcheck.render.story import Story

NAME = 200
"""Characters of a name: GitLab keeps 255."""


def report_xml(report: Report) -> str:
    """Return the report as XML, with a newline at its end.

    Names are unique in the whole of it, and do not depend on what else is in it but for whether
    there are several files: a reader follows a test from run to run by its name.
    """
    root = ET.Element("testsuites", name="gradcheck")
    used: set[str] = set()
    notes = {note.path: note for note in report.files}
    by_file: dict[str, list[Result]] = {}
    for result in report.subjects:
        by_file.setdefault(result.file, []).append(result)
    for file, results in by_file.items():
        suite = ET.SubElement(root, "testsuite", name=_text(file or "gradcheck", NAME))
        properties = ET.SubElement(suite, "properties")
        stated = {"seed": str(report.seed), "command": report.command, **report.tool}
        for name, value in sorted(stated.items()):
            ET.SubElement(properties, "property", name=_text(name), value=_text(value, 2000))
        for result in results:
            prefix = f"{file}: " if len(by_file) > 1 else ""
            for case in _cases(result, prefix, used, notes.get(file)):
                suite.append(case)
        _count(suite)
    _total(root)
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, "unicode") + "\n"


def _cases(
    result: Result, prefix: str, used: set[str], note: FileNote | None
) -> Iterator[ET.Element]:
    groups: dict[tuple[str, str], list[Check]] = {}
    for check in result.checks:
        contract = check.oracle is Oracle.CONTRACT
        key = ("contract", check.contract) if contract else ("", check.quantity)
        groups.setdefault(key, []).append(check)
    story = story_of(result)
    wrong = result.verdict in (Verdict.FAIL, Verdict.ERROR)
    for (kind, label), checks in groups.items():
        what = f"{kind} {label}" if kind else symbol(label)
        case = ET.Element(
            "testcase",
            name=_unique(_text(f"{prefix}{result.name} {what}", NAME), used),
            classname=_text(f"{result.file}:{result.name}" if result.file else result.name, NAME),
            # As the JSON has them, so that the sum is the same from there.
            time=f"{sum(round(check.seconds, 6) for check in checks):.6f}",
        )
        if result.file:
            case.set("file", _text(result.file, 1000))
        if result.line:
            case.set("line", str(result.line))
        evidence = weakest(checks)
        if evidence is not None:
            held = ET.SubElement(case, "properties")
            ET.SubElement(held, "property", name="evidence", value=str(evidence))
        _outcome(case, checks, story, label, wrong=wrong)
        if absent(result) and note is not None and note.output:
            ET.SubElement(case, "system-out").text = _lines(note.output[:2000])
        yield case


def _outcome(
    case: ET.Element, checks: Sequence[Check], story: Story, label: str, *, wrong: bool
) -> None:
    verdict = together(checks)
    if verdict is Verdict.PASS:
        return
    tag = {Verdict.FAIL: "failure", Verdict.NOT_RUN: "skipped" if wrong else "error"}
    blocks = [block for block in story.blocks if block.quantity == symbol(label)]
    if any(block.verdict is Verdict.FAIL for block in blocks):
        # Of the wrong shape, say: it is wrong, though no oracle had anything to compare.
        verdict = Verdict.FAIL
    blocks = blocks or [block for block in story.blocks if block.verdict is verdict]
    reason = next((check.reason for check in checks if check.reason), str(verdict))
    sentence = blocks[0].sentence if blocks else reason
    element = ET.SubElement(case, tag.get(verdict, "error"), message=_text(sentence or reason, 500))
    if element.tag != "skipped":
        element.set("type", _text((blocks[0].code if blocks else "") or str(verdict), 100))
    body = [
        f"{name}: {text}" if name else text for block in blocks[:4] for name, text in block.lines
    ]
    body += [check.reason for check in checks if check.reason and not blocks]
    body += [f"reproduce: {story.reproduce}"] if story.reproduce else []
    element.text = "\n" + _lines("\n".join(dict.fromkeys(body))) + "\n"


def _text(text: object, limit: int = 500) -> str:
    """Return text of any origin as XML can hold it, on one line."""
    return plain(text, limit)


def _lines(text: str) -> str:
    """Return text of several lines, none of which commands a runner that shows it."""
    lines = text.replace("\r", "\n").split("\n")
    return "\n".join(plain(line, 1000) for line in lines)


def _unique(name: str, used: set[str]) -> str:
    chosen, number = name, 1
    while chosen in used:
        number += 1
        chosen = f"{name} ({number})"
    used.add(chosen)
    return chosen


def _count(suite: ET.Element) -> None:
    cases = suite.findall("testcase")
    suite.set("tests", str(len(cases)))
    for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", f"{sum(float(case.get('time', 0)) for case in cases):.6f}")


def _total(root: ET.Element) -> None:
    for key in ("tests", "failures", "errors", "skipped"):
        root.set(key, str(sum(int(suite.get(key, 0)) for suite in root)))
    root.set("time", f"{sum(float(suite.get('time', 0)) for suite in root):.6f}")
