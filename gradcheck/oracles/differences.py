"""Finite differences of one forward at one point: it knows only the code's own forward."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import SubjectError
from gradcheck.oracles.finite_difference import Slope, derivative
from gradcheck.records import Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.probes import Probes
    from gradcheck.records import Array
    from gradcheck.subject import Rows

NOISE_POINTS = 8
NOISE_STEP = 2.0**-36
"""Relative spacing of the points whose scatter is the noise of forward: the derivative's share of
the differences is gone after the first order (Moré and Wild, "Estimating computational noise", SIAM
J. Sci. Comput. 33, 2011, section 3)."""


EPS: dict[type, float] = {
    kind: float(np.finfo(kind).eps) for kind in (np.float16, np.float32, np.float64, np.longdouble)
}
"""Unit roundoff of each dtype."""

SIMPLE = 2.0**18
"""A number of at most 18 bits, such as 100001 or 6250.0625, is no sign of a cast to float32."""


class FiniteDifferences:
    """Derivatives of one forward at one point, by step studies.

    Parameters
    ----------
    forward : callable
        Takes the inputs, returns y as an array.
    inputs : sequence of Array
        The point; floats are promoted to float64.
    edges : sequence of (float, float)
        The open interval of each input, outside which nothing is evaluated.
    y : Array, optional
        forward(inputs), if it is known; evaluated again where inputs are promoted.
    rows : callable, optional
        Takes the inputs, the position of one and an array whose rows take its place; returns y for
        each, or what forward raised. Used where many values are needed at once.

    Raises
    ------
    SubjectError
        Where forward raises at the point.
    """

    def __init__(
        self,
        forward: Callable[[Sequence[Array]], Array],
        inputs: Sequence[Array],
        edges: Sequence[tuple[float, float]],
        y: Array | None = None,
        rows: Rows | None = None,
    ) -> None:
        self._forward = forward
        self._rows = rows
        self._edges = edges
        self.work = [a.astype(np.float64, copy=False) if a.dtype.kind == "f" else a for a in inputs]
        if y is None or any(a is not b for a, b in zip(self.work, inputs, strict=True)):
            y = forward(self.work)
        self.eps = unit_roundoff(y)
        self.y = np.asarray(y, dtype=np.float64)
        size = np.abs(self.y)
        # An entry that is tiny beside the others may be what is left of terms of their size.
        self.noise = self.eps * (
            4 * size + float(np.max(size, initial=0.0, where=size < np.inf)) / 16
        )
        self.scales = [scale(array) if array.dtype.kind == "f" else array for array in self.work]

    def slope(self, k: int, tangent: Array) -> Slope:
        """Return the derivative of y along a tangent of input k, with its bound.

        Parameters
        ----------
        k : int
        tangent : Array of the input's shape
            Of the size of the input: a step of 1 is a relative change of 1.
        """
        original = self.work[k]
        work = list(self.work)

        def evaluate(step: float) -> Array:
            work[k] = original + step * tangent
            return self.evaluate(work)

        line = evaluate if self._rows is None else _Line(self._rows, work, k, tangent, self._usable)
        return derivative(
            line,
            self.y,
            eps=self.eps,
            noise=self.noise,
            reach=self._reach(k, tangent),
        )

    def evaluate(self, work: Sequence[Array]) -> Array:
        """Return y in float64 for other inputs.

        Raises
        ------
        SubjectError
            Where forward raises, or y has another shape than at the point.
        """
        return self._usable(self._forward(work))

    def _usable(self, y: Array | SubjectError) -> Array:
        if isinstance(y, SubjectError):
            raise y
        y = np.asarray(y, dtype=np.float64)
        if y.shape != self.y.shape:
            raise SubjectError(f"forward returned shape {y.shape}, before {self.y.shape}")
        return y

    def _reach(self, k: int, tangent: Array) -> tuple[float, float]:
        low, high = self._edges[k]
        if low == -np.inf and high == np.inf:
            return (1.0, 1.0)
        x = self.work[k]
        size = np.abs(tangent) + np.finfo(float).tiny
        up = np.where(tangent > 0, high - x, x - low) / size
        down = np.where(tangent > 0, x - low, high - x) / size
        return (min(1.0, 0.5 * float(down.min())), min(1.0, 0.5 * float(up.min())))

    def measure_noise(self, k: int) -> None:
        """Raise the noise of y to the scatter that forward shows near the point along input k."""
        tangent = self.scales[k]
        if min(self._reach(k, tangent)) <= NOISE_POINTS * NOISE_STEP:
            return
        original, work = self.work[k], list(self.work)
        points = [
            original + j * NOISE_STEP * tangent
            for j in range(-NOISE_POINTS // 2, NOISE_POINTS // 2)
        ]
        try:
            if self._rows is not None:
                rows = list(map(self._usable, self._rows(work, k, np.stack(points))))
            else:
                rows = []
                for work[k] in points:
                    rows.append(self.evaluate(work))
        except SubjectError:
            return
        table = np.stack(rows)
        self._doubt_stairs(k, table)
        # Normalised by the central binomial coefficients, orders 3 to 5 estimate one scatter.
        for order, norm in ((3, 20.0), (4, 70.0), (5, 252.0)):
            spread = np.sqrt((np.diff(table, order, axis=0) ** 2).mean(axis=0) / norm)
            self.noise = np.fmax(self.noise, 4 * spread)

    def _doubt_stairs(self, k: int, table: Array) -> None:
        """Believe no output that is constant close to the point and moves farther away from it.

        Seen from afar the stairs of floor or round have a slope; what is flat by rounding has not.
        """
        work = list(self.work)
        work[k] = work[k] + 0.125 * min(self._reach(k, self.scales[k])) * self.scales[k]
        try:
            rise = np.abs(self.evaluate(work) - self.y)
        except SubjectError:
            return
        flat = (table == self.y).all(axis=0)
        steps = flat & (rise * NOISE_STEP > 16 * self.eps * np.abs(self.y))
        self.noise = np.where(steps, np.fmax(self.noise, rise), self.noise)

    def gradient(
        self,
        k: int,
        probes: Probes,
        cotangent: Array,
        only: Sequence[int] | None = None,
        stretch: float = 1.0,
    ) -> Estimate:
        """Return the readings of the gradient of input k; NaN where a probe was left out.

        Parameters
        ----------
        k : int
        probes : Probes
        cotangent : Array of y's shape
        only : sequence of int, optional
            The probes to look at; all by default.
        stretch : float
            What all steps are multiplied by.
        """
        shape = (probes.count, *self.y.shape)
        value, bound = np.full(shape, np.nan), np.full(shape, np.nan)
        minus, plus = np.full(shape, np.nan), np.full(shape, np.nan)
        kinked = False
        moved, scaled = probes.steps(stretch * self.scales[k])
        wanted = None if only is None else set(only)
        for place, (index, weight) in enumerate(probes.targets()):
            if wanted is not None and place not in wanted:
                continue
            tangent = np.zeros(self.work[k].shape)
            probes.view(tangent)[index] = weight * probes.view(moved)[index]
            slope = self.slope(k, tangent)
            value[place], bound[place] = slope.value, slope.bound
            minus[place], plus[place] = slope.minus, slope.plus
            if np.any(slope.kink & (cotangent != 0)):
                kinked = True
                bound[place] = np.where(slope.kink, slope.side_bound, bound[place])
                value[place] = np.where(slope.kink, 0.5 * (slope.minus + slope.plus), value[place])
        ones, sizes = np.ones_like(cotangent), np.abs(cotangent)
        ends = cotangent * minus, cotangent * plus

        def readings(rows: Array, weights: Array) -> Array:
            return np.asarray(probes.arrange(probes.reduce(rows, weights)) / scaled)

        total = readings(value, cotangent)
        bounds = readings(bound, sizes)
        return Estimate(
            value=total,
            bound=bounds + 4 * EPS[np.float64] * np.abs(total),
            terms=readings(np.abs(value), sizes),
            lower=readings(np.minimum(*ends), ones) if kinked else None,
            upper=readings(np.maximum(*ends), ones) if kinked else None,
            left=readings(minus, cotangent) if kinked else None,
            right=readings(plus, cotangent) if kinked else None,
        )


def unit_roundoff(y: Array) -> float:
    """Return the unit roundoff at which y was computed, judged by its dtype and its values.

    Values that are all float32 numbers were cast on their way, unless they are few and simple.
    """
    eps = EPS[y.dtype.type]
    if y.dtype.type is np.float64 and (y.astype(np.float32) == y).all():
        odd = np.abs(np.frexp(y[np.isfinite(y)])[0] * SIMPLE) % 1 != 0
        if bool(odd.any()):
            return EPS[np.float32]
    return eps


def working_roundoff(y: Array, inputs: Sequence[Array]) -> float:
    """Return the unit roundoff of the code's working precision: the coarsest of y's and these."""
    return max(unit_roundoff(y), *[EPS[a.dtype.type] for a in inputs if a.dtype.kind == "f"])


def scale(x: Array) -> Array:
    """Return the size by which each entry is moved: a power of two near |x|.

    Where x is 0 it is the largest entry's size, or 1 where there is none.
    """
    size = np.abs(x)
    if not size.all():
        largest = float(size.max())
        size = np.where(size > 0, size, largest if largest > 0 else 1.0)
    return np.asarray(np.exp2(np.rint(np.log2(size))))


class _Line:
    """The function along one direction, evaluated at many points of it at once."""

    def __init__(
        self,
        rows: Rows,
        work: Sequence[Array],
        k: int,
        tangent: Array,
        usable: Callable[[Array | SubjectError], Array],
    ) -> None:
        self._rows, self._work, self._k, self._tangent = rows, work, k, tangent
        self._usable = usable
        self._known: dict[float, Array | SubjectError] = {}

    def __call__(self, step: float) -> Array:
        if step not in self._known:
            self.prepare((step, -step))
        return self._usable(self._known.pop(step))

    def prepare(self, steps: Sequence[float]) -> None:
        """Evaluate at these steps, which are going to be asked for."""
        original = self._work[self._k]
        points = np.stack([original + step * self._tangent for step in steps])
        self._known.update(zip(steps, self._rows(self._work, self._k, points), strict=True))
