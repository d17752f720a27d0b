"""One point under judgement: its oracles, and the rounding that is allowed to the code there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.allowance import MANY_RUNS, RMS, RUNS, UNMEASURED, of_backward, of_forward
from gradcheck.comparison import FLOOR, proves
from gradcheck.errors import SubjectError
from gradcheck.oracles.complex_step import ComplexStep
from gradcheck.oracles.differences import EPS, FiniteDifferences, working_roundoff
from gradcheck.readings import Outcome, Reading
from gradcheck.records import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.comparison import Comparison
    from gradcheck.execution import Runner
    from gradcheck.probes import Probes
    from gradcheck.records import Array, Estimate, Oracle
    from gradcheck.samples import Sample

TINY = {EPS[kind]: float(np.finfo(kind).tiny) for kind in (np.float16, np.float32, np.float64)}
"""Smallest normal number by the unit roundoff of its dtype: what is smaller underflows."""

NEGLIGIBLE = 1e-20
"""Of the upstream gradient: what is left of a sigmoid's slope behind a clip at 50 or 500 is no more
than this, and 1e-4 of the last place of any gradient of ordinary size."""


class Point:
    """What is known and measured at one point.

    Parameters
    ----------
    runner : Runner
    rng : Generator
    sample : Sample
    upstream, y : Array of one shape
    edges : sequence of (float, float)
        The open interval of each input.

    Attributes
    ----------
    cotangent : Array
        `upstream` in float64.
    eps : float
        Unit roundoff of the code's working precision: the coarsest of its inputs' and y's.
    differences, complex :
        The two oracles that know the code's own forward.
    outcome : Outcome
        What was learnt so far.
    seconds : float
        What one forward took.
    guards_vanish : bool
        Whether a guard such as 1e-300, right in the given precision, is 0 in that of the point.
    negligible : float
        An error of a gradient that is none: see `NEGLIGIBLE`.
    convicted : set of int
        Inputs whose gradient was found wrong at the given point.

    Raises
    ------
    SubjectError
        Where forward raises.
    """

    def __init__(
        self,
        runner: Runner,
        rng: np.random.Generator,
        sample: Sample,
        upstream: Array,
        y: Array,
        edges: Sequence[tuple[float, float]],
    ) -> None:
        self.runner = runner
        self.rng = rng
        self.inputs = sample.inputs
        self.given = sample.regime == "point"
        self.cotangent = upstream.astype(np.float64)
        largest = float(np.abs(self.cotangent).max(initial=0.0))
        self.edges = edges
        self.names = runner.subject.names
        self.active = runner.subject.active
        self.eps = working_roundoff(y, [self.inputs[k] for k in self.active])
        self.single = self.eps > EPS[np.float64]
        self.negligible = 0.0 if self.single else NEGLIGIBLE * largest
        self.outcome = Outcome(sample=sample, upstream=upstream, y=y, single=self.single)
        rows = runner.forward_rows if runner.subject.forwards is not None else None
        self.differences = FiniteDifferences(runner.forward, sample.inputs, edges, y, rows)
        self.complex = ComplexStep(runner.forward, sample.inputs, self.active, y.shape, rows)
        self.seconds = 0.0
        self.convicted: set[int] = set()
        self.guards_vanish = sample.regime == "float32"
        self._measured: list[Array | None] | None = None
        self._again = False

    def floor(self, k: int, got: Array) -> Array:
        """Return what is always allowed: the last rounding of the result, and its underflow.

        A gradient that was read off an update also has the rounding of the parameter in it.
        """
        tiny = TINY.get(self.eps, 0.0)
        size = np.abs(got)
        size *= FLOOR * self.eps
        largest = float(np.abs(self.cotangent).max())
        size += FLOOR * tiny * max(1.0, largest)
        size += self.negligible
        rate = self.runner.subject.updates.get(self.names[k])
        if rate is not None:
            size += FLOOR * self.eps / rate * np.abs(self.inputs[k])
        return size

    def rounding(self, k: int) -> Array | None:
        """Return the measured rounding of the gradient of input k; None if it cannot be measured.

        It is measured once for all inputs, and only if it is asked for.
        """
        if self._measured is None:
            self._measured = self._measure(RUNS)
        measured = self._measured[k]
        if measured is None or measured.shape != self.outcome.got[k].shape:
            return None
        return measured if np.isfinite(measured).all() else None

    def measure_rounding_again(self) -> None:
        """Measure the rounding of all gradients by more runs, for entries that stay in doubt."""
        if self._again or self._measured is None:
            return
        self._again = True
        self._measured = [
            new if old is None else old if new is None else np.fmax(old, new)
            for old, new in zip(self._measured, self._measure(MANY_RUNS), strict=True)
        ]

    def _measure(self, runs: int) -> list[Array | None]:
        upstream = self.outcome.upstream
        try:
            return of_backward(self.runner, self.inputs, upstream, self.eps, self.rng, runs)
        except SubjectError:
            return [None] * len(self.inputs)

    def rounded(self, k: int, estimate: Estimate, probes: Probes) -> Array:
        """Return the rounding of each reading of input k; guessed where it cannot be measured."""
        measured = self.rounding(k)
        if measured is not None:
            return probes.total(measured)
        size = np.fmax(estimate.terms, np.abs(probes.read(self.outcome.got[k])))
        return np.nan_to_num(UNMEASURED * self.eps * size, nan=0.0, posinf=0.0)

    def meaningful(
        self, k: int, comparison: Comparison, estimate: Estimate, probes: Probes
    ) -> bool:
        """Say whether bound and allowance are small beside the largest term of the gradient."""
        terms = np.nan_to_num(estimate.terms)
        measured = self.rounding(k)
        if measured is not None:
            terms = np.maximum(terms, probes.total(measured) / (RMS * self.eps))
        # What is negligible is no bound that could prove nothing.
        error = comparison.error - probes.total(np.full(self.inputs[k].shape, self.negligible))
        return proves(error, terms.max(), single=self.single)

    def measure_noise(self, k: int) -> None:
        """Measure the noise of forward: what scatters near the point, and its own rounding."""
        differences = self.differences
        differences.measure_noise(k)
        rounding = of_forward(
            self.runner, differences.work, differences.y, differences.eps, self.rng
        )
        if rounding is not None:
            differences.noise = np.fmax(differences.noise, np.nan_to_num(rounding, posinf=0.0))

    def note(
        self,
        k: int,
        oracle: Oracle,
        verdict: Verdict,
        comparison: Comparison | None = None,
        probes: Probes | None = None,
        reason: str = "",
    ) -> None:
        """Put a reading of input k into the outcome."""
        if comparison is None or probes is None:
            reading = Reading(
                quantity=self.quantity(k), oracle=oracle, verdict=verdict, reason=reason
            )
        else:
            reading = Reading(
                quantity=self.quantity(k),
                oracle=oracle,
                verdict=verdict,
                residual=comparison.residual,
                worst=comparison.worst(),
                visible=probes.visible(comparison.error, self.outcome.got[k]),
                reason=reason,
            )
        self.outcome.readings.append(reading)

    def retract(self, k: int, oracle: Oracle, reason: str) -> None:
        """Take back the verdict of an oracle about input k: another one contradicts it."""
        readings = self.outcome.readings
        for place, reading in enumerate(readings):
            if reading.oracle is oracle and reading.quantity == self.quantity(k):
                readings[place] = replace(reading, verdict=Verdict.INCONCLUSIVE, reason=reason)

    def quantity(self, k: int) -> str:
        """Return the name of the gradient of input k."""
        return f"d{self.names[k]}"
