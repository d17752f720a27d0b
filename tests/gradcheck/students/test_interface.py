"""What an author calls: layers of several conventions, losses in both orders, files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import gradcheck
from gradcheck import UsageError, Verdict

if TYPE_CHECKING:
    from pathlib import Path

X = np.random.default_rng(0).standard_normal((3, 4))
HOT = np.eye(4)[[0, 2, 3]]
CHANCES = np.exp(X) / np.exp(X).sum(axis=1, keepdims=True)


class Dense:
    """Rows; updates in place by a learning rate."""

    def __init__(self, n_in: int, n_out: int) -> None:
        rng = np.random.default_rng(1)
        self.W, self.b = rng.standard_normal((n_in, n_out)), rng.standard_normal(n_out)

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad: Any, lr: float) -> Any:
        dx = grad @ self.W.T
        self.W -= lr * self.x.T @ grad
        self.b -= lr * grad.sum(axis=0)
        return dx


class UpdatedFirst(Dense):
    def backward(self, grad: Any, lr: float) -> Any:
        self.W -= lr * self.x.T @ grad
        self.b -= lr * grad.sum(axis=0)
        return grad @ self.W.T


class Columns:
    """Columns; gradients in a dict."""

    def __init__(self) -> None:
        self.params = {"W": np.ones((5, 3)), "b": np.zeros((5, 1))}
        self.grads: dict[str, Any] = {}

    def forward(self, X: Any) -> Any:
        self.X = X
        return self.params["W"] @ X + self.params["b"]

    def backward(self, dY: Any) -> Any:
        self.grads["W"] = dY @ self.X.T
        self.grads["b"] = dY.sum(axis=1, keepdims=True)
        return self.params["W"].T @ dY


class Sigmoid:
    def forward(self, x: Any) -> Any:
        self.y = (np.tanh(x) + 1) / 2
        return self.y

    def backward(self, grad: Any) -> Any:
        return grad * (1 - (2 * self.y - 1) ** 2) / 2


def mse(y: Any, t: Any) -> Any:
    return np.mean((y - t) ** 2)


def mse_grad(y: Any, t: Any) -> Any:
    return 2 * (y - t) / y.size


def cross_entropy(target: Any, p: Any) -> Any:
    return -np.sum(target * np.log(p)) / len(p)


def cross_entropy_grad(target: Any, p: Any) -> Any:
    return -target / p / len(p)


def codes(result: gradcheck.Result) -> set[str]:
    return {finding.code for finding in result.findings if not finding.remark}


class TestLayer:
    @pytest.mark.parametrize("layer", [Dense(4, 2), lambda: Dense(4, 2)], ids=["object", "factory"])
    def test_right(self, layer: Any) -> None:
        result = gradcheck.check_layer(layer, X)
        assert result.verdict is Verdict.PASS, str(result)
        assert {check.quantity for check in result.checks} >= {"y", "dx", "dW", "db"}
        assert "symbolic" in {check.oracle for check in result.checks}

    def test_the_object_is_left_as_it_is(self) -> None:
        layer = Dense(4, 2)
        before = layer.W.copy()
        gradcheck.check_layer(layer, X)
        assert np.array_equal(layer.W, before)
        assert not hasattr(layer, "x")

    def test_wrong(self) -> None:
        result = gradcheck.check_layer(UpdatedFirst(4, 2), X)
        assert result.verdict is Verdict.FAIL
        assert "updated-before-use" in codes(result)

    def test_columns(self) -> None:
        result = gradcheck.check_layer(Columns(), X.T[:3, :2], role="dense")
        assert result.verdict is Verdict.PASS, str(result)
        assert result.convention["orientation"] == "features_batch"

    def test_another_function_than_its_name_says(self) -> None:
        assert codes(gradcheck.check_layer(Sigmoid(), X)) == {"forward-differs"}

    def test_role_other_is_held_against_its_own_forward_alone(self) -> None:
        assert gradcheck.check_layer(Sigmoid(), X, role="other").verdict is Verdict.PASS

    def test_assert(self) -> None:
        gradcheck.assert_layer(Dense(4, 2), X)
        with pytest.raises(AssertionError, match="updated-before-use"):
            gradcheck.assert_layer(UpdatedFirst(4, 2), X)

    @pytest.mark.parametrize(
        ("layer", "x", "told"),
        [
            (3, X, "no forward and backward"),
            (object(), X, "no forward and backward"),
            (Dense(4, 2), X.astype(int), "must be floating"),
            (Dense(4, 2), X[:0], "at least one"),
            (Dense(4, 2), X * np.nan, "finite"),
            (Dense(4, 2), X[:, :3], "forward raised ValueError"),
        ],
    )
    def test_what_is_no_layer_or_no_data(self, layer: Any, x: Any, told: str) -> None:
        with pytest.raises(UsageError, match=told):
            gradcheck.check_layer(layer, x)


class TestLoss:
    def test_prediction_first(self) -> None:
        result = gradcheck.check_loss(mse, mse_grad, X, HOT)
        assert result.verdict is Verdict.PASS, str(result)

    def test_target_first_by_the_names(self) -> None:
        result = gradcheck.check_loss(cross_entropy, cross_entropy_grad, CHANCES, HOT)
        assert result.verdict is Verdict.PASS, str(result)
        assert result.role == "cross_entropy"

    def test_wrong(self) -> None:
        result = gradcheck.check_loss(mse, lambda y, t: t - y, X, HOT)
        assert result.verdict is Verdict.FAIL
        with pytest.raises(AssertionError, match="FAIL mse: dY is wrong"):
            gradcheck.assert_loss(mse, lambda y, t: t - y, X, HOT)

    def test_a_sum_is_right_with_its_own_gradient(self) -> None:
        result = gradcheck.check_loss(
            lambda y, t: np.sum((y - t) ** 2), lambda y, t: 2 * (y - t), X, HOT
        )
        assert result.verdict is Verdict.PASS, str(result)

    def test_what_is_no_loss(self) -> None:
        with pytest.raises(UsageError, match="not callable"):
            gradcheck.check_loss(mse, 3, X, HOT)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="takes 1 arrays"):
            gradcheck.check_loss(lambda y: y.sum(), mse_grad, X, HOT)


class TestFile:
    RIGHT = (
        "import numpy as np\n\n\nclass Tanh:\n    def forward(self, x):\n"
        "        self.y = np.tanh(x)\n        return self.y\n\n"
        "    def backward(self, g):\n        return g * (1 - self.y**2)\n"
    )

    @pytest.mark.parametrize("in_process", [True, False], ids=["here", "behind the wall"])
    def test_right_and_wrong(self, tmp_path: Path, *, in_process: bool) -> None:
        file = tmp_path / "layers.py"
        file.write_text(self.RIGHT, encoding="utf-8")
        report = gradcheck.check_file(file, in_process=in_process)
        assert [(one.name, one.verdict) for one in report.subjects] == [("Tanh", Verdict.PASS)]
        gradcheck.assert_file(file, in_process=in_process)
        file.write_text(self.RIGHT.replace("1 - self.y**2", "self.y"), encoding="utf-8")
        with pytest.raises(AssertionError, match="function-for-derivative"):
            gradcheck.assert_file(file, in_process=in_process)

    def test_nothing_in_it_is_no_success(self, tmp_path: Path) -> None:
        file = tmp_path / "empty.py"
        file.write_text("x = 1\n", encoding="utf-8")
        with pytest.raises(AssertionError, match="nothing was found"):
            gradcheck.assert_file(file)

    def test_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="must be a file"):
            gradcheck.check_file(tmp_path / "none.py")
