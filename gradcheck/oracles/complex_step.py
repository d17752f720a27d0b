"""The complex step: derivatives exact to a few ulp, where forward is analytic.

For analytic f, Im f(x + i·h·v) / h = J·v + O(h²); with h = 2^-100 the truncation is far below the
last place and nothing cancels (Squire and Trapp, "Using complex variables to estimate derivatives
of real functions", SIAM Review 40, 1998, equation 6).
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import OracleError, SubjectError
from gradcheck.records import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradcheck.probes import Probes, Target
    from gradcheck.records import Array
    from gradcheck.subject import Rows

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
        Takes the inputs, the position of one and an array whose rows take its place; returns y for
        each, or what forward raised. Used where there are many points.
    """

    def __init__(
        self,
        forward: Callable[[Sequence[Array]], Array],
        inputs: Sequence[Array],
        active: Sequence[int],
        output: tuple[int, ...],
        rows: Rows | None = None,
    ) -> None:
        self._forward = forward
        self._rows = rows
        self._output = output
        self._ahead: tuple[int, Probes, Sequence[Array | SubjectError]] | None = None
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
        y: Array | SubjectError
        try:
            y = self._forward(self.work)
        except SubjectError as error:
            y = error
        return self._usable(y)

    def _usable(self, y: Array | SubjectError) -> Array:
        if isinstance(y, SubjectError):
            raise OracleError(f"forward does not take complex numbers: {y}") from y
        if y.dtype.kind != "c":
            raise OracleError(
                f"the imaginary part did not survive: forward returned {y.dtype} for complex input"
            )
        if y.shape != self._output:
            raise OracleError(f"forward returned shape {y.shape} for complex input")
        return y

    def tangent(self, k: int, tangent: Array, ahead: Probes | None = None) -> Array:
        """Return dy along a tangent of input k: (*output,) float64.

        Parameters
        ----------
        k : int
        tangent : Array of the input's shape
        ahead : Probes, optional
            What `gradient` will be asked for next: it is evaluated together with the tangent, where
            many points at once are cheaper.

        Raises
        ------
        OracleError
            As `evaluate`.
        """
        if ahead is not None and self._rows is not None and ahead.count < self._block(k):
            rows = self._stepped(k, ahead, [(..., ahead.view(tangent)), *ahead.targets()])
            y, *others = self._rows(self.work, k, rows)
            self._ahead = k, ahead, others
            return np.asarray(self._usable(y).imag / STEP, dtype=np.float64)
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
        rows = np.empty((min(probes.count, max(1, CHUNK // max(1, size.size))), *self._output))
        values, terms = [], []
        filled = 0
        for y in self._moved(k, probes) if self._rows is None else self._moved_rows(k, probes):
            rows[filled] = y.imag
            filled += 1
            if filled == len(rows):
                values.append(probes.reduce(rows, cotangent))
                terms.append(probes.reduce(np.abs(rows), size))
                filled = 0
        if filled:
            values.append(probes.reduce(rows[:filled], cotangent))
            terms.append(probes.reduce(np.abs(rows[:filled]), size))
        value = probes.arrange(_joined(values)) / STEP
        term = probes.arrange(_joined(terms)) / STEP
        bound = ULPS * EPS * term
        bound += TRUNCATION * float(term.max()) + TRUNCATION_FLAT * float(size.max()) + UNDERFLOW
        return Estimate(value=value, bound=bound, terms=term)

    def _moved(self, k: int, probes: Probes) -> Iterator[Array]:
        """Yield y for each probe of input k."""
        view = probes.view(self.work[k].imag)
        try:
            for index, weight in probes.targets():
                view[index] = STEP * weight
                yield self.evaluate()
                view[index] = 0.0
        finally:
            self.work[k].imag[...] = 0.0

    def _moved_rows(self, k: int, probes: Probes) -> Iterator[Array]:
        """Yield the same, of many calls at once."""
        assert self._rows is not None  # noqa: S101 - for the type checker
        if self._ahead is not None and self._ahead[0] == k and self._ahead[1] is probes:
            yield from map(self._usable, self._ahead[2])
            return
        targets = iter(probes.targets())
        while block := list(islice(targets, self._block(k))):
            yield from map(self._usable, self._rows(self.work, k, self._stepped(k, probes, block)))

    def _block(self, k: int) -> int:
        """Return how many values of input k are made at a time."""
        return max(1, CHUNK // max(1, self.work[k].size))

    def _stepped(self, k: int, probes: Probes, targets: Sequence[Target]) -> Array:
        """Return input k stepped by each target in turn: (P, *shape)."""
        rows = np.repeat(self.work[k][np.newaxis], len(targets), axis=0)
        for n, (index, weight) in enumerate(targets):
            probes.view(rows[n, ...].imag)[index] = STEP * weight
        return rows


def _joined(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)
