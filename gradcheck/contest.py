"""Settle a dispute: the complex step says one thing, and the code returns another.

The entries in doubt are measured further: the rounding of the complex forward first, then finite
differences of those entries alone. Only where both oracles agree is the code wrong.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.allowance import of_forward
from gradcheck.comparison import Comparison, compare
from gradcheck.held import THIS_VERY_POINT, stays_wrong
from gradcheck.oracles.complex_step import EPS, STEP
from gradcheck.records import Verdict

if TYPE_CHECKING:
    from gradcheck.oracles.finite_difference import Slope
    from gradcheck.point import Point
    from gradcheck.probes import Probes
    from gradcheck.records import Array, Estimate

SUSPECTS = 16
"""Entries in doubt that are looked at one by one."""


TINY = float(np.finfo(float).tiny)

PROBES = 6
"""Probes whose complex rounding is measured."""


class Contest:
    """One dispute about the gradient of input k.

    Parameters
    ----------
    point : Point
    k : int
    probes : Probes
    estimate : Estimate
        The complex step's readings.
    values, allowance : Array
        What the code returned, and the measured rounding of it.
    slope : Slope
        Finite differences along a random direction, which the complex step has agreed with.
    """

    def __init__(
        self,
        point: Point,
        k: int,
        probes: Probes,
        estimate: Estimate,
        values: Array,
        allowance: Array,
        slope: Slope,
    ) -> None:
        self.point = point
        self.k = k
        self.probes = probes
        self.estimate = estimate
        self.values = values
        self.allowance = allowance
        self.slope = slope
        self.owners = probes.owners().reshape(-1)

    def settle(self) -> tuple[Verdict, str, Comparison]:
        """Return the verdict, its reason, and the comparison that it rests on."""
        comparison = self._with_complex_rounding()
        if comparison.agrees:
            return Verdict.PASS, "", comparison
        suspects = self._suspects(comparison, SUSPECTS)
        differences = self.point.differences
        owners = sorted({int(self.owners[i]) for i in suspects})
        for attempt in range(2):
            there = differences.gradient(self.k, self.probes, self.point.cotangent, only=owners)
            said = {i: self._said(i, there, comparison) for i in suspects}
            if attempt == 0 and "disagree" in said.values():
                self.point.measure_noise(self.k)
            else:
                break
        kinds = set(said.values())
        accused = [i for i in suspects if said[i] in ("wrong", "outside")]
        if "untold" in kinds and kinds <= {"untold", "wrong"} and self._trusted():
            accused = suspects
        if accused:
            return self._accuse(accused, comparison)
        if "disagree" in kinds:
            reason = "the complex step and finite differences disagree at some entries"
            return Verdict.INCONCLUSIVE, reason, comparison
        if "untold" in kinds:
            reason = "finite differences cannot tell at the entries in doubt"
            return Verdict.INCONCLUSIVE, reason, comparison
        return self._at_kinks(comparison, there)

    def _accuse(
        self, accused: list[int], comparison: Comparison
    ) -> tuple[Verdict, str, Comparison]:
        """Return `fail` if the accused are not finite, or wrong where all others are moved too."""
        values = self.values.reshape(-1)[accused]
        if not np.isfinite(values).all() and not self.point.guards_vanish:
            return Verdict.FAIL, "", comparison
        if stays_wrong(self.point, self.k, self.probes, accused, analytic=True):
            return Verdict.FAIL, "", comparison
        return Verdict.INCONCLUSIVE, THIS_VERY_POINT, comparison

    def _at_kinks(self, comparison: Comparison, there: Estimate) -> tuple[Verdict, str, Comparison]:
        """Accept entries inside of their intervals, if all in doubt were looked at."""
        if there.lower is None or there.upper is None:
            return Verdict.INCONCLUSIVE, "finite differences cannot tell", comparison
        seen = ~np.isnan(there.lower)
        estimate = replace(
            self.estimate,
            value=np.where(seen, there.value, self.estimate.value),
            bound=np.where(seen, there.bound, self.estimate.bound),
            lower=np.where(seen, there.lower, self.estimate.value),
            upper=np.where(seen, there.upper, self.estimate.value),
        )
        again = compare(self.values, estimate, self.allowance)
        if again.agrees:
            return Verdict.PASS, "", again
        reason = "too many kinks to look at one by one"
        return Verdict.INCONCLUSIVE, reason, again

    def _suspects(self, comparison: Comparison, most: int) -> list[int]:
        residuals = comparison.residuals.reshape(-1)
        order = np.argsort(-residuals, kind="stable")[:most]
        return [int(i) for i in order if residuals[i] > 1]

    def _index(self, i: int) -> tuple[int, ...]:
        return tuple(int(j) for j in np.unravel_index(i, self.values.shape))

    def _trusted(self) -> bool:
        """Say whether finite differences confirmed the complex step closely at this point."""
        slope = self.slope
        close = slope.bound <= 1e-4 * np.abs(slope.value)
        return bool(np.any(close & (slope.value != 0) & (self.point.cotangent != 0)))

    def _said(self, i: int, there: Estimate, comparison: Comparison) -> str:
        """Return what finite differences say of one reading in doubt."""
        index = self._index(i)
        value, bound = float(there.value[index]), float(there.bound[index])
        if not np.isfinite(value) or not np.isfinite(bound):
            return "untold"
        got = float(self.values[index])
        error = float(comparison.error[index]) + bound
        if there.lower is not None and there.upper is not None:
            low, high = float(there.lower[index]), float(there.upper[index])
            if high - low > 4 * bound:
                return "inside" if low - error <= got <= high + error else "outside"
        stepped = float(self.estimate.value[index])
        agree = abs(stepped - value) <= bound + float(self.estimate.bound[index])
        return "wrong" if agree else "disagree"

    def _with_complex_rounding(self) -> Comparison:
        """Widen the bound by the measured rounding of the complex forward, at the worst entries."""
        comparison = compare(self.values, self.estimate, self.allowance)
        bound = self.estimate.bound.reshape(-1).copy()
        owners = list(dict.fromkeys(int(self.owners[i]) for i in self._suspects(comparison, 64)))
        targets = dict(enumerate(self.probes.targets())) if owners else {}
        widened = 1.0
        for owner in owners[:PROBES]:
            measured = self._complex_rounding(*targets[owner])
            if measured is None:
                return comparison
            row = self.probes.reduce(measured[np.newaxis], np.abs(self.point.cotangent))
            rows = np.zeros((self.probes.count, *row.shape[1:]))
            rows[owner] = row[0]
            extra = self.probes.arrange(rows).reshape(-1)
            widened = max(widened, float((1 + extra / np.maximum(bound, TINY)).max()))
            bound += extra
        if len(owners) > PROBES:
            rest = ~np.isin(self.owners, owners[:PROBES])
            bound[rest] *= min(widened, 64.0)
        self.estimate = replace(self.estimate, bound=bound.reshape(self.values.shape))
        return compare(self.values, self.estimate, self.allowance)

    def _complex_rounding(self, index: Any, weight: Any) -> Array | None:
        work = [array.copy() for array in self.point.complex.work]
        self.probes.view(work[self.k].imag)[index] = STEP * weight
        plain = self.point.runner.forward(work)
        measured = of_forward(self.point.runner, work, plain, EPS, self.point.rng)
        if measured is None or not np.isfinite(measured).all():
            return None
        return measured / STEP
