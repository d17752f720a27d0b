"""Finite differences of all entries: values within bounds, kinks as intervals, domains kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.errors import SubjectError
from gradcheck.oracles.differences import FiniteDifferences, scale, unit_roundoff
from gradcheck.probes import EntryProbes, blocks

if TYPE_CHECKING:
    from collections.abc import Callable

Array = Any
INF = np.inf
RNG = np.random.default_rng(0)
A = RNG.standard_normal((3, 4))
X = RNG.standard_normal((4, 2))
C = RNG.standard_normal((3, 2))


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    """Let overflow pass without a word, as it does wherever the oracle is run."""
    with np.errstate(all="ignore"):
        yield


def oracle(
    forward: Callable[..., Any], *inputs: Array, edges: Any = None, y: Any = None
) -> FiniteDifferences:
    edges = [(-INF, INF)] * len(inputs) if edges is None else edges
    return FiniteDifferences(lambda work: np.asarray(forward(*work)), inputs, edges, y)


def entries(shape: tuple[int, ...], output: tuple[int, ...] = (), *matched: Any) -> EntryProbes:
    return EntryProbes(shape=shape, output=output, matched=matched)


def layer(x: Array) -> Array:
    return np.tanh(A @ x)


def layer_gradient(x: Array) -> Array:
    return A.T @ (C * (1 - np.tanh(A @ x) ** 2))


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


class TestMaking:
    @pytest.mark.parametrize("dtype", [np.float16, np.float32])
    def test_lower_precisions_are_promoted_and_y_made_again(self, dtype: type) -> None:
        seen: list[Any] = []

        def forward(x: Array, n: Array) -> Array:
            seen.append((x.dtype, n.dtype))
            return np.exp(x)

        x = X.astype(dtype)
        made = oracle(forward, x, np.arange(3), y=np.full((4, 2), 9.0))
        assert seen == [(np.float64, np.arange(3).dtype)]
        assert np.array_equal(made.y, np.exp(x.astype(np.float64)))

    def test_y_that_is_known_is_not_made_again(self) -> None:
        made = oracle(lambda x: pytest.fail("evaluated"), X, y=np.exp(X))
        assert np.array_equal(made.y, np.exp(X))

    def test_y_that_is_not_known(self) -> None:
        assert np.array_equal(oracle(np.exp, X).y, np.exp(X))

    def test_forward_that_raises_at_the_point(self) -> None:
        def forward(x: Array) -> Array:
            raise SubjectError("no")

        with pytest.raises(SubjectError, match=r"^no$"):
            oracle(forward, X)

    def test_noise(self) -> None:
        made = oracle(lambda x: x, np.array([16.0, -1.0, 0.0]))
        assert np.array_equal(made.noise, 2.0**-52 * np.array([65.0, 5.0, 1.0]))

    def test_infinite_entries_make_no_noise_elsewhere(self) -> None:
        assert oracle(lambda x: np.array([1.0, INF]), X).noise[0] == 2.0**-52 * (4 + 1 / 16)

    def test_scales(self) -> None:
        made = oracle(lambda x, n: x, np.array([3.0, 0.1]), np.array([5, 7]))
        assert [array.tolist() for array in made.scales] == [[4.0, 0.125], [5, 7]]


class TestGradient:
    @pytest.mark.parametrize("stretch", [0.125, 1.0, 4.0])
    @pytest.mark.parametrize("matched", [(), ((1, 1),)], ids=["entries", "columns"])
    def test_of_a_layer(self, matched: Any, stretch: float) -> None:
        probes = entries((4, 2), (3, 2), *matched)
        estimate = oracle(layer, X).gradient(0, probes, C, stretch=stretch)
        off = np.abs(estimate.value - layer_gradient(X))
        assert np.all(off <= estimate.bound)
        assert np.all(estimate.bound < 1e-6)
        assert estimate.lower is estimate.upper is estimate.left is estimate.right is None
        assert np.all(estimate.terms >= np.abs(estimate.value) * (1 - 1e-9))

    @pytest.mark.parametrize(
        "probes", [entries((2,), (2,)), blocks(RNG, (2,), 1)], ids=["entries", "block"]
    )
    def test_all_steps_are_stretched(self, probes: Any) -> None:
        def farthest(stretch: float) -> float:
            seen: list[Array] = []
            made = oracle(lambda x: seen.append(x) or x, np.array([1.0, 4.0]))
            made.gradient(0, probes, np.ones(2), stretch=stretch)
            return float(max(np.abs(x - [1.0, 4.0]).max() for x in seen))

        assert farthest(4.0) == 4 * farthest(1.0) > 0

    @settings(max_examples=15, deadline=None)
    @given(st.integers(0, 2**32), st.integers(1, 3), st.integers(1, 3))
    def test_bound_holds_for_linear_maps(self, seed: int, rows: int, columns: int) -> None:
        rng = np.random.default_rng(seed)
        J, c = rng.standard_normal((rows, columns)), rng.standard_normal(rows)
        made = oracle(lambda x: J @ x, rng.standard_normal(columns))
        estimate = made.gradient(0, entries((columns,), (rows,)), c)
        assert np.all(np.abs(estimate.value - J.T @ c) <= estimate.bound)
        assert np.all(estimate.bound <= 1e-6 * (1 + estimate.terms))
        assert np.allclose(estimate.terms, np.abs(J.T) @ np.abs(c), rtol=1e-6)

    @pytest.mark.parametrize("count", [1, 3, 8])
    def test_of_blocks(self, count: int) -> None:
        probes = blocks(np.random.default_rng(0), (4, 2), count)
        estimate = oracle(layer, X).gradient(0, probes, C)
        assert estimate.value.shape == (count,)
        off = np.abs(estimate.value - probes.read(layer_gradient(X)))
        assert np.all(off <= estimate.bound)
        assert np.all(estimate.bound < 1e-6)

    def test_of_blocks_in_fortran_order(self) -> None:
        probes = blocks(np.random.default_rng(0), (4, 2), 3)
        estimate = oracle(layer, np.asfortranarray(X)).gradient(0, probes, C)
        off = np.abs(estimate.value - probes.read(layer_gradient(X)))
        assert np.all(off <= estimate.bound)

    def test_of_the_second_input(self) -> None:
        estimate = oracle(lambda W, x: W @ x, A, X).gradient(1, entries((4, 2), (3, 2)), C)
        assert np.all(np.abs(estimate.value - A.T @ C) <= estimate.bound)

    def test_of_a_number(self) -> None:
        made = oracle(lambda x: x * x, np.array(3.0))
        estimate = made.gradient(0, entries(()), np.array(2.0))
        assert estimate.value.shape == ()
        assert abs(estimate.value - 12.0) <= estimate.bound < 1e-5

    def test_at_zero(self) -> None:
        estimate = oracle(np.sin, np.zeros(3)).gradient(0, entries((3,), (3,)), np.ones(3))
        assert np.all(np.abs(estimate.value - 1.0) <= estimate.bound)

    @pytest.mark.parametrize("size", [1e-12, 1e12])
    def test_of_any_size(self, size: float) -> None:
        x = size * np.array([1.0, -2.0])
        estimate = oracle(lambda x: x * x / size, x).gradient(0, entries((2,), (2,)), np.ones(2))
        assert np.all(np.abs(estimate.value - [2.0, -4.0]) <= estimate.bound)
        assert np.all(estimate.bound < 1e-5)

    def test_only_some_probes(self) -> None:
        made = oracle(layer, X)
        part = made.gradient(0, entries((4, 2), (3, 2)), C, only=[1, 6])
        whole = made.gradient(0, entries((4, 2), (3, 2)), C)
        told = np.zeros(8, bool)
        told[[1, 6]] = True
        assert np.array_equal(np.isfinite(part.value), told.reshape(4, 2))
        assert np.array_equal(np.isfinite(part.bound), told.reshape(4, 2))
        assert np.allclose(part.value.flat[[1, 6]], whole.value.flat[[1, 6]], rtol=1e-12)

    def test_no_probes(self) -> None:
        estimate = oracle(layer, X).gradient(0, entries((4, 2), (3, 2)), C, only=[])
        assert np.isnan(estimate.value).all()

    def test_inputs_are_not_touched(self) -> None:
        x = X.copy()
        oracle(layer, x).gradient(0, entries((4, 2), (3, 2)), C)
        assert np.array_equal(x, X)

    def test_noise_is_in_the_bound(self) -> None:
        """Code that works in float32 inside gets the bounds of float32."""
        made = oracle(lambda x: layer(x).astype(np.float32), X)
        estimate = made.gradient(0, entries((4, 2), (3, 2)), C)
        assert np.all(np.abs(estimate.value - layer_gradient(X)) <= estimate.bound)
        assert np.all(estimate.bound > 1e-7)


class TestKinks:
    x = np.array([0.0, 1.5, -1.5])

    def test_interval(self) -> None:
        made = oracle(relu, self.x)
        estimate = made.gradient(0, entries((3,), (3,)), np.array([2.0, 3.0, 5.0]))
        assert estimate.lower == pytest.approx([0.0, 3.0, 0.0], abs=1e-6)
        assert estimate.upper == pytest.approx([2.0, 3.0, 0.0], abs=1e-6)
        assert estimate.left == pytest.approx([0.0, 3.0, 0.0], abs=1e-6)
        assert estimate.right == pytest.approx([2.0, 3.0, 0.0], abs=1e-6)
        assert estimate.value == pytest.approx([1.0, 3.0, 0.0], abs=1e-6)
        assert np.all(estimate.bound < 1e-6)

    def test_a_negative_cotangent_turns_the_interval(self) -> None:
        estimate = oracle(relu, self.x).gradient(0, entries((3,), (3,)), -np.ones(3))
        assert estimate.lower is not None
        assert estimate.upper is not None
        assert estimate.lower[0] == pytest.approx(-1.0, abs=1e-6)
        assert estimate.upper[0] == pytest.approx(0.0, abs=1e-6)
        assert estimate.left is not None
        assert estimate.right is not None
        assert estimate.left[0] == pytest.approx(0.0, abs=1e-6)
        assert estimate.right[0] == pytest.approx(-1.0, abs=1e-6)

    def test_what_nobody_asks_for_is_no_kink(self) -> None:
        estimate = oracle(relu, self.x).gradient(0, entries((3,), (3,)), np.array([0.0, 1.0, 1.0]))
        assert estimate.lower is None
        assert estimate.value == pytest.approx([0.0, 1.0, 0.0], abs=1e-6)

    def test_kinks_of_one_probe_keep_apart(self) -> None:
        """One probe moves all three, and each has an interval of its own."""
        estimate = oracle(relu, self.x).gradient(0, entries((3,), (3,), (0, 0)), np.ones(3))
        assert estimate.lower == pytest.approx([0.0, 1.0, 0.0], abs=1e-6)
        assert estimate.upper == pytest.approx([1.0, 1.0, 0.0], abs=1e-6)

    @pytest.mark.parametrize("matched", [(), ((0, 0),)], ids=["entries", "together"])
    def test_a_jump_is_not_told(self, matched: Any) -> None:
        made = oracle(lambda x: np.where(x >= 1.0, 1.0, 0.0) + x, np.array([1.0, 5.0]))
        estimate = made.gradient(0, entries((2,), (2,), *matched), np.ones(2))
        assert np.isnan(estimate.value).tolist() == [True, False]


class TestDomain:
    def watched(
        self, forward: Callable[[Array], Array], x: Array, low: float, high: float
    ) -> tuple[FiniteDifferences, list[Array]]:
        seen: list[Array] = []

        def watching(x: Array) -> Array:
            seen.append(np.array(x))
            return forward(x)

        return oracle(watching, x, edges=[(low, high)]), seen

    @pytest.mark.parametrize("matched", [(), ((0, 0),)], ids=["entries", "together"])
    @pytest.mark.parametrize(
        ("forward", "derivative", "x", "low", "high"),
        [
            (np.log, lambda x: 1 / x, [1e-3, 2.0, 1e3], 0.0, INF),
            (lambda x: np.log(-x), lambda x: 1 / x, [-1e-3, -2.0, -1e3], -INF, 0.0),
            (np.arctanh, lambda x: 1 / (1 - x**2), [-0.999, 0.001, 0.999], -1.0, 1.0),
            (lambda x: np.sqrt(x - 1), lambda x: 0.5 / np.sqrt(x - 1), [1.001, 3.0, 9.0], 1.0, 10),
        ],
        ids=["above", "below", "both", "off zero"],
    )
    def test_nothing_outside_is_evaluated(
        self, forward: Any, derivative: Any, x: Any, low: float, high: float, matched: Any
    ) -> None:
        x = np.array(x)
        made, seen = self.watched(forward, x, low, high)
        estimate = made.gradient(0, entries((3,), (3,), *matched), np.ones(3))
        assert all(np.all((point > low) & (point < high)) for point in seen)
        assert np.all(np.abs(estimate.value - derivative(x)) <= estimate.bound)
        assert np.all(estimate.bound <= 1e-4 * np.abs(estimate.value))

    def test_of_blocks(self) -> None:
        x = np.array([1e-3, 2.0, 1e3])
        made, seen = self.watched(np.log, x, 0.0, INF)
        probes = blocks(np.random.default_rng(0), (3,), 1)
        estimate = made.gradient(0, probes, np.ones(3))
        assert all(np.all(point > 0) for point in seen)
        assert np.all(np.abs(estimate.value - probes.read(1 / x)) <= estimate.bound)

    def test_on_the_edge(self) -> None:
        made, seen = self.watched(np.log, np.array([0.0]), 0.0, INF)
        slope = made.slope(0, np.ones(1))
        assert slope.reason == "the point is on the edge of its domain"
        assert len(seen) == 1

    @pytest.mark.parametrize(
        ("tangent", "reach"),
        [
            ([1.0, 1.0], (0.25, 0.5)),
            ([-1.0, -1.0], (0.5, 0.25)),
            ([1.0, -1.0], (0.25, 1.0)),
            ([1.0, 0.0], (0.25, 1.0)),
            ([0.0, 0.0], (1.0, 1.0)),
            ([0.01, 0.01], (1.0, 1.0)),
            ([4.0, 0.0], (0.0625, 0.3125)),
        ],
        ids=str,
    )
    def test_reach_is_half_the_way_to_the_edge(
        self, tangent: list[float], reach: tuple[float, float]
    ) -> None:
        made = oracle(lambda x: x, np.array([0.5, 2.0]), edges=[(0.0, 3.0)])
        assert reach == pytest.approx(made._reach(0, np.array(tangent)))

    def test_reach_without_edges(self) -> None:
        assert oracle(lambda x: x, X)._reach(0, 1e9 * X) == (1.0, 1.0)

    def test_edges_of_another_input_do_not_matter(self) -> None:
        made = oracle(lambda a, b: a, X, np.ones(1), edges=[(-INF, INF), (0.0, 2.0)])
        assert made._reach(0, 1e9 * X) == (1.0, 1.0)
        assert made._reach(1, np.ones(1)) == (0.5, 0.5)

    def test_noise_is_measured_inside(self) -> None:
        made, seen = self.watched(lambda x: x, np.array([1 + 1e-12]), 1.0, INF)
        made.measure_noise(0)
        assert all(np.all(point > 1.0) for point in seen)


class TestNoise:
    def test_scatter_raises_it(self) -> None:
        rng = np.random.default_rng(1)
        made = oracle(lambda x: x + 1e-8 * rng.standard_normal(x.shape), np.ones(2000))
        made.measure_noise(0)
        ratio = made.noise / 4e-8
        assert 0.8 < np.median(ratio) < 1.6
        assert np.all(ratio > 0.1)

    def test_smoothness_does_not(self) -> None:
        made = oracle(np.exp, np.linspace(-3, 3, 50))
        before = made.noise.copy()
        made.measure_noise(0)
        assert np.all(made.noise >= before)
        assert np.all(made.noise <= 4 * before)

    def test_only_what_scatters(self) -> None:
        rng = np.random.default_rng(1)
        made = oracle(lambda x: np.stack([x[0], x[1] + 1e-8 * rng.standard_normal()]), np.ones(2))
        before = made.noise.copy()
        made.measure_noise(0)
        assert made.noise[0] < 1e-14
        assert made.noise[1] > 1e-9
        assert before[1] < 1e-14

    def test_never_falls(self) -> None:
        made = oracle(np.exp, X)
        made.noise = np.full((4, 2), 7.0)
        made.measure_noise(0)
        assert np.array_equal(made.noise, np.full((4, 2), 7.0))

    def test_values_that_are_not_finite_say_nothing(self) -> None:
        made = oracle(lambda x: np.stack([x[0], np.nan * x[0]]), np.ones(1))
        made.noise = np.ones((2,))
        made.measure_noise(0)
        assert np.array_equal(made.noise, [1.0, 1.0])

    def test_a_forward_that_raises_nearby_says_nothing(self) -> None:
        def forward(x: Array) -> Array:
            if np.any(x != X):
                raise SubjectError("no")
            return x

        made = oracle(forward, X)
        before = made.noise.copy()
        made.measure_noise(0)
        assert np.array_equal(made.noise, before)

    def test_the_point_is_not_moved(self) -> None:
        x = X.copy()
        made = oracle(np.exp, x)
        made.measure_noise(0)
        assert np.array_equal(x, X)
        assert np.array_equal(made.work[0], X)


class TestShape:
    def test_of_y_may_not_change(self) -> None:
        made = oracle(lambda x: x[x > 0], np.array([1.0, 2.0]))
        assert np.array_equal(made.evaluate([np.array([3.0, 4.0])]), [3.0, 4.0])
        with pytest.raises(SubjectError, match=r"forward returned shape \(1,\), before \(2,\)"):
            made.evaluate([np.array([3.0, -4.0])])

    def test_that_changes_close_by_is_not_told(self) -> None:
        made = oracle(lambda x: x[x > 0], np.array([1e-9, 2.0, 0.0]))
        slope = made.slope(0, np.array([0.0, 1.0, 0.0]))
        assert np.allclose(slope.value, [0.0, 1.0])
        assert not np.isfinite(made.slope(0, np.ones(3)).bound).any()
        before = made.noise.copy()
        made.measure_noise(0)
        assert np.array_equal(made.noise, before)


class TestStairs:
    """Seen from afar stairs have a slope; close to the point they are flat."""

    def noise(self, forward: Callable[..., Any], *x: float, **more: Any) -> Array:
        made = oracle(forward, np.array(x), **more)
        made.measure_noise(0)
        return made.noise

    @pytest.mark.parametrize("step", [1.0, 0.5, 1 / 3, 0.01])
    def test_are_doubted(self, step: float) -> None:
        assert np.all(self.noise(lambda x: step * np.floor(x / step), 10.304, -77.706) > 0.5)

    def test_are_doubted_far_out(self) -> None:
        for far in (1e4, 2.0**25 + 1):
            assert self.noise(np.floor, far + 0.37)[0] > 0.1 * far

    @pytest.mark.parametrize(("step", "far"), [(1.0, 100_001.0), (1 / 16, 1e4)])
    def test_that_float32_holds_too_are_doubted(self, step: float, far: float) -> None:
        noise = self.noise(lambda x: step * np.floor(x / step), far + 0.37)
        assert noise[0] > 0.1 * far

    def test_no_other_output_is(self) -> None:
        noise = self.noise(lambda x: np.stack([np.floor(x[0]), x[1]]), 10.3, 7.7)
        assert noise[0] > 0.5
        assert noise[1] < 1e-14

    def test_what_is_flat_everywhere_is_not(self) -> None:
        assert self.noise(lambda x: 0 * x + 3.0, 10.3)[0] < 1e-14

    def test_what_is_flat_by_rounding_is_not(self) -> None:
        assert self.noise(lambda x: 1e10 + 1e-4 * x, 0.7)[0] < 1e-5

    def test_a_forward_that_raises_afar_says_nothing(self) -> None:
        def forward(x: Array) -> Array:
            if x[0] > 10.5:
                raise SubjectError("no")
            return np.floor(x)

        assert self.noise(forward, 10.3)[0] < 1e-13

    def test_nothing_outside_of_the_domain_is_evaluated(self) -> None:
        seen: list[float] = []

        def forward(x: Array) -> Array:
            seen.append(float(x[0]))
            return np.floor(x)

        self.noise(forward, 10.3, edges=[(10.0, 10.5)])
        assert min(seen) > 10.0
        assert max(seen) < 10.5


EPS, EPS32 = 2.0**-52, 2.0**-23
THIRDS = np.array([1.0, 2.0]) / 3


class TestUnitRoundoff:
    @pytest.mark.parametrize(
        ("y", "eps"),
        [
            (THIRDS, EPS),
            (THIRDS.astype(np.float32), EPS32),
            (THIRDS.astype(np.float16), 2.0**-10),
            (THIRDS.astype(np.float32).astype(np.float64), EPS32),
            (np.array([1 / 3, np.float32(1 / 3)]), EPS),
            (np.array([0.5, 3.0, 0.0]), EPS),
            (np.zeros(3), EPS),
            (np.array(1 / 3), EPS),
            (np.array(float(np.float32(1 / 3))), EPS32),
            (np.array([np.inf, 1.0]), EPS),
            (np.array([np.inf, float(np.float32(1 / 3))]), EPS32),
            (np.array([np.nan, float(np.float32(1 / 3))]), EPS),
            (np.array([1e300, 1.0]), EPS),
            (np.zeros(3, np.float32), EPS32),
            (THIRDS.astype(np.longdouble), float(np.finfo(np.longdouble).eps)),
        ],
        ids=[
            "double",
            "single",
            "half",
            "cast on the way",
            "cast in part",
            "simple",
            "zeros",
            "number",
            "number cast",
            "infinite and simple",
            "infinite and cast",
            "nan",
            "too large for single",
            "zeros in single",
            "long",
        ],
    )
    def test_by_dtype_and_values(self, y: Array, eps: float) -> None:
        assert eps == unit_roundoff(y)


class TestScale:
    @given(st.lists(st.floats(1e-300, 1e300) | st.floats(-1e300, -1e-300), min_size=1, max_size=5))
    def test_is_a_power_of_two_near_the_entry(self, entries: list[float]) -> None:
        size = scale(np.array(entries))
        assert np.all(np.frexp(size)[0] == 0.5)
        ratio = size / np.abs(entries)
        assert np.all((ratio > 0.7) & (ratio < 1.42))

    @pytest.mark.parametrize(
        ("x", "wanted"),
        [
            ([0.0, 0.0], [1.0, 1.0]),
            ([0.0, -3.0, 0.25], [4.0, 4.0, 0.25]),
            ([-0.0, 0.1], [0.125, 0.125]),
            (0.0, 1.0),
            (-5.0, 4.0),
            ([[8.0], [0.0]], [[8.0], [8.0]]),
        ],
        ids=str,
    )
    def test_of_zeros_it_is_the_largest(self, x: Any, wanted: Any) -> None:
        size = scale(np.array(x))
        assert type(size) is np.ndarray
        assert size.tolist() == wanted
