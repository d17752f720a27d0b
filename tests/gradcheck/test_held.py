"""An entry is accused only if it stays wrong where all others are moved."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck import check_functions, held
from gradcheck.errors import OracleError, SubjectError
from gradcheck.execution import Runner
from gradcheck.held import MOST, SHIFT, stays_wrong
from gradcheck.point import Point
from gradcheck.probes import EntryProbes, blocks
from gradcheck.records import Verdict
from gradcheck.samples import Sample
from gradcheck.subject import from_functions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcheck.records import Array

UNBOUNDED = (-np.inf, np.inf)
MIXED = np.array([0.0, 1.0, -2.0, 0.5])
BOTH = pytest.mark.parametrize("analytic", [True, False])


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Let overflow pass without a word, as it does wherever the point is looked at."""
    with np.errstate(all="ignore"):
        yield


def relu(x: Array) -> Array:
    return np.where(np.real(x) > 0, x, 0 * x)


def relu_backward(at_zero: float) -> Callable[..., Array]:
    return lambda g, x: g * np.where(x == 0, at_zero, x > 0)


def point_of(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    *inputs: Array,
    edges: tuple[float, float] = UNBOUNDED,
) -> Point:
    """Return a point with what backward returns there."""
    subject = from_functions(forward, backward, list(inputs))
    y = np.asarray(forward(*inputs))
    sample = Sample(regime="point", inputs=tuple(inputs))
    upstream = np.random.default_rng(1).uniform(0.5, 2.0, y.shape)
    rng = np.random.default_rng(0)
    point = Point(Runner(subject), rng, sample, upstream, y, [edges] * len(inputs))
    got = backward(upstream, *inputs)
    for k, gradient in enumerate(got if isinstance(got, tuple) else (got,)):
        if gradient is not None:
            point.outcome.got[k] = np.asarray(gradient, dtype=np.float64)
    return point


def wrong(point: Point, *doubtful: int, k: int = 0, analytic: bool = True) -> bool:
    probes = EntryProbes(shape=point.inputs[k].shape, output=point.cotangent.shape)
    return stays_wrong(point, k, probes, doubtful, analytic=analytic)


class TestOneEntry:
    @BOTH
    def test_a_derivative_outside_of_the_interval_stays_wrong(self, *, analytic: bool) -> None:
        point = point_of(relu, relu_backward(2.0), MIXED)
        assert wrong(point, 0, analytic=analytic)

    @BOTH
    @pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
    def test_one_inside_of_it_does_not(self, value: float, *, analytic: bool) -> None:
        point = point_of(relu, relu_backward(value), MIXED)
        assert not wrong(point, 0, analytic=analytic)

    @BOTH
    def test_a_smooth_layer_stays_wrong(self, *, analytic: bool) -> None:
        point = point_of(np.sin, lambda g, x: 1.01 * g * np.cos(x), MIXED)
        assert wrong(point, 3, analytic=analytic)

    def test_less_than_differences_can_see_is_seen_by_the_complex_step(self) -> None:
        def backward(g: Array, x: Array) -> Array:
            return g * np.cos(x) * (1 + 1e-13)

        point = point_of(np.sin, backward, MIXED)
        point.rounding = lambda *_: np.zeros(4)  # type: ignore[method-assign]
        assert wrong(point, 1, analytic=True)
        assert not wrong(point, 1, analytic=False)

    @BOTH
    def test_rounding_does_not(self, *, analytic: bool) -> None:
        point = point_of(
            lambda x: (x + 1e6) - 1e6, lambda g, x: (g * 1e6 + g) - g * 1e6, MIXED[[0, 1]]
        )
        assert not wrong(point, 0, 1, analytic=analytic)

    def test_of_a_number(self) -> None:
        x = np.array(0.0)
        assert wrong(point_of(relu, relu_backward(2.0), x), 0)
        assert not wrong(point_of(relu, relu_backward(1.0), x), 0)

    def test_of_float32(self) -> None:
        x = MIXED.astype(np.float32)
        assert wrong(point_of(relu, relu_backward(2.0), x), 0)
        assert not wrong(point_of(relu, relu_backward(1.0), x), 0)

    def test_one_of_several_is_enough(self) -> None:
        def backward(g: Array, x: Array) -> Array:
            return g * np.cos(x) * np.array([1.0, 1.0, 1.1, 1.1])

        point = point_of(np.sin, backward, MIXED)
        assert not wrong(point, 0, 1)
        assert wrong(point, 0, 1, 2)
        assert MOST == 3
        assert not wrong(point, 0, 1, 0, 2)


