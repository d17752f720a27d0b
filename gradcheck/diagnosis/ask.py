"""Ask the code under test once more, where a hypothesis cannot be computed from what was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.account import Account, match
from gradcheck.diagnosis.probe import CLOSE, same
from gradcheck.errors import GradcheckError
from gradcheck.execution import Runner
from gradcheck.oracles.complex_step import ComplexStep
from gradcheck.probes import EntryProbes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gradcheck.diagnosis.probe import Probe
    from gradcheck.records import Array
    from gradcheck.subject import Subject

    Way = Callable[[Sequence[Array], Array], Array | None]

MOST = 1024
"""Entries of an input whose gradient is asked for: each costs one forward, or four."""

STEP = 2.0**-9
"""Of a difference of fourth order, relative to the entry where that is above 1: its error is about
step⁴, far below `CLOSE`, and so is rounding."""


class Ask:
    """Answers for one gradient of one subject: its truth, or the code's own, at other points.

    Parameters
    ----------
    subject : Subject
    given : Probe
        The first point. The truth is told only by an oracle that gives the known one there.
    """

    def __init__(self, subject: Subject, given: Probe) -> None:
        self.subject = subject
        self.runner = Runner(subject)
        self.given = given
        self.k = given.k
        self._elementwise: bool | None = None
        self._how: Way | None = None

    @property
    def inputs(self) -> list[Array]:
        """Return copies of the given inputs as they lie in memory."""
        return [array.copy() for array in self.given.outcome.sample.inputs]

    def elementwise(self) -> bool:
        """Say whether y has the input's shape, and each entry of y depends on its own only."""
        if self._elementwise is None:
            self._elementwise = self._is_elementwise()
        return self._elementwise

    def _is_elementwise(self) -> bool:
        outcome, k = self.given.outcome, self.k
        if outcome.y.shape != outcome.sample.inputs[k].shape or outcome.y.size < 2:
            return False
        rng = np.random.default_rng(0)
        for _ in range(4):
            inputs = self.inputs
            half = rng.random(outcome.y.shape) < 0.5
            inputs[k] = np.where(half, inputs[k] + 0.25, inputs[k]).astype(inputs[k].dtype)
            try:
                y = self.runner.forward(inputs)
            except GradcheckError:
                return False
            if y.shape != half.shape or np.any((y != outcome.y) & ~half):
                return False
        return True

    def truth(self, inputs: Sequence[Array], upstream: Array) -> Array | None:
        """Return the true gradient at these inputs, as it lies in memory; None if not known."""
        if self._how is None:
            ways = (self._by_complex_step, self._by_differences)
            self._how = next((way for way in ways if self._knows(way)), self._unknown)
        return self._how(inputs, upstream)

    def _knows(self, way: Way) -> bool:
        """Say whether this way gives the known truth at the given point."""
        outcome = self.given.outcome
        known = outcome.truth.get(self.k)
        if known is None or known.value.size > MOST:
            return False
        told = way(outcome.sample.inputs, outcome.upstream)
        finite = np.isfinite(known.value)
        return told is not None and same(
            np.where(finite, told, 0.0), np.where(finite, known.value, 0.0), CLOSE
        )

    def _unknown(self, inputs: Sequence[Array], upstream: Array) -> Array | None:  # noqa: ARG002
        return None

    def _by_complex_step(self, inputs: Sequence[Array], upstream: Array) -> Array | None:
        k = self.k
        shape = inputs[k].shape
        try:
            step = ComplexStep(self.runner.forward, inputs, [k], upstream.shape)
            if self.elementwise():
                return np.asarray(upstream * step.tangent(k, np.ones(shape)))
            probes = EntryProbes(shape=shape, output=upstream.shape)
            return step.gradient(k, probes, upstream.astype(np.float64)).value
        except (GradcheckError, ValueError):
            return None

    def _by_differences(self, inputs: Sequence[Array], upstream: Array) -> Array | None:
        """Return it for a forward that takes real numbers only."""
        work = [array.copy() for array in inputs]
        x = inputs[self.k].astype(np.float64)
        step = STEP * np.maximum(1.0, np.abs(x))
        try:
            if self.elementwise():
                return np.asarray(upstream * self._slopes(work, x, step, np.ones(x.shape)))
            gradient = np.empty(x.shape)
            for index in np.ndindex(x.shape):
                tangent = np.zeros(x.shape)
                tangent[index] = 1.0
                gradient[index] = (upstream * self._slopes(work, x, step[index], tangent)).sum()
        except (GradcheckError, ValueError):
            return None
        return gradient

    def _slopes(self, work: list[Array], x: Array, step: Any, tangent: Array) -> Array:
        total: Any = 0.0
        for weight, multiple in ((8.0, 1.0), (-8.0, -1.0), (-1.0, 2.0), (1.0, -2.0)):
            work[self.k] = x + multiple * step * tangent
            total = total + weight * self.runner.forward(work)
        return np.asarray(total / (12 * step))

    def backward(self, inputs: Sequence[Array], upstream: Array) -> Array | None:
        """Return what a fresh instance's backward gives at these inputs; None if it cannot."""
        account = Account(y=upstream)
        try:
            y, handed = self.runner.vjp(inputs, upstream)
            if y.shape != upstream.shape:
                return None
            match(self.subject, inputs, handed, account)
        except GradcheckError:
            return None
        return account.gradients[self.k]

    def at(self, probe: Probe, values: Array, upstream: Array | None = None) -> Array | None:
        """Return the true gradient with other values in the place of the probe's input.

        Parameters
        ----------
        probe : Probe
        values : Array
            Of the input's shape as it lies in memory.
        upstream : Array, optional
            By default the probe's own.
        """
        inputs = [array.copy() for array in probe.outcome.sample.inputs]
        if inputs[self.k].shape != np.shape(values) or not np.isfinite(values).all():
            return None
        low, high = self.subject.domain.get(probe.name, (-np.inf, np.inf))
        if not np.all((values > low) & (values < high)):
            return None
        inputs[self.k] = np.asarray(values, dtype=inputs[self.k].dtype)
        return self.truth(inputs, probe.outcome.upstream if upstream is None else upstream)
