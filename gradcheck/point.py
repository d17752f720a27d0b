"""Judge the gradients of one point: the contest between the oracles and what the code returns.

Strict allowances come first: a few units in the last place. Only what they do not settle is
measured further, in this order: the rounding of the code's own backward; the rounding of the complex
forward; finite differences of the entries in doubt. A gradient is called wrong only where all
oracles that can tell agree with each other and not with it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.allowance import RMS, UNMEASURED, of_backward, of_forward
from gradcheck.comparison import (
    FLOOR,
    VACUOUS,
    VACUOUS_SINGLE,
    Comparison,
    compare,
    proves,
)
from gradcheck.contest import SUSPECTS, Contest
from gradcheck.errors import OracleError, SubjectError
from gradcheck.oracles.complex_step import EPS, ComplexStep
from gradcheck.oracles.differences import FiniteDifferences, unit_roundoff
from gradcheck.probes import BlockProbes, EntryProbes, blocks, detect
from gradcheck.records import Estimate, Oracle, Verdict, Worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.execution import Runner
    from gradcheck.oracles.finite_difference import Slope
    from gradcheck.probes import Probes
    from gradcheck.records import Array
    from gradcheck.samples import Sample

WORK_POINT, WORK_ELSEWHERE = 2.0e9, 2.0e7
"""Numbers that the evaluations for one input may pass through forward: the given point; others."""

CALL = 2000.0
"""What one call costs, in numbers passed through forward."""

ADDED = 64.0
"""Units in the last place of all terms, for two ways of adding them up."""

BLOCKS, BLOCKS_ELSEWHERE = 512, 4
DIFFERENCED, DIFFERENCED_ELSEWHERE = 256, 64
"""Probes of random-weight blocks, and the most probes that are differenced one by one."""

VACUOUS_REASON = "the bound and the allowance are too large beside the terms to prove anything"
UNTOLD_REASON = "no step shows the derivative at some entries"
KINK_REASON = "a kink inside of the forward, or a derivative that no two studies agree on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one oracle says of one quantity at one point."""

    quantity: str
    oracle: Oracle
    verdict: Verdict
    residual: float = float("nan")
    worst: Worst | None = None
    visible: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kink:
    """What the code returns at a kink, as a part of the upstream gradient's jump."""

    quantity: str
    index: tuple[int, ...]
    got: float
    lower: float
    upper: float


@dataclass(slots=True, kw_only=True)
class Outcome:
    """All that was learnt at one point.

    Attributes
    ----------
    truth, got : dict of int to Array
        By the input's position: the oracle's gradient where every entry was looked at, and what the
        code returned.
    """

    sample: Sample
    upstream: Array
    y: Array
    readings: list[Reading] = field(default_factory=list)
    kinks: list[Kink] = field(default_factory=list)
    truth: dict[int, Estimate] = field(default_factory=dict)
    got: dict[int, Array] = field(default_factory=dict)
    single: bool = False


