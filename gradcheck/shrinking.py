"""The search for the simplest point at which a gradient is wrong.

Hypothesis draws points and shrinks them. At each a coarse question is asked, which costs a few
calls: is the gradient off the slope of forward along one direction? Kinks are avoided.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.errors import SubjectError, UsageError
from gradcheck.execution import Runner
from gradcheck.oracles.differences import working_roundoff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from gradcheck.records import Array
    from gradcheck.subject import Subject

    Point = tuple[list[Array], Array]

SECONDS = 2.0
"""That the code under test may take in one search: a safety net, for code that is slow. What the
search itself takes is bounded by the number of points, and not by the clock, so that a busy machine
finds the same."""


EXAMPLES, EVALUATIONS = 50, 200
"""Points that are drawn before one is wrong, and points in all: some tenths of a second."""

UPSTREAM = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5)
"""Entries of an upstream gradient, from the simplest on."""

KINK = 1e-3
"""Of its size, by how much the slopes to both sides may differ: else the point is a kink."""

MARGIN = 8.0
"""By how many of its bounds a gradient must be off what differences leave open."""

VISIBLE = 1e-6
"""Of the size of its terms, what it must be off by."""


class _Spent(BaseException):
    """All that may be spent was: Hypothesis lets it through."""


class Search:
    """One search, for the gradient of input k.

    Parameters
    ----------
    subject : Subject
    k : int
    seconds : float
        That the code under test may take.
    """

    def __init__(self, subject: Subject, k: int, seconds: float) -> None:
        self.subject = subject
        self.k = k
        self.runner = Runner(subject)
        self.seconds = seconds
        self.left = EVALUATIONS
        most = max(array.size for array in subject.inputs)
        # Uneven, so that kinks and errors in several entries do not cancel.
        self.tangents = np.random.default_rng(0).uniform(0.5, 2.0, most)
        self.wrong: list[tuple[tuple[float, ...], list[Array], Array]] = []

    def simplest(self) -> list[Point]:
        """Let Hypothesis draw and shrink; return the inputs and upstream gradients that are wrong.

        The simplest stand first.
        """
        from gradcheck import strategies

        with suppress(_Spent, UsageError):
            points = strategies.made(self._maker())
            strategies.smallest(points, lambda wrong: wrong, examples=EXAMPLES)
        ordered = sorted(self.wrong, key=lambda one: one[0])
        return [(inputs, upstream) for _, inputs, upstream in ordered]

    def _maker(self) -> Callable[[Callable[[Any], Any]], bool]:
        """Return what draws a point, and says whether the gradient is wrong there.

        Raises
        ------
        UsageError
            Where no simple number lies in a domain.
        """
        from gradcheck.strategies import SIMPLE, sizes, sparse

        subject = self.subject
        shapes = self._free_shapes()
        choices = []
        for name in subject.names:
            low, high = subject.domain.get(name, (-np.inf, np.inf))
            choices.append([value for value in SIMPLE if low < value < high])
        if not all(choices):
            raise UsageError("no simple number lies in the domain")

        def make(draw: Callable[[Any], Any]) -> bool:
            inputs = []
            for j, (name, given) in enumerate(zip(subject.names, subject.inputs, strict=True)):
                if given.dtype.kind != "f" or name in subject.fixed:
                    inputs.append(given.copy())
                    continue
                shape = [sizes(n) if free else n for n, free in shapes[j]]
                inputs.append(draw(sparse(shape, simple=choices[j])).astype(given.dtype))
            self._spend()
            y = self._forward(inputs)
            if y is None or not y.size:
                return False
            upstream = draw(sparse(y.shape, simple=UPSTREAM)).astype(y.dtype)
            return self._wrong_at(inputs, upstream, y)

        return make

    def _free_shapes(self) -> list[list[tuple[int, bool]]]:
        """Return of each input its sizes, each with whether it may be smaller."""
        subject = self.subject
        shapes = [[(n, False) for n in array.shape] for array in subject.inputs]
        others = [name for name in subject.names if name not in subject.parameters]
        if len(others) != 1:
            return shapes
        j = subject.names.index(others[0])
        alone = len(subject.names) == 1
        axis = {"columns": 1, "rows": 0}.get(subject.layout.get(others[0], ""))
        shapes[j] = [(n, alone or a == axis) for a, (n, _) in enumerate(shapes[j])]
        return shapes

    def _spend(self) -> None:
        self.left -= 1
        if self.left < 0 or self.seconds < 0:
            raise _Spent

    @contextmanager
    def _timed(self) -> Iterator[None]:
        started = perf_counter()
        try:
            yield
        finally:
            self.seconds -= perf_counter() - started

    def _forward(self, inputs: Sequence[Array]) -> Array | None:
        try:
            with self._timed():
                y = self.runner.forward([array.copy() for array in inputs])
        except SubjectError:
            return None
        return np.array(y) if y.dtype.kind == "f" and bool(np.isfinite(y).all()) else None

    def _wrong_at(self, inputs: list[Array], upstream: Array, y: Array) -> bool:
        """Say whether the gradient is seen to be wrong at a point, which is then kept."""
        got = self._gradient(inputs, upstream)
        if got is None:
            return False
        tangent = self.tangents[: got.size].reshape(got.shape)
        try:
            with self._timed():
                slope, bound, kink = self._slope(inputs, upstream, y, tangent)
        except SubjectError:
            return False
        terms = got * tangent
        size = float(np.abs(terms).sum()) + abs(slope)
        off = abs(float(terms.sum()) - slope)
        told = bool(np.isfinite(slope + bound)) and not kink > KINK * size
        if not told or off <= max(MARGIN * bound, VISIBLE * size):
            return False
        self.wrong.append((_plainness(inputs, upstream), inputs, upstream))
        return True

    def _gradient(self, inputs: Sequence[Array], upstream: Array) -> Array | None:
        try:
            with self._timed():
                _, gradients = self.runner.vjp(inputs, upstream)
            got = np.asarray(gradients[self.k])
        except (SubjectError, IndexError, ValueError):
            return None
        usable = got.dtype.kind in "fi" and got.shape == inputs[self.k].shape
        return got if usable else None

    def _slope(
        self, inputs: Sequence[Array], upstream: Array, y: Array, tangent: Array
    ) -> tuple[float, float, float]:
        """Return the slope of ⟨upstream, y⟩ along a direction, a bound, and how kinked it is."""
        x = inputs[self.k].astype(float)
        eps = working_roundoff(y, [inputs[self.k]])
        step = eps ** (1 / 3) * max(1.0, float(np.abs(x).max()))
        rows = np.stack([x + factor * step * tangent for factor in (1.0, -1.0, 2.0, -2.0)])
        values = self._rows(inputs, rows)
        along = ((values - y) * upstream).reshape(4, -1).sum(axis=1)
        up, down, far, back = map(float, along)
        near, wide = (up - down) / (2 * step), (far - back) / (4 * step)
        rounding = eps * float(np.abs(upstream * y).sum()) / step
        return near, abs(near - wide) + rounding, abs(up + down) / step

    def _rows(self, inputs: Sequence[Array], rows: Array) -> Array:
        typed = rows.astype(inputs[self.k].dtype)
        answers: list[Any] = []
        if self.subject.forwards is not None:
            answers += self.runner.forward_rows(inputs, self.k, typed)
        else:
            for row in typed:
                moved = [array.copy() for array in inputs]
                moved[self.k] = row.copy()
                answers.append(np.array(self.runner.forward(moved)))
        for answer in answers:
            if isinstance(answer, SubjectError):
                raise answer
        return np.array(answers)


def _plainness(inputs: Sequence[Array], upstream: Array) -> tuple[float, ...]:
    """Return how plain a point is, least first: entries, those that are not 0, their numbers."""
    from gradcheck.strategies import SIMPLE

    ranks = {value: k for k, value in enumerate(SIMPLE)}
    values = np.concatenate([np.ravel(a) for a in (*inputs, upstream) if a.dtype.kind == "f"])
    told = [ranks.get(float(value), len(SIMPLE)) for value in values]
    return (float(len(told)), float(np.count_nonzero(values)), float(sum(told)))
