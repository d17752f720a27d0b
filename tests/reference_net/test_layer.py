from __future__ import annotations

import numpy as np
import pytest

from reference_net import Dense, Layer, ReLU, Sigmoid, Softmax, Tanh

LAYERS = {
    "dense": lambda: Dense(3, 3, np.random.default_rng(0)),
    "relu": ReLU,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "softmax": Softmax,
}
every_layer = pytest.mark.parametrize("make", LAYERS.values(), ids=LAYERS.keys())


class Twice(Layer):
    def forward(self, X):
        Y = 2 * X
        self._keep(X, output=Y)
        return Y

    def backward(self, upstream):
        self._recall(upstream)
        return 2 * upstream


def test_the_base_layer_is_no_layer_yet():
    with pytest.raises(TypeError, match="abstract"):
        Layer()


def test_a_layer_of_ones_own_has_no_parameters_unless_it_puts_them_there():
    layer = Twice()
    assert (layer.parameters, layer.gradients) == ({}, {})
    np.testing.assert_array_equal(layer.forward(np.ones((2, 1))), [[2.0], [2.0]])
    np.testing.assert_array_equal(layer.backward(np.ones((2, 1))), [[2.0], [2.0]])


def test_backward_before_forward_is_refused():
    with pytest.raises(RuntimeError) as caught:
        Twice().backward(np.ones((3, 1)))
    assert str(caught.value) == (
        "Twice.backward was called before forward, must come after it; call forward(X) first"
    )


BAD_INPUTS = {
    "a list": (
        [[1.0]],
        TypeError,
        "X is of type list, must be a numpy array; pass np.array(X, dtype=float)",
    ),
    "ints": (
        np.ones((3, 1), dtype=np.int64),
        TypeError,
        "X has dtype int64, must be floating or complex; pass X.astype(float)",
    ),
    "bools": (np.ones((3, 1), dtype=bool), TypeError, "X has dtype bool, must be floating"),
    "objects": (np.ones((3, 1), dtype=object), TypeError, "X has dtype object, must be floating"),
    "strings": (np.full((3, 1), "a"), TypeError, "X has dtype <U1, must be floating or complex"),
    "one axis": (
        np.ones(3),
        ValueError,
        "with an example in each column; reshape one example with X.reshape(-1, 1)",
    ),
    "three axes": (np.ones((3, 1, 1)), ValueError, "X has shape (3, 1, 1), must be "),
    "empty batch": (
        np.ones((3, 0)),
        ValueError,
        "and not empty; pass at least one row and one column",
    ),
    "nan": (
        np.array([[1.0, 2.0], [3.0, np.nan], [np.inf, 1.0]]),
        ValueError,
        "X has 2 non-finite of 6 entries, the first is nan at (1, 1), must be finite; mend the",
    ),
    "complex inf": (
        np.array([[1.0], [1.0], [complex(0, np.inf)]]),
        ValueError,
        "X has 1 non-finite of 3 entries",
    ),
}


@every_layer
@pytest.mark.parametrize(
    ("X", "error", "text"), BAD_INPUTS.values(), ids=[k.replace(" ", "-") for k in BAD_INPUTS]
)
def test_bad_input_is_refused(make, X, error, text):
    with pytest.raises(error) as caught:
        make().forward(X)
    assert text in str(caught.value)


BAD_UPSTREAMS = {
    "other rows": (
        np.ones((4, 2)),
        ValueError,
        "upstream has shape (4, 2), must match the output's (3, 2); pass dL/dY of the last forward",
    ),
    "other columns": (np.ones((3, 1)), ValueError, "upstream has shape (3, 1), must match"),
    "one axis": (np.ones(3), ValueError, "upstream has shape (3,), must match the output's (3, 2)"),
    "none": (None, TypeError, "upstream is of type NoneType, must be a numpy array"),
    "ints": (np.ones((3, 2), dtype=int), TypeError, "upstream has dtype int64, must be floating"),
    "nan": (np.full((3, 2), np.nan), ValueError, "upstream has 6 non-finite of 6 entries"),
}


@every_layer
@pytest.mark.parametrize(
    ("upstream", "error", "text"),
    BAD_UPSTREAMS.values(),
    ids=[k.replace(" ", "-") for k in BAD_UPSTREAMS],
)
def test_bad_upstream_is_refused(make, upstream, error, text):
    layer = make()
    layer.forward(np.ones((3, 2)))
    with pytest.raises(error) as caught:
        layer.backward(upstream)
    assert text in str(caught.value)
