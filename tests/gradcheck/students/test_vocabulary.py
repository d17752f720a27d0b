"""What names mean."""

from __future__ import annotations

import doctest
import importlib

import pytest

from gradcheck.students.naming import (
    is_container,
    is_loss,
    is_optimizer,
    is_prediction,
    is_target,
    kind_of_argument,
    number_of,
    plain,
    same_thing,
    stem_of_gradient,
    symbol_of,
    words,
)
from gradcheck.students.roles import role_of

ROLES = {
    "Dense": "dense", "Layer_Dense": "dense", "FullyConnected": "dense", "FCLayer": "dense",
    "fc": "dense", "Linear": "dense", "affine_forward": "dense", "LineareSchicht": "dense",
    "CapaDensa": "dense", "Bilinear": None, "NonLinear": None, "LinearRegression": None,
    "ReLU": "relu", "relu_forward": "relu", "Activation_ReLU": "relu", "PReLU": "activation",
    "ReLU6": "activation", "LeakyReLU": "leaky_relu", "lrelu": "leaky_relu",
    "Sigmoid": "sigmoid", "logistic": "sigmoid", "HardSigmoid": "activation", "Sigmoide": "sigmoid",
    "Tanh": "tanh", "HyperbolicTangent": "tanh", "HardTanh": "activation",
    "Softmax": "softmax", "StableSoftmax": "softmax", "LogSoftmax": None,
    "SoftmaxCrossEntropy": "softmax_cross_entropy", "SoftmaxWithLoss": "softmax_cross_entropy",
    "CrossEntropyLoss": "cross_entropy", "BCELoss": "cross_entropy", "log_loss": "cross_entropy",
    "MSE": "mse", "MeanSquaredError": "mse", "quadratic_cost": "mse", "RMSE": None,
    "error_cuadratico": "mse", "GELU": "activation", "Softplus": "activation",
    "Dropout": None, "BatchNorm": None, "Network": None,
}  # fmt: skip


@pytest.mark.parametrize(("name", "role"), ROLES.items(), ids=ROLES)
def test_a_role_is_told_by_a_name(name: str, role: str | None) -> None:
    assert role_of(name) == role


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dLdW", ("d", "ld", "w")),
        ("grad_W1", ("grad", "w")),
        ("weights_gradient", ("weights", "gradient")),
        ("outputGradient", ("output", "gradient")),
        ("__call__", ("call",)),
        ("x", ("x",)),
        ("", ()),
    ],
)
def test_a_name_is_taken_apart(name: str, expected: tuple[str, ...]) -> None:
    assert words(name) == expected


def test_a_plain_name_has_letters_and_digits_only() -> None:
    assert plain("_Grad_W-1") == "gradw1"


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("dW", "w"), ("db", "b"), ("dW1", "w"), ("dw", "w"), ("dLdW", "w"), ("dJdb", "b"),
        ("dL_dW", "w"), ("_grad_W_current", "w"), ("grad_W", "w"), ("weights_gradient", "weights"),
        ("weight_grad", "weight"), ("d_weights", "weights"), ("dweights", "weights"),
        ("dinputs", "inputs"), ("nabla_w", "w"), ("delta_b", "b"), ("d_pesos", "pesos"),
        ("W", ""), ("weights", ""), ("dense", ""), ("data", ""), ("d", ""), ("dropout", ""),
    ],
)  # fmt: skip
def test_a_gradient_is_of_what_its_name_says(name: str, stem: str) -> None:
    assert stem_of_gradient(name) == stem


@pytest.mark.parametrize(
    ("stem", "name", "same"),
    [
        ("w", "W", True), ("w", "weights", True), ("weights", "W", True), ("b", "bias", True),
        ("pesos", "pesos", True), ("gamma", "gamma", True), ("gammas", "gamma", True),
        ("w", "b", False), ("x", "W", False), ("gamma", "beta", False), ("", "W", False),
    ],
)  # fmt: skip
def test_a_stem_means_a_parameter(stem: str, name: str, *, same: bool) -> None:
    assert same_thing(stem, name) is same


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("weights", "W"), ("W", "W"), ("kernel", "W"), ("gewichte", "W"), ("pesos", "W"),
        ("theta", "W"), ("_b", "b"), ("bias", "b"), ("intercept", "b"), ("sesgo", "b"),
        ("gamma", "gamma"), ("_scale_", "scale"),
    ],
)  # fmt: skip
def test_a_parameter_has_the_notes_symbol(name: str, symbol: str) -> None:
    assert symbol_of(name) == symbol


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("lr", "rate"), ("learning_rate", "rate"), ("eta", "rate"), ("alpha", "rate"),
        ("lernrate", "rate"), ("tasa", "rate"), ("dropout_rate", "fraction"),
        ("keep_prob", "fraction"), ("p_dropout", "fraction"), ("prob", "array"),
        ("reg_strength", "strength"), ("lam", "strength"), ("l2", "array"),
        ("hparameters", "settings"), ("conv_param", "settings"),
        ("training", "training"), ("is_training", "training"), ("mode", "training"),
        ("y_train", "array"), ("X_train", "array"), ("train", "training"),
        ("optimizer", "optimizer"), ("optim", "optimizer"), ("cache", "cache"),
        ("linear_cache", "cache"), ("batch_size", "size"), ("m", "size"),
        ("dout", "array"), ("x", "array"), ("grad_output", "array"),
    ],
)  # fmt: skip
def test_an_argument_is_what_its_name_says(name: str, kind: str) -> None:
    assert kind_of_argument(name) == kind


@pytest.mark.parametrize(
    "name", ["y_true", "target", "labels", "Y_soll", "ziel", "objetivo", "t", "expected"]
)
def test_a_target_is_told_by_its_name(name: str) -> None:
    assert is_target(name)
    assert not is_prediction(name)


@pytest.mark.parametrize("name", ["y_pred", "y_hat", "probs", "logits", "output", "prediccion"])
def test_a_prediction_is_told_by_its_name(name: str) -> None:
    assert is_prediction(name)
    assert not is_target(name)


def test_kinds_of_classes_are_told_by_names() -> None:
    assert [is_loss(n) for n in ("HuberLoss", "quadratic_cost", "Dense")] == [True, True, False]
    assert [is_container(n) for n in ("Sequential", "MLP", "NeuralNetwork", "Tanh")] == [
        True, True, True, False,
    ]  # fmt: skip
    assert [is_optimizer(n) for n in ("SGD", "Adam", "GradientDescent", "Dense")] == [
        True, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(("name", "number"), [("W1", "1"), ("b12", "12"), ("W", ""), ("W1_a", "")])
def test_a_name_may_end_in_a_number(name: str, number: str) -> None:
    assert number_of(name) == number


@pytest.mark.parametrize("module", ["naming", "roles", "find_functions"])
def test_the_examples_are_what_happens(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"gradcheck.students.{module}"))
    assert result.attempted > 0
    assert result.failed == 0
