"""Whatever entries are moved together, the readings are those of the gradient."""

from __future__ import annotations

from itertools import combinations, permutations
from math import prod
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.oracles.complex_step import ComplexStep
from gradcheck.probes import BlockProbes, EntryProbes, blocks, detect, median

Array = Any
Shape = tuple[int, ...]
Pairs = tuple[tuple[int, int], ...]


class Linear:
    """y = J·x with a J of integers, none of them 0 but where matched axes say so.

    All arithmetic with small integers is exact, so that gradients may be compared by equality.
    """

    def __init__(self, shape: Shape, output: Shape, matched: Pairs, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        self.shape, self.output, self.matched = shape, output, matched
        self.jacobian = rng.integers(1, 9, (*output, *shape)) * rng.choice(
            [-1.0, 1.0], (*output, *shape)
        )
        index = np.indices((*output, *shape), sparse=True)
        for axis, other in matched:
            self.jacobian = self.jacobian * (index[other] == index[len(output) + axis])
        self.x = rng.integers(-9, 9, shape).astype(float)
        self.cotangent = rng.integers(1, 9, output) * rng.choice([-1.0, 1.0], output)
        self.calls = 0

    def __call__(self, x: Array) -> Array:
        self.calls += 1
        return np.tensordot(self.jacobian, x, len(self.shape))

    def respond(self, tangent: Array) -> Array:
        return np.asarray(self(tangent) != 0)

    @property
    def gradient(self) -> Array:
        """Jᵀ·cotangent."""
        return np.tensordot(self.cotangent, self.jacobian, len(self.output))

    def oracle(self) -> ComplexStep:
        return ComplexStep(lambda work: np.asarray(self(work[0])), [self.x], [0], self.output)

    def probes(self) -> EntryProbes:
        return EntryProbes(shape=self.shape, output=self.output, matched=self.matched)


def tangents(probes: EntryProbes | BlockProbes, shape: Shape) -> list[Array]:
    """Return the tangent of each probe."""
    made = []
    for index, weight in probes.targets():
        tangent = np.zeros(shape)
        probes.view(tangent)[index] = weight
        made.append(tangent)
    return made


def matchings(shape: Shape, output: Shape) -> list[Pairs]:
    """Return every set of pairs of axes of one size."""
    found = []
    for number in range(min(len(shape), len(output)) + 1):
        for axes in combinations(range(len(shape)), number):
            for others in permutations(range(len(output)), number):
                pairs = tuple(zip(axes, others, strict=True))
                if all(shape[axis] == output[other] for axis, other in pairs):
                    found.append(pairs)
    return found


ALL = [
    (shape, output, pairs)
    for shape, output in [
        ((), ()),
        ((3,), ()),
        ((), (3,)),
        ((3,), (3,)),
        ((2, 3), (3, 2)),
        ((2, 3), (2, 3)),
        ((2, 2), (2, 2)),
        ((2, 2), (2, 3, 2)),
        ((2, 3, 2), (2, 2)),
        ((2, 2, 2), (2, 2, 2)),
        ((4, 2, 3), (3, 2, 4)),
        ((1, 3), (3, 1)),
    ]
    for pairs in matchings(shape, output)
]


@pytest.mark.parametrize(("shape", "output", "matched"), ALL, ids=str)
class TestEveryMatching:
    def test_reduce_and_arrange_are_the_transposed_product(
        self, shape: Shape, output: Shape, matched: Pairs
    ) -> None:
        linear = Linear(shape, output, matched)
        probes = linear.probes()
        rows = np.stack([linear(tangent) for tangent in tangents(probes, shape)])
        wanted = np.einsum(
            linear.jacobian,
            list(range(len(output) + len(shape))),
            linear.cotangent,
            list(range(len(output))),
            list(range(len(output), len(output) + len(shape))),
        )
        readings = probes.arrange(probes.reduce(rows, linear.cotangent))
        assert readings.shape == shape
        assert np.array_equal(readings, wanted)

    def test_reduce_in_parts(self, shape: Shape, output: Shape, matched: Pairs) -> None:
        linear = Linear(shape, output, matched)
        probes = linear.probes()
        rows = np.stack([linear(tangent) for tangent in tangents(probes, shape)])
        whole = probes.reduce(rows, linear.cotangent)
        sizes = [shape[axis] for axis, _ in matched]
        assert whole.shape == (probes.count, *sizes)
        parts = [probes.reduce(rows[k : k + 1], linear.cotangent) for k in range(len(rows))]
        assert np.array_equal(np.concatenate(parts), whole)

    def test_complex_step_is_exact(self, shape: Shape, output: Shape, matched: Pairs) -> None:
        linear = Linear(shape, output, matched)
        estimate = linear.oracle().gradient(0, linear.probes(), linear.cotangent)
        assert np.array_equal(estimate.value, linear.gradient)

    def test_every_entry_has_one_probe(self, shape: Shape, output: Shape, matched: Pairs) -> None:
        probes = EntryProbes(shape=shape, output=output, matched=matched)
        moved = tangents(probes, shape)
        assert len(moved) == probes.count == prod(shape[axis] for axis in probes.free)
        assert np.array_equal(sum(moved), np.ones(shape))
        owners = probes.owners()
        assert owners.shape == shape
        for number, tangent in enumerate(moved):
            assert np.array_equal(owners == number, tangent == 1)


class TestEntryProbes:
    probes = EntryProbes(shape=(2, 3), output=(3,), matched=((1, 0),))

    def test_readings_are_the_entries(self) -> None:
        gradient = np.arange(6.0).reshape(2, 3)
        assert self.probes.read(gradient) is gradient
        assert self.probes.total(gradient) is gradient
        assert self.probes.steps(gradient) == (gradient, gradient)

    def test_every_error_is_visible(self) -> None:
        assert self.probes.visible(np.full((2, 3), 9.0), np.ones((2, 3))) == 0.0

    def test_without_matched_axes_the_view_is_the_array(self) -> None:
        array = np.ones((2, 3))
        assert EntryProbes(shape=(2, 3), output=(3,)).view(array) is array


def shapes(low: int, high: int) -> st.SearchStrategy[Shape]:
    return st.lists(st.sampled_from([1, 2, 3, 4, 6]), min_size=low, max_size=high).map(tuple)


@st.composite
def linears(draw: st.DrawFn) -> Linear:
    shape, output = draw(shapes(0, 3)), draw(shapes(0, 3))
    pairs = draw(st.sampled_from(matchings(shape, output)))
    return Linear(shape, output, pairs, seed=draw(st.integers(0, 2**32)))


seeds = st.integers(0, 2**32)


class TestDetect:
    @settings(max_examples=150, deadline=None)
    @given(linears(), seeds)
    def test_gradients_by_what_is_found_are_exact(self, linear: Linear, seed: int) -> None:
        rng = np.random.default_rng(seed)
        probes = detect(linear.respond, linear.shape, linear.output, rng)
        assert set(probes.matched) <= set(linear.matched)
        estimate = linear.oracle().gradient(0, probes, linear.cotangent)
        assert np.array_equal(estimate.value, linear.gradient)

    @pytest.mark.parametrize(
        ("shape", "output", "matched"),
        [
            ((64,), (64,), ((0, 0),)),
            ((8, 40), (5, 40), ((1, 1),)),
            ((40, 8), (5, 40), ((0, 1),)),
            ((16, 20), (20, 16), ((0, 1), (1, 0))),
            ((16, 16), (16, 16), ((0, 1), (1, 0))),
            ((16, 16), (16, 16), ((0, 0), (1, 1))),
            ((16, 16), (16, 16), ((0, 1),)),
            ((16, 16), (16, 16), ()),
            ((3, 33, 5), (33, 2), ((1, 0),)),
        ],
        ids=str,
    )
    def test_finds_what_pays(self, shape: Shape, output: Shape, matched: Pairs) -> None:
        linear = Linear(shape, output, matched)
        probes = detect(linear.respond, shape, output, np.random.default_rng(0))
        assert matched == probes.matched
        assert probes.count == prod(shape) // prod(shape[axis] for axis, _ in matched)

    def test_leaves_what_no_longer_pays(self) -> None:
        linear = Linear((64, 4), (64, 4), ((0, 0), (1, 1)))
        probes = detect(linear.respond, (64, 4), (64, 4), np.random.default_rng(0))
        assert probes.matched == ((0, 0),)

    @pytest.mark.parametrize("shape", [(), (1,), (2,), (5,), (1, 1)], ids=str)
    def test_does_not_look_where_it_does_not_pay(self, shape: Shape) -> None:
        linear = Linear(shape, shape, tuple((axis, axis) for axis in range(len(shape))))
        probes = detect(linear.respond, shape, shape, np.random.default_rng(0))
        assert (probes.matched, linear.calls) == ((), 0)

    def test_costs_less_than_it_saves(self) -> None:
        linear = Linear((64, 8), (8, 64), ((0, 1),))
        probes = detect(linear.respond, (64, 8), (8, 64), np.random.default_rng(0))
        assert linear.calls + probes.count < prod(linear.shape)

    def test_an_axis_of_y_is_matched_once(self) -> None:
        """y[k] depends on x[k, k] alone: either axis of x matches that of y, but not both."""
        n = 32
        probes = detect(lambda t: np.diag(t) != 0, (n, n), (n,), np.random.default_rng(0))
        assert probes.matched == ((0, 0),)

    @pytest.mark.parametrize("distance", [1, 2, 7, 16, 31])
    def test_one_dependence_off_the_diagonal_is_seen(self, distance: int) -> None:
        """Every two indices are parted by a half or its complement, in either direction."""
        for source, target in ((0, distance), (distance, 0), (31 - distance, 31)):
            J = np.eye(32)
            J[target, source] = 1.0
            probes = detect(lambda t, J=J: J @ t != 0, (32,), (32,), np.random.default_rng(source))
            assert probes.matched == ()

    @settings(max_examples=100, deadline=None)
    @given(
        st.sampled_from([case for case in ALL if case[2] and max(case[0]) > 1]), seeds, st.data()
    )
    def test_a_wrong_claim_is_exposed_by_the_sum(
        self, case: tuple[Shape, Shape, Pairs], seed: int, data: st.DataObject
    ) -> None:
        """Entries add up to the derivative along a direction only if what matched is true."""
        shape, output, claimed = case
        true = data.draw(st.sampled_from(matchings(shape, output)))
        linear = Linear(shape, output, true, seed)
        oracle = linear.oracle()
        probes = EntryProbes(shape=shape, output=output, matched=claimed)
        rng = np.random.default_rng(seed)
        direction = rng.uniform(0.5, 2.0, shape) * rng.choice([1.0, -1.0], shape)
        entries = oracle.gradient(0, probes, linear.cotangent)
        parts = linear.cotangent * oracle.tangent(0, direction)
        off = abs(float((entries.value * direction).sum()) - float(parts.sum()))
        size = float((entries.terms * np.abs(direction)).sum()) + float(np.abs(parts).sum())
        right = np.array_equal(entries.value, linear.gradient)
        assert right is (off <= 64 * 2.0**-52 * size)
        if set(claimed) <= set(true):
            assert right


@st.composite
def block_probes(draw: st.DrawFn) -> BlockProbes:
    shape = draw(shapes(0, 3))
    rng = np.random.default_rng(draw(seeds))
    return blocks(rng, shape, draw(st.integers(1, 80)))


class TestBlockProbes:
    @given(block_probes())
    def test_blocks_part_the_entries(self, probes: BlockProbes) -> None:
        moved = tangents(probes, probes.shape)
        assert len(moved) == probes.count == len(probes.owners()) <= prod(probes.shape)
        assert np.array_equal(sum(moved), probes.weights.reshape(probes.shape))
        assert np.all(sum(tangent != 0 for tangent in moved) == 1)
        sizes = [np.count_nonzero(tangent) for tangent in moved]
        assert max(sizes) - min(sizes) <= 1

    @given(block_probes(), seeds)
    def test_reading_is_the_product_with_the_tangent(self, probes: BlockProbes, seed: int) -> None:
        gradient = np.random.default_rng(seed).standard_normal(probes.shape)
        wanted = [float((gradient * tangent).sum()) for tangent in tangents(probes, probes.shape)]
        assert np.allclose(probes.read(gradient), wanted, rtol=0, atol=1e-13)

    @given(block_probes(), seeds, st.floats(-3, 3), st.floats(-3, 3))
    def test_reading_is_linear(self, probes: BlockProbes, seed: int, a: float, b: float) -> None:
        first, second = np.random.default_rng(seed).standard_normal((2, *probes.shape))
        wanted = a * probes.read(first) + b * probes.read(second)
        assert np.allclose(probes.read(a * first + b * second), wanted, rtol=0, atol=1e-12)

    @given(block_probes(), seeds)
    def test_errors_do_not_cancel(self, probes: BlockProbes, seed: int) -> None:
        error = np.random.default_rng(seed).standard_normal(probes.shape)
        total = probes.total(np.abs(error))
        assert total.shape == (probes.count,)
        assert np.all(total >= np.abs(probes.read(error)) * (1 - 1e-15))

    @settings(max_examples=50, deadline=None)
    @given(linears(), seeds, st.integers(1, 20))
    def test_complex_step_gives_the_readings(self, linear: Linear, seed: int, count: int) -> None:
        probes = blocks(np.random.default_rng(seed), linear.shape, count)
        estimate = linear.oracle().gradient(0, probes, linear.cotangent)
        off = np.abs(estimate.value - probes.read(linear.gradient))
        # Weighted sums cancel before the oracle sees them: the size is that of all their terms.
        sizes = np.tensordot(np.abs(linear.cotangent), np.abs(linear.jacobian), len(linear.output))
        assert np.all(off <= estimate.bound + 64 * 2.0**-52 * probes.total(sizes))

    @pytest.mark.parametrize("count", [1, 7, 24])
    def test_one_wrong_entry_shows(self, count: int) -> None:
        probes = blocks(np.random.default_rng(0), (4, 6), count)
        for entry in np.ndindex(4, 6):
            wrong = np.zeros((4, 6))
            wrong[entry] = 1.0
            assert np.abs(probes.read(wrong)).max() >= 0.5

    def test_weights(self) -> None:
        weights = blocks(np.random.default_rng(0), (40, 50), 3).weights
        assert weights.shape == (2000,)
        assert np.all((np.abs(weights) >= 0.5) & (np.abs(weights) <= 2.0))
        assert abs((weights > 0).mean() - 0.5) < 0.1

    def test_at_most_one_block_an_entry(self) -> None:
        probes = blocks(np.random.default_rng(0), (2, 3), 100)
        assert probes.count == 6
        assert np.allclose(probes.read(np.ones((2, 3))), probes.weights)

    def test_reduce_and_arrange(self) -> None:
        probes = blocks(np.random.default_rng(0), (4,), 2)
        rows, cotangent = np.arange(12.0).reshape(2, 2, 3), np.arange(6.0).reshape(2, 3)
        reduced = probes.reduce(rows, cotangent)
        assert reduced.tolist() == [(rows[0] * cotangent).sum(), (rows[1] * cotangent).sum()]
        assert probes.arrange(reduced) is reduced

    def test_steps_are_of_one_size(self) -> None:
        probes = blocks(np.random.default_rng(0), (2, 3), 2)
        moved, scaled = probes.steps(np.array([[1.0, 2.0, 4.0], [8.0, 16.0, 32.0]]))
        assert (moved.tolist(), scaled.tolist()) == ([[6.0] * 3] * 2, [6.0] * 2)

    def test_smallest_error_that_shows(self) -> None:
        probes = BlockProbes(shape=(4,), weights=np.array([1.0, -0.5, 2.0, 1.0]), count=2)
        size = np.array([0.0, -4.0, 3.0, 1.0])
        assert probes.visible(np.array([0.1, 0.2]), size) == pytest.approx(0.2 / 0.5 / 4.0)
        assert probes.visible(np.array([0.1, 0.2]), np.zeros(4)) == 0.0

    @pytest.mark.parametrize(
        "array", [np.zeros((2, 3)), np.zeros((2, 3), complex).imag], ids=["real", "imaginary"]
    )
    def test_writing_to_the_view_writes_to_the_array(self, array: Array) -> None:
        probes = blocks(np.random.default_rng(0), (2, 3), 2)
        probes.view(array)[0] = 1.0
        assert array[0, 0] == 1.0


@pytest.mark.parametrize("shape", [(1,), (2,), (5,), (3, 4), (3, 3), ()])
def test_the_median_is_that_of_numpy(shape: tuple[int, ...]) -> None:
    sizes = np.asarray(np.random.default_rng(1).uniform(0.5, 2.0, shape))
    assert median(sizes) == np.median(sizes)
