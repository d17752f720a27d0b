"""Check one file: survey it behind the wall, check each subject from here, judge them together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from importlib import import_module
from time import perf_counter
from typing import TYPE_CHECKING

from gradcheck.diagnosis.codes import using
from gradcheck.errors import LoadError, SubjectError
from gradcheck.records import FileNote, Verdict
from gradcheck.students import context
from gradcheck.students.hosts import Options, started
from gradcheck.students.lane import Lane, shared
from gradcheck.students.other_sizes import of_other_sizes
from gradcheck.students.unchecked import missing, not_looked_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from gradcheck.records import Result
    from gradcheck.students.adapter import Description
    from gradcheck.students.hosts import Host
    from gradcheck.students.lane import Group

MEANWHILE = (
    "mpmath", "numpy.random", "gradcheck.check", "gradcheck.against_notes",
    "gradcheck.students.remote_many",
)  # fmt: skip
"""What a check imports where it uses it."""


COUNTEREXAMPLES = 4
"""Wrong gradients of a file that are shrunk: some tenths of a second each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileReport:
    """What is known of one file: its subjects, and what is to be said of it as a whole."""

    results: tuple[Result, ...] = ()
    note: FileNote


def check_path(path: Path, options: Options, shown: str = "") -> FileReport:
    """Check every subject of a file.

    Parameters
    ----------
    path : Path
        A Python file or a notebook.
    options : Options
    shown : str
        The path as it is shown; `path` if left out.

    Returns
    -------
    FileReport
        Never an exception because of what the file holds or does.
    """
    host = started(path, options, twice=True)
    return check_started(host, options, shown or str(path), path)


def check_started(host: Host, options: Options, shown: str, path: Path) -> FileReport:
    """Check a file whose process was started; it is ended, and its twin."""
    begin = perf_counter()
    lanes = [Lane(one, options, shown, path) for one in (host, host.twin) if one is not None]
    try:
        _imported()
        with using(options.settings.get("codes")):
            results, note = _checked(lanes, options, shown)
    finally:
        for lane in lanes:
            lane.close()
    if not results:
        why = note.error or "nothing was found in it that could be checked"
        note = replace(note, error=why)
        results = [not_looked_at(shown, why, options.seed)]
    named = tuple(replace(result, file=shown) for result in results)
    return FileReport(results=named, note=replace(note, seconds=perf_counter() - begin))


def _imported() -> None:
    """Import what every check needs, while the file is loaded in the other process."""
    for name in MEANWHILE:
        import_module(name)


def _checked(lanes: list[Lane], options: Options, shown: str) -> tuple[list[Result], FileNote]:
    try:
        descriptions, notes, output = lanes[0].host.descriptions()
    except LoadError as error:
        return [], FileNote(path=shown, error=str(error))
    except SubjectError as error:
        return [], FileNote(path=shown, error=f"it could not be loaded: {error}")
    note = FileNote(path=shown, notes=tuple(notes), output=output)
    names = {d.name for d in descriptions}
    unknown = [name for name in options.only if name not in names]
    if unknown and not names & set(options.only):
        known = ", ".join(sorted(n for n in names if "→" not in n)) or "nothing"
        text = f"--only {unknown[0]}: not found, must be one of {known}"
        return [], replace(note, error=text)
    for lane in lanes:
        lane.descriptions = descriptions
    results = _Judged(lanes, options, descriptions).results()
    for name in options.settings.get("expected", ()):
        if name not in names and not options.only:
            results.append(missing(str(name), shown, options.seed))
    return results, note


class _Judged:
    """The subjects of one file, each checked by itself, and then in context."""

    def __init__(
        self, lanes: list[Lane], options: Options, descriptions: list[Description]
    ) -> None:
        self.lanes = lanes
        self.options = options
        self.descriptions = descriptions

    def results(self) -> list[Result]:
        """Return the results of all that is wanted, each as it is beside the others."""
        own: dict[str, Result] = {}
        described: dict[str, Description] = {}
        self._look(own, described, self._wanted)
        if self.options.only and any(
            context.hangs_together(own[name], described[name]) for name in own
        ):
            # What is asked for is judged as it would be beside the others.
            self._look(own, described, lambda name: not self._wanted(name))
        judged = context.judged_together(own, described, self._chained)
        return self._shrunk([result for result in judged if self._wanted(result.name)])

    def _shrunk(self, results: list[Result]) -> list[Result]:
        """Return the results, the first wrong gradients of the file with a counterexample."""
        left, found = COUNTEREXAMPLES, []
        first = {d.name: k for k, d in reversed(list(enumerate(self.descriptions)))}
        for result in results:
            index = first.get(result.name)
            if index is None or result.verdict is not Verdict.FAIL or left <= 0:
                found.append(result)
                continue
            left -= len({f.quantity for f in result.findings if not f.remark})
            found.append(self.lanes[0].shrunk(index, self.descriptions[index], result))
        return found

    def _look(
        self,
        own: dict[str, Result],
        described: dict[str, Description],
        wanted: Callable[[str], bool],
    ) -> None:
        """Check each subject whose name is wanted by itself."""
        groups: dict[str, Group] = {}
        for index, description in enumerate(self.descriptions):
            more = context.is_chain(description) or of_other_sizes(description)
            if not more and wanted(description.name):
                groups.setdefault(description.name, []).append((index, description))
        own |= shared(groups, self.lanes, self.descriptions)
        described |= {name: group[0][1] for name, group in groups.items()}

    def _wanted(self, name: str) -> bool:
        return not self.options.only or name in self.options.only

    def _chained(self, first: str, loss: str) -> Result | None:
        """Return the result of a layer with a loss behind it, or None where they do not fit."""
        for index, description in enumerate(self.descriptions):
            if description.facts.get("chain") == [first, loss]:
                return self.lanes[0].one(index, description)
        return None


__all__ = ["FileReport", "Options", "check_path", "check_started", "started"]
