"""Compare y and every gradient with the notes' formula: with SymPy's Jacobian of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.allowance import of_backward, of_forward
from gradcheck.comparison import FLOOR, TOO_LARGE, compare, proves
from gradcheck.layout import from_columns, to_columns
from gradcheck.notes.formulas import FORMULAS
from gradcheck.oracles.complex_step import EPS
from gradcheck.oracles.symbolic import derive
from gradcheck.point import NEGLIGIBLE, TINY
from gradcheck.readings import Reading
from gradcheck.records import Oracle, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.execution import Runner
    from gradcheck.oracles.symbolic import SymbolicOracle
    from gradcheck.records import Array, Estimate
    from gradcheck.samples import Sample


BOUNDED = ("sigmoid", "tanh", "softmax")
"""Formulas whose outputs lie between -1 and 1, so that what is negligible needs no other size."""

UNDERFLOWS = 16.0
"""Smallest normal numbers that the products inside of a layer may lose."""


def _columns(runner: Runner, inputs: Sequence[Array]) -> list[tuple[str, Array]]:
    """Return the inputs by name, as the notes write them."""
    subject = runner.subject
    return [
        (name, to_columns(array, subject.layout.get(name, "")))
        for name, array in zip(subject.names, inputs, strict=True)
    ]


class Correspondence:
    """One subject and the formula that it should be.

    Parameters
    ----------
    runner : Runner
    oracle : SymbolicOracle
    rng : Generator
    """

    def __init__(self, runner: Runner, oracle: SymbolicOracle, rng: np.random.Generator) -> None:
        self.runner = runner
        self.oracle = oracle
        self.rng = rng
        self.primal = "y" if oracle.output else "loss"
        self.layout = runner.subject.layout

    @classmethod
    def of(cls, runner: Runner, formula: str, rng: np.random.Generator) -> Correspondence:
        """Return the correspondence of a subject with a formula of the notes, at its shapes.

        Raises
        ------
        OracleError
            Where the subject's inputs are not those of the formula.
        """
        shapes = {name: array.shape for name, array in _columns(runner, runner.subject.inputs)}
        known = FORMULAS.get(formula)
        if known is not None and [n for n in known.inputs if n not in shapes] == ["b"]:
            shapes["b"] = (shapes["W"][0], 1)
        return cls(runner, derive(formula, shapes), rng)

    def formula(self, sample: Sample) -> Estimate:
        """Return what the formula says of y, laid out as the subject's y is."""
        return self._laid_out(self.oracle.forward(self._inputs(sample)), "y")

    def gradients(self, sample: Sample, upstream: Array) -> dict[str, Estimate]:
        """Return what the formula says of each gradient, laid out as its input is."""
        found = self.oracle.gradients(
            self._inputs(sample), to_columns(upstream, self.layout.get("y", ""))
        )
        named = zip(self.oracle.formula.differentiable, found, strict=True)
        return {name: self._laid_out(one, name) for name, one in named}

    def _inputs(self, sample: Sample) -> list[Array]:
        """Return the formula's inputs in its order, examples as columns; a missing b is zero."""
        given = dict(_columns(self.runner, sample.inputs))
        named = zip(self.oracle.formula.inputs, self.oracle.shapes, strict=True)
        return [given[name] if name in given else np.zeros(shape) for name, shape in named]

    def _laid_out(self, estimate: Estimate, name: str) -> Estimate:
        layout = self.layout.get(name, "")
        if not layout:
            return estimate
        fields = ("value", "bound", "terms", "lower", "upper", "left", "right")
        arrays = {field: getattr(estimate, field) for field in fields}
        laid: dict[str, Any] = {
            f: a if a is None else from_columns(a, layout) for f, a in arrays.items()
        }
        return replace(estimate, **laid)

    def judge(
        self,
        sample: Sample,
        upstream: Array,
        y: Array,
        gradients: Sequence[Array | None],
    ) -> list[Reading]:
        """Return one reading for y, and one for each gradient; y alone where it differs.

        A backward for another function than the notes' is judged by that function's own oracles.

        Parameters
        ----------
        sample : Sample
        upstream, y : Array of one shape
        gradients : sequence of Array or None
            Empty where y alone is to be compared.
        """
        eps = max(
            float(np.finfo(array.dtype).eps)
            for array in (y, *sample.inputs)
            if array.dtype.kind == "f"
        )
        runner, rng = self.runner, self.rng
        readings = [
            self._reading(
                self.primal,
                np.asarray(y, dtype=np.float64),
                self.formula(sample),
                eps,
                lambda: of_forward(runner, sample.inputs, y, eps, rng),
            )
        ]
        if readings[0].verdict is Verdict.FAIL or not gradients:
            return readings
        estimates = self.gradients(sample, upstream)
        measured: list[list[Array | None]] = []

        def rounding(k: int) -> Array | None:
            if not measured:
                measured.append(of_backward(runner, sample.inputs, upstream, eps, rng))
            return measured[0][k]

        for k, name in enumerate(runner.subject.names):
            got = gradients[k]
            if got is None or name not in estimates:
                continue
            readings.append(
                self._reading(
                    f"d{name}",
                    got,
                    estimates[name],
                    eps,
                    lambda k=k: rounding(k),
                    float(np.abs(upstream).max(initial=0.0)),
                    self._read_off(name, sample.inputs[k], eps),
                )
            )
        return readings

    def _read_off(self, name: str, array: Array, eps: float) -> Array | float:
        """Return the rounding of a parameter that is in a gradient read off its update."""
        rate = self.runner.subject.updates.get(name)
        return 0.0 if rate is None else FLOOR * eps / rate * np.abs(array)

    def _reading(
        self,
        quantity: str,
        got: Array,
        estimate: Estimate,
        eps: float,
        rounding: object,
        largest: float = 0.0,
        read_off: Array | float = 0.0,
    ) -> Reading:
        allowance = FLOOR * eps * np.maximum(np.abs(got), np.nan_to_num(estimate.terms))
        allowance += UNDERFLOWS * TINY[eps]
        negligible = 0.0
        if quantity != self.primal:
            negligible = NEGLIGIBLE * largest
        elif self.oracle.formula.name in BOUNDED:
            negligible = NEGLIGIBLE
        allowance += negligible + read_off
        comparison = compare(got, estimate, allowance)
        if not comparison.agrees:
            measured = rounding()  # type: ignore[operator]
            if measured is not None and np.isfinite(measured).all():
                comparison = compare(got, estimate, allowance + measured)
        if not comparison.told:
            verdict, reason = Verdict.INCONCLUSIVE, estimate.reason or "the formula is not finite"
        elif not comparison.agrees:
            verdict, reason = Verdict.FAIL, ""
        elif not self._meaningful(comparison.error - negligible, estimate, eps):
            verdict, reason = Verdict.INCONCLUSIVE, TOO_LARGE
        else:
            verdict, reason = Verdict.PASS, ""
        return Reading(
            quantity=quantity,
            oracle=Oracle.SYMBOLIC,
            verdict=verdict,
            residual=comparison.residual,
            worst=comparison.worst() if comparison.residuals.size else None,
            reason=reason,
        )

    @staticmethod
    def _meaningful(error: Array, estimate: Estimate, eps: float) -> bool:
        terms = np.nan_to_num(estimate.terms)
        return proves(error, terms.max(), single=eps > EPS)
