"""Evaluate a forward at several values of one input at once, where that is worth it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from gradcheck.records import Array

Rows = Callable[[Sequence[Array], int, Array], "Array | None"]
"""rows(inputs, k, values) → y for each of the values of input k, stacked; None where the values are
to go one by one, because nothing is gained, or because one of them raises."""


def one_by_one(inputs: Sequence[Array], k: int, values: Array) -> None:  # noqa: ARG001 - see Rows
    """Say that the values are to go one by one."""


class Line:
    """A forward along a tangent of one input: y at one step, or at several.

    Parameters
    ----------
    evaluate : callable
        Takes the inputs, returns y in float64.
    rows : Rows
    inputs : sequence of Array
    k : int
    tangent : Array of that input's shape
    """

    def __init__(
        self,
        evaluate: Callable[[Sequence[Array]], Array],
        rows: Rows,
        inputs: Sequence[Array],
        k: int,
        tangent: Array,
    ) -> None:
        self._evaluate = evaluate
        self._rows = rows
        self._inputs = list(inputs)
        self._k = k
        self._original = inputs[k]
        self._tangent = tangent

    def __call__(self, step: float) -> Array:
        """Return y at one step."""
        self._inputs[self._k] = self._original + step * self._tangent
        return self._evaluate(self._inputs)

    def at(self, steps: Sequence[float]) -> Array | None:
        """Return y at all the steps; None where they are to go one by one."""
        if self._rows is one_by_one:
            return None
        import numpy as np

        values = np.stack([self._original + step * self._tangent for step in steps])
        return self._rows(self._inputs, self._k, values)
