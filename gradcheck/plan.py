"""How many evaluations the gradient of an input is worth, and by which probes it is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.probes import EntryProbes, blocks, detect

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from gradcheck.point import Point
    from gradcheck.probes import Probes
    from gradcheck.records import Array

WORK_GIVEN, WORK_ELSEWHERE = 2.0e9, 2.0e7
"""Numbers that may pass through forward for one input: at the given point, and at any other.

Counted and not timed, so that the same seed gives the same work on every machine."""

CALL = 2000.0
"""What one call costs, in numbers passed through forward: some microseconds."""

SLOW, SPEED = 1e-3, 7e8
"""Seconds above which a forward is judged by its time; and numbers that it is then said to pass in
a second. Products of large matrices cost more than what goes in and comes out shows."""

STUDY = 10
"""Evaluations of a study of steps."""

BLOCKS_GIVEN, BLOCKS_ELSEWHERE = 512, 4
"""Random-weight blocks, where there are too many entries to look at each."""


class Plans:
    """The probes of each input, kept from point to point.

    Parameters
    ----------
    rng : Generator
    """

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self._structures: dict[tuple[int, str], EntryProbes] = {}
        self._blocks: dict[tuple[int, int], Probes] = {}

    def structure(
        self, point: Point, k: int, respond: Callable[[Array], Array], kind: str
    ) -> EntryProbes:
        """Return the probes of every entry of input k; its structure is detected only once.

        Parameters
        ----------
        point : Point
        k : int
        respond : callable
            As in `gradcheck.probes.detect`.
        kind : str
            How `respond` moves the input; each kind has a structure of its own.
        """
        if (k, kind) not in self._structures:
            shape = point.inputs[k].shape
            self._structures[k, kind] = detect(respond, shape, point.cotangent.shape, self._rng)
        return self._structures[k, kind]

    def known(self, point: Point, k: int, kind: str) -> Probes | None:
        """Return the probes that are affordable, where the structure was detected before."""
        whole = self._structures.get((k, kind))
        return None if whole is None else self.affordable(point, k, whole)

    def forget(self, point: Point, k: int, kind: str) -> EntryProbes:
        """Take back that any axes of input k match; return the probes without."""
        plain = EntryProbes(shape=point.inputs[k].shape, output=point.cotangent.shape)
        self._structures[k, kind] = plain
        return plain

    def affordable(self, point: Point, k: int, probes: EntryProbes) -> Probes:
        """Return the probes, or blocks where they would take too many evaluations."""
        most = self._most(point)
        if probes.count <= most:
            return probes
        most = min(most, BLOCKS_GIVEN if point.given else BLOCKS_ELSEWHERE)
        return self.blocks(point, k, max(most, BLOCKS_ELSEWHERE))

    def studies(self, point: Point) -> int:
        """Return how many studies of steps are affordable for one input."""
        return max(BLOCKS_ELSEWHERE, self._most(point) // STUDY)

    def _most(self, point: Point) -> int:
        """Return how many evaluations are affordable for one input."""
        cost = sum(array.size for array in point.inputs) + CALL
        if point.seconds > SLOW:
            cost = max(cost, SPEED * point.seconds)
        return int((WORK_GIVEN if point.given else WORK_ELSEWHERE) // cost)

    def blocks(self, point: Point, k: int, count: int) -> Probes:
        """Return `count` random-weight blocks of input k."""
        if (k, count) not in self._blocks:
            self._blocks[k, count] = blocks(self._rng, point.inputs[k].shape, count)
        return self._blocks[k, count]
