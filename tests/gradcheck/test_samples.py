"""The points of a regime are what it is for, keep shape and dtype, and depend on the seed alone."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gradcheck.errors import UsageError
from gradcheck.samples import BANDS, REGIMES, Sample, cotangent, folded, regime_names, samples
from gradcheck.subject import Subject, from_functions

Array = Any
INF = math.inf
SHAPES = [(), (1,), (2,), (3, 1), (2, 3, 4)]
DRAWN = [name for name in REGIMES if name not in ("point", "float32", "read-only", "strided")]
COUNTS = {"signs": 2, "kinks": 2, "near-kinks": 2, "units": 2, "magnitudes": 8, "ties": 2}


def subject(*inputs: Array, **more: Any) -> Subject:
    return from_functions(lambda *x: x[0], lambda g, *x: (g,), list(inputs), **more)


def drawn(name: str, *inputs: Array, seed: int = 0, **more: Any) -> list[Sample]:
    return list(samples(subject(*inputs, **more), name, seed))


def values(name: str, *inputs: Array, **more: Any) -> list[Array]:
    """Return the first input at each point."""
    return [sample.inputs[0] for sample in drawn(name, *inputs, **more)]


WIDE = np.full((40, 50), 0.5)


class TestAll:
    @pytest.mark.parametrize("shape", SHAPES, ids=str)
    @pytest.mark.parametrize("name", REGIMES)
    def test_shapes_and_dtypes_are_kept(self, name: str, shape: tuple[int, ...]) -> None:
        single = np.full((2, 2), 0.5, np.float32)
        points = drawn(name, np.full(shape, 0.5), single, np.arange(3), np.full(shape, 0.5))
        assert points
        for sample in points:
            assert sample.regime == name
            assert [type(array) for array in sample.inputs] == [np.ndarray] * 4
            assert [array.shape for array in sample.inputs] == [shape, (2, 2), (3,), shape]
            first = np.float32 if name == "float32" else np.float64
            dtypes = [array.dtype for array in sample.inputs]
            assert dtypes == [first, np.float32, np.arange(3).dtype, first]
            assert sample.inputs[2].tolist() == [0, 1, 2]

    @pytest.mark.parametrize("name", REGIMES)
    def test_nothing_is_shared_with_the_subject(self, name: str) -> None:
        it = subject(np.full((2, 3), 0.5), np.full((2, 3), 0.5), np.arange(3))
        for sample in samples(it, name, 0):
            for given_input, array in zip(it.inputs, sample.inputs, strict=True):
                assert not np.shares_memory(given_input, array)

    @pytest.mark.parametrize("name", REGIMES)
    def test_values_are_finite(self, name: str) -> None:
        for sample in drawn(name, WIDE, WIDE[0].astype(np.float32)):
            assert all(np.isfinite(array).all() for array in sample.inputs)

    def test_values_are_finite_in_half_precision(self) -> None:
        for point in values("huge", WIDE.astype(np.float16)):
            assert np.isfinite(point).all()

    @pytest.mark.parametrize("name", DRAWN)
    def test_the_same_seed_gives_the_same_points(self, name: str) -> None:
        def given_by(seed: int) -> list[list[bytes]]:
            points = drawn(name, WIDE, WIDE, seed=seed)
            return [[array.tobytes() for array in sample.inputs] for sample in points]

        assert given_by(5) == given_by(5)
        assert given_by(5) != given_by(6)

    def test_regimes_are_drawn_apart(self) -> None:
        assert not np.allclose(values("tiny", WIDE)[0] * 1e16, values("huge", WIDE)[0])

    @pytest.mark.parametrize("name", [each for each in DRAWN if each != "equal"])
    def test_inputs_of_one_shape_are_drawn_apart(self, name: str) -> None:
        for sample in drawn(name, WIDE, WIDE):
            assert not np.array_equal(*sample.inputs)

    @pytest.mark.parametrize("name", DRAWN)
    def test_number_of_points(self, name: str) -> None:
        wanted = {"equal": 0, **COUNTS}.get(name, 1)
        assert wanted == len(drawn(name, WIDE))

    @pytest.mark.parametrize(("name", "number"), [("magnitudes", 16), ("overflow", 2)])
    @pytest.mark.parametrize("shape", [(), (1,), (2,), (1, 2)], ids=str)
    def test_small_arrays_get_both_signs(
        self, name: str, number: int, shape: tuple[int, ...]
    ) -> None:
        points = values(name, np.full(shape, 0.5))
        assert number == len(points)
        for point, opposite in zip(points[::2], points[1::2], strict=True):
            assert np.array_equal(point, -opposite)

    @pytest.mark.parametrize(("name", "number"), [("magnitudes", 8), ("overflow", 1)])
    def test_larger_ones_have_both_already(self, name: str, number: int) -> None:
        assert number == len(values(name, np.full(3, 0.5)))

    def test_shorter_series_begin_again(self) -> None:
        points = drawn("magnitudes", WIDE, np.array([0.5]))
        assert len(points) == 16
        firsts = [sample.inputs[0] for sample in points]
        for first, again in zip(firsts[:8], firsts[8:], strict=True):
            assert np.array_equal(first, again)


class TestRegimes:
    def test_point(self) -> None:
        (sample,) = drawn("point", WIDE, np.arange(3))
        assert np.array_equal(sample.inputs[0], WIDE)
        assert sample.inputs[0].flags.writeable

    def test_signs(self) -> None:
        for point in values("signs", WIDE):
            assert abs((point > 0).mean() - 0.5) < 0.1
            assert 0.8 < point.std() < 1.2

    def test_kinks(self) -> None:
        first, second = values("kinks", WIDE)
        assert np.array_equal(first == 0, second != 0)
        for point in (first, second):
            assert abs((point == 0).mean() - 0.5) < 0.1
            assert abs(np.signbit(point[point == 0]).mean() - 0.5) < 0.1

    def test_kinks_of_one_entry(self) -> None:
        assert [x == 0 for x in values("kinks", np.array(0.5))].count(True) == 1

    def test_near_kinks(self) -> None:
        for point in values("near-kinks", WIDE):
            assert np.all((np.abs(point) >= 1e-9) & (np.abs(point) <= 1e-3))
            assert np.all([(point > 0).any(), (point < 0).any()])
            assert np.abs(point).min() < 1e-8
            assert np.abs(point).max() > 1e-4

    def test_near_kinks_from_the_other_side(self) -> None:
        first, second = values("near-kinks", WIDE)
        assert np.array_equal(second, -first[:, ::-1])
        first, second = values("near-kinks", np.array(0.5))
        assert second == -first

    def test_units(self) -> None:
        ones, beside = values("units", WIDE)
        assert set(ones.flat) == {1.0, -1.0}
        off = np.abs(beside) - 1
        assert np.all((np.abs(off) > 9e-10) & (np.abs(off) < 1.1e-3))
        assert np.all(np.sign(beside) == -ones)
        assert off.min() < 0 < off.max()

    def test_magnitudes(self) -> None:
        points = values("magnitudes", WIDE)
        assert (BANDS[0], BANDS[-1]) == pytest.approx((0.01, 30.0))
        for (low, high), point in zip(pairwise(BANDS), points, strict=True):
            assert np.all((np.abs(point) >= low * 0.999) & (np.abs(point) <= high * 1.001))
            assert point.min() < 0 < point.max()

    def test_overflow(self) -> None:
        (point,) = values("overflow", WIDE)
        assert set(point.flat) == {1000.0, -1000.0, 800.0, -800.0}

    @pytest.mark.parametrize(("name", "size"), [("tiny", 1e-8), ("huge", 1e8)])
    def test_scales(self, name: str, size: float) -> None:
        (point,) = values(name, WIDE)
        assert 0.8 * size < point.std() < 1.2 * size

    def test_ties(self) -> None:
        few, one = values("ties", WIDE)
        assert len(np.unique(few)) == 3
        assert len(np.unique(one)) == 1

    def test_offset(self) -> None:
        (point,) = values("offset", WIDE)
        assert 0.8 < (point - 1e4).std() < 1.2

    def test_read_only(self) -> None:
        (sample,) = drawn("read-only", WIDE, np.arange(3))
        assert np.array_equal(sample.inputs[0], WIDE)
        for array in sample.inputs:
            assert not array.flags.writeable
            with pytest.raises(ValueError, match="read-only"):
                array[...] = 0

    @pytest.mark.parametrize("shape", [(2,), (2, 3), (3, 1), (2, 3, 4)], ids=str)
    def test_strided(self, shape: tuple[int, ...]) -> None:
        x = np.arange(math.prod(shape), dtype=float).reshape(shape) + 0.5
        (point,) = values("strided", x)
        assert np.array_equal(point, x)
        assert not point.flags.c_contiguous
        assert not point.flags.f_contiguous
        assert point.flags.writeable

    def test_strided_number(self) -> None:
        (point,) = values("strided", np.array(0.5))
        assert (point.shape, float(point)) == ((), 0.5)

    def test_float32(self) -> None:
        (sample,) = drawn("float32", WIDE + 0.1, WIDE.astype(np.float16), np.arange(3))
        assert [array.dtype for array in sample.inputs[:2]] == [np.float32, np.float32]
        assert np.array_equal(sample.inputs[0], (WIDE + 0.1).astype(np.float32))

    @pytest.mark.parametrize("dtype", [np.float16, np.float32])
    def test_float32_says_nothing_new_of_what_is_not_float64(self, dtype: type) -> None:
        assert drawn("float32", WIDE.astype(dtype), np.arange(3)) == []


class TestEqual:
    def test_inputs_of_one_shape(self) -> None:
        same, part = drawn("equal", WIDE, WIDE[0], WIDE)
        first, _, third = same.inputs
        assert np.array_equal(first, third)
        first, _, third = part.inputs
        assert np.array_equal((first == third).reshape(-1), np.arange(WIDE.size) % 2 == 0)

    def test_all_three(self) -> None:
        same, part = drawn("equal", WIDE, WIDE, WIDE)
        assert np.array_equal(same.inputs[0], same.inputs[1])
        assert np.array_equal(same.inputs[0], same.inputs[2])
        assert np.array_equal(part.inputs[0], same.inputs[0])
        assert not np.array_equal(part.inputs[1], part.inputs[2])

    @pytest.mark.parametrize("shape", [(), (1,)], ids=str)
    def test_one_entry(self, shape: tuple[int, ...]) -> None:
        same, part = drawn("equal", np.full(shape, 0.5), np.full(shape, 1.5))
        assert same.inputs[0] == same.inputs[1]
        assert part.inputs[0] == part.inputs[1]

    def test_none_of_one_shape(self) -> None:
        assert drawn("equal", WIDE, WIDE[0], np.zeros((40, 50), int)) == []

    def test_inputs_of_two_precisions(self) -> None:
        same, _ = drawn("equal", WIDE.astype(np.float32), WIDE)
        assert np.array_equal(same.inputs[0], same.inputs[1])


class TestDomain:
    @pytest.mark.parametrize("domain", [(0, INF), (0, 1), (-INF, 1), (0.25, 0.75), (-1, 1e9)])
    @pytest.mark.parametrize("name", REGIMES)
    def test_points_lie_inside(self, name: str, domain: tuple[float, float]) -> None:
        low, high = domain
        for point in values(name, WIDE, domain={"x0": domain}, names=["x0"]):
            assert np.all((point > low) & (point < high))

    def test_of_one_input_leaves_the_others(self) -> None:
        plain = drawn("signs", WIDE, WIDE, names=["x", "t"])
        bounded = drawn("signs", WIDE, WIDE, names=["x", "t"], domain={"t": (0, INF)})
        for one, other in zip(plain, bounded, strict=True):
            assert np.array_equal(one.inputs[0], other.inputs[0])
            assert np.allclose(np.abs(one.inputs[1]), other.inputs[1], rtol=1e-15)

    @pytest.mark.parametrize("dtype", [np.float16, np.float32])
    def test_points_lie_inside_in_their_own_precision(self, dtype: type) -> None:
        for name in DRAWN:
            for point in values(name, WIDE.astype(dtype), names=["x"], domain={"x": (0, 1)}):
                assert np.all((point > 0) & (point < 1))

    @pytest.mark.parametrize("x", [1 - 1e-12, 1e-60])
    def test_single_precision_lies_inside(self, x: float) -> None:
        for point in values("float32", np.array([x]), names=["x"], domain={"x": (0, 1)}):
            assert np.all((point > 0) & (point < 1))


numbers = st.floats(-1e300, 1e300)
ends = st.floats(-1e6, 1e6)
widths = st.floats(1e-3, 1e6)


def inside(low: float, width: float, part: float) -> Array:
    return np.array(low + width * part)


class TestFolded:
    @settings(max_examples=200)
    @given(numbers, ends, widths)
    @example(0.0, 0.0, 1.0)
    @example(1.0, 0.0, 1.0)
    @example(-1.0, 0.0, 1.0)
    @example(2.0, 0.0, 1.0)
    def test_always_inside(self, value: float, low: float, width: float) -> None:
        high = low + width
        for lower, upper in ((low, high), (low, INF), (-INF, high)):
            result = folded(np.array(value), lower, upper)
            assert np.shape(result) == ()
            assert lower < result < upper

    @given(ends, widths, st.floats(0.001, 0.999))
    def test_what_is_inside_hardly_changes(self, low: float, width: float, part: float) -> None:
        value = inside(low, width, part)
        tolerance = 2.0**-51 * (abs(low) + 2 * width)
        for lower, upper in ((low, low + width), (low, INF), (-INF, low + width)):
            assert abs(folded(value, lower, upper) - value) <= tolerance

    @pytest.mark.parametrize("domain", [(-1, INF), (-1, 1), (-INF, 1)], ids=str)
    def test_what_is_inside_does_not_change(self, domain: tuple[float, float]) -> None:
        for value in (1e-17, 1.2345e-9, -1e-9, 0.1):
            assert folded(np.array(value), *domain) == value

    def test_an_edge_far_from_zero(self) -> None:
        assert folded(np.array(1e20), 1e20, INF) > 1e20

    @given(numbers)
    def test_without_edges_nothing_changes(self, value: float) -> None:
        array = np.array(value)
        assert folded(array, -INF, INF) is array

    @pytest.mark.parametrize(
        ("value", "low", "high", "result"),
        [
            (-3.0, 0.0, INF, 3.0),
            (0.0, 0.0, INF, 1.0),
            (3.0, -INF, 0.0, -3.0),
            (0.0, -INF, 0.0, -1.0),
            (1.25, 0.0, 1.0, 0.75),
            (-0.25, 0.0, 1.0, 0.25),
            (2.25, 0.0, 1.0, 0.25),
            (0.0, 0.0, 1.0, 0.5),
            (1.0, 0.0, 1.0, 0.5),
            (5.0, 2.0, 4.0, 3.0),
        ],
    )
    def test_mirrored_at_the_edges(
        self, value: float, low: float, high: float, result: float
    ) -> None:
        assert folded(np.array([value]), low, high).tolist() == [result]


class TestCotangent:
    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.complex128])
    @pytest.mark.parametrize("shape", SHAPES, ids=str)
    def test_shape_and_dtype(self, shape: tuple[int, ...], dtype: type) -> None:
        g = cotangent(np.random.default_rng(0), np.zeros(shape, dtype))
        assert type(g) is np.ndarray
        assert (g.shape, g.dtype) == (shape, dtype)

    def test_both_signs_and_nothing_near_zero(self) -> None:
        g = cotangent(np.random.default_rng(0), WIDE)
        assert np.abs(g).min() >= 0.3
        assert np.abs(g).max() <= 2.0
        assert abs((g > 0).mean() - 0.5) < 0.1

    def test_depends_on_the_generator_alone(self) -> None:
        one, two, three = (cotangent(np.random.default_rng(seed), WIDE) for seed in (1, 1, 2))
        assert np.array_equal(one, two)
        assert not np.array_equal(one, three)


class TestNames:
    @pytest.mark.parametrize(
        ("asked", "names"),
        [
            ("all", REGIMES),
            ("point", ("point",)),
            ("ties", ("point", "ties")),
            (["strided", "signs"], ("point", "signs", "strided")),
            (("point", "huge", "huge"), ("point", "huge")),
        ],
        ids=str,
    )
    def test_in_order_with_the_given_point(self, asked: Any, names: tuple[str, ...]) -> None:
        assert names == regime_names(asked)

    @pytest.mark.parametrize(
        ("asked", "shown"),
        [
            ("kink", "'kink'"),
            ("", "''"),
            (["signs", "kink", "tie"], "'kink'"),
            (["all"], "'all'"),
            ([], "[]"),
            ((), "()"),
        ],
    )
    def test_wrong(self, asked: Any, shown: str) -> None:
        with pytest.raises(UsageError) as caught:
            regime_names(asked)
        assert str(caught.value) == (
            f"regimes={shown}, must be 'all', 'point' or a list of names among "
            "point, signs, kinks, near-kinks, units, magnitudes, overflow, tiny, huge, ties, "
            "equal, offset, float32, read-only, strided"
        )