class TestCoincidence:
    """Kinks of several entries that lie upon each other only because the point is not generic."""

    @BOTH
    def test_of_two_entries(self, *, analytic: bool) -> None:
        def forward(x: Array) -> Array:
            return relu(x[0] - x[1]) - relu(x[1] - x[0])

        def backward(g: Array, x: Array) -> Array:
            d = g * (float(x[0] > x[1]) + float(x[1] > x[0]))
            return np.array([d, -d])

        point = point_of(forward, backward, np.array([1.0, 1.0]))
        assert not wrong(point, 0, 1, analytic=analytic)

    @BOTH
    def test_of_an_input_that_is_no_target(self, *, analytic: bool) -> None:
        def backward(g: Array, x: Array, w: Array) -> tuple[Array, Array]:
            d = g * (x * w != 0.5)
            return d * w, d * x

        def forward(x: Array, w: Array) -> Array:
            u = x * w - 0.5
            return relu(u) - relu(-u)

        point = point_of(forward, backward, np.array([0.5, 1.5]), np.array([1.0, 2.0]))
        assert not wrong(point, 0, analytic=analytic)

    @BOTH
    def test_of_a_target_is_no_coincidence(self, *, analytic: bool) -> None:
        def backward_with(at_zero: float) -> Callable[..., tuple[Array, Array]]:
            def backward(g: Array, y: Array, t: Array) -> tuple[Array, Array]:
                d = g * np.where(y == t, at_zero, np.sign(y - t))
                return d, -d

            return backward

        def forward(y: Array, t: Array) -> Array:
            u = y - t
            return np.where(np.real(u) > 0, u, -u)

        y, t = np.array([0.3, 1.5]), np.array([0.3, 1.0])
        assert wrong(point_of(forward, backward_with(1.5), y, t), 0, analytic=analytic)
        assert not wrong(point_of(forward, backward_with(1.0), y, t), 0, analytic=analytic)


class TestWhatIsKnownAlready:
    def test_an_input_that_is_convicted_is_not_looked_at(self) -> None:
        point = point_of(np.sin, lambda g, x: g * np.cos(x), MIXED)
        point.convicted = {0}
        before = point.runner.forwards
        assert wrong(point, 0)
        assert point.runner.forwards == before

    def test_another_that_is_convicted_does_not_matter(self) -> None:
        point = point_of(np.sin, lambda g, x: g * np.cos(x), MIXED)
        point.convicted = {1}
        assert not wrong(point, 0)

    def test_no_reading_in_doubt(self) -> None:
        assert not wrong(point_of(np.sin, lambda g, x: 2 * g * np.cos(x), MIXED))


