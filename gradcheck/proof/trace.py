"""What one run on symbols reads, decides and notes."""

from __future__ import annotations

import math
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import PI
from gradcheck.proof.graph import UNWRITTEN
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.literals import exact

if TYPE_CHECKING:
    from collections.abc import Mapping
    from fractions import Fraction

    from gradcheck.proof.expression import Expression, Pool


class Trace:
    """One run on symbols.

    Parameters
    ----------
    pool : Pool
        Makes the nodes.
    point : mapping of str to float
        The run's point: a value for each variable.
    merging : bool
        Comparisons stay symbolic, as indicators; else each is decided at the point.
    """

    def __init__(self, pool: Pool, point: Mapping[str, float], *, merging: bool) -> None:
        self.pool = pool
        self.merging = merging
        self.literals: dict[str, Fraction] = {}
        self.conditions: dict[int, tuple[Expression, bool]] = {}
        self._values = FloatValues(point)
        self._unwritten = 0

    def unwritten(self) -> Any:
        """Return a number of which nothing is known: an entry that nobody has written."""
        self._unwritten += 1
        return self.pool.variable(f"{UNWRITTEN}{self._unwritten}")

    def read(self, value: Any) -> Any:
        """Return the node of a number in the code; note how a literal was read.

        Raises
        ------
        Unmodelled
            Where it is no real number.
        """
        if value == math.pi:
            return self.pool.variable(PI)
        if value == math.e:
            return self.pool.call("exp", self.pool.one)
        number = exact(value)
        if isinstance(value, float | np.floating) and number != float(value):
            self.literals[repr(float(value))] = number
        return self.pool.constant(number)

    def decide(self, indicator: Expression) -> bool:
        """Return an indicator's value at the run's point, and note it.

        Raises
        ------
        Unmodelled
            Where all regions are run at once.
        """
        if self.merging:
            raise Unmodelled("a branch that depends on the inputs")
        known = self.conditions.get(indicator.number)
        if known is None:
            value = self._values.of(indicator)
            if value != value:
                raise Unmodelled("a branch on what is not a number")
            known = self.conditions[indicator.number] = (indicator, bool(value))
        return known[1]

    def floor(self, a: Expression) -> Any:
        """Return the largest integer that is not above a number at the run's point.

        Raises
        ------
        Unmodelled
            Where all regions are run at once, or the number is not finite.
        """
        value = self._values.of(a)
        if self.merging or not math.isfinite(value):
            raise Unmodelled("rounding")
        return self.pool.constant(math.floor(value))


current: ContextVar[Trace] = ContextVar("current")
"""The trace that runs."""