class Judge:
    """Judges points of one subject; keeps what was learnt of its structure from point to point."""

    def __init__(self, runner: Runner, seed: int) -> None:
        self.runner = runner
        self.subject = runner.subject
        self.seed = seed
        self.rng = np.random.default_rng([seed, 10_000])
        self.probes: dict[tuple[int, bool, bool], Probes] = {}
        self.not_analytic: dict[int, str] = {}
        unbounded = (-np.inf, np.inf)
        self.edges = [self.subject.domain.get(name, unbounded) for name in self.subject.names]
        self.active = [
            k for k, n in enumerate(self.subject.names) if n not in self.subject.constants
        ]

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
        """
        return PointJudge(self, sample, upstream, y, gradients, thorough=thorough).run()


class PointJudge:
    """One point under judgement."""

    def __init__(
        self,
        judge: Judge,
        sample: Sample,
        upstream: Array,
        y: Array,
        gradients: Sequence[Array | None],
        *,
        thorough: bool,
    ) -> None:
        self.judge = judge
        self.runner = judge.runner
        self.rng = judge.rng
        self.sample = sample
        self.thorough = thorough
        self.given = sample.regime == "point"
        self.native = upstream
        self.cotangent = upstream.astype(np.float64)
        self.gradients = gradients
        floats = [a.dtype for k, a in enumerate(sample.inputs) if k in judge.active]
        self.eps = max(unit_roundoff(y), *(float(np.finfo(dtype).eps) for dtype in floats))
        self.single = self.eps > EPS
        self.tiny = float(np.finfo(np.float32 if self.single else np.float64).tiny)
        self.tiny *= max(1.0, float(np.abs(self.cotangent).max()))
        self.outcome = Outcome(sample=sample, upstream=upstream, y=y, single=self.single)
        self.differences = FiniteDifferences(self.runner.forward, sample.inputs, judge.edges)
        self.complex = ComplexStep(self.runner.forward, sample.inputs, judge.active, y.shape)
        self._measured: list[Array | None] | None = None

    def run(self) -> Outcome:
        for k in self.judge.active:
            got = self.gradients[k]
            if got is not None:
                self.outcome.got[k] = got
                self._input(k, got)
        return self.outcome

    def _note(
        self,
        k: int,
        oracle: Oracle,
        verdict: Verdict,
        comparison: Comparison | None = None,
        probes: Probes | None = None,
        reason: str = "",
    ) -> None:
        visible = 0.0
        if probes is not None and comparison is not None:
            visible = probes.visible(comparison.error, self.outcome.got[k])
        self.outcome.readings.append(
            Reading(
                quantity="d" + self.judge.subject.names[k],
                oracle=oracle,
                verdict=verdict,
                residual=float("nan") if comparison is None else comparison.residual,
                worst=None if comparison is None else comparison.worst(),
                visible=visible,
                reason=reason,
            )
        )

    def _input(self, k: int, got: Array) -> None:
        scale = self.differences.scales[k]
        tangent = scale * self.rng.uniform(0.5, 2.0, got.shape)
        tangent *= self.rng.choice([1.0, -1.0], got.shape)
        slope = self.differences.slope(k, tangent)
        kinked = bool(np.any(slope.kink & (self.cotangent != 0)))
        try:
            estimate, probes = self._stepped(k, tangent, slope)
        except OracleError as error:
            if self.given:
                self.judge.not_analytic[k] = str(error)
            self._note(k, Oracle.COMPLEX_STEP, Verdict.INCONCLUSIVE, reason=str(error))
            self._differenced(k, got, self._plan(k, analytic=False), Verdict.INCONCLUSIVE)
        else:
            if isinstance(probes, EntryProbes):
                self.outcome.truth[k] = estimate
            verdict = self._settle(k, got, estimate, probes, slope)
            if kinked or (self.thorough and probes.count <= DIFFERENCED):
                self._differenced(k, got, probes, verdict)
            else:
                self._directed(k, got, tangent, slope, verdict)
        if kinked or self.sample.regime in ("ties", "kinks"):
            self._together(k, got)

    def _plan(self, k: int, *, analytic: bool) -> Probes:
        """Return the probes of input k: every entry where the work allows it, else blocks."""
        key = (k, analytic, self.given)
        if key in self.judge.probes:
            return self.judge.probes[key]
        probes: Probes | None = self.judge.probes.get((k, analytic, True))
        shape = self.sample.inputs[k].shape
        if probes is None:
            respond = self._imaginary if analytic else self._bitwise
            probes = detect(lambda v: respond(k, v), shape, self.cotangent.shape, self.rng)
        total = sum(array.size for array in self.sample.inputs) + CALL
        work = WORK_POINT if self.given else WORK_ELSEWHERE
        if probes.count * total > work:
            probes = blocks(self.rng, shape, BLOCKS if self.given else BLOCKS_ELSEWHERE)
        self.judge.probes[key] = probes
        return probes

    def _imaginary(self, k: int, tangent: Array) -> Array:
        return self.complex.tangent(k, tangent) != 0

    def _bitwise(self, k: int, tangent: Array) -> Array:
        work = list(self.differences.work)
        work[k] = work[k] + 0.125 * self.differences.scales[k] * tangent
        try:
            y = self.runner.forward(work)
        except SubjectError:
            return np.ones(self.cotangent.shape, dtype=bool)
        return np.asarray(y != self.differences.y)

    def _stepped(self, k: int, tangent: Array, slope: Slope) -> tuple[Estimate, Probes]:
        """Return the complex step's readings, once it has shown that it may be believed here.

        Raises
        ------
        OracleError
            Where it may not.
        """
        if k in self.judge.not_analytic:
            raise OracleError(self.judge.not_analytic[k])
        along = self.complex.tangent(k, tangent)
        if not np.isfinite(along).all():
            raise OracleError("forward is not finite for complex input")
        if _contradicted(along, slope):
            self.measure_noise(k)
            if _contradicted(along, self.differences.slope(k, tangent)):
                raise OracleError(
                    "the imaginary part differs from finite differences along a random direction: "
                    "forward is not analytic as it is written (abs, norm, var or a cast to float)"
                )
        probes = self._plan(k, analytic=True)
        estimate = self.complex.gradient(k, probes, self.cotangent)
        if isinstance(probes, EntryProbes) and not self._adds_up(estimate, tangent, along):
            if not probes.matched:
                raise OracleError("the imaginary part is not linear in the step")
            del self.judge.probes[k, True, self.given]
            plain = EntryProbes(shape=probes.shape, output=probes.output)
            self.judge.probes[k, True, True] = plain
            probes = self._plan(k, analytic=True)
            estimate = self.complex.gradient(k, probes, self.cotangent)
            if isinstance(probes, EntryProbes) and not self._adds_up(estimate, tangent, along):
                raise OracleError("the imaginary part is not linear in the step")
        return estimate, probes

    def measure_noise(self, k: int) -> None:
        """Measure the noise of forward: what scatters near the point, and its own rounding."""
        differences = self.differences
        differences.measure_noise(k)
        rounding = of_forward(
            self.runner, differences.work, differences.y, differences.eps, self.rng
        )
        if rounding is not None:
            differences.noise = np.fmax(differences.noise, np.nan_to_num(rounding, posinf=0.0))

    def _adds_up(self, estimate: Estimate, tangent: Array, along: Array) -> bool:
        """Say whether the entries add up to the derivative along a random direction.

        What the probes take for granted, that some entries act on some outputs only, shows here.
        """
        total = float((estimate.value * tangent).sum())
        direct = float((self.cotangent * along).sum())
        size = float((estimate.terms * np.abs(tangent)).sum())
        size += float(np.abs(self.cotangent * along).sum())
        return abs(total - direct) <= ADDED * EPS * size

    def _settle(
        self, k: int, got: Array, estimate: Estimate, probes: Probes, slope: Slope
    ) -> Verdict:
        """Compare with the complex step and note the reading."""
        values = probes.read(got)
        floor = probes.total(self._floor(got))
        comparison = compare(values, estimate, floor)
        verdict, reason = Verdict.PASS, ""
        if not comparison.agrees:
            error = floor + self._rounded(k, estimate, probes)
            comparison = compare(values, estimate, error)
            if not comparison.agrees:
                contest = Contest(self, k, probes, estimate, values, error, slope)
                verdict, reason, comparison = contest.settle()
            elif not self._meaningful(k, comparison, estimate, probes):
                verdict, reason = Verdict.INCONCLUSIVE, VACUOUS_REASON
        self._note(k, Oracle.COMPLEX_STEP, verdict, comparison, probes, reason)
        return verdict

    def _floor(self, got: Array) -> Array:
        """Return what is always allowed: the last rounding of the result, and its underflow."""
        return FLOOR * (self.eps * np.abs(got) + self.tiny)

    def rounding(self, k: int) -> Array | None:
        """Return the measured rounding error of the gradient of input k, None if it cannot be."""
        if self._measured is None:
            try:
                self._measured = of_backward(
                    self.runner, self.sample.inputs, self.outcome.upstream, self.eps, self.rng
                )
            except SubjectError:
                self._measured = [None] * len(self.sample.inputs)
        measured = self._measured[k]
        if measured is None or not np.isfinite(measured).all():
            return None
        return measured

    def _rounded(self, k: int, estimate: Estimate, probes: Probes) -> Array:
        measured = self.rounding(k)
        if measured is None or measured.shape != self.outcome.got[k].shape:
            size = np.fmax(estimate.terms, np.abs(probes.read(self.outcome.got[k])))
            return np.nan_to_num(UNMEASURED * self.eps * size, nan=0.0, posinf=0.0)
        return probes.total(measured)

    def _meaningful(
        self, k: int, comparison: Comparison, estimate: Estimate, probes: Probes
    ) -> bool:
        measured = self.rounding(k)
        terms = np.nan_to_num(estimate.terms)
        if measured is not None:
            terms = np.maximum(terms, probes.total(measured) / (RMS * self.eps))
        return proves(comparison.error, np.full(terms.shape, terms.max()), single=self.single)

    def _differenced(self, k: int, got: Array, probes: Probes, rival: Verdict) -> None:
        """Compare every reading with finite differences; `rival` is the complex step's verdict."""
        most = DIFFERENCED if self.given else DIFFERENCED_ELSEWHERE
        if probes.count > most:
            probes = blocks(self.rng, got.shape, most if self.given else BLOCKS_ELSEWHERE)
        estimate = self.differences.gradient(k, probes, self.cotangent)
        alone = rival is Verdict.INCONCLUSIVE
        if alone and isinstance(probes, EntryProbes):
            self.outcome.truth.setdefault(k, estimate)
        values = probes.read(got)
        floor = probes.total(self._floor(got))
        comparison = compare(values, estimate, floor)
        if not comparison.agrees:
            comparison = compare(values, estimate, floor + self._rounded(k, estimate, probes))
        if not comparison.agrees:
            self.measure_noise(k)
            estimate = self.differences.gradient(k, probes, self.cotangent)
            comparison = compare(values, estimate, floor + self._rounded(k, estimate, probes))
        verdict, reason = Verdict.PASS, ""
        if comparison.agrees:
            if not comparison.told or not self._meaningful(k, comparison, estimate, probes):
                verdict, reason = Verdict.INCONCLUSIVE, UNTOLD_REASON
            self._kinks(k, estimate, probes, values)
        elif rival is Verdict.PASS:
            verdict, reason = Verdict.INCONCLUSIVE, "disagrees with the complex step"
        elif alone and not self._confirmed(k, probes, values, comparison):
            verdict, reason = Verdict.INCONCLUSIVE, KINK_REASON
        else:
            verdict = Verdict.FAIL
        self._note(k, Oracle.FINITE_DIFFERENCE, verdict, comparison, probes, reason)

    def _confirmed(self, k: int, probes: Probes, values: Array, comparison: Comparison) -> bool:
        """Say whether a second study, from other steps, finds the worst entries wrong too."""
        suspects = np.argsort(-comparison.residuals.reshape(-1), kind="stable")[:SUSPECTS]
        suspects = suspects[comparison.residuals.reshape(-1)[suspects] > 1]
        owners = probes.owners().reshape(-1)[suspects]
        kept = self.differences.scales[k]
        self.differences.scales[k] = 0.6875 * kept
        try:
            again = self.differences.gradient(
                k, probes, self.cotangent, only=sorted(set(owners.tolist()))
            )
        finally:
            self.differences.scales[k] = kept
        second = compare(values, again, comparison.error)
        wrong = [i for i in suspects if second.residuals.reshape(-1)[i] > 1]
        for i in wrong:
            index = np.unravel_index(i, values.shape)
            if again.lower is None or again.upper is None or isinstance(probes, BlockProbes):
                return True
            if again.lower[index] == again.upper[index] or self.simple(k, index):
                return True
        return False

    def simple(self, k: int, index: tuple[int, ...]) -> bool:
        """Say whether a kink is one of this entry alone: it stays where the others are moved.

        Those that it is tied to are not moved: a kink at y = t is simple too.

        A kink inside of a composite goes away; what a backward pass returns there depends on the
        parts of the composite, and lies in no interval that can be seen from outside.
        """
        moved = []
        here = self.differences.work[k][index]
        for j, array in enumerate(self.differences.work):
            if array.dtype.kind != "f":
                moved.append(array)
                continue
            shift = self.rng.uniform(0.5, 1.0, array.shape) * self.rng.choice([1, -1], array.shape)
            other = array + 1e-3 * shift * self.differences.scales[j]
            if j == k:
                other[index] = array[index]
            tied = (array == here) & (array != 0)
            other = np.where(tied, array, other)
            moved.append(other)
        try:
            there = FiniteDifferences(self.runner.forward, moved, self.judge.edges)
        except SubjectError:
            return False
        tangent = np.zeros_like(self.differences.work[k])
        tangent[index] = self.differences.scales[k][index]
        return bool(there.slope(k, tangent).kink.any())

    def _kinks(self, k: int, estimate: Estimate, probes: Probes, values: Array) -> None:
        if estimate.lower is None or estimate.upper is None or isinstance(probes, BlockProbes):
            return
        gap = estimate.upper - estimate.lower
        for index in zip(*np.nonzero(gap > 4 * estimate.bound), strict=True):
            self.outcome.kinks.append(
                Kink(
                    quantity="d" + self.judge.subject.names[k],
                    index=tuple(int(i) for i in index),
                    got=float(values[index]),
                    lower=float(estimate.lower[index]),
                    upper=float(estimate.upper[index]),
                )
            )

    def _directed(self, k: int, got: Array, tangent: Array, slope: Slope, rival: Verdict) -> None:
        """Compare along one random direction with finite differences."""
        value = float((self.cotangent * slope.value).sum())
        bound = float((np.abs(self.cotangent) * slope.bound).sum())
        moved = got * tangent
        total = float(moved.sum())
        error = bound + FLOOR * self.eps * float(np.abs(moved).sum())
        verdict, reason = Verdict.PASS, ""
        difference = abs(total - value)
        if not difference <= error:
            measured = self.rounding(k)
            if measured is not None:
                error += float((measured * np.abs(tangent)).sum())
        terms = float((np.abs(self.cotangent * slope.value)).sum())
        part = VACUOUS_SINGLE if self.single else VACUOUS
        if not np.isfinite(bound):
            verdict, reason = Verdict.INCONCLUSIVE, slope.reason or UNTOLD_REASON
        elif not difference <= error:
            verdict = Verdict.FAIL if rival is Verdict.FAIL else Verdict.INCONCLUSIVE
            reason = "" if rival is Verdict.FAIL else "disagrees with the complex step"
        elif not error <= part * max(terms, float(np.abs(moved).sum())) and error > 0:
            verdict, reason = Verdict.INCONCLUSIVE, VACUOUS_REASON
        residual = 0.0 if difference == 0 else difference / error if error > 0 else np.inf
        least, largest = float(np.abs(tangent).min()), float(np.abs(got).max())
        self.outcome.readings.append(
            Reading(
                quantity="d" + self.judge.subject.names[k],
                oracle=Oracle.FINITE_DIFFERENCE,
                verdict=verdict,
                residual=residual if np.isfinite(residual) else np.inf,
                visible=error / least / largest if largest > 0 and np.isfinite(error) else 0.0,
                reason=reason,
            )
        )

    def _together(self, k: int, got: Array) -> None:
        """Compare along equal steps of all entries: smooth where entries are tied at a maximum."""
        scale = float(np.median(self.differences.scales[k]))
        tangent = np.full(got.shape, scale)
        for attempt in range(2):
            slope = self.differences.slope(k, tangent)
            if not np.isfinite(slope.bound).all() or np.any(slope.kink):
                return
            error = float((np.abs(self.cotangent) * slope.bound).sum())
            error += FLOOR * self.eps * scale * float(np.abs(got).sum())
            measured = self.rounding(k)
            if measured is not None:
                error += scale * float(measured.sum())
            value = float((self.cotangent * slope.value).sum())
            total = scale * float(got.sum())
            if abs(total - value) <= error:
                return
            if attempt == 0:
                self.measure_noise(k)
        self.outcome.readings.append(
            Reading(
                quantity="d" + self.judge.subject.names[k],
                oracle=Oracle.FINITE_DIFFERENCE,
                verdict=Verdict.FAIL,
                residual=abs(total - value) / error if error > 0 else np.inf,
                worst=Worst(index=(), got=total / scale, oracle=value / scale, bound=error / scale),
                reason="the entries add up to another value than the derivative along equal steps "
                "of all of them",
            )
        )


def _contradicted(along: Array, slope: Slope) -> bool:
    """Say whether finite differences of some output exclude the imaginary part's value."""
    finite = np.isfinite(slope.bound) & ~slope.kink
    off = np.abs(along - slope.value) > slope.bound + ADDED * EPS * np.abs(along)
    return bool(np.any(finite & off))