class TestWhatDoesNotRepeat:
    """The wrong answer came from what was called before it: a fresh instance gives another."""

    @pytest.mark.parametrize(
        "first",
        [2.0, 1.0 + 1e-5, np.nan],
        ids=["other", "little else", "NaN"],
    )
    def test_another_answer(self, first: float) -> None:
        point = point_of(np.sin, lambda g, x: g * np.cos(x), MIXED)
        point.outcome.got[0] = first * point.outcome.got[0]
        assert wrong(point, 0)

    def test_the_same_answer_but_for_rounding(self) -> None:
        point = point_of(np.sin, lambda g, x: g * np.cos(x), MIXED)
        point.outcome.got[0] = (1 + 1e-15) * point.outcome.got[0]
        assert not wrong(point, 0)

    def test_the_same_nan(self) -> None:
        point = point_of(np.sin, lambda g, x: g * np.where(x == 0, np.nan, np.cos(x)), MIXED)
        assert held._repeats(point, 0)

    @pytest.mark.parametrize("answer", [None, np.zeros(3)], ids=["none", "another shape"])
    def test_no_answer(self, answer: Array | None) -> None:
        calls = count()

        def backward(g: Array, x: Array) -> Array | None:
            return g * np.cos(x) if next(calls) == 0 else answer

        assert wrong(point_of(np.sin, backward, MIXED), 0)

    def test_an_exception(self) -> None:
        calls = count()

        def backward(g: Array, x: Array) -> Array:
            if next(calls):
                raise RuntimeError("only once")
            return g * np.cos(x)

        assert wrong(point_of(np.sin, backward, MIXED), 0)

    def test_a_stale_cache_in_a_whole_check(self) -> None:
        kept: list[Array] = []

        def backward(g: Array, x: Array) -> Array:
            kept.append(x.copy())
            return g * np.cos(kept[0])

        result = check_functions(np.sin, backward, MIXED, ["x"])
        assert result.verdict is Verdict.FAIL, str(result)


