"""Judge the gradients of one point: the contest between the oracles and what the code returns.

Strict allowances come first: a few units in the last place. Only what they do not settle is
measured further, in this order: the rounding of the code's own backward; the rounding of the
complex forward; finite differences of the entries in doubt. A gradient is called wrong only where
all oracles that can tell agree with each other and not with it.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from gradcheck import by_complex_step, by_differences
from gradcheck.errors import OracleError, SubjectError
from gradcheck.plan import SLOW, Plans
from gradcheck.point import Point
from gradcheck.probes import EntryProbes
from gradcheck.records import Oracle, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.execution import Runner
    from gradcheck.oracles.finite_difference import Slope
    from gradcheck.probes import Probes
    from gradcheck.readings import Outcome
    from gradcheck.records import Array, Estimate
    from gradcheck.samples import Sample

UNBOUNDED = (-np.inf, np.inf)


class Judge:
    """Judges points of one subject; keeps what was learnt of its structure from point to point.

    Parameters
    ----------
    runner : Runner
    rng : Generator
    """

    def __init__(self, runner: Runner, rng: np.random.Generator) -> None:
        self.runner = runner
        self.rng = rng
        self.plans = Plans(rng)
        self.not_analytic: dict[int, str] = {}
        self.convicted: set[int] = set()
        self.pace = np.inf
        domain = runner.subject.domain
        self.edges = [domain.get(name, UNBOUNDED) for name in runner.subject.names]

    def judge(
        self,
        sample: Sample,
        upstream: Array,
        y: Array,
        gradients: Sequence[Array | None],
        *,
        thorough: bool,
    ) -> Outcome:
        """Return what is learnt at one point.

        Parameters
        ----------
        sample : Sample
        upstream, y : Array of one shape
        gradients : sequence of Array or None
            What the code returned, one an input; None where there is nothing to compare.
        thorough : bool
            Difference every entry too, not only a random direction.

        Raises
        ------
        SubjectError
            Where forward raises.
        """
        point = Point(self.runner, self.rng, sample, upstream, y, self.edges)
        point.convicted = self.convicted
        for k in point.active:
            got = gradients[k]
            if got is not None:
                point.outcome.got[k] = got
                self._input(point, k, got, thorough=thorough)
        if point.given:
            readings = point.outcome.readings
            self.convict({r.quantity for r in readings if r.verdict is Verdict.FAIL})
        return point.outcome

    def convict(self, quantities: set[str]) -> None:
        """Remember which gradients are wrong at the given point; less care is due elsewhere."""
        names = self.runner.subject.names
        self.convicted = {k for k, name in enumerate(names) if f"d{name}" in quantities}

    def _input(self, point: Point, k: int, got: Array, *, thorough: bool) -> None:
        sign = 1.0 - 2.0 * self.rng.integers(0, 2, got.shape)
        tangent = np.asarray(self.rng.uniform(0.5, 2.0, got.shape) * sign)
        tangent = np.asarray(tangent * point.differences.scales[k])
        started = perf_counter()
        slope = point.differences.slope(k, tangent)
        point.seconds = self._pace((perf_counter() - started) / max(1, slope.evaluations), point)
        kinked = bool((slope.kink & (point.cotangent != 0)).any())
        try:
            estimate, probes = self._trusted(point, k, tangent, slope)
        except OracleError as error:
            if point.given:
                self.not_analytic[k] = str(error)
            point.note(k, Oracle.COMPLEX_STEP, Verdict.INCONCLUSIVE, reason=str(error))
            probes = self._moved(point, k)
            alone = Verdict.INCONCLUSIVE
            by_differences.judge_entries(point, self.plans, k, probes, alone, tangent, slope)
        else:
            if isinstance(probes, EntryProbes):
                point.outcome.truth[k] = estimate
            verdict = by_complex_step.judge(point, k, estimate, probes, slope)
            few = probes.count <= min(by_differences.MOST, self.plans.studies(point))
            if kinked or (thorough and few):
                refuted = by_differences.judge_entries(
                    point, self.plans, k, probes, verdict, tangent, slope
                )
            else:
                refuted = by_differences.judge_direction(point, k, tangent, slope, verdict)
            if refuted:
                point.retract(k, Oracle.COMPLEX_STEP, "finite differences disagree with it")
        if kinked or point.outcome.sample.regime in ("ties", "kinks"):
            by_differences.judge_equal_steps(point, k)

    def _pace(self, seconds: float, point: Point) -> float:
        """Return what one forward takes: the least that was seen, for a machine may pause.

        What is looked at must not depend on what else a machine does: a slow one is timed again.
        """
        self.pace = min(self.pace, seconds)
        if self.pace > SLOW:
            started = perf_counter()
            self.runner.forward([array.copy() for array in point.inputs])
            self.pace = min(self.pace, perf_counter() - started)
        return self.pace

    def _trusted(
        self, point: Point, k: int, tangent: Array, slope: Slope
    ) -> tuple[Estimate, Probes]:
        """Return what the complex step says; what it could not tell once it is not asked again."""
        if k in self.not_analytic:
            raise OracleError(self.not_analytic[k])
        return by_complex_step.trusted(point, self.plans, k, tangent, slope)

    def _moved(self, point: Point, k: int) -> EntryProbes:
        """Return the probes of input k for a forward that takes real numbers only."""

        def respond(tangent: Array) -> Array:
            work = list(point.differences.work)
            work[k] = work[k] + 0.125 * point.differences.scales[k] * tangent
            try:
                return np.asarray(point.differences.evaluate(work) != point.differences.y)
            except SubjectError:
                return np.ones(point.cotangent.shape, dtype=bool)

        return self.plans.structure(point, k, respond, "real")
