"""A residual above 1 is a disagreement, and NaN is never an agreement."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.comparison import VACUOUS, VACUOUS_SINGLE, Comparison, compare, proves, vacuous_part
from gradcheck.records import Estimate, Worst

Array = Any
INF, NAN = math.inf, math.nan
numbers = st.floats(-1e100, 1e100)
sizes = st.floats(0, 1e100)


def estimate(value: Any, bound: Any = 0.0, **ends: Any) -> Estimate:
    value = np.asarray(value, float)
    return Estimate(
        value=value,
        bound=np.broadcast_to(np.asarray(bound, float), value.shape),
        terms=np.abs(value),
        **{name: np.asarray(end, float) for name, end in ends.items()},
    )


def compared(got: Any, value: Any, bound: Any = 0.0, allowance: Any = 0.0, **ends: Any) -> Any:
    """Return `compare` of arrays made of anything, quiet as in `isolated`."""
    got = np.asarray(got, float)
    allowed = np.broadcast_to(np.asarray(allowance, float), got.shape)
    with np.errstate(all="ignore"):
        return compare(got, estimate(value, bound, **ends), allowed)


class TestResidual:
    @pytest.mark.parametrize(
        ("got", "value", "bound", "allowance", "residual"),
        [
            (1.0, 1.0, 0.0, 0.0, 0.0),
            (0.0, -0.0, 0.0, 0.0, 0.0),
            (1.0, 1.0, 1.0, 0.0, 0.0),
            (2.0, 1.0, 1.0, 1.0, 0.5),
            (2.0, 1.0, 1.0, 0.0, 1.0),
            (2.0, 1.0, 0.25, 0.25, 2.0),
            (2.0, 1.0, 0.0, 0.0, INF),
            (5e-324, 0.0, 0.0, 0.0, INF),
            (NAN, 1.0, 1.0, 1.0, INF),
            (INF, 1.0, 1.0, 1.0, INF),
            (-INF, 1.0, 1.0, 1.0, INF),
            (NAN, NAN, 1.0, 1.0, INF),
            (NAN, 1.0, INF, 1.0, INF),
            (INF, NAN, NAN, 1.0, INF),
            (1.0, INF, 1.0, 1.0, INF),
        ],
    )
    def test_of_one_entry(
        self, got: float, value: float, bound: float, allowance: float, residual: float
    ) -> None:
        result = compared(got, value, bound, allowance)
        assert residual == result.residual
        assert result.agrees is (residual <= 1)

    @pytest.mark.parametrize(
        ("value", "bound", "allowance"),
        [
            (NAN, 1.0, 0.0),
            (NAN, NAN, 0.0),
            (NAN, 0.0, 0.0),
            (1.0, INF, 0.0),
            (1.0, NAN, 0.0),
        ],
    )
    def test_an_oracle_that_cannot_tell(self, value: float, bound: float, allowance: float) -> None:
        result = compared([5.0, 2.0], [value, 2.0], [bound, 1.0], [allowance, 0.0])
        assert result.residuals.tolist() == [0.0, 0.0]
        assert result.known.tolist() == [False, True]
        assert result.told is False
        assert compared(2.0, 2.0, 1.0).told is True

    @pytest.mark.parametrize(("allowance", "residual"), [(NAN, INF), (INF, 0.0)])
    def test_an_allowance_that_is_none_is_not_the_oracles_fault(
        self, allowance: float, residual: float
    ) -> None:
        result = compared([5.0, 2.0], [1.0, 2.0], 1.0, [allowance, 0.0])
        assert result.residuals.tolist() == [residual, 0.0]
        assert result.told is True
        assert not proves(result.error, np.ones(2), single=True)

    def test_one_entry_that_cannot_be_told_hides_no_other(self) -> None:
        result = compared([5.0, 9.0], [NAN, 2.0], 1.0)
        assert result.residuals.tolist() == [0.0, 7.0]
        assert not result.agrees

    @pytest.mark.parametrize("shape", [(), (1,), (2, 3), (1, 1, 1)])
    def test_shapes(self, shape: tuple[int, ...]) -> None:
        result = compared(np.ones(shape), np.zeros(shape), 0.5)
        assert result.residuals.shape == result.error.shape == shape
        assert result.residual == 2.0

    def test_nothing_at_all(self) -> None:
        assert compared(np.ones(0), np.ones(0)).residual == 0.0

    @given(numbers, numbers, sizes, sizes)
    def test_agrees_within_bound_and_allowance_and_never_beyond(
        self, got: float, value: float, bound: float, allowance: float
    ) -> None:
        result = compared(got, value, bound, allowance)
        assert result.error == bound + allowance
        if abs(got - value) <= bound + allowance:
            assert result.agrees
        if abs(got - value) > (bound + allowance) * (1 + 2**-50):
            assert not result.agrees

    @given(numbers, numbers, sizes, sizes, sizes)
    def test_more_allowance_never_raises_a_residual(
        self, got: float, value: float, bound: float, allowance: float, more: float
    ) -> None:
        less = compared(got, value, bound, allowance)
        assert compared(got, value, bound, allowance + more).residual <= less.residual

    @given(
        st.sampled_from([NAN, INF, -INF]),
        st.floats(),
        st.floats(min_value=0) | st.just(NAN),
        st.floats(min_value=0) | st.just(NAN),
    )
    def test_what_is_not_finite_never_agrees(
        self, got: float, value: float, bound: float, allowance: float
    ) -> None:
        assert not compared(got, value, bound, allowance).agrees


class TestInterval:
    """At a kink every value between the one-sided derivatives is right."""

    @pytest.mark.parametrize(
        ("got", "residual", "nearest"),
        [
            (0.0, 0.0, 0.0),
            (0.5, 0.0, 0.5),
            (0.3, 0.0, 0.3),
            (1.0, 0.0, 1.0),
            (1.1, 0.5, 1.0),
            (1.5, 2.5, 1.0),
            (-0.4, 2.0, 0.0),
            (NAN, INF, NAN),
        ],
    )
    def test_distance_to_the_interval(self, got: float, residual: float, nearest: float) -> None:
        result = compared(got, 0.5, 0.2, lower=0.0, upper=1.0)
        assert result.residual == pytest.approx(residual)
        assert np.array_equal(result.value, nearest, equal_nan=True)

    @pytest.mark.parametrize("ends", [(1.0, 0.0), (NAN, NAN), (0.0, NAN), (NAN, 1.0)])
    def test_an_interval_that_is_none(self, ends: tuple[float, float]) -> None:
        result = compared(0.7, 0.5, 0.1, lower=ends[0], upper=ends[1])
        assert result.residual == pytest.approx(2.0)
        assert result.value == 0.5

    @pytest.mark.parametrize("ends", [{"lower": 0.0}, {"upper": 1.0}], ids=str)
    def test_one_end_alone_is_no_interval(self, ends: dict[str, float]) -> None:
        assert compared(0.7, 0.5, 0.1, **ends).residual == pytest.approx(2.0)

    def test_unknown_stays_unknown(self) -> None:
        result = compared(9.0, NAN, 0.1, lower=0.0, upper=1.0)
        assert (result.residual, result.told) == (0.0, False)

    def test_entries_without_a_kink_keep_their_value(self) -> None:
        result = compared([0.7, 0.7], [0.5, 0.5], 0.1, lower=[0.5, 0.0], upper=[0.5, 1.0])
        assert result.residuals == pytest.approx([2.0, 0.0])

    @given(numbers, numbers, numbers, sizes)
    def test_law(self, got: float, one: float, other: float, bound: float) -> None:
        low, high = sorted((one, other))
        result = compared(got, low, bound, lower=low, upper=high)
        assert low <= result.value <= high
        assert result.agrees is bool(max(low - got, got - high, 0.0) <= bound)


class TestWorst:
    def test_entry(self) -> None:
        got = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 9.0]])
        result = compared(got, [[1.0, 2.0, 3.0], [4.0, 5.5, 6.0]], 1.0, 0.5)
        assert result.worst() == Worst(
            index=(1, 2), got=9.0, oracle=6.0, bound=1.5, wrong=1, entries=6
        )

    def test_of_a_number(self) -> None:
        worst = Worst(index=(), got=3.0, oracle=1.0, bound=0.5, wrong=1, entries=1)
        assert compared(3.0, 1.0, 0.5).worst() == worst

    @pytest.mark.parametrize("got", [NAN, INF, -INF])
    def test_what_is_not_finite_has_the_bound_of_the_oracle(self, got: float) -> None:
        worst = compared([got, 1.0], [2.0, 1.0], [1e-9, 1e-9], [NAN, 1e-12]).worst()
        assert worst.index == (0,)
        assert worst.bound == 1e-9
        assert compared([3.0], [2.0], [1e-9], [1e-12]).worst().bound == 1e-9 + 1e-12

    def test_nan_is_worse_than_any_number(self) -> None:
        worst = compared([1e300, NAN, 7.0], [0.0, 1.0, 7.0], 1.0).worst()
        assert (worst.index, worst.oracle) == ((1,), 1.0)
        assert math.isnan(worst.got)

    def test_plain_types(self) -> None:
        worst = compared([3.0], [1.0], 0.5).worst()
        kinds = (*map(type, worst.index), type(worst.got), type(worst.oracle), type(worst.bound))
        assert kinds == (int, float, float, float)

    @settings(max_examples=50)
    @given(st.lists(numbers, min_size=1, max_size=6))
    def test_has_the_largest_residual(self, got: list[float]) -> None:
        result: Comparison = compared(got, np.zeros(len(got)), 1.0)
        assert abs(result.worst().got) == result.residual == max(map(abs, got))


class TestProves:
    @pytest.mark.parametrize(
        ("error", "terms", "double", "single"),
        [
            (0.0, 0.0, True, True),
            (1e-300, 0.0, True, True),
            (1.1e-300, 0.0, False, True),
            (1.1e-33, 0.0, False, False),
            (1e-6, 1.0, True, True),
            (1.1e-6, 1.0, False, True),
            (1e-2, 1.0, False, True),
            (1.1e-2, 1.0, False, False),
            (NAN, 1.0, False, False),
            (0.0, NAN, False, False),
            (INF, INF, True, True),
        ],
    )
    def test_part_of_the_terms(
        self, error: float, terms: float, *, double: bool, single: bool
    ) -> None:
        arrays = np.array(error), np.array(terms)
        assert proves(*arrays, single=False) is double
        assert proves(*arrays, single=True) is single

    def test_every_entry_must(self) -> None:
        assert proves(np.array([1e-7, 0.0]), np.array([1.0, 0.0]), single=False)
        assert not proves(np.array([1e-7, 1e-5]), np.array([1.0, 1.0]), single=False)

    def test_parts(self) -> None:
        assert vacuous_part(single=False) == VACUOUS == 1e-6
        assert vacuous_part(single=True) == VACUOUS_SINGLE == 1e-2