class TestWhatCannotBeLookedAt:
    """Where nothing can be told at the moved point, nobody is blamed."""

    def only_at(self, other: Callable[[Array], Any]) -> Callable[[Array], Any]:
        return lambda x: np.sin(x) if x[3] == MIXED[3] else other(x)

    def test_forward_raises_there(self) -> None:
        def raises(_: Array) -> Array:
            raise ValueError("x[3] must be 0.5")

        assert not wrong(point_of(self.only_at(raises), relu_backward(2.0), MIXED), 0)

    def test_forward_is_not_finite_there(self) -> None:
        forward = self.only_at(lambda x: np.full(4, np.nan))
        assert not wrong(point_of(forward, relu_backward(2.0), MIXED), 0)

    def test_backward_raises_there(self) -> None:
        def backward(g: Array, x: Array) -> Array:
            if x[3] != MIXED[3]:
                raise ValueError("x[3] must be 0.5")
            return 2 * g * np.cos(x)

        assert not wrong(point_of(np.sin, backward, MIXED), 0)

    def test_backward_is_not_finite_there(self) -> None:
        def backward(g: Array, x: Array) -> Array:
            return g * np.cos(x) * (2.0 if x[3] == MIXED[3] else np.nan)

        assert wrong(point_of(np.sin, backward, MIXED), 0)

    def test_oracles_cannot_be_made_there(self, monkeypatch: pytest.MonkeyPatch) -> None:
        point = point_of(np.sin, lambda g, x: 2 * g * np.cos(x), MIXED)

        def raises(*_: Any) -> Point:
            raise SubjectError("no")

        monkeypatch.setattr(held, "Point", raises)
        assert not wrong(point, 0)

    def test_differences_cannot_tell(self) -> None:
        def backward(g: Array, x: Array) -> Array:
            return 2 * g

        assert not wrong(point_of(lambda x: np.sign(np.real(x)) + 0 * x, backward, MIXED), 0)

    def test_the_complex_step_cannot_tell(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def raises(*_: Any) -> Array:
            raise OracleError("forward takes real numbers only")

        monkeypatch.setattr("gradcheck.oracles.complex_step.ComplexStep.tangent", raises)
        right = point_of(np.sin, lambda g, x: g * np.cos(x), MIXED)
        assert not wrong(right, 0)
        assert wrong(point_of(np.sin, lambda g, x: 2 * g * np.cos(x), MIXED), 0)

    def test_y_has_another_shape_there(self) -> None:
        def forward(x: Array) -> Array:
            return x[np.real(x) > 0] ** 2

        for seed in range(5):
            x = np.array([0.0, 0.0, 1.0, 2.0])
            point = point_of(forward, lambda g, x: np.full_like(x, g.sum()), x)
            point.rng = np.random.default_rng(seed)
            assert wrong(point, 2) in (True, False)


class Seen:
    """A layer that notes where it was asked for a gradient."""

    def __init__(self) -> None:
        self.points: list[tuple[Array, ...]] = []

    def forward(self, *inputs: Array) -> Array:
        return np.sin(inputs[0])

    def backward(self, g: Array, *inputs: Array) -> tuple[Array | None, ...]:
        self.points.append(tuple(array.copy() for array in inputs))
        return (
            g * np.cos(inputs[0]),
            *[0.0 * a if a.dtype.kind == "f" else None for a in inputs[1:]],
        )

    def moved(self, *inputs: Array, held: int = 0, **more: Any) -> tuple[Array, ...]:
        """Return the last point, at which one entry of the first input was held."""
        point = point_of(self.forward, self.backward, *inputs, **more)
        assert not wrong(point, held)
        return self.points[-1]


class TestMoving:
    def test_all_but_the_entry_move_a_little(self) -> None:
        x, w = np.array([0.5, 0.0, -3.0]), np.array([[2.0, 5.0]])
        there, other = Seen().moved(x, w, held=2)
        assert there[2] == x[2]
        assert np.all(there[:2] != x[:2])
        assert np.all(other != w)
        assert np.all(np.abs(there - x) <= 2 * SHIFT * np.maximum(np.abs(x), 3.0))
        assert np.all(np.abs(other - w) >= 0.25 * SHIFT * np.abs(w))

    def test_dtypes_and_shapes_stay(self) -> None:
        inputs = np.ones((2, 1), np.float32), np.array(2.0), np.arange(3)
        moved = Seen().moved(*inputs)
        assert [(a.dtype, a.shape) for a in moved] == [(a.dtype, a.shape) for a in inputs]

    def test_integers_stay(self) -> None:
        _, index = Seen().moved(MIXED, np.arange(4))
        assert index.tolist() == [0, 1, 2, 3]

    def test_equal_entries_of_another_input_are_held_too(self) -> None:
        x = np.array([1.0, 2.0, 3.0])
        _, same = Seen().moved(x, np.array([1.0, 2.0, 7.0]), held=1)
        assert (same == [1.0, 2.0, 7.0]).tolist() == [False, True, False]
        _, column = Seen().moved(x, np.array([[1.0], [2.0], [7.0]]), held=1)
        assert np.all(column != np.array([[1.0], [2.0], [7.0]]))

    def test_nothing_leaves_its_domain(self) -> None:
        x = np.array([1e-9, 1.0, 1.0 - 1e-9, 0.5, 1e-5])
        for held_entry in range(5):
            (there,) = Seen().moved(x, held=held_entry, edges=(0.0, 1.0 + 1e-12))
            assert np.all((there > 0) & (there < 1.0 + 1e-12))
            assert there[held_entry] == x[held_entry]

    def test_the_point_is_not_changed(self) -> None:
        x = MIXED.copy()
        point = point_of(relu, relu_backward(2.0), x)
        assert wrong(point, 0)
        assert np.array_equal(x, MIXED)
        assert point.outcome.readings == []


class TestBlocks:
    X = np.random.default_rng(3).standard_normal((4, 5))

    def wrong(self, factor: float, *doubtful: int, analytic: bool) -> bool:
        def backward(g: Array, x: Array) -> Array:
            dx = g * np.cos(x)
            dx[3, 4] *= factor
            return dx

        point = point_of(np.sin, backward, self.X)
        probes = blocks(np.random.default_rng(0), self.X.shape, 4)
        return stays_wrong(point, 0, probes, doubtful, analytic=analytic)

    @BOTH
    def test_a_block_with_a_wrong_entry_stays_wrong(self, *, analytic: bool) -> None:
        assert self.wrong(1.01, 3, analytic=analytic)
        assert not self.wrong(1.01, 0, 1, 2, analytic=analytic)

    @BOTH
    def test_a_right_one_does_not(self, *, analytic: bool) -> None:
        assert not self.wrong(1.0, 3, analytic=analytic)

    def test_tangents_are_those_of_the_block(self) -> None:
        point = point_of(np.sin, lambda g, x: g * np.cos(x), self.X)
        probes = blocks(np.random.default_rng(0), self.X.shape, 4)
        tangents = [held._tangent(point, 0, probes, reading) for reading in range(4)]
        assert np.array_equal(sum(tangents).reshape(-1), probes.weights)
        assert [int(np.count_nonzero(t)) for t in tangents] == [5, 5, 5, 5]


def softmax(x: Array) -> Array:
    e = np.exp(x - np.real(x).max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


T = np.eye(3)[[0, 2, 1, 1]]


def network(X: Array, W: Array, b: Array, V: Array) -> Array:
    z = relu(X @ W + b) @ V
    top = np.real(z).max(axis=1)
    return (top + np.log(np.exp(z - top[:, None]).sum(axis=1)) - (T * z).sum(axis=1)).mean()


def network_backward_with(at_zero: float) -> Callable[..., tuple[Array, ...]]:
    def backward(g: Array, X: Array, W: Array, b: Array, V: Array) -> tuple[Array, ...]:
        u = X @ W + b
        h = relu(u)
        d = g * (softmax(h @ V) - T) / len(X)
        du = (d @ V.T) * np.where(u == 0, at_zero, u > 0)
        return du @ W.T, X.T @ du, du.sum(axis=0), h.T @ d

    return backward


class TestWholeChecks:
    """Inputs of ±1 and zeros, at which many kinks of one network coincide."""

    @pytest.mark.parametrize("seed", range(3))
    def test_a_network_of_signs(self, seed: int) -> None:
        rng = np.random.default_rng(seed)
        inputs = [rng.choice([1.0, -1.0], shape) for shape in ((4, 3), (3, 6), (6,), (6, 3))]
        assert np.any(inputs[0] @ inputs[1] + inputs[2] == 0)
        for at_zero in (0.0, 1.0):
            result = check_functions(
                network, network_backward_with(at_zero), inputs, regimes="point", seed=seed
            )
            assert result.verdict is not Verdict.FAIL, str(result)
        result = check_functions(
            network,
            lambda *a: tuple(1.001 * d for d in network_backward_with(0.0)(*a)),
            inputs,
            regimes="point",
            seed=seed,
        )
        assert result.verdict is Verdict.FAIL, str(result)

    @pytest.mark.parametrize("x", [[1.0, 1.0, 0.5], [0.0, 0.0, 0.0], [2.0, -1.0, 2.0]])
    def test_ties_of_a_sort(self, x: list[float]) -> None:
        def backward(g: Array, x: Array) -> Array:
            d = np.zeros_like(x)
            d[np.argsort(x, kind="stable")] = g
            return d

        result = check_functions(np.sort, backward, np.array(x), ["x"], regimes="point")
        assert result.verdict is not Verdict.FAIL, str(result)

    @pytest.mark.parametrize("x", [[1.0, 1.0, 0.5, 1.0], [0.0, 0.0, 0.0, 0.0]])
    def test_ties_of_the_largest(self, x: list[float]) -> None:
        def forward(x: Array) -> Array:
            return x[np.argsort(np.real(x), kind="stable")[-2:]].sum()

        def backward(g: Array, x: Array) -> Array:
            d = np.zeros_like(x)
            d[np.argsort(x, kind="stable")[-2:]] = g
            return d

        result = check_functions(forward, backward, np.array(x), ["x"], regimes="point")
        assert result.verdict is not Verdict.FAIL, str(result)
        tripled = check_functions(
            forward, lambda g, x: 3 * backward(g, x), np.array(x), ["x"], regimes="point"
        )
        assert tripled.verdict is Verdict.FAIL, str(tripled)
