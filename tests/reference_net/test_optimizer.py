from __future__ import annotations

import numpy as np
import pytest

from reference_net import Dense, GradientDescent, ReLU, Sequential


@pytest.fixture
def dense(rng):
    layer = Dense(2, 1, rng)
    layer.forward(np.array([[1.0], [2.0]]))
    layer.backward(np.array([[3.0]]))
    return layer


def test_a_step_goes_against_the_gradient(dense):
    W = dense.parameters["W"]
    before = W.copy()
    GradientDescent(0.5).step(dense)
    np.testing.assert_array_equal(dense.parameters["W"], before - 0.5 * np.array([[3.0, 6.0]]))
    np.testing.assert_array_equal(dense.parameters["b"], [[-1.5]])
    np.testing.assert_array_equal(W, before)


def test_a_step_reaches_the_members_of_a_sequential(rng):
    net = Sequential([Dense(2, 2, rng), ReLU(), Dense(2, 1, rng)])
    net.forward(np.ones((2, 1)))
    net.backward(np.ones((1, 1)))
    GradientDescent(0.25).step(net)
    np.testing.assert_array_equal(net.layers[2].parameters["b"], [[-0.25]])


def test_float32_stays_float32(dense):
    for arrays in (dense.parameters, dense.gradients):
        for name, value in arrays.items():
            arrays[name] = value.astype(np.float32)
    GradientDescent(np.float64(0.1)).step(dense)
    assert {str(value.dtype) for value in dense.parameters.values()} == {"float32"}


def test_a_layer_without_parameters_is_left_alone():
    layer = ReLU()
    GradientDescent(0.1).step(layer)
    assert layer.parameters == {}


@pytest.mark.parametrize(
    "wrap", [lambda layer: layer, lambda layer: Sequential([layer])], ids=["layer", "sequential"]
)
def test_a_step_before_backward_is_refused(wrap, rng):
    with pytest.raises(RuntimeError, match="must have one for each parameter; call backward"):
        GradientDescent(0.1).step(wrap(Dense(2, 1, rng)))


@pytest.mark.parametrize(
    ("gradient", "error", "text"),
    [
        pytest.param(
            np.ones((2, 1)),
            ValueError,
            "gradients['b'] has shape (2, 1), must match the parameter's (1, 1); "
            "call forward and backward again after replacing a parameter",
            id="shape",
        ),
        pytest.param(
            np.array([[np.nan]]), ValueError, "gradients['b'] has 1 non-finite of 1", id="nan"
        ),
        pytest.param(3.0, TypeError, "gradients['b'] is of type float, must be", id="number"),
    ],
)
def test_a_bad_gradient_is_refused_before_anything_changes(dense, gradient, error, text):
    before = dict(dense.parameters)
    dense.gradients["b"] = gradient
    with pytest.raises(error) as caught:
        GradientDescent(0.1).step(dense)
    assert str(caught.value).startswith(text)
    assert all(dense.parameters[name] is value for name, value in before.items())


@pytest.mark.parametrize(
    ("rate", "error", "text"),
    [
        pytest.param(
            0.0,
            ValueError,
            "learning_rate=0.0, must be finite and above 0; pass one such as 0.1",
            id="zero",
        ),
        pytest.param(-1, ValueError, "learning_rate=-1, must be finite and above 0", id="negative"),
        pytest.param(float("inf"), ValueError, "learning_rate=inf, must be finite", id="inf"),
        pytest.param(float("nan"), ValueError, "learning_rate=nan, must be finite", id="nan"),
        pytest.param(
            "0.1", TypeError, "learning_rate='0.1', must be a real number; pass one", id="string"
        ),
        pytest.param(True, TypeError, "learning_rate=True, must be a real number", id="bool"),
    ],
)
def test_a_bad_learning_rate_is_refused(rate, error, text):
    with pytest.raises(error) as caught:
        GradientDescent(rate)
    assert str(caught.value).startswith(text)


def test_repr():
    assert repr(GradientDescent(1)) == "GradientDescent(1.0)"
