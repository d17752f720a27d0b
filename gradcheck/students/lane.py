"""One process in which a file was loaded, and how its subjects are looked at there."""

from __future__ import annotations

from contextvars import copy_context
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING

from gradcheck.errors import GradcheckError, OracleError
from gradcheck.records import Verdict
from gradcheck.students import context, conventions
from gradcheck.students.hosts import started
from gradcheck.students.other_sizes import with_sizes
from gradcheck.students.subjects import subject_of
from gradcheck.students.unchecked import ended, not_placed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from gradcheck.records import Result
    from gradcheck.students.adapter import Description
    from gradcheck.students.hosts import Host, Options
    from gradcheck.subject import Subject

    Group = list[tuple[int, Description]]
    """The subjects of one name, each with its place among the descriptions."""

FORMULA_OF = {
    "dense": "dense", "sigmoid": "sigmoid", "tanh": "tanh", "relu": "relu", "softmax": "softmax",
    "mse": "mse",
}  # fmt: skip
"""The notes' formula of a role: see `gradcheck.notes.formulas`."""


WHOLE = ("signs", "near-kinks")
"""Regimes for several layers together: what is wrong in their wiring shows anywhere, and far out
the clips and kinks of one layer meet those of another."""


class Lane:
    """A host, and what looks at subjects in it, one after another.

    Parameters
    ----------
    host : Host
    options : Options
    shown : str
        The file's path as it is shown.
    path : Path

    Attributes
    ----------
    descriptions : list of Description
        What was found in the file, once that is known.
    """

    def __init__(self, host: Host, options: Options, shown: str, path: Path) -> None:
        self.host = host
        self.options = options
        self.shown = shown
        self.path = path
        self.proves = options.proof_seconds > 0
        self._bare: Lane | None = None
        self._bare_descriptions: list[Description] = []
        self.descriptions: list[Description] = []

    def close(self) -> None:
        """Let go of the process, and of the second one that guards may have needed."""
        if self._bare is not None:
            self._bare.close()
        self.host.close()

    def named(self, group: Group) -> Result:
        """Return what is known of the subjects of one name, such as fillings of a container."""
        first = group[0][1]
        result = self.one(*group[0])
        for index, description in group[1:]:
            if result.verdict is not Verdict.PASS and first.line == description.line:
                continue  # another filling of a container whose first one is wrong already
            result = _joined(result, self.one(index, description))
        return result

    def one(self, index: int, description: Description) -> Result:
        """Return what is known of one subject by itself."""
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

        seed, pictured = self.options.seed, self.options.pictured
        return check_subject(subject, regimes=regimes, seed=seed, pictured=pictured)

    def _without_guards(self, index: int, description: Description, again: str) -> Result | None:
        """Return the result where every guard is read as 0; None where it has another shape."""
        if self._bare is None:
            settings = {**self.options.settings, "without guards": True}
            options = replace(self.options, settings=settings)
            host = started(self.path, options)
            self._bare = Lane(host, options, self.shown, self.path)
            self._bare.proves = False
            try:
                self._bare_descriptions = host.descriptions()[0]
            except GradcheckError:
                return None
        same = self._bare_descriptions[index : index + 1]
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
        result = _check(subject, self.options, formula)
        if result.verdict is Verdict.FAIL and description.output == "scalar":
            result = conventions.with_numbers(result, subject)
        if self.host.ended:
            result = ended(result, self.host.ended)
        elif self.proves and not context.is_chain(description):
            result = self._with_proof(result, subject, index, formula)
        convention = {**description.convention}
        return replace(result, convention=convention)

    def shrunk(self, index: int, description: Description, result: Result) -> Result:
        """Return a result that is wrong with the smallest inputs at which it is."""
        from gradcheck.counterexample import with_counterexamples

        self.host.renew()
        subject = self._subject(index, description, result.reproduce)
        return with_counterexamples(result, subject)

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
            remote=self.host.remote,
            forwards=self.host.forwards(index),
            noisy=self.host.noisy(index),
        )

    def _with_proof(
        self, result: Result, subject: Subject, index: int, formula: str | None
    ) -> Result:
        """Return the result with what the proof says; a process that ends in it ends nothing."""
        from gradcheck.proof.checks import Proving, with_proof
        from gradcheck.proof.prove import numbers_of

        tracer = self.host.tracer(index, subject.names, numbers_of(subject))
        proving = Proving(seconds=self.options.proof_seconds, tracer=tracer)
        proved = with_proof(result, subject, formula, proving, self.options.seed)
        self.host.renew()
        return proved


def shared(
    groups: Mapping[str, Group], lanes: list[Lane], descriptions: list[Description]
) -> dict[str, Result]:
    """Return the result of each group by its name, in their order; two lanes take about half each.

    Which one takes what depends on the groups alone, so that it is the same in every run.

    Parameters
    ----------
    groups : mapping of str to Group
    lanes : list of Lane
        The second loads the file for itself: where it finds anything else, or where its process
        ends, the first does it all, and knows how it ended.
    descriptions : list of Description
        What the first one found.
    """
    first, *others = lanes
    found: dict[str, Result] = {}
    errors: list[BaseException] = []
    theirs = _half(groups) if others else []

    def work(lane: Lane) -> None:
        try:
            if lane.host.descriptions()[0] == descriptions:
                for name in theirs:
                    result = lane.named(groups[name])
                    if not lane.host.ended:
                        found[name] = result
        except GradcheckError:
            pass
        except BaseException as error:  # noqa: BLE001 - it is raised in the caller's thread
            errors.append(error)
        finally:
            lane.close()

    threads = [Thread(target=copy_context().run, args=(work, one), daemon=True) for one in others]
    for thread in threads:
        thread.start()
    own = {name: first.named(group) for name, group in groups.items() if name not in theirs}
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    found |= own
    return {
        name: found[name] if name in found else first.named(group) for name, group in groups.items()
    }


def _half(groups: Mapping[str, Group]) -> list[str]:
    """Return the names that a second lane takes: each gradient is about the same work."""
    work = {
        name: sum(not one.constant for _, d in group for one in d.inputs)
        for name, group in groups.items()
    }
    theirs: list[str] = []
    ours = load = 0
    for name in sorted(work, key=lambda name: -work[name]):
        if load < ours:
            load += work[name]
            theirs.append(name)
        else:
            ours += work[name]
    return theirs


def _check(subject: Subject, options: Options, formula: str | None) -> Result:
    from gradcheck.check import check_subject

    seed, pictured = options.seed, options.pictured

    whole = subject.composite
    regimes: Any = WHOLE if whole else "all"
    try:
        return check_subject(
            subject, regimes=regimes, seed=seed, formula=formula, pictured=pictured
        )
    except OracleError:
        # The notes' formula has other inputs: the code is judged by its own forward alone.
        return check_subject(subject, regimes=regimes, seed=seed, pictured=pictured)


def _joined(one: Result, other: Result) -> Result:
    found = {(f.remark, f.code, f.quantity): f for f in (*other.findings, *one.findings)}
    return replace(one, checks=(*one.checks, *other.checks), findings=tuple(found.values()))
