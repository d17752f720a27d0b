from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import gradcheck
from gradcheck.errors import UsageError
from gradcheck.students.data import data_for, parameter_shapes, shapes_for


class Columns:
    def __init__(self) -> None:
        self.W, self.b = np.ones((5, 4)), np.ones((5, 1))

    def forward(self, X: Any) -> Any:
        self.X = X
        return self.W @ X + self.b

    def backward(self, dY: Any) -> Any:
        self.dW, self.db = dY @ self.X.T, dY.sum(axis=1, keepdims=True)
        return self.W.T @ dY


class Rows:
    def __init__(self) -> None:
        self.params = {"W": np.ones((4, 5)), "b": np.ones((1, 5))}

    def forward(self, X: Any) -> Any:
        return X @ self.params["W"] + self.params["b"]


class Vector:
    def __init__(self) -> None:
        self.W = np.ones((5, 4))

    def forward(self, x: Any) -> Any:
        if x.ndim != 1:
            raise ValueError("one example at a time")
        return self.W @ x


class Square(Columns):
    def __init__(self) -> None:
        self.W, self.b = np.ones((3, 3)), np.ones((3, 1))


class Fourth:
    def forward(self, X: Any) -> Any:
        raise ValueError("images only")


class Softmax:
    def forward(self, X: Any) -> Any:
        E = np.exp(X - X.max(axis=0))
        self.Y = E / E.sum(axis=0)
        return self.Y

    def backward(self, dY: Any) -> Any:
        return self.Y * (dY - (dY * self.Y).sum(axis=0))


@pytest.mark.parametrize(
    ("layer", "shape"),
    [(Columns, (4, 3)), (Rows, (3, 4)), (Vector, (4,)), (Square, (3, 2)), (Softmax, (3, 4))],
)
def test_the_shape_that_it_takes(layer: type, shape: tuple[int, ...]) -> None:
    assert data_for(layer, "forward", 0).shape == shape


def test_the_orientation_that_is_asked_for() -> None:
    assert data_for(Softmax, "forward", 0, "features_batch").shape == (4, 3)
    assert data_for(Softmax, "forward", 0, "1d").shape == (4,)


def test_values_hang_on_the_seed() -> None:
    one, two, again = (data_for(Columns, "forward", seed) for seed in (0, 1, 0))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, two)


def test_no_size_is_the_number_of_examples() -> None:
    parameters = parameter_shapes(Columns())
    assert parameters == [(5, 4), (5, 1)]
    assert shapes_for([(3, 2), (2, 5)], "batch_features")[0] == (7, 3)


def test_what_it_does_not_take_is_said() -> None:
    with pytest.raises(
        UsageError, match=r"forward takes none of the shapes .*\(3, 4\): .*; pass x"
    ):
        data_for(Fourth, "forward", 0)


def test_check_layer_draws_it() -> None:
    result = gradcheck.check_layer(Columns)
    assert result.verdict == "pass", str(result)
    assert result.checks[0].shapes["x"] == (4, 3)


class TestOrientation:
    def test_softmax_sums_to_one_over_the_features(self) -> None:
        x = np.random.default_rng(0).standard_normal((4, 3))
        result = gradcheck.check_layer(Softmax, x)
        assert result.verdict == "pass", str(result)
        assert result.convention["orientation"] == "features_batch"

    def test_it_can_be_said(self) -> None:
        x = np.random.default_rng(0).standard_normal((4, 3))
        result = gradcheck.check_layer(Softmax, x, orientation="batch_features")
        assert {f.code for f in result.findings} == {"batch-axis"}

    def test_it_must_be_known(self) -> None:
        with pytest.raises(UsageError, match="orientation='upwards', must be batch_features or"):
            gradcheck.check_layer(Softmax, np.ones((2, 2)), orientation="upwards")
