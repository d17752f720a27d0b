"""Check one file: survey it behind the wall, check each subject from here, judge them together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

from gradcheck.diagnosis.codes import using
from gradcheck.errors import GradcheckError, LoadError, OracleError, SubjectError
from gradcheck.records import FileNote, Verdict
from gradcheck.students import context, conventions
from gradcheck.students.hosts import Options, started
from gradcheck.students.other_sizes import of_other_sizes, with_sizes
from gradcheck.students.subjects import subject_of
from gradcheck.students.unchecked import ended, missing, not_looked_at, not_placed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

    from gradcheck.records import Result
    from gradcheck.students.adapter import Description
    from gradcheck.students.hosts import Host
    from gradcheck.subject import Subject

FORMULA_OF = {
    "dense": "dense", "sigmoid": "sigmoid", "tanh": "tanh", "relu": "relu", "softmax": "softmax",
    "mse": "mse",
}  # fmt: skip
"""The notes' formula of a role: see `gradcheck.notes.formulas`."""


WHOLE = ("signs", "near-kinks")
"""Regimes for several layers together: what is wrong in their wiring shows anywhere, and far out
the clips and kinks of one layer meet those of another."""


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
    return check_started(started(path, options), options, shown or str(path), path)


def check_started(host: Host, options: Options, shown: str, path: Path) -> FileReport:
    """Check a file whose process was started; the process is ended."""
    begin = perf_counter()
    _imported()
    try:
        with using(options.settings.get("codes")):
            results, note = _checked(host, options, shown, path)
    finally:
        host.close()
    if not results:
        why = note.error or "nothing was found in it that could be checked"
        note = replace(note, error=why)
        results = [not_looked_at(shown, why, options.seed)]
    named = tuple(replace(result, file=shown) for result in results)
    return FileReport(results=named, note=replace(note, seconds=perf_counter() - begin))


def _imported() -> None:
    """Import what every check needs, while the file is loaded in the other process."""
    import mpmath

    del mpmath


def _checked(host: Host, options: Options, shown: str, path: Path) -> tuple[list[Result], FileNote]:
    try:
        descriptions, notes, output = host.descriptions()
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
    judged = _Judged(host, options, shown, descriptions, path)
    try:
        results = judged.results()
    finally:
        judged.close()
    for name in options.settings.get("expected", ()):
        if name not in names and not options.only:
            results.append(missing(str(name), shown, options.seed))
    return results, note


class _Judged:
    """The subjects of one file, checked one after another, and then in context."""

    def __init__(
        self,
        host: Host,
        options: Options,
        shown: str,
        descriptions: list[Description],
        path: Path,
    ) -> None:
        self.host = host
        self.options = options
        self.shown = shown
        self.descriptions = descriptions
        self.path = path
        self._bare: _Judged | None = None

    def close(self) -> None:
        """Let go of the second process, if one was needed."""
        if self._bare is not None:
            self._bare.host.close()

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
        return [result for result in judged if self._wanted(result.name)]

    def _look(
        self,
        own: dict[str, Result],
        described: dict[str, Description],
        wanted: Callable[[str], bool],
    ) -> None:
        """Check each subject whose name is wanted by itself."""
        for index, description in enumerate(self.descriptions):
            name = description.name
            more = context.is_chain(description) or of_other_sizes(description)
            if more or not wanted(name):
                continue
            broken = name in own and own[name].verdict is not Verdict.PASS
            if broken and described[name].line == description.line:
                continue  # another filling of a container whose first one is wrong already
            result = self._one(index, description)
            own[name] = result if name not in own else _joined(own[name], result)
            described.setdefault(name, description)

    def _wanted(self, name: str) -> bool:
        return not self.options.only or name in self.options.only

    def _chained(self, first: str, loss: str) -> Result | None:
        """Return the result of a layer with a loss behind it, or None where they do not fit."""
        for index, description in enumerate(self.descriptions):
            if description.facts.get("chain") == [first, loss]:
                return self._one(index, description)
        return None

    def _one(self, index: int, description: Description) -> Result:
        again = f"gradcheck check {self.shown} --only {description.name}"
        if self.options.seed:
            again += f" --seed {self.options.seed}"
        if description.reason:
            return not_placed(description, self.options.seed, again)
        result = self.looked_at(index, description, again)
        guards = description.facts.get("guards")
        if guards and result.verdict is Verdict.FAIL and not self.host.ended:
            bare = self._without_guards(index, description, again)
            if bare is not None and bare.verdict is Verdict.PASS:
                return context.up_to_guards(result, [str(one) for one in guards])
        return self._at_other_sizes(index, description, result)

    def _at_other_sizes(self, index: int, description: Description, result: Result) -> Result:
        """Return the result with what other shapes say, where the subject was met at some."""
        if self.host.ended:
            return result
        others = [
            (other, self._subject(k, other, result.reproduce))
            for k, other in enumerate(self.descriptions)
            if other.facts.get("sizes of") == index
        ]
        found = with_sizes(result, description, others, self._at)
        return result if self.host.ended else found

    def _at(self, subject: Subject, regimes: str | Sequence[str]) -> Result:
        from gradcheck.check import check_subject

        return check_subject(subject, regimes=regimes, seed=self.options.seed)

    def _without_guards(self, index: int, description: Description, again: str) -> Result | None:
        """Return the result where every guard is read as 0; None where it has another shape."""
        if self._bare is None:
            settings = {**self.options.settings, "without guards": True}
            options = replace(self.options, settings=settings)
            host = started(self.path, options)
            self._bare = _Judged(host, options, self.shown, [], self.path)
            try:
                self._bare.descriptions = host.descriptions()[0]
            except GradcheckError:
                return None
        same = self._bare.descriptions[index : index + 1]
        if not same or (same[0].name, same[0].inputs) != (description.name, description.inputs):
            return None
        return self._bare.looked_at(index, same[0], again)

    def looked_at(self, index: int, description: Description, again: str) -> Result:
        """Check one subject by itself."""
        self.host.renew()
        subject = self._subject(index, description, again)
        formula = FORMULA_OF.get(description.role)
        if description.facts.get("no_formula"):
            formula = None
        result = _check(subject, self.options.seed, formula)
        if result.verdict is Verdict.FAIL and description.output == "scalar":
            result = conventions.with_numbers(result, subject)
        if self.host.ended:
            result = ended(result, self.host.ended)
        convention = {**description.convention}
        return replace(result, convention=convention)

    def _subject(self, index: int, description: Description, again: str) -> Subject:
        subject = subject_of(
            description,
            self.host.make(index),
            self.host.at_rate(index),
            self.options.seed,
            again,
        )
        return replace(
            subject,
            file=self.shown,
            forwards=self.host.forwards(index),
            noisy=self.host.noisy(index),
        )


def _check(subject: Subject, seed: int, formula: str | None) -> Result:
    from gradcheck.check import check_subject

    whole = subject.role in ("sequential", "network")
    regimes: Any = WHOLE if whole else "all"
    try:
        return check_subject(subject, regimes=regimes, seed=seed, formula=formula)
    except OracleError:
        # The notes' formula has other inputs: the code is judged by its own forward alone.
        return check_subject(subject, regimes=regimes, seed=seed)


def _joined(one: Result, other: Result) -> Result:
    found = {(f.remark, f.code, f.quantity): f for f in (*other.findings, *one.findings)}
    return replace(one, checks=(*one.checks, *other.checks), findings=tuple(found.values()))


__all__ = ["FileReport", "Options", "check_path", "check_started", "started"]
