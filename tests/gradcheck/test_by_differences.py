"""Finite differences judge alone where forward takes no complex numbers, and at kinks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck import by_differences, check_functions
from gradcheck.execution import Runner
from gradcheck.plan import Plans
from gradcheck.point import Point
from gradcheck.probes import EntryProbes
from gradcheck.records import Estimate, Oracle, Verdict
from gradcheck.samples import Sample
from gradcheck.subject import from_functions

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.readings import Reading
    from gradcheck.records import Array, Check, Result

X = np.random.default_rng(1).standard_normal((3, 2))
UNBOUNDED = (-np.inf, np.inf)


def real(x: Array) -> Array:
    return np.sin(np.asarray(x, dtype=np.float64))


def point_of(
    forward: Callable[..., Any], got: Array, *inputs: Array, regime: str = "point"
) -> Point:
    """Return a point of a backward that returns `got` as the gradient of the first input."""
    subject = from_functions(forward, lambda g, *_: (got, *_[1:]), list(inputs))
    y = np.asarray(forward(*inputs))
    sample = Sample(regime=regime, inputs=tuple(inputs))
    edges = [UNBOUNDED] * len(inputs)
    rng = np.random.default_rng(0)
    point = Point(Runner(subject), rng, sample, np.ones(y.shape), y, edges)
    point.outcome.got[0] = got
    return point


def direction(point: Point) -> Array:
    return np.random.default_rng(3).uniform(0.5, 2.0, point.inputs[0].shape)


def judged(point: Point, rival: Verdict, probes: EntryProbes | None = None) -> tuple[Reading, bool]:
    """Return the reading of all entries, and whether it contradicts the complex step."""
    if probes is None:
        probes = EntryProbes(shape=point.inputs[0].shape, output=point.cotangent.shape)
    plans = Plans(np.random.default_rng(0))
    tangent = direction(point)
    slope = point.differences.slope(0, tangent)
    refuted = by_differences.judge_entries(point, plans, 0, probes, rival, tangent, slope)
    return point.outcome.readings[-1], refuted


def by_differences_alone(result: Result) -> Check:
    return next(c for c in result.checks if c.oracle is Oracle.FINITE_DIFFERENCE)


class TestEntries:
    def test_a_rival_that_passes_is_contradicted(self) -> None:
        reading, refuted = judged(point_of(np.sin, np.cos(X) + 0.1, X), Verdict.PASS)
        assert (reading.verdict, reading.reason) == (
            Verdict.INCONCLUSIVE,
            "it disagrees with the complex step",
        )
        assert refuted

    def test_a_rival_that_passes_is_confirmed(self) -> None:
        reading, refuted = judged(point_of(np.sin, np.cos(X), X), Verdict.PASS)
        assert (reading.verdict, refuted) == (Verdict.PASS, False)

    @pytest.mark.parametrize("rival", [Verdict.FAIL, Verdict.INCONCLUSIVE])
    def test_a_wrong_entry_fails(self, rival: Verdict) -> None:
        got = np.cos(X)
        got[2, 1] += 1e-4
        reading, refuted = judged(point_of(np.sin, got, X), rival)
        assert (reading.verdict, refuted) == (Verdict.FAIL, False)
        assert reading.worst is not None
        assert reading.worst.index == (2, 1)

    def test_two_studies_that_do_not_agree(self, monkeypatch: pytest.MonkeyPatch) -> None:
        got = np.cos(X) + 0.1
        point = point_of(np.sin, got, X)
        study = point.differences.gradient

        def second(*arguments: Any, stretch: float = 1.0, **more: Any) -> Estimate:
            if stretch == 1.0:
                return study(*arguments, **more)
            return Estimate(value=got, bound=0 * got, terms=np.abs(got))

        monkeypatch.setattr(point.differences, "gradient", second)
        reading, _ = judged(point, Verdict.INCONCLUSIVE)
        assert (reading.verdict, reading.reason) == (
            Verdict.INCONCLUSIVE,
            "two studies with other steps do not agree",
        )

    def test_more_entries_than_are_differenced_one_by_one(self) -> None:
        x = np.random.default_rng(0).standard_normal(300)

        def forward(x: Array) -> Array:
            return np.asarray(np.sin(np.asarray(x, dtype=np.float64))).sum()

        right = check_functions(forward, lambda g, x: g * np.cos(x), x, ["x"], regimes="point")
        assert right.verdict is Verdict.PASS, str(right)
        assert 0 < by_differences_alone(right).visible < 1e-3

        def wrong(g: Array, x: Array) -> Array:
            dx = g * np.cos(x)
            dx[137] *= 1.01
            return dx

        result = check_functions(forward, wrong, x, ["x"], regimes="point")
        assert result.verdict is Verdict.FAIL, str(result)

    def test_noise_that_hides_everything_is_inconclusive(self) -> None:
        rng = np.random.default_rng(0)

        def forward(x: Array) -> Array:
            return np.sin(np.asarray(x, dtype=np.float64)) + rng.standard_normal(x.shape)

        result = check_functions(forward, lambda g, x: g * np.cos(x), X, regimes="point")
        assert by_differences_alone(result).verdict is Verdict.INCONCLUSIVE

    def test_a_step_function_proves_nothing(self) -> None:
        def forward(x: Array) -> Array:
            return np.round(np.asarray(x, dtype=np.float64), 2)

        result = check_functions(forward, lambda g, x: g, X, regimes="point")
        assert result.verdict is not Verdict.PASS, str(result)

    def test_zero_of_a_constant_is_seen(self) -> None:
        def forward(x: Array) -> Array:
            return 0 * np.asarray(x, dtype=np.float64) + 3.0

        right = check_functions(forward, lambda g, x: np.zeros_like(x), X, ["x"])
        assert right.verdict is Verdict.PASS, str(right)
        wrong = check_functions(forward, lambda g, x: 1e-3 * g, X, ["x"])
        assert wrong.verdict is Verdict.FAIL, str(wrong)

    def test_zero_for_a_tiny_slope_is_wrong(self) -> None:
        def forward(x: Array) -> Array:
            return 3.0 + 1e-4 * np.asarray(x, dtype=np.float64)

        result = check_functions(forward, lambda g, x: np.zeros_like(x), X, ["x"])
        assert result.verdict is Verdict.FAIL, str(result)


def absolute(x: Array) -> Array:
    return np.abs(np.asarray(x, dtype=np.float64))


class TestKinks:
    @pytest.mark.parametrize(
        ("value", "verdict"),
        [(0.0, Verdict.PASS), (1.0, Verdict.PASS), (-1.0, Verdict.PASS), (1.5, Verdict.FAIL)],
    )
    def test_a_simple_kink(self, value: float, verdict: Verdict) -> None:
        x = np.array([0.0, 1.0, -2.0])
        result = check_functions(
            absolute, lambda g, x: g * np.where(x == 0, value, np.sign(x)), x, regimes="point"
        )
        assert by_differences_alone(result).verdict is verdict, str(result)

    def test_a_kink_inside_of_a_composite(self) -> None:
        def forward(x: Array) -> Array:
            return absolute(x[:2] - x[2:])

        def backward(g: Array, x: Array) -> Array:
            d = g * np.where(x[:2] == x[2:], 1.5, np.sign(x[:2] - x[2:]))
            return np.concatenate([d, -d])

        x = np.array([0.0, 1.0, 0.0, 0.5])
        result = check_functions(forward, backward, x, regimes="point")
        check = by_differences_alone(result)
        assert check.verdict is Verdict.INCONCLUSIVE
        assert check.reason == by_differences.THIS_VERY_POINT

    def test_beside_an_integer_input(self) -> None:
        index = np.array([1, 0, 1])

        def forward(x: Array, index: Array) -> Array:
            return absolute(x)[index]

        def backward(g: Array, x: Array, index: Array) -> Array:
            dx = np.zeros_like(x)
            np.add.at(dx, index, g * np.where(x[index] == 0, 7.0, np.sign(x[index])))
            return dx

        result = check_functions(forward, backward, [np.array([0.0, 1.0]), index], regimes="point")
        assert result.verdict is Verdict.FAIL, str(result)

    def test_entries_that_are_tied_at_a_maximum(self) -> None:
        def forward(x: Array) -> Array:
            return np.asarray(x, dtype=np.float64).max()

        def every_one(g: Array, x: Array) -> Array:
            return g * (x == x.max())

        def shared(g: Array, x: Array) -> Array:
            return every_one(g, x) / (x == x.max()).sum()

        x = np.array([2.0, 1.0, 2.0, -1.0])
        assert check_functions(forward, shared, x, ["x"]).verdict is Verdict.PASS
        result = check_functions(forward, every_one, x, ["x"], regimes="point")
        assert result.verdict is Verdict.FAIL, str(result)
        assert "the entries add up to another value" in by_differences_alone(result).reason


class TestDirections:
    def slope_reading(self, got: Array, rival: Verdict, *, refuted: bool = False) -> Reading:
        point = point_of(np.sin, got, X, regime="signs")
        tangent = direction(point)
        slope = point.differences.slope(0, tangent)
        assert by_differences.judge_direction(point, 0, tangent, slope, rival) is refuted
        return point.outcome.readings[-1]

    def test_a_right_gradient_passes(self) -> None:
        reading = self.slope_reading(np.cos(X), Verdict.PASS)
        assert reading.verdict is Verdict.PASS
        assert reading.residual <= 1
        assert 0 < reading.visible < 1e-6

    @pytest.mark.parametrize(
        ("rival", "verdict", "reason"),
        [
            (Verdict.FAIL, Verdict.FAIL, ""),
            (Verdict.PASS, Verdict.INCONCLUSIVE, "it disagrees with the complex step"),
        ],
    )
    def test_a_wrong_one_is_called_so_by_both_or_by_none(
        self, rival: Verdict, verdict: Verdict, reason: str
    ) -> None:
        reading = self.slope_reading(1.01 * np.cos(X), rival, refuted=rival is Verdict.PASS)
        assert (reading.verdict, reading.reason) == (verdict, reason)
        assert reading.residual > 1

    def test_nan_never_passes(self) -> None:
        got = np.cos(X)
        got[0, 0] = np.nan
        reading = self.slope_reading(got, Verdict.FAIL)
        assert reading.verdict is Verdict.FAIL
        assert reading.residual == np.inf
        rival = self.slope_reading(got, Verdict.PASS, refuted=True)
        assert rival.verdict is Verdict.INCONCLUSIVE
