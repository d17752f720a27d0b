from __future__ import annotations

import numpy as np
import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

from gradcheck import strategies
from gradcheck.errors import UsageError

ONCE = settings(database=None, derandomize=True, max_examples=200, deadline=None)
FEW = settings(max_examples=60, deadline=None)


class TestShapes:
    @FEW
    @given(x=strategies.columns(rows=3))
    def test_columns(self, x: np.ndarray) -> None:
        assert x.dtype == np.float64
        assert x.shape[0] == 3
        assert 1 <= x.shape[1] <= strategies.MOST

    @FEW
    @given(x=strategies.rows(columns=3, examples=2))
    def test_rows(self, x: np.ndarray) -> None:
        assert x.shape == (2, 3)

    @FEW
    @given(x=strategies.matrices(2), v=strategies.vectors())
    def test_what_is_left_open_is_drawn(self, x: np.ndarray, v: np.ndarray) -> None:
        assert x.shape[0] == 2
        assert x.ndim == 2
        assert v.ndim == 1

    @FEW
    @given(sizes=strategies.layer_sizes(layers=2, most=5))
    def test_sizes_of_layers(self, sizes: tuple[int, ...]) -> None:
        assert len(sizes) == 3
        assert all(1 <= n <= 5 for n in sizes)

    @FEW
    @given(data=st.data())
    def test_a_cotangent_has_the_shape_of_y(self, data: st.DataObject) -> None:
        y = data.draw(strategies.columns(rows=2))
        assert data.draw(strategies.cotangents(y)).shape == y.shape
        assert data.draw(strategies.cotangents(())).shape == ()

    def test_shapes_vary(self) -> None:
        x = find(strategies.columns(rows=1), lambda x: x.shape[1] == 3, settings=ONCE)
        assert x.shape == (1, 3)


class TestShrinking:
    def test_to_zeros_of_the_smallest_shape(self) -> None:
        x = find(strategies.matrices(), lambda x: True, settings=ONCE)
        assert x.tolist() == [[0.0]]

    def test_to_plain_numbers(self) -> None:
        x = find(strategies.columns(rows=2), lambda x: x.sum() > 0.3, settings=ONCE)
        assert sorted(x.ravel().tolist()) == [0.0, 1.0]

    def test_cotangents_to_a_single_entry(self) -> None:
        g = find(strategies.cotangents((2, 2)), lambda g: g.any(), settings=ONCE)
        assert np.count_nonzero(g) == 1
        assert g.sum() == 1.0


class TestKinks:
    @FEW
    @given(x=strategies.vectors(6, kinks="avoid", at=(0.0, 1.0)))
    def test_avoided(self, x: np.ndarray) -> None:
        assert (np.abs(x) >= strategies.AWAY).all()
        assert (np.abs(x - 1) >= strategies.AWAY).all()

    @pytest.mark.parametrize("shift", [0.0, 1e-9, -1e-6])
    def test_sought(self, shift: float) -> None:
        seek = strategies.numbers(kinks="seek", at=(2.0,))
        assert find(seek, lambda v: v == 2.0 + 2.0 * shift, settings=ONCE) == 2.0 + 2.0 * shift

    def test_not_met_by_those_that_avoid_them(self) -> None:
        with pytest.raises(NoSuchExample):
            find(strategies.numbers(kinks="avoid"), lambda v: v == 0, settings=ONCE)

    @FEW
    @given(x=strategies.vectors(4, low=0.0, high=1.0, kinks="seek"))
    def test_inside_of_an_interval(self, x: np.ndarray) -> None:
        assert ((x > 0) & (x < 1)).all()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"kinks": "never"}, "kinks='never', must be 'any', 'avoid' or 'seek'"),
        ({"low": 0.3, "high": 0.4}, "no simple number lies between; widen them"),
    ],
)
def test_what_cannot_be_drawn(more: dict[str, object], told: str) -> None:
    with pytest.raises(UsageError, match=told):
        strategies.numbers(**more)
