"""What is a candidate, by names and signatures alone."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.students.candidate import line_of
from gradcheck.students.find import candidates, optimizers
from gradcheck.students.find_functions import normal_form
from gradcheck.students.load import load

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def found(tmp_path: Path) -> Any:
    def find(text: str) -> list[tuple[str, str, str]]:
        path = tmp_path / "layers.py"
        path.write_text("import numpy as np\n" + dedent(text), encoding="utf-8")
        loaded = load(path, seconds=1.0)
        return [
            (c.kind, c.name, c.role)
            for c in candidates(loaded.namespace, str(loaded.namespace["__name__"]))
        ]

    return find


LAYER = """
    class {name}({base}):
        def {forward}(self, x):
            self.x = x
            return x
        def {backward}(self, {upstream}):
            return {upstream} * self.x
"""


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        ("forward", "backward"), ("forward_propagation", "backward_propagation"),
        ("fprop", "bprop"), ("__call__", "backprop"), ("call", "gradient"),
        ("step_forward", "step_backward"), ("vorwaerts", "rueckwaerts"), ("adelante", "atras"),
    ],
)  # fmt: skip
def test_a_layer_is_found_by_its_methods(found: Any, forward: str, backward: str) -> None:
    text = LAYER.format(name="Tanh", base="", forward=forward, backward=backward, upstream="grad")
    assert found(text) == [("layer", "Tanh", "tanh")]


def test_a_base_is_no_candidate(found: Any) -> None:
    text = """
        class Layer:
            def forward(self, x):
                raise NotImplementedError
            def backward(self, grad):
                raise NotImplementedError
    """
    text += LAYER.format(
        name="Scale", base="Layer", forward="forward", backward="backward", upstream="grad"
    ).replace("\n    ", "\n        ")
    assert found(text) == [("layer", "Scale", "other")]


def test_a_layer_without_backward_is_told_of(found: Any) -> None:
    text = """
        class Dense:
            def forward(self, x):
                return x
        class Unwritten:
            pass
        class Sigmoid:
            def forward(self, x):
                pass
            def backward(self, grad):
                pass
    """
    assert found(text) == [("unplaced", "Dense", "dense"), ("unplaced", "Sigmoid", "sigmoid")]


PAIRS = {
    "def tanh(x): return x\ndef tanh_prime(x): return x": ("pair", "tanh", "tanh"),
    "def tanh(x): return x\ndef dtanh(y): return y": ("pair", "tanh", "tanh"),
    "def relu(x): return x\ndef reluPrime(x): return x": ("pair", "relu", "relu"),
    "def mse(y, t): return y\ndef mse_prime(y, t): return y": ("loss-pair", "mse", "mse"),
    "def mse(y, t): return y\ndef mse_ableitung(y, t): return y": ("loss-pair", "mse", "mse"),
    "def relu_forward(x): return x, x\ndef relu_backward(dout, cache): return dout": (
        "functions", "relu_forward", "relu",
    ),
    "def sigmoid(x, prime=False): return x": ("flag", "sigmoid", "sigmoid"),
    "def mse_loss(x, y):\n    return x, y": ("loss-gradient", "mse_loss", "mse"),
    "def l2_reg(W, lam=1): return W\ndef dl2_reg(W, lam=1): return W": (
        "penalty", "l2_reg", "other",
    ),
    "def weight_penalty(W, reg):\n    return W, W": ("penalty", "weight_penalty", "other"),
    "def hinge(model, y_pred, y_train): return 0\ndef dhinge(y_pred, y_train): return 0": (
        "loss-pair", "hinge", "other",
    ),
    "@np.vectorize\ndef relu(x): return x\n@np.vectorize\ndef relu_prime(x): return x": (
        "pair", "relu", "relu",
    ),
    "class Net:\n    def relu(self, x, prime=False): return x": ("flag", "Net.relu", "relu"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"), PAIRS.items(), ids=[t.split("(")[-2].split()[-1] for t in PAIRS]
)
def test_functions_are_paired_by_their_names(found: Any, text: str, expected: Any) -> None:
    assert found(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "def shuffled(x, t):\n    return x, t",
        "def l2_reg(W, lam=1): return W",
        "root = np.vectorize(abs)\nroot_prime = np.vectorize(abs)",
        "class Net:\n    def relu(self, x, prime=False): return self.x",
        "class Net:\n    def relu(self, x, scale=False): return x",
    ],
)
def test_what_only_looks_like_a_subject_is_none(found: Any, text: str) -> None:
    assert found(text) == []


def test_functions_of_like_names_keep_their_own_partner(found: Any) -> None:
    text = """
        def linear_forward(A, W, b): return A, (A, W, b)
        def linear_activation_forward(A, W, b, activation): return A, (A, W)
        def linear_backward(dZ, cache): return dZ
        def linear_activation_backward(dA, cache, activation): return dA
    """
    assert [name for _, name, _ in found(text)] == ["linear_forward", "linear_activation_forward"]


def test_numbers_at_the_end_keep_functions_apart(found: Any) -> None:
    text = """
        def tanh1(x): return x
        def tanh2(x): return x
        def tanh2_prime(x): return x
    """
    assert found(text) == [("pair", "tanh2", "tanh")]


def test_containers_and_networks_are_told_apart(found: Any) -> None:
    text = """
        class Sequential:
            def __init__(self, layers): self.layers = layers
            def forward(self, x): return x
            def backward(self, grad): return grad
        class Model:
            def __init__(self): self.layers = []
            def add(self, layer): self.layers.append(layer)
            def forward(self, x): return x
            def backward(self, grad): return grad
        class Network:
            def __init__(self, sizes): pass
            def forward(self, x): return x
            def backprop(self, x, y): return x
    """
    assert found(text) == [
        ("container", "Sequential", "sequential"),
        ("container", "Model", "sequential"),
        ("network", "Network", "network"),
    ]


def test_what_is_imported_and_what_optimises_is_left_out(found: Any, tmp_path: Path) -> None:
    text = """
        from collections import OrderedDict as Dense
        class SGD:
            def __init__(self, lr): self.lr = lr
            def step(self): pass
        class Broken(Exception):
            pass
        def train(x): return x
    """
    assert found(text) == []
    loaded = load(tmp_path / "layers.py", seconds=1.0)
    module = str(loaded.namespace["__name__"])
    assert [kind.__name__ for kind in optimizers(loaded.namespace, module)] == ["SGD"]


def test_a_line_is_known_or_0() -> None:
    assert line_of(test_a_line_is_known_or_0) > 1
    assert line_of(len) == 0


@pytest.mark.parametrize(
    ("name", "form"),
    [("mse_prime", ("mse", True)), ("affine_forward", ("affine", False)), ("f1", ("f1", False))],
)
def test_a_normal_form_has_no_direction(name: str, form: tuple[str, bool]) -> None:
    assert normal_form(name) == form


DATA = """
    class {name}:
        def forward(self, X):
            return X
        def loss(self, {first}, y):
            return np.mean(({first} - y) ** 2)
        def backward(self, {first}, y):
            return {first} - y
"""


@pytest.mark.parametrize(
    ("name", "first", "kind"),
    [
        ("Logistic", "X", "network"), ("Recognizer", "X", "network"),
        ("MSELoss", "X", "loss"), ("MSELoss", "y_pred", "loss"),
    ],
)  # fmt: skip
def test_a_loss_of_data_and_targets_makes_a_network(
    found: Any, name: str, first: str, kind: str
) -> None:
    assert [one[0] for one in found(DATA.format(name=name, first=first))] == [kind]
