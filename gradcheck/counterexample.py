"""The smallest inputs at which a gradient is wrong: drawn, shrunk, and judged with all care.

The search asks a coarse question, which costs a few calls: does the gradient lie outside of what
differences of forward leave open? What it ends at is judged by the oracles as any other point is;
a counterexample is only what they convict.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from importlib.util import find_spec
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.errors import SubjectError, UsageError
from gradcheck.execution import Runner
from gradcheck.isolation import isolated
from gradcheck.judge import Judge
from gradcheck.oracles.differences import working_roundoff
from gradcheck.records import Counterexample, Oracle, Verdict
from gradcheck.samples import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcheck.records import Array, Result
    from gradcheck.subject import Subject

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

LARGEST = 200
"""Entries of all inputs together: of more no line can be read."""

TRIED = 4
"""Points that are judged, the simplest first."""

MARGIN = 8.0
"""By how many of its bounds a gradient must be off what differences leave open."""

VISIBLE = 1e-6
"""Of the size of its terms, what it must be off by."""


class _Spent(BaseException):
    """All that may be spent was: Hypothesis lets it through."""


def with_counterexamples(result: Result, subject: Subject, seconds: float = SECONDS) -> Result:
    """Return the result with a counterexample in the findings of each gradient that is wrong.

    Where Hypothesis is not installed it is returned as it is.
    """
    if not available() or sum(array.size for array in subject.inputs) > LARGEST:
        return result
    names = {f"d{subject.names[k]}" for k in subject.active}
    wrong = dict.fromkeys(
        finding.quantity
        for finding in result.findings
        if not finding.remark and finding.quantity in names and _measured(result, finding.quantity)
    )
    found = {quantity: smallest_wrong(subject, quantity, seconds) for quantity in wrong}
    findings = tuple(
        finding
        if finding.remark or found.get(finding.quantity) is None
        else replace(finding, counterexample=found[finding.quantity])
        for finding in result.findings
    )
    return replace(result, findings=findings)


def available() -> bool:
    """Say whether Hypothesis is installed."""
    try:
        return find_spec("hypothesis") is not None
    except ValueError:  # it stands among the modules as None
        return False


def _measured(result: Result, quantity: str) -> bool:
    return any(
        check.quantity == quantity
        and check.verdict is Verdict.FAIL
        and check.oracle is not Oracle.CONTRACT
        and check.worst is not None
        for check in result.checks
    )


def smallest_wrong(
    subject: Subject, quantity: str, seconds: float = SECONDS
) -> Counterexample | None:
    """Return the simplest point found at which a gradient is wrong, or None.

    Parameters
    ----------
    subject : Subject
        Inputs that are integers, or whose values are fixed, stay as they are. Shapes stay too,
        but that of a single input, and the number of examples where the layout tells it.
    quantity : str
    seconds : float

    Raises
    ------
    UsageError
        Where Hypothesis is not installed, or the subject has no such gradient.
    """
    if not available():
        raise UsageError("hypothesis is not installed, must be for this: pip install hypothesis")
    positions = {f"d{subject.names[k]}": k for k in subject.active}
    if quantity not in positions:
        known = ", ".join(positions)
        raise UsageError(f"quantity={quantity!r}, must be one of {known}")
    search = _Search(subject, positions[quantity], seconds)
    with np.errstate(all="ignore") if subject.remote else isolated():
        search.run()
        for inputs, upstream in search.simplest():
            found = search.judged(inputs, upstream)
            if found is not None:
                return found
    return None


class _Search:
    """One search, for the gradient of input k."""

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

    def run(self) -> None:
        """Let Hypothesis draw and shrink; what is wrong is kept."""
        from gradcheck import strategies

        try:
            points = self._points()
        except UsageError:
            return
        try:
            strategies.smallest(points, lambda point: point is not None, examples=EXAMPLES)
        except _Spent:
            return

    def simplest(self) -> Iterator[tuple[list[Array], Array]]:
        """Yield the points that were wrong, the simplest first."""
        ordered = sorted(self.wrong, key=lambda one: one[0])
        for _, inputs, upstream in ordered[:TRIED]:
            yield inputs, upstream

    def _points(self) -> Any:
        """Return a strategy of points at which the gradient is wrong, None for those where not."""
        from hypothesis import strategies as st

        from gradcheck.strategies import SIMPLE, sparse

        subject = self.subject
        shapes = self._free_shapes()
        choices = []
        for name in subject.names:
            low, high = subject.domain.get(name, (-np.inf, np.inf))
            choices.append([value for value in SIMPLE if low < value < high])
        if not all(choices):
            raise UsageError("no simple number lies in the domain")

        @st.composite
        def points(draw: Any) -> Any:
            inputs = []
            for j, (name, given) in enumerate(zip(subject.names, subject.inputs, strict=True)):
                if given.dtype.kind != "f" or name in subject.fixed:
                    inputs.append(given.copy())
                    continue
                shape = [st.integers(1, n) if free else n for n, free in shapes[j]]
                inputs.append(draw(sparse(shape, simple=choices[j])).astype(given.dtype))
            self._spend()
            y = self._forward(inputs)
            if y is None:
                return None
            upstream = draw(sparse(y.shape, simple=UPSTREAM)).astype(y.dtype)
            return self._wrong_at(inputs, upstream, y)

        return points()

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

    def _wrong_at(self, inputs: list[Array], upstream: Array, y: Array) -> Any:
        """Return the point where the gradient is seen to be wrong, else None."""
        got = self._gradient(inputs, upstream)
        if got is None:
            return None
        tangent = self.tangents[: got.size].reshape(got.shape)
        try:
            with self._timed():
                slope, bound, kink = self._slope(inputs, upstream, y, tangent)
        except SubjectError:
            return None
        terms = got * tangent
        size = float(np.abs(terms).sum()) + abs(slope)
        off = abs(float(terms.sum()) - slope)
        if kink > KINK * size or off <= max(MARGIN * bound, VISIBLE * size) or off != off:
            return None
        self.wrong.append((_plainness(inputs, upstream), inputs, upstream))
        return inputs, upstream

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

    def judged(self, inputs: list[Array], upstream: Array) -> Counterexample | None:
        """Return the point as a counterexample, if the oracles convict the gradient there."""
        judge = Judge(self.runner, np.random.default_rng(0))
        names = self.subject.names
        quantity = f"d{names[self.k]}"
        try:
            y, gradients = self.runner.vjp(inputs, upstream)
            only = [g if k == self.k else None for k, g in enumerate(gradients)]
            arrays = [None if g is None else np.asarray(g) for g in only]
            sample = Sample(regime="point", inputs=tuple(inputs))
            outcome = judge.judge(sample, upstream, y, arrays, thorough=True)
        except (SubjectError, ValueError):
            return None
        readings = [one for one in outcome.readings if one.quantity == quantity]
        failed = [one for one in readings if one.verdict is Verdict.FAIL]
        if not failed or any(one.verdict is Verdict.PASS for one in readings):
            return None
        truth = outcome.truth.get(self.k)
        worst = next((one.worst for one in failed if one.worst is not None), None)
        if truth is None or worst is None or not np.isfinite(truth.value).all():
            return None
        return Counterexample(
            quantity=quantity,
            inputs={n: _nested(a) for n, a in zip(names, inputs, strict=True)},
            upstream=_nested(upstream),
            got=_nested(arrays[self.k]),
            oracle=_nested(truth.value),
            index=worst.index,
            bound=float(np.max(truth.bound)),
        )


def _plainness(inputs: Sequence[Array], upstream: Array) -> tuple[float, ...]:
    """Return how plain a point is, least first: entries, those that are not 0, their numbers."""
    from gradcheck.strategies import SIMPLE

    ranks = {value: k for k, value in enumerate(SIMPLE)}
    values = np.concatenate([np.ravel(a) for a in (*inputs, upstream) if a.dtype.kind == "f"])
    told = [ranks.get(float(value), len(SIMPLE)) for value in values]
    return (float(len(told)), float(np.count_nonzero(values)), float(sum(told)))


def _nested(array: Any) -> Any:
    """Return an array as nested tuples of numbers."""
    entries = np.asarray(array).tolist()
    return _tuples(entries)


def _tuples(entries: Any) -> Any:
    return tuple(map(_tuples, entries)) if isinstance(entries, list) else entries
