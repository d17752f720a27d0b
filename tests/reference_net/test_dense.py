from __future__ import annotations

import numpy as np
import pytest

from reference_net import Dense


@pytest.fixture
def dense(rng):
    layer = Dense(3, 2, rng)
    layer.parameters["W"] = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    layer.parameters["b"] = np.array([[10.0], [20.0]])
    return layer


def test_forward_is_the_matrix_equation(dense):
    Y = dense.forward(np.array([[1.0], [0.0], [-1.0]]))
    np.testing.assert_array_equal(Y, [[8.0], [18.0]])


def test_backward_is_the_notes_three_results(dense):
    X = np.array([[1.0], [0.5], [-1.0]])
    upstream = np.array([[3.0], [-2.0]])
    dense.forward(X)
    dX = dense.backward(upstream)
    np.testing.assert_array_equal(dX, [[-5.0], [-4.0], [-3.0]])
    for j in range(2):
        for i in range(3):
            assert dense.gradients["W"][j, i] == upstream[j, 0] * X[i, 0]
    np.testing.assert_array_equal(dense.gradients["b"], upstream)


def test_all_columns_get_the_same_bias_and_add_to_its_gradient(dense):
    dense.forward(np.ones((3, 4)))
    dense.backward(np.ones((2, 4)))
    np.testing.assert_array_equal(dense.gradients["b"], [[4.0], [4.0]])
    np.testing.assert_array_equal(dense.gradients["W"], np.full((2, 3), 4.0))


def test_it_starts_from_he_and_from_the_generator_alone():
    first, second = (Dense(200, 100, np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first.parameters["W"], second.parameters["W"])
    assert first.parameters["W"].var() == pytest.approx(2 / 200, rel=0.05)
    np.testing.assert_array_equal(first.parameters["b"], np.zeros((100, 1)))
    assert first.gradients == {}


def test_replaced_parameters_are_read_anew(dense):
    X = np.ones((3, 1))
    dense.forward(X)
    dense.parameters["W"] = np.zeros((2, 3), dtype=complex)
    Y = dense.forward(X)
    np.testing.assert_array_equal(Y, dense.parameters["b"])
    assert Y.dtype == complex


def test_repr_gives_the_sizes(dense):
    assert repr(dense) == "Dense(3, 2)"


@pytest.mark.parametrize(
    ("arguments", "error", "text"),
    [
        pytest.param(
            (0, 2), ValueError, "inputs=0, must be at least 1; pass a whole number", id="zero"
        ),
        pytest.param((3, -1), ValueError, "outputs=-1, must be at least 1", id="negative"),
        pytest.param((3.0, 2), TypeError, "inputs=3.0, must be an integer; pass a", id="float"),
        pytest.param((True, 2), TypeError, "inputs=True, must be an integer", id="bool"),
    ],
)
def test_bad_sizes_are_refused(arguments, error, text, rng):
    with pytest.raises(error) as caught:
        Dense(*arguments, rng)
    assert str(caught.value).startswith(text)


def test_a_seed_is_no_generator():
    with pytest.raises(TypeError) as caught:
        Dense(3, 2, 0)
    assert str(caught.value) == (
        "rng is of type int, must be a numpy.random.Generator; pass np.random.default_rng(seed)"
    )


def test_other_rows_are_refused(dense):
    with pytest.raises(ValueError, match="X has shape") as caught:
        dense.forward(np.ones((4, 1)))
    assert str(caught.value) == (
        "X has shape (4, 1), must be (3, N); examples are columns, transpose X if they are its rows"
    )


def _assign(name, value):
    def change(parameters):
        parameters[name] = value

    return change


@pytest.mark.parametrize(
    ("change", "error", "text"),
    [
        pytest.param(
            _assign("w", np.ones((2, 3))),
            KeyError,
            "parameters has the unknown name 'w', must have 'W' and 'b'; delete parameters['w']",
            id="unknown",
        ),
        pytest.param(
            lambda parameters: parameters.pop("b"),
            KeyError,
            "parameters lacks 'b', must have 'W' and 'b'; assign a (2, 1) array to parameters['b']",
            id="missing",
        ),
        pytest.param(
            _assign("W", np.ones((3, 2))),
            ValueError,
            "parameters['W'] has shape (3, 2), must match Dense(3, 2)'s (2, 3); "
            "assign a (2, 3) array",
            id="transposed",
        ),
        pytest.param(
            _assign("b", np.ones(2)),
            ValueError,
            "parameters['b'] has shape (2,), must match Dense(3, 2)'s (2, 1); "
            "assign a (2, 1) array",
            id="one-axis",
        ),
        pytest.param(
            _assign("b", np.ones((2, 1), dtype=np.int64)),
            TypeError,
            "parameters['b'] has dtype int64, must be floating or complex; "
            "pass parameters['b'].astype(float)",
            id="ints",
        ),
    ],
)
@pytest.mark.parametrize("call", ["forward", "backward"])
def test_bad_parameters_are_refused(dense, change, error, text, call):
    dense.forward(np.ones((3, 1)))
    change(dense.parameters)
    with pytest.raises(error) as caught:
        getattr(dense, call)(np.ones((3 if call == "forward" else 2, 1)))
    assert caught.value.args == (text,)
