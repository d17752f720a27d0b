from __future__ import annotations

import numpy as np
import pytest

from reference_net import MeanSquaredError

Y = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]])
TARGET = np.array([[1.0, 0.0], [0.0, 4.0], [5.0, 5.0]])


def test_one_column_is_the_notes_case():
    loss = MeanSquaredError()
    assert loss.forward(Y[:, :1], TARGET[:, :1]) == 9 / 3
    np.testing.assert_array_equal(loss.backward(), 2 / 3 * (Y[:, :1] - TARGET[:, :1]))


def test_many_columns_are_averaged():
    loss = MeanSquaredError()
    cost = loss.forward(Y, TARGET)
    singly = [loss.forward(Y[:, k : k + 1], TARGET[:, k : k + 1]) for k in range(2)]
    assert cost == np.mean(singly)
    assert isinstance(cost, np.float64)
    loss.forward(Y, TARGET)
    np.testing.assert_allclose(loss.backward(), 2 / 3 * (Y - TARGET) / 2, rtol=1e-15)


@pytest.mark.parametrize("dtype", ["float32", "float64", "complex64", "complex128"])
def test_dtype_is_preserved(dtype):
    loss = MeanSquaredError()
    cost = loss.forward(Y.astype(dtype), TARGET.astype(dtype))
    assert (str(cost.dtype), str(loss.backward().dtype)) == (dtype, dtype)


def test_subclasses_come_through(kept):
    loss = MeanSquaredError()
    loss.forward(Y.view(kept), TARGET)
    assert type(loss.backward()) is kept


@pytest.mark.parametrize(
    "upstream",
    [2, 2.0, 2 + 0j, np.float32(2.0), np.array(2.0)],
    ids=["int", "float", "complex", "float32", "array"],
)
def test_upstream_scales_the_gradient(upstream):
    loss = MeanSquaredError()
    loss.forward(Y, TARGET)
    np.testing.assert_array_equal(loss.backward(upstream), 2 * loss.backward())


@pytest.mark.parametrize(
    ("upstream", "error", "text"),
    [
        pytest.param(
            np.ones((1, 1)),
            ValueError,
            "upstream has shape (1, 1), must match the cost's (); "
            "leave it out for the gradient of the cost",
            id="matrix",
        ),
        pytest.param(True, TypeError, "upstream is of type bool, must be a numpy", id="bool"),
        pytest.param("1", TypeError, "upstream is of type str, must be a numpy", id="string"),
        pytest.param(np.array(1), TypeError, "upstream has dtype int64, must be", id="int-array"),
        pytest.param(float("nan"), ValueError, "upstream has 1 non-finite of 1 entries", id="nan"),
    ],
)
def test_bad_upstream_is_refused(upstream, error, text):
    loss = MeanSquaredError()
    loss.forward(Y, TARGET)
    with pytest.raises(error) as caught:
        loss.backward(upstream)
    assert str(caught.value).startswith(text)


@pytest.mark.parametrize(
    ("prediction", "target", "error", "text"),
    [
        pytest.param(
            Y,
            TARGET[:, :1],
            ValueError,
            "target has shape (3, 1), must match the prediction's (3, 2); "
            "pass the desired output of the same examples",
            id="columns",
        ),
        pytest.param(Y[:, 0], TARGET, ValueError, "prediction has shape (3,), must", id="axis"),
        pytest.param(
            Y[:, :0], TARGET[:, :0], ValueError, "prediction has shape (3, 0), must", id="empty"
        ),
        pytest.param(Y, TARGET.astype(int), TypeError, "target has dtype int64, must", id="ints"),
        pytest.param(Y, None, TypeError, "target is of type NoneType, must be", id="none"),
        pytest.param(
            Y, np.full((3, 2), np.inf), ValueError, "target has 6 non-finite of 6", id="inf"
        ),
    ],
)
def test_bad_input_is_refused(prediction, target, error, text):
    with pytest.raises(error) as caught:
        MeanSquaredError().forward(prediction, target)
    assert str(caught.value).startswith(text)


def test_backward_before_forward_is_refused():
    with pytest.raises(RuntimeError) as caught:
        MeanSquaredError().backward()
    assert str(caught.value) == (
        "MeanSquaredError.backward was called before forward, must come after it; "
        "call forward(prediction, target) first"
    )


def test_the_callers_arrays_are_free_after_forward():
    loss = MeanSquaredError()
    prediction = Y.copy()
    loss.forward(prediction, TARGET)
    expected = loss.backward()
    prediction[...] = 0.0
    np.testing.assert_array_equal(loss.backward(), expected)


def test_repr():
    assert repr(MeanSquaredError()) == "MeanSquaredError()"
