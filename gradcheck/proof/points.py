"""Points at which a graph is held against the code itself: the given one, and random ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import faithful, thresholds
from gradcheck.proof.graph import UPSTREAM, by_input
from gradcheck.proof.limits import GivenUp

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcheck.proof.expression import Expression
    from gradcheck.proof.graph import Graph
    from gradcheck.records import Array
    from gradcheck.subject import Subject

GRID = 4096
"""Entries of a random point are multiples of 1/GRID: floats hold them exactly, and so does a
certificate."""

RANGE = 3.0
"""They lie between −RANGE and RANGE, where the domain allows it: on both sides of most kinks."""

FURTHER = 3
"""Every second point of a single layer is so much wider."""

OF_SEVERAL = 1.0
"""The same for several layers together, which multiply: no ordinary input saturates them."""


BESIDE = 1000
"""Number of the first point that is looked for beside the usual ones."""

LARGE = 256.0
"""By which an upstream gradient that is larger than usual is."""


class Points:
    """The points of one subject, and what the code gives there; each is run once.

    Parameters
    ----------
    subject : Subject
    seed : int
    """

    def __init__(self, subject: Subject, seed: int) -> None:
        self._subject = subject
        self._rng = np.random.default_rng([seed, 50_000])
        self._range = OF_SEVERAL if subject.composite else RANGE
        self._points: list[tuple[list[Array], Array]] = []
        self._beside: list[tuple[list[Array], Array]] = []
        self._ran: dict[int, tuple[Array, list[Any]] | None] = {}

    def given(self) -> None:
        """Run forward at the subject's own inputs, which tells y's shape.

        Raises
        ------
        SubjectError
            Where that raises.
        """
        inputs = [array.copy() for array in self._subject.inputs]
        y = np.asarray(self._subject.make().forward(*inputs))
        self._points = [([a.copy() for a in self._subject.inputs], self._upstream(y.shape))]

    def at(self, k: int) -> tuple[list[Array], Array]:
        """Return the inputs and the upstream gradient of a point."""
        if k >= BESIDE:
            return self._beside[k - BESIDE]
        while len(self._points) <= k:
            self._points.append(self._another())
        return self._points[k]

    def beside(self, roots: Sequence[Expression], graph: Graph) -> Iterator[int]:
        """Yield further points, on all sides of the thresholds that expressions are compared with.

        Others have an upstream gradient, or inputs, that are larger than usual.
        """
        inputs, upstream = self.at(1)
        subject = self._subject
        named = [*zip(subject.names, inputs, strict=True), (UPSTREAM, upstream)]
        moved = [(inputs, LARGE * upstream)]
        domain = {
            variable: subject.domain[name]
            for name, _ in named
            if name in subject.domain
            for variable in graph.variables.get(name, ())
        }
        for values in thresholds.beside(roots, self.values(1, graph), domain):
            arrays = [
                np.array([values[one] for one in graph.variables[name]]).reshape(array.shape)
                if name in graph.variables and name not in subject.constants
                else array
                for name, array in named
            ]
            moved.append((arrays[:-1], arrays[-1]))
        moved += [
            (
                [
                    array if name not in graph.variables else sign * LARGE * (abs(array) + 8)
                    for name, array in named[:-1]
                ],
                upstream,
            )
            for sign in (1, -1)
        ]
        for point in moved:
            if not self._allowed(point[0]):
                continue
            self._beside.append(point)
            yield BESIDE + len(self._beside) - 1

    def _allowed(self, arrays: Sequence[Array]) -> bool:
        """Say that arrays lie in the subject's domain."""
        domain = self._subject.domain
        pairs = zip(self._subject.names, arrays, strict=False)
        return all(
            (array > domain[name][0]).all() and (array < domain[name][1]).all()
            for name, array in pairs
            if name in domain
        )

    def values(self, k: int, graph: Graph) -> Mapping[str, float]:
        """Return the values of a graph's variables at a point."""
        return faithful.point_of(graph, self._subject.names, *self.at(k))

    def compare(self, graph: Graph, number: int) -> None:
        """Run the compulsory check at some points.

        Raises
        ------
        GivenUp
            Where graph and code differ, or the code gives no finite numbers at any of them.
        """
        seen = 0
        for k in range(number + 2):
            seen += self.compare_at(k, graph)
            if seen == number:
                return
        if not seen:
            raise GivenUp("the code gives no finite numbers at any point that was tried")

    def compare_at(self, k: int, graph: Graph) -> bool:
        """Run the compulsory check at one point.

        False where the code gives no finite numbers, or the graph speaks of another region.

        Raises
        ------
        GivenUp
            Where graph and code differ.
        """
        ran = self._run(k)
        if ran is None:
            return False
        return faithful.must_agree(graph, self._subject.names, self.values(k, graph), *ran)

    def replayed(self, k: int, quantity: str, entry: int) -> float | None:
        """Return what the code itself gives for an entry of y or of a gradient; None if nothing."""
        ran = self._run(k)
        if ran is None:
            return None
        names = self._subject.names
        array = ran[1][names.index(quantity[1:])] if quantity[1:] in names else ran[0]
        return None if array is None else float(array.reshape(-1)[entry])

    def _run(self, k: int) -> tuple[Array, list[Any]] | None:
        if k not in self._ran:
            self._ran[k] = self._outcome(*self.at(k))
        return self._ran[k]

    def _outcome(self, inputs: list[Array], upstream: Array) -> tuple[Array, list[Any]] | None:
        try:
            instance = self._subject.make()
            with np.errstate(all="ignore"):
                y = np.array(instance.forward(*[array.copy() for array in inputs]), dtype=float)
                names, constants = self._subject.names, self._subject.constants
                active = [name not in constants for name in names]
                handed = by_input(tuple(instance.backward(upstream.copy())), names, active)
                got = [None if one is None else np.array(one, dtype=float) for one in handed]
        except (Exception, GivenUp):  # noqa: BLE001 - foreign code may raise anything
            return None
        finite = np.isfinite(y).all() and all(one is None or np.isfinite(one).all() for one in got)
        return (y, got) if finite and y.shape == upstream.shape else None

    def _another(self) -> tuple[list[Array], Array]:
        """Return a random point of the subject's domain, and an upstream gradient."""
        subject = self._subject
        inputs = []
        # What a code does far from 0 it may do there alone.
        wide = self._range
        if wide == RANGE and len(self._points) % 2:
            wide *= FURTHER
        for name, array in zip(subject.names, subject.inputs, strict=True):
            if name in subject.constants or array.dtype.kind != "f":
                inputs.append(array.copy())
                continue
            low, high = _within(*subject.domain.get(name, (-np.inf, np.inf)), wide)
            drawn = np.round(self._rng.uniform(low, high, array.shape) * GRID) / GRID
            inputs.append(np.asarray(np.clip(drawn, low, high)))
        return inputs, self._upstream(self._points[0][1].shape)

    def _upstream(self, shape: tuple[int, ...]) -> Array:
        sign = 1 - 2 * self._rng.integers(0, 2, shape)
        return np.asarray(sign * self._rng.integers(GRID // 4, 2 * GRID, shape) / GRID)


def _within(low: float, high: float, wide: float) -> tuple[float, float]:
    """Return the part of an open interval that random entries come from."""
    low, high = low + 1 / GRID, high - 1 / GRID
    if low > wide / 2:
        return low, max(low, min(high, low + 2 * wide))
    if high < -wide / 2:
        return min(high, max(low, high - 2 * wide)), high
    return max(low, -wide), max(low, min(high, wide))
