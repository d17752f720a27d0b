"""What holds for every layer, and for the cost as a function of the prediction."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reference_net import (
    Activation,
    Dense,
    MeanSquaredError,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
)

ROWS = 3
STEP = 1e-30


def _rng():
    return np.random.default_rng(7)


LAYERS = {
    "dense": lambda: Dense(ROWS, 2, _rng()),
    "activation": lambda: Activation(np.sin, np.cos),
    "relu": ReLU,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "softmax": Softmax,
    "sequential": lambda: Sequential(
        [Dense(ROWS, 4, _rng()), Tanh(), Dense(4, 2, _rng()), ReLU(), Softmax()]
    ),
}

every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS.keys())
real_entries = st.floats(-20, 20, allow_subnormal=False)
sizes = st.integers(1, 4)
seeds = st.integers(0, 2**32 - 1)


@st.composite
def inputs(draw):
    return draw(arrays(float, (ROWS, draw(sizes)), elements=real_entries))


def _like(Y, seed):
    return np.random.default_rng(seed).standard_normal(Y.shape)


def _cast(layer, dtype):
    for name, value in layer.parameters.items():
        layer.parameters[name] = value.astype(dtype)


@every_layer
@given(X=inputs(), seed=seeds)
def test_backward_is_the_transpose_of_the_complex_step(make, X, seed):
    layer = make()
    rng = np.random.default_rng(seed)
    U = rng.standard_normal(X.shape)
    JU = layer.forward(X + 1j * STEP * U).imag / STEP
    V = rng.standard_normal(JU.shape)
    layer.forward(X)
    JTV = layer.backward(V)
    terms = np.abs(V * JU).sum() + np.abs(JTV * U).sum()
    assert abs(np.vdot(V, JU) - np.vdot(JTV, U)) <= 1e-12 * (1 + terms)


@every_layer
@given(X=inputs(), seed=seeds)
def test_parameter_gradients_are_the_complex_step(make, X, seed):
    layer = make()
    V = _like(layer.forward(X), seed)
    layer.backward(V)
    gradients = dict(layer.gradients)
    assert list(gradients) == list(layer.parameters)
    for name, value in layer.parameters.items():
        direction = _like(value, seed)
        layer.parameters[name] = value + 1j * STEP * direction
        slope = np.sum(V * layer.forward(X).imag) / STEP
        layer.parameters[name] = value
        expected = np.sum(gradients[name] * direction)
        terms = np.abs(gradients[name] * direction).sum()
        assert abs(slope - expected) <= 1e-11 * (1 + terms)


@every_layer
@given(X=inputs(), seed=seeds, a=real_entries, b=real_entries)
def test_backward_is_linear_in_the_cotangent(make, X, seed, a, b):
    layer = make()
    Y = layer.forward(X)
    U, V = _like(Y, seed), _like(Y, seed + 1)
    expected = a * layer.backward(U) + b * layer.backward(V)
    scale = np.abs(expected).max() + np.abs(a * U).max() + np.abs(b * V).max()
    np.testing.assert_allclose(layer.backward(a * U + b * V), expected, rtol=0, atol=1e-13 * scale)


@every_layer
@given(X=inputs(), seed=seeds)
def test_columns_do_not_meet(make, X, seed):
    layer = make()
    Y = layer.forward(X)
    V = _like(Y, seed)
    together = layer.backward(V)
    summed = {name: np.zeros_like(value) for name, value in layer.parameters.items()}
    for k in range(X.shape[1]):
        one = slice(k, k + 1)
        np.testing.assert_allclose(layer.forward(X[:, one]), Y[:, one], rtol=1e-13, atol=1e-13)
        np.testing.assert_allclose(
            layer.backward(V[:, one]), together[:, one], rtol=1e-12, atol=1e-12
        )
        for name in summed:
            summed[name] += layer.gradients[name]
    layer.forward(X)
    layer.backward(V)
    for name, value in summed.items():
        np.testing.assert_allclose(layer.gradients[name], value, rtol=1e-10, atol=1e-10)


@every_layer
@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
def test_dtype_is_preserved(make, dtype, rng):
    layer = make()
    _cast(layer, dtype)
    Y = layer.forward(rng.standard_normal((ROWS, 2)).astype(dtype))
    dX = layer.backward(np.ones_like(Y))
    found = {str(array.dtype) for array in (Y, dX, *layer.gradients.values())}
    assert found == {dtype}


@every_layer
def test_subclasses_come_through(make, rng, kept):
    layer = make()
    for name, value in layer.parameters.items():
        layer.parameters[name] = value.view(kept)
    Y = layer.forward(rng.standard_normal((ROWS, 2)).view(kept))
    dX = layer.backward(np.ones_like(Y))
    assert {type(array) for array in (Y, dX, *layer.gradients.values())} == {kept}


@every_layer
def test_nothing_that_is_passed_in_is_written_to(make, rng):
    layer = make()
    X = rng.standard_normal((ROWS, 2))
    X.flags.writeable = False
    for value in layer.parameters.values():
        value.flags.writeable = False
    upstream = np.ones_like(layer.forward(X))
    upstream.flags.writeable = False
    before = {name: value.tobytes() for name, value in layer.parameters.items()}
    dX = layer.backward(upstream)
    after = {name: value.tobytes() for name, value in layer.parameters.items()}
    assert after == before
    assert dX.flags.writeable
    assert all(value.flags.writeable for value in layer.gradients.values())


@every_layer
def test_backward_overwrites_and_does_not_add(make, rng):
    layer = make()
    upstream = np.ones_like(layer.forward(rng.standard_normal((ROWS, 2))))
    layer.backward(upstream)
    first = {name: value.copy() for name, value in layer.gradients.items()}
    held = dict(layer.gradients)
    layer.backward(2 * upstream)
    for name, value in first.items():
        np.testing.assert_array_equal(layer.gradients[name], 2 * value)
        np.testing.assert_array_equal(held[name], value)


@every_layer
def test_backward_does_not_notice_writes_to_the_callers_arrays(make, rng):
    layer = make()
    X = rng.standard_normal((ROWS, 2))
    Y = layer.forward(X)
    upstream = np.ones_like(Y)
    expected = layer.backward(upstream)
    Y = layer.forward(X)
    X[...] = 99.0
    Y[...] = 99.0
    np.testing.assert_array_equal(layer.backward(upstream), expected)


@every_layer
def test_the_global_error_state_is_left_alone(make, rng):
    before = np.geterr()
    layer = make()
    layer.backward(np.ones_like(layer.forward(rng.standard_normal((ROWS, 2)))))
    assert np.geterr() == before


@every_layer
@pytest.mark.parametrize("size", [1000.0, -1000.0])
def test_large_entries_give_finite_results_and_no_warning(make, size):
    layer = make()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Y = layer.forward(np.array([[size], [0.0], [-size]]))
        assert np.isfinite(Y).all()
        assert np.isfinite(layer.backward(np.ones_like(Y))).all()


@given(X=inputs(), seed=seeds)
def test_the_gradient_of_the_cost_is_the_complex_step(X, seed):
    loss = MeanSquaredError()
    target, U = _like(X, seed), _like(X, seed + 1)
    slope = loss.forward(X + 1j * STEP * U, target).imag / STEP
    loss.forward(X, target)
    terms = loss.backward() * U
    assert slope == pytest.approx(terms.sum(), rel=1e-12, abs=1e-12 * np.abs(terms).sum())
