"""What is seen of one subject beside the notes' formula, over all points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck import diagnosis, samples
from gradcheck.account import Account, match
from gradcheck.errors import SubjectError
from gradcheck.readings import Differing, Reading
from gradcheck.records import Finding, Oracle, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.correspondence import Correspondence
    from gradcheck.execution import Runner
    from gradcheck.readings import Outcome
    from gradcheck.records import Array
    from gradcheck.samples import Sample

    Readings = list[tuple[str, Reading]]

NOT_FINITE = "not finite where the formula is"


class AgainstNotes:
    """Compares with the formula at each point, and keeps where y differs or is not finite.

    Parameters
    ----------
    runner : Runner
    correspondence : Correspondence
    rng : Generator
    """

    def __init__(
        self, runner: Runner, correspondence: Correspondence, rng: np.random.Generator
    ) -> None:
        self.runner = runner
        self.correspondence = correspondence
        self.rng = rng
        self.differing: list[Differing] = []
        self.overflowing: dict[str, list[str]] = {}

    def judge(
        self, sample: Sample, upstream: Array, y: Array, gradients: Sequence[Array | None]
    ) -> Readings:
        """Return the readings of one point, each with its regime."""
        readings = self.correspondence.judge(sample, upstream, y, gradients)
        if readings[0].verdict is Verdict.FAIL:
            formula = self.correspondence.formula(sample).value
            self.differing.append(
                Differing(sample=sample, y=y, formula=formula, reading=readings[0])
            )
        return [(sample.regime, reading) for reading in readings]

    def overflows(self, sample: Sample, y: Array) -> Readings:
        """Return the readings of a point at which y is not finite and the formula is, else none.

        Then forward is wrong; and so is each gradient that is not finite where it should be.
        """
        formula = self.correspondence.formula(sample).value
        if formula.shape != y.shape or not np.isfinite(formula).all():
            return []
        readings = [self._not_finite(self.correspondence.primal, sample.regime)]
        upstream = samples.cotangent(self.rng, y)
        truth = self.correspondence.gradients(sample, upstream)
        seen = Account(y=y)
        subject = self.runner.subject
        try:
            match(subject, sample.inputs, self.runner.vjp(sample.inputs, upstream)[1], seen)
        except SubjectError:
            return readings
        for name, got in zip(subject.names, seen.gradients, strict=True):
            finite = name in truth and np.isfinite(truth[name].value).all()
            if finite and got is not None and not np.isfinite(got).all():
                readings.append(self._not_finite(f"d{name}", sample.regime))
        return readings

    def _not_finite(self, quantity: str, regime: str) -> tuple[str, Reading]:
        regimes = self.overflowing.setdefault(quantity, [])
        if regime not in regimes:
            regimes.append(regime)
        reading = Reading(
            quantity=quantity,
            oracle=Oracle.SYMBOLIC,
            verdict=Verdict.FAIL,
            residual=float("inf"),
            reason=NOT_FINITE,
        )
        return regime, reading

    def told(self, outcomes: Sequence[Outcome]) -> tuple[list[Finding], bool]:
        """Return what is to be said of forward, and whether it is right by another convention.

        Then it is a multiple of the formula and has a gradient of its own, of which the formula's
        says nothing.

        Parameters
        ----------
        outcomes : sequence of Outcome
            Of all points.
        """
        subject = self.runner.subject
        found, harmless = list[Finding](), False
        if self.differing:
            from gradcheck.diagnosis.forwards import told

            found, harmless = told(subject, self.differing, outcomes)
        for quantity, regimes in self.overflowing.items():
            found.append(diagnosis.overflows(subject, quantity, ", ".join(regimes)))
        return found, harmless
