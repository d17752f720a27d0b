"""The complex step: derivatives exact to a few ulp, where forward is analytic.

For analytic f, Im f(x + i·h·v) / h = J·v + O(h²); with h = 2^-100 the truncation is far below the
last place and nothing cancels (Squire and Trapp, "Using complex variables to estimate derivatives
of real functions", SIAM Review 40, 1998, equation 6).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import OracleError, SubjectError
from gradcheck.oracles.rows import one_by_one
from gradcheck.records import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.oracles.rows import Rows
    from gradcheck.probes import Probes
    from gradcheck.records import Array

STEP = 2.0**-100
"""A power of two: dividing by it does not round. Its square is below the last place of anything."""

EPS = 2.0**-52
ULPS = 8.0
"""Of the sum of the terms' sizes: a few operations of complex arithmetic, and the contraction."""

TRUNCATION = 2.0**-150
"""Of the largest term: the square of the step times a third derivative 2^50 times the first."""

TRUNCATION_FLAT = 2.0**-180
"""Of the cotangent, where all first derivatives are 0 and a third one shows."""

UNDERFLOW = 2.0**-900
"""What an imaginary part loses below the smallest normal number, divided by the step."""

CHUNK = 2**21
"""Numbers kept at a time: 16 MB."""


class ComplexStep:
    """Derivatives of one forward at one point.

    Parameters
    ----------
    forward : callable
        Takes the inputs, returns y as an array.
    inputs : sequence of Array
        The point; those in `active` are promoted to complex128, other floats to float64.
    active : sequence of int
        The inputs that are stepped.
    output : tuple of int
        Shape of y.
    rows : callable, optional
        rows(inputs, k, values) → y for each of several values of input k, or None where they are
        to go one by one.
    """

    def __init__(
        self,
        forward: Callable[[Sequence[Array]], Array],
        inputs: Sequence[Array],
        active: Sequence[int],
        output: tuple[int, ...],
        rows: Rows = one_by_one,
    ) -> None:
        self._forward = forward
        self._rows = rows
        self._output = output
        self.work: list[Array] = [
            array.astype(np.complex128, order="C")  # blocks are written through a flat view
            if k in active
            else array.astype(np.float64)
            if array.dtype.kind == "f"
            else array
            for k, array in enumerate(inputs)
        ]

    def evaluate(self) -> Array:
        """Return y at the work arrays, complex.

        Raises
        ------
        OracleError
            Where the imaginary part does not survive.
        """
        try:
            y = self._forward(self.work)
        except SubjectError as error:
            raise OracleError(f"forward does not take complex numbers: {error}") from error
        if y.dtype.kind != "c":
            raise OracleError(
                f"the imaginary part did not survive: forward returned {y.dtype} for complex input"
            )
        if y.shape != self._output:
            raise OracleError(f"forward returned shape {y.shape} for complex input")
        return y

    def tangent(self, k: int, tangent: Array) -> Array:
        """Return dy along a tangent of input k: (*output,) float64.

        Raises
        ------
        OracleError
            As `evaluate`.
        """
        imaginary = self.work[k].imag
        imaginary[...] = STEP * tangent
        try:
            y = self.evaluate()
        finally:
            imaginary[...] = 0.0
        return np.asarray(y.imag / STEP, dtype=np.float64)

    def gradient(self, k: int, probes: Probes, cotangent: Array) -> Estimate:
        """Return the readings of the gradient of input k.

        Parameters
        ----------
        k : int
        probes : Probes
        cotangent : (*output,) float64

        Raises
        ------
        OracleError
            As `evaluate`.
        """
        size = np.abs(cotangent)
        together = self._together(k, probes)
        if together is not None:
            value = probes.arrange(probes.reduce(together, cotangent)) / STEP
            term = probes.arrange(probes.reduce(np.abs(together), size)) / STEP
            return self._bounded(value, term, size)
        view = probes.view(self.work[k].imag)
        rows = np.empty((min(probes.count, max(1, CHUNK // max(1, size.size))), *self._output))
        values, terms = [], []
        filled = 0
        evaluate = self.evaluate
        try:
            for index, weight in probes.targets():
                view[index] = STEP * weight
                rows[filled] = evaluate().imag
                view[index] = 0.0
                filled += 1
                if filled == len(rows):
                    values.append(probes.reduce(rows, cotangent))
                    terms.append(probes.reduce(np.abs(rows), size))
                    filled = 0
        finally:
            self.work[k].imag[...] = 0.0
        if filled:
            values.append(probes.reduce(rows[:filled], cotangent))
            terms.append(probes.reduce(np.abs(rows[:filled]), size))
        value = probes.arrange(_joined(values)) / STEP
        term = probes.arrange(_joined(terms)) / STEP
        return self._bounded(value, term, size)

    def _together(self, k: int, probes: Probes) -> Array | None:
        """Return the imaginary parts of y for all probes at once; None where they go one by one."""
        work = self.work[k]
        if self._rows is one_by_one or not probes.count:
            return None
        if probes.count * max(work.size, math.prod(self._output)) > CHUNK:
            return None
        stack = np.repeat(work[np.newaxis], probes.count, axis=0)
        for row, (index, weight) in enumerate(probes.targets()):
            probes.view(stack[row, ...].imag)[index] = STEP * weight
        y = self._rows(self.work, k, stack)
        if y is None or y.dtype.kind != "c" or y.shape[1:] != self._output:
            return None
        return np.ascontiguousarray(y.imag)

    @staticmethod
    def _bounded(value: Array, term: Array, size: Array) -> Estimate:
        bound = ULPS * EPS * term
        bound += TRUNCATION * float(term.max()) + TRUNCATION_FLAT * float(size.max()) + UNDERFLOW
        return Estimate(value=value, bound=bound, terms=term)


def _joined(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
