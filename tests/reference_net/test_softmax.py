from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from reference_net import Softmax

entries = st.floats(-30, 30, allow_subnormal=False)


def test_forward_is_the_notes_quotient():
    Y = Softmax().forward(np.log(np.array([[1.0, 2.0], [3.0, 2.0]])))
    np.testing.assert_allclose(Y, [[0.25, 0.5], [0.75, 0.5]], rtol=1e-15)


@given(X=arrays(float, (4, 3), elements=entries), upstream=arrays(float, (4, 3), elements=entries))
def test_backward_is_the_notes_matrix_form_in_each_column(X, upstream):
    layer = Softmax()
    Y = layer.forward(X)
    dX = layer.backward(upstream)
    for y, g, found in zip(Y.T, upstream.T, dX.T, strict=True):
        A = np.column_stack([y, y, y, y])
        matrix = A * (np.eye(4) - A.T)
        np.testing.assert_allclose(found, matrix @ g, rtol=0, atol=1e-15 * (1 + 8 * abs(g).max()))


def test_the_notes_matrix_is_the_jacobian_that_they_derive():
    y = Softmax().forward(np.array([[0.3], [-1.0], [2.0]]))[:, 0]
    A = np.column_stack([y, y, y])
    expected = [[y[i] * ((i == k) - y[k]) for k in range(3)] for i in range(3)]
    np.testing.assert_allclose(A * (np.eye(3) - A.T), expected, rtol=1e-15)


def test_the_first_row_of_a_as_printed_would_be_wrong():
    y = Softmax().forward(np.array([[0.3], [-1.0], [2.0]]))[:, 0]
    A = np.column_stack([y, y, y])
    printed = A.copy()
    printed[0] = y
    assert not np.allclose(printed * (np.eye(3) - printed.T), A * (np.eye(3) - A.T))


@given(X=arrays(float, (4, 3), elements=entries), shift=entries)
def test_columns_sum_to_1_and_a_shift_divides_out(X, shift):
    layer = Softmax()
    Y = layer.forward(X)
    np.testing.assert_allclose(Y.sum(axis=0), 1.0, rtol=1e-15)
    np.testing.assert_allclose(layer.forward(X + shift), Y, rtol=1e-13)


def test_a_constant_upstream_gives_nothing(rng):
    layer = Softmax()
    layer.forward(rng.standard_normal((5, 2)))
    np.testing.assert_allclose(layer.backward(np.full((5, 2), 3.0)), 0.0, atol=1e-15)


def test_repr():
    assert repr(Softmax()) == "Softmax()"
