"""One check of one subject: the only module that knows the order of the stages.

Subject, samples, oracles, comparison, contracts, diagnosis, verdict.
"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from gradcheck import contracts, diagnosis, samples, verdict
from gradcheck.account import Account, changed, match
from gradcheck.allowance import MANY_RUNS, of_backward
from gradcheck.earlier import note_stale
from gradcheck.errors import SubjectError
from gradcheck.execution import Runner, described
from gradcheck.judge import Judge
from gradcheck.oracles.differences import working_roundoff
from gradcheck.records import Check, Finding, Oracle, Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.against_notes import AgainstNotes
    from gradcheck.evidence import Pictured
    from gradcheck.readings import Outcome, Reading
    from gradcheck.records import Array
    from gradcheck.samples import Sample
    from gradcheck.subject import Subject


_AS_GIVEN = ("read-only", "strided")
"""Regimes whose arrays must reach the code as they are: a copy would undo what they are for."""


class Run:
    """One check of one subject: what was seen so far.

    Parameters
    ----------
    subject : Subject
    seed : int
    formula : str or None
        Key of `gradcheck.notes.formulas.FORMULAS` that the subject should be.
    thorough : bool
        Difference every entry of the given point too, not only a random direction.
    pictured : bool
        Gather what pictures are drawn from too.
    """

    def __init__(
        self,
        subject: Subject,
        seed: int,
        formula: str | None,
        *,
        thorough: bool,
        pictured: bool = False,
    ) -> None:
        self.thorough = thorough
        self.pictured = pictured
        self.subject = subject
        self.seed = seed
        self.runner = Runner(subject)
        self.rng = np.random.default_rng([seed, 20_000])
        self.judge = Judge(self.runner, self.rng)
        self.notes = self._notes(formula)
        self.account: Account | None = None
        self.outcomes: list[Outcome] = []
        self.readings: list[tuple[str, Reading]] = []
        self.extra: list[Finding] = []
        self.checks: list[Check] = []
        self.compared: set[str] = set()
        self.silent = 0
        self.spent = 0.0
        self.started = perf_counter()

    def _notes(self, formula: str | None) -> AgainstNotes | None:
        if formula is None:
            return None
        from gradcheck.against_notes import AgainstNotes
        from gradcheck.correspondence import Correspondence

        correspondence = Correspondence.of(self.runner, formula, self.rng)
        return AgainstNotes(self.runner, correspondence, self.rng)

    def result(self, regimes: Sequence[str]) -> Result:
        """Return what is known of the subject after these regimes, the given point first."""
        try:
            self._look(regimes)
        except SubjectError as error:
            self._crash("forward", "point", error)
        except Exception as error:  # noqa: BLE001 - no caller must lose a run to one subject
            self._crash("gradcheck", "point", SubjectError(f"gradcheck itself: {described(error)}"))
        return self._finished()

    def _look(self, regimes: Sequence[str]) -> None:
        self._given(next(samples.samples(self.subject, "point", self.seed)))
        if self._known().crash is None:
            for regime in regimes[1:]:
                self._regime(regime)

    def _given(self, sample: Sample) -> None:
        """Look at the given point: contracts first, then the values.

        Raises
        ------
        SubjectError
            Where forward raises there, or returns nothing that can be checked.
        """
        earlier = samples.earlier(self.subject, self.rng)
        started = perf_counter()
        self.account, upstream = contracts.examine(
            self.runner, sample.inputs, earlier, self._upstreams, self._rounding
        )
        self.spent = perf_counter() - started
        if self.account.crash is not None:
            self._crash("backward", "point", self.account.crash)
        else:
            self._values(sample, upstream, self.account.y, self.account.gradients)
            self._true_of_misshapen(sample, upstream)
            wrong = {r.quantity for _, r in self.readings if r.verdict is Verdict.FAIL}
            if wrong:
                note_stale(self.judge, self.account, wrong, earlier, upstream)

    def _true_of_misshapen(self, sample: Sample, upstream: Array) -> None:
        """Ask the oracles for the gradients that came in a wrong shape: what was to be returned.

        Zeros stand in for them; what is said of zeros is dropped.
        """
        account = self._known()
        if not account.misshapen or not self.outcomes:
            return
        zeros = [
            np.zeros(array.shape) if k in account.misshapen else None
            for k, array in enumerate(sample.inputs)
        ]
        known = self.judge.convicted
        try:
            there = self.judge.judge(sample, upstream, account.y, zeros, thorough=False)
        except SubjectError:
            return
        self.judge.convicted = known
        self.outcomes[0].truth.update(there.truth)

    def _upstreams(self, y: Array) -> tuple[Array, Array]:
        basis = np.zeros_like(y)
        basis.reshape(-1)[self.rng.integers(y.size)] = 1.0
        return samples.cotangent(self.rng, y), basis

    def _rounding(self, y: Array, upstream: Array) -> list[Array | None]:
        inputs = self.subject.inputs
        eps = working_roundoff(y, inputs)
        return of_backward(self.runner, inputs, upstream, eps, self.rng, MANY_RUNS)

    def _regime(self, regime: str) -> None:
        impure = any(breach.contract == "purity" for breach in self._known().breaches)
        if regime == "read-only" and impure:
            return
        for sample in samples.samples(self.subject, regime, self.seed):
            if not self._point(sample):
                positive = tuple(
                    np.abs(array) if array.dtype.kind == "f" else array for array in sample.inputs
                )
                mirrored = replace(sample, inputs=positive)
                if regime in _AS_GIVEN or not self._point(mirrored):
                    self.silent += 1

    def _point(self, sample: Sample) -> bool:
        """Look at one more point; False where it is no evidence."""
        as_given = sample.regime in _AS_GIVEN
        inputs = sample.inputs if as_given else tuple(array.copy() for array in sample.inputs)
        instance = self.runner.make()
        try:
            y = self.runner.call_forward(instance, inputs)
        except SubjectError:
            return False
        finite = y.dtype.kind == "f" and bool(np.isfinite(y).all())
        if not finite or y.shape != self._known().y.shape:
            return self._overflows(sample, y)
        y = y.copy()
        upstream = samples.cotangent(self.rng, y)
        handed_in = upstream.copy()
        try:
            handed = self.runner.call_backward(instance, handed_in)
        except SubjectError as error:
            self._crash("backward", sample.regime, error)
            return True
        if handed_in.tobytes() != upstream.tobytes():
            text = f"backward changes the upstream gradient (regime {sample.regime})"
            self._known().broken("purity", "mutates-upstream", self.subject.first, text)
        if not as_given:
            for k, code in changed(self.subject, inputs, sample.inputs):
                name = self.subject.names[k]
                text = f"{name}, which is its caller's, is changed (regime {sample.regime})"
                self._known().broken("purity", code, name, text)
        seen = Account(y=y)
        match(self.subject, sample.inputs, handed, seen)
        self._misshapen(seen, sample.regime)
        gradients = [
            gradient if base is not None else None
            for gradient, base in zip(seen.gradients, self._known().gradients, strict=True)
        ]
        self._values(sample, upstream, y, gradients)
        return True

    def _known(self) -> Account:
        assert self.account is not None  # noqa: S101 - for the type checker
        return self.account

    def _values(
        self, sample: Sample, upstream: Array, y: Array, gradients: Sequence[Array | None]
    ) -> None:
        if not np.isfinite(y).all():
            if not self._overflows(sample, y):
                self.silent += 1
            return
        try:
            thorough = self.thorough and sample.regime == "point"
            outcome = self.judge.judge(sample, upstream, y, gradients, thorough=thorough)
        except SubjectError:
            self.silent += 1
            return
        self.outcomes.append(outcome)
        self.readings.extend((sample.regime, reading) for reading in outcome.readings)
        if self.notes is not None:
            # Where y is the notes', the other oracles speak of the notes' gradient at every point.
            first = sample.regime not in self.compared
            self.compared.add(sample.regime)
            self.readings += self.notes.judge(sample, upstream, y, gradients if first else ())

    def _overflows(self, sample: Sample, y: Array) -> bool:
        """Say whether the notes' formula is finite where forward is not: then forward is wrong."""
        if self.notes is None or y.shape != self._known().y.shape:
            return False
        readings = self.notes.overflows(sample, y)
        self.readings += readings
        return bool(readings)

    def _misshapen(self, seen: Account, regime: str) -> None:
        """Note a gradient whose shape or type is wrong here and was right at the given point."""
        known = {(b.code, b.quantity) for b in self._known().breaches}
        for breach in seen.breaches:
            if (breach.code, breach.quantity) not in known:
                self._known().breaches.append(
                    replace(breach, message=f"{breach.message} (regime {regime})")
                )

    def _crash(self, what: str, regime: str, error: SubjectError) -> None:
        """Note that the code raised: an error, but in a precision that nobody asked for."""
        asked = regime != "float32"
        self.extra.append(diagnosis.crash(self.subject, what, regime, error, remark=not asked))
        if asked:
            self.checks.append(
                Check(
                    quantity=what,
                    oracle=Oracle.CONTRACT,
                    contract="runs",
                    verdict=Verdict.ERROR,
                    shapes=self.subject.shapes,
                    regime=regime,
                    reason=str(error),
                )
            )

    def _finished(self) -> Result:
        subject = self.subject
        findings = self._findings()
        spent = perf_counter() - self.started
        share = {oracle: spent / len(verdict.ORACLES) for oracle in verdict.ORACLES}
        checks = verdict.value_checks(subject, self.readings, self.silent, share) + self.checks
        if self.account is not None:
            checks += verdict.contract_checks(subject, self.account, self.spent)
        checks += verdict.missing_checks(subject, checks, self.silent)
        return Result(
            name=subject.name,
            role=subject.role,
            checks=tuple(checks),
            findings=findings,
            seed=self.seed,
            reproduce=subject.reproduce,
            file=subject.file,
            line=subject.line,
            pictured=self._gathered() if self.pictured else None,
            dtypes={n: str(a.dtype) for n, a in zip(subject.names, subject.inputs, strict=True)},
        )

    def _gathered(self) -> Pictured | None:
        """Gather what pictures are drawn from; what fails in it takes nothing from the verdict."""
        from gradcheck.gathering import gathered

        differing = [] if self.notes is None else self.notes.differing
        try:
            return gathered(self.runner, self.outcomes, differing) or None
        except Exception:  # noqa: BLE001 - a picture is no reason to lose a result
            return None

    def _findings(self) -> tuple[Finding, ...]:
        """Name what is wrong; a diagnosis that fails takes nothing from the verdict."""
        found: list[Finding] = []
        try:
            if self.notes is not None:
                told, harmless = self.notes.told(self.outcomes)
                self.extra += told
                if harmless:
                    self.readings = [r for r in self.readings if r[1].oracle is not Oracle.SYMBOLIC]
            if self.account is not None:
                found = diagnosis.findings(self.subject, self.account, self.outcomes)
            found += diagnosis.remarks(self.subject, self.outcomes)
        except Exception as error:  # noqa: BLE001 - no caller must lose a run to one subject
            self._crash("gradcheck", "point", SubjectError(f"gradcheck itself: {described(error)}"))
        faults = [finding for finding in found if not finding.remark]
        rest = [finding for finding in found if finding.remark]
        return tuple(diagnosis.ordered([*faults, *self.extra, *rest]))
