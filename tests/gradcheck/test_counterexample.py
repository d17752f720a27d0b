from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gradcheck
from gradcheck.check import check_functions
from gradcheck.counterexample import smallest_wrong, with_counterexamples
from gradcheck.errors import UsageError
from gradcheck.subject import from_functions

if TYPE_CHECKING:
    from pathlib import Path


class Softmax:
    def forward(self, X: Any) -> Any:
        E = np.exp(X - X.max(axis=0))
        self.Y = E / E.sum(axis=0)
        return self.Y

    def backward(self, dY: Any) -> Any:
        return self.Y * (dY - (dY * self.Y).sum(axis=0))


class Diagonal(Softmax):
    def backward(self, dY: Any) -> Any:
        return dY * self.Y * (1 - self.Y)


class Dense:
    def __init__(self) -> None:
        self.W, self.b = np.ones((2, 3)), np.ones((2, 1))

    def forward(self, X: Any) -> Any:
        self.X = X
        return self.W @ X + self.b

    def backward(self, dY: Any) -> Any:
        self.dW, self.db = dY @ self.X.T, dY.sum(axis=1, keepdims=True)
        return self.W.T @ dY


class Doubled(Dense):
    def backward(self, dY: Any) -> Any:
        dX = super().backward(dY)
        self.dW = 2 * self.dW
        return dX


class FirstExample(Dense):
    def backward(self, dY: Any) -> Any:
        dX = super().backward(dY)
        self.db = dY[:, :1]
        return dX


class ReLU:
    def forward(self, X: Any) -> Any:
        self.X = X
        return np.maximum(X, 0)

    def backward(self, dY: Any) -> Any:
        return dY * (self.X > 0)


class Flat(ReLU):
    def backward(self, dY: Any) -> Any:
        return dY * (self.X > 2)


class TestLayers:
    def test_shapes_shrink_where_there_are_no_parameters(self) -> None:
        found = gradcheck.find_counterexample(Diagonal)
        assert str(found) == (
            "dx is wrong already for x = [[0], [0]], g = [[1], [0]]: "
            "got [[0.25], [0]], should be [[0.25], [-0.25]]"
        )

    def test_numbers_shrink_to_those_that_it_takes(self) -> None:
        found = gradcheck.find_counterexample(Flat)
        assert (
            str(found) == "dx is wrong already for x = [[1]], g = [[1]]: got [[0]], should be [[1]]"
        )

    def test_parameters_keep_their_shapes(self) -> None:
        found = gradcheck.find_counterexample(Doubled)
        assert found is not None
        assert found.quantity == "dW"
        assert np.shape(found.inputs["W"]) == (2, 3)
        assert np.shape(found.inputs["x"]) == (3, 1)
        assert not np.any(found.inputs["W"])
        assert np.count_nonzero(found.inputs["x"]) == np.count_nonzero(found.upstream) == 1
        assert found.got == tuple(tuple(2 * v for v in row) for row in found.oracle)

    def test_as_many_examples_as_it_takes(self) -> None:
        found = gradcheck.find_counterexample(FirstExample)
        assert found is not None
        assert found.quantity == "db"
        assert np.shape(found.inputs["x"]) == (3, 2)

    @pytest.mark.parametrize("layer", [Softmax, Dense, ReLU])
    def test_none_where_it_is_right(self, layer: type) -> None:
        assert gradcheck.find_counterexample(layer) is None

    def test_a_gradient_that_is_right_beside_one_that_is_wrong(self) -> None:
        assert gradcheck.find_counterexample(Doubled, quantity="dx") is None
        assert gradcheck.find_counterexample(Doubled, quantity="dW") is not None

    def test_no_such_gradient(self) -> None:
        with pytest.raises(UsageError, match="quantity='dV', must be one of dx, dW, db"):
            gradcheck.find_counterexample(Dense, quantity="dV")

    def test_the_same_again(self) -> None:
        assert gradcheck.find_counterexample(Diagonal) == gradcheck.find_counterexample(Diagonal)

    def test_nothing_is_written(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert gradcheck.find_counterexample(Diagonal) is not None
        assert list(tmp_path.iterdir()) == []

    def test_inside_of_a_test_that_is_drawn(self) -> None:
        from hypothesis import given, settings

        @settings(max_examples=3, database=None, deadline=None)
        @given(x=gradcheck.strategies.columns(rows=2))
        def drawn(x: Any) -> None:
            assert gradcheck.find_counterexample(ReLU, x) is None

        drawn()


def square(x: Any, t: Any) -> Any:
    return ((x - t) ** 2).sum()


def half(g: Any, x: Any, t: Any) -> Any:
    return g * (x - t), -2 * g * (x - t)


class TestFunctions:
    def test_integers_stay(self) -> None:
        subject = from_functions(square, half, (np.ones(2), np.array([3, 4])), names=("x", "t"))
        found = smallest_wrong(subject, "dx")
        assert found is not None
        assert found.inputs["t"] == (3, 4)

    def test_a_domain_holds(self) -> None:
        subject = from_functions(
            np.log, lambda g, x: g / (2 * x), np.array([0.5]), domain={"x": (0.0, 1.0)}
        )
        found = smallest_wrong(subject, "dx")
        assert found is not None
        assert 0 < found.inputs["x"][0] < 1

    def test_wrong_at_a_kink_alone_is_left_to_the_oracles(self) -> None:
        subject = from_functions(np.abs, lambda g, x: g * np.sign(x), np.ones(3), names=("x",))
        assert smallest_wrong(subject, "dx") is None

    def test_it_stands_in_every_finding_of_the_gradient(self) -> None:
        inputs = (np.ones(2), np.array([3.0, 4.0]))
        subject = from_functions(square, half, inputs, names=("x", "t"))
        result = check_functions(square, half, inputs, names=("x", "t"))
        found = with_counterexamples(result, subject)
        examples = {f.quantity: f.counterexample for f in found.findings if not f.remark}
        assert set(examples) == {"dx"}
        assert examples["dx"] is not None
        assert found.verdict is result.verdict

    def test_without_hypothesis(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "hypothesis", None)
        inputs = (np.ones(2), np.array([3, 4]))
        subject = from_functions(square, half, inputs)
        result = check_functions(square, half, inputs)
        assert with_counterexamples(result, subject) is result
        with pytest.raises(UsageError, match="pip install hypothesis"):
            smallest_wrong(subject, "dx")


def halved(x: Any) -> Any:
    """Pool pairs: of a single entry nothing is left."""
    return x[: x.size // 2 * 2].reshape(-1, 2).mean(axis=1)


def test_an_output_without_entries_is_no_example() -> None:
    def wrong(upstream: Any, x: Any) -> Any:
        return np.repeat(upstream, 2)[: x.size]

    x = np.array([1.0, 2.0, -1.0, 0.5])
    found = smallest_wrong(from_functions(halved, wrong, x, names=["x"]), "dx")
    assert found is not None
    assert len(found.inputs["x"]) == 2


def test_a_search_that_fails_takes_nothing_from_a_result(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    subject = from_functions(np.square, lambda g, x: g * x, np.array([1.0, 2.0]), names=["x"])
    result = check_functions(np.square, lambda g, x: g * x, np.array([1.0, 2.0]), ["x"])
    monkeypatch.setattr("gradcheck.counterexample.smallest_wrong", broken)
    assert with_counterexamples(result, subject) == result
