from __future__ import annotations

import math

import numpy as np
import pytest

from reference_net import Activation, ReLU, Sigmoid, Tanh

X = np.array([[-2.0, 0.0], [0.5, 3.0]])
UPSTREAM = np.array([[1.0, 2.0], [3.0, 4.0]])


def test_an_activation_is_its_function_and_the_hadamard_product():
    layer = Activation(lambda x: x**3, lambda x: 3 * x**2)
    np.testing.assert_array_equal(layer.forward(X), X**3)
    np.testing.assert_array_equal(layer.backward(UPSTREAM), UPSTREAM * 3 * X**2)


def test_relu_is_the_notes_cases():
    layer = ReLU()
    np.testing.assert_array_equal(layer.forward(X), [[0.0, 0.0], [0.5, 3.0]])
    np.testing.assert_array_equal(layer.backward(UPSTREAM), [[0.0, 0.0], [3.0, 4.0]])


def test_relu_has_slope_0_at_0_in_the_complex_step_too():
    assert ReLU().forward(np.array([[1e-30j]])) == 0


@pytest.mark.parametrize(("make", "slope"), [(Sigmoid, 0.25), (Tanh, 1.0)], ids=["sigmoid", "tanh"])
@pytest.mark.parametrize("zero", [0.0, -0.0], ids=["plus", "minus"])
def test_both_zeros_have_the_slope_of_zero(make, slope, zero):
    layer = make()
    assert layer.forward(np.array([[complex(zero, 1e-30)]])).imag / 1e-30 == slope
    layer.forward(np.array([[zero]]))
    assert layer.backward(np.array([[1.0]])) == slope


@pytest.mark.parametrize("x", [-700.0, -40.0, -1.0, 0.0, 1.0, 40.0, 700.0])
def test_sigmoid_keeps_its_digits(x):
    layer = Sigmoid()
    small = math.exp(-abs(x))
    expected = 1 / (1 + small) if x >= 0 else small / (1 + small)
    assert layer.forward(np.array([[x]])).item() == pytest.approx(expected, rel=1e-15)
    slope = layer.backward(np.array([[1.0]])).item()
    assert slope == pytest.approx(small / (1 + small) ** 2, rel=1e-15)


@pytest.mark.parametrize("x", [-300.0, -20.0, -1.0, 0.0, 1.0, 20.0, 300.0])
def test_tanh_keeps_its_digits(x):
    layer = Tanh()
    assert layer.forward(np.array([[x]])).item() == pytest.approx(math.tanh(x), rel=1e-15)
    slope = layer.backward(np.array([[1.0]])).item()
    assert slope == pytest.approx(1 / math.cosh(x) ** 2, rel=1e-14)


def test_the_usual_forms_of_the_derivatives(rng):
    x = rng.uniform(-3, 3, size=(4, 5))
    for layer, form in ((Sigmoid(), lambda y: y * (1 - y)), (Tanh(), lambda y: 1 - y**2)):
        y = layer.forward(x)
        np.testing.assert_allclose(layer.backward(np.ones_like(y)), form(y), rtol=1e-12)


def test_repr_is_the_name():
    assert [repr(layer) for layer in (ReLU(), Sigmoid(), Tanh())] == [
        "ReLU()",
        "Sigmoid()",
        "Tanh()",
    ]


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        pytest.param((1.0, np.cos), "function", id="function"),
        pytest.param((np.sin, 1.0), "derivative", id="derivative"),
    ],
)
def test_what_cannot_be_called_is_refused(arguments, name):
    with pytest.raises(TypeError) as caught:
        Activation(*arguments)
    assert str(caught.value) == (
        f"{name}=1.0, must be callable; pass a function from array to array"
    )


def test_a_function_of_whole_columns_is_refused():
    layer = Activation(lambda x: x.sum(axis=0, keepdims=True), np.ones_like)
    with pytest.raises(ValueError, match="must match") as caught:
        layer.forward(X)
    assert str(caught.value) == (
        "F(X) has shape (1, 2), must match the input's (2, 2); make F element-wise"
    )


@pytest.mark.parametrize(
    ("derivative", "error", "text"),
    [
        pytest.param(
            lambda _: np.ones((2, 1)),
            ValueError,
            "F'(X) has shape (2, 1), must match the input's (2, 2); make F' element-wise",
            id="shape",
        ),
        pytest.param(lambda x: x > 0, TypeError, "F'(X) has dtype bool, must be", id="dtype"),
        pytest.param(lambda _: 1.0, TypeError, "F'(X) is of type float, must be", id="number"),
    ],
)
def test_a_bad_derivative_is_refused(derivative, error, text):
    layer = Activation(np.sin, derivative)
    layer.forward(X)
    with pytest.raises(error) as caught:
        layer.backward(UPSTREAM)
    assert str(caught.value).startswith(text)
