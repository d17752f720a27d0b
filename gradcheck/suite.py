"""What a test session has checked: carried between processes as JSON, merged, and written."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.errors import UsageError
from gradcheck.records import Verdict
from gradcheck.render.annotations import annotation, within_limits
from gradcheck.render.files import NAMES, save
from gradcheck.render.json import subject_entry
from gradcheck.render.message import failure_text
from gradcheck.render.summary import counted, weakest
from gradcheck.render.words import plain
from gradcheck.session_reports import texts_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.records import Result

Entry = dict[str, Any]

STATES = {
    Verdict.FAIL: "wrong",
    Verdict.ERROR: "with an error",
    Verdict.INCONCLUSIVE: "inconclusive",
    Verdict.NOT_RUN: "not run",
    Verdict.PASS: "right",
}
"""Of a verdict, in the terminal's footer; what is worst comes first."""


def prepared(directory: str) -> None:
    """Make the folder for the reports before the tests run.

    Raises
    ------
    pytest.UsageError
        Where it cannot be written to.
    """
    from gradcheck.cli.files import prepare

    try:
        prepare(Path(directory), NAMES, "--gradcheck-report")
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


def properties(results: Sequence[Result]) -> list[tuple[str, object]]:
    """Return what the JUnit report of a test says of the subjects that were checked in it."""
    found: dict[tuple[str, str], None] = {}
    for result in results:
        name = plain(result.name, 100)
        evidence = weakest(result.checks)
        wrong = [f"{f.quantity} {f.code}" for f in result.findings if not f.remark]
        found["gradcheck.subject", name] = None
        found["gradcheck.verdict", f"{name}: {result.verdict}"] = None
        if evidence is not None:
            found["gradcheck.evidence", f"{name}: {evidence}"] = None
        if wrong:
            found["gradcheck.findings", f"{name}: {plain(', '.join(wrong), 200)}"] = None
        found["gradcheck.seed", str(result.seed)] = None
    return list(found)


def attachments(results: Sequence[Result], nodeid: str, sent: set[str] | None = None) -> str:
    """Return what travels with the report of a test, as JSON.

    Parameters
    ----------
    results : sequence of Result
    nodeid : str
        Of the test.
    sent : set of str, optional
        For reports, which need all of each result: what of it was sent before, and is not again.
        If left out, no reports are to be written.
    """
    place = nodeid.partition("[")[0]
    held = []
    for result in {id(result): result for result in results}.values():
        entry = subject_entry(result)
        kept = ("name", "verdict", "file", "line")
        one = {"place": place, "key": _key(entry), **{name: entry[name] for name in kept}}
        if result.verdict is not Verdict.PASS:
            one["text"] = failure_text(result)
        if sent is not None and one["key"] not in sent:
            sent.add(one["key"])
            one["entry"] = entry
        held.append(one)
    return json.dumps(held)


def finished(attached: Sequence[str], config: pytest.Config, directory: str | None) -> list[str]:
    """Write the reports where they are wanted; return the lines of the terminal's footer.

    What several workers, or several tests, have checked alike is counted and reported once; the
    order is that of tests and names, so that it does not hang on which worker was the first. A
    runner of GitHub gets annotations too.
    """
    found: dict[str, Entry] = {}
    for text in attached:
        for one in json.loads(text):
            known = found.setdefault(one["key"], one)
            place = min(known["place"], one["place"])
            found[one["key"]] = {**one, **known, "place": place}
    held = sorted(found.values(), key=lambda one: (one["place"], one["name"], one["key"]))
    seed = config.getoption("gradcheck_seed")
    line = f"gradcheck: {_counts(held)}; seed {seed}"
    if config.getoption("gradcheck_evidence") == "proved":
        line += "; a pass needs a proof"
    if directory is not None:
        line += f"; {_written(held, seed, directory)}"
    on_github = os.environ.get("GITHUB_ACTIONS") == "true"
    return [line, *(_annotations(held, config.rootpath) if on_github else ())]


def _annotations(held: Sequence[Entry], root: Path) -> list[str]:
    wrong = [one for one in held if one["verdict"] != Verdict.PASS]
    return within_limits([_annotation(one, root) for one in wrong])


def _annotation(one: Entry, root: Path) -> str:
    """Return one at the code's line where that is in the repository, else at the test's file."""
    test, path = one["place"].partition("::")[0], Path(one["file"])
    inside = bool(one["file"]) and path.is_absolute() and path.is_relative_to(root)
    file = path.relative_to(root).as_posix() if inside else test
    return annotation(plain(one["name"], 100), one["text"], file, one["line"] if inside else 0)


def _counts(held: Sequence[Entry]) -> str:
    if not held:
        return "nothing was checked"
    verdicts = [one["verdict"] for one in held]
    counts = [(verdicts.count(str(verdict)), word) for verdict, word in STATES.items()]
    (number, word), *others = [pair for pair in counts if pair[0]]
    parts = [f"{number} of {counted(len(held), 'subject')} {word}"]
    return ", ".join(parts + [f"{number} {word}" for number, word in others])


def _written(held: Sequence[Entry], seed: int, directory: str) -> str:
    try:
        Path(directory).mkdir(parents=True, exist_ok=True)
        save(
            Path(directory),
            texts_of([one["entry"] for one in held if "entry" in one], seed, "pytest"),
        )
    except OSError as error:
        return f"the reports could not be written to {directory}: {error}"
    return f"reports in {directory}"


def _key(entry: Mapping[str, Any]) -> str:
    """Return what is the same for two results that differ in their times alone."""
    checks = [{**check, "seconds": 0} for check in entry["checks"]]
    text = json.dumps({**entry, "checks": checks}, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
