"""Wrong operands, shapes, sums and indices: dense layers, convolutions, pooling, networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import layers as la
from . import losses as lo
from .case import Rule, rule, scaled, spoil

Array = Any
BY_INDEX = ("wrong-formula", "region", "unlisted")


def per_example(d: Array, g: Array, X: Array, W: Array, b: Array) -> Array:
    """Return the gradient of W for each example, shape (N, in, out)."""
    return X[:, :, None] * g[:, None, :]


def summed_over_inputs_too(d: Array, g: Array, X: Array, W: Array, b: Array) -> Array:
    return np.broadcast_to(d.sum(axis=0), d.shape).copy()


def first_example_only(d: Array, g: Array, X: Array, W: Array, b: Array) -> Array:
    d = np.zeros_like(X)
    d[0] = (g @ W.T)[0]
    return d


def one_column_wrong(d: Array, *_: Array) -> Array:
    d = d.copy()
    d[:, 2] *= 1.01
    return d


def swapped(d: Array, g: Array, X: Array, W: Array, b: Array) -> Array:
    return g.T @ X


DENSE: list[Rule] = [
    rule("dense-dW-factor-two", la.DENSE, spoil(la.DENSE, "W", scaled(2)), "factor"),
    rule(
        "dense-dW-averaged", la.DENSE, spoil(la.DENSE, "W", scaled(1 / 5)), "factor", "summed-wrong"
    ),
    rule("dense-dX-sign", la.DENSE, spoil(la.DENSE, "X", scaled(-1)), "sign"),
    rule(
        "dense-dW-transposed-square",
        la.DENSE_SQUARE,
        spoil(la.DENSE_SQUARE, "W", swapped),
        "transposed",
    ),
    rule(
        "dense-dW-transposed", la.DENSE, spoil(la.DENSE, "W", swapped), "transposed", "wrong-shape"
    ),
    rule(
        "dense-dX-with-W-for-its-transpose",
        la.DENSE_SQUARE,
        spoil(la.DENSE_SQUARE, "X", lambda d, g, X, W, b: g @ W),
        "wrong-operand",
    ),
    rule(
        "dense-dW-with-x-for-g",
        la.DENSE_SQUARE,
        spoil(la.DENSE_SQUARE, "W", lambda d, g, X, W, b: X.T @ X),
        *("wrong-operand", "upstream-ignored"),
    ),
    rule(
        "dense-dW-with-y-for-x",
        la.DENSE_SQUARE,
        spoil(la.DENSE_SQUARE, "W", lambda d, g, X, W, b: (X @ W + b).T @ g),
        "wrong-operand",
    ),
    rule(
        "dense-dX-with-x-for-g",
        la.DENSE_SQUARE,
        spoil(la.DENSE_SQUARE, "X", lambda d, g, X, W, b: X @ W.T),
        *("wrong-operand", "upstream-ignored"),
    ),
    rule(
        "dense-db-not-summed",
        la.DENSE,
        spoil(la.DENSE, "b", lambda d, g, *_: g.copy()),
        *("not-summed", "wrong-shape"),
    ),
    rule("dense-dW-not-summed", la.DENSE, spoil(la.DENSE, "W", per_example), "not-summed"),
    rule(
        "dense-db-averaged",
        la.DENSE,
        spoil(la.DENSE, "b", lambda d, g, *_: g.mean(axis=0)),
        *("summed-wrong", "factor"),
    ),
    rule(
        "dense-db-summed-over-everything",
        la.DENSE,
        spoil(la.DENSE, "b", lambda d, g, *_: np.full(d.shape, g.sum())),
        "summed-wrong",
    ),
    rule(
        "dense-db-summed-over-features",
        la.DENSE,
        spoil(la.DENSE, "b", lambda d, g, *_: g.sum(axis=1)),
        *("summed-wrong", "wrong-shape"),
    ),
    rule(
        "dense-dW-summed-over-inputs",
        la.DENSE,
        spoil(la.DENSE, "W", summed_over_inputs_too),
        "summed-wrong",
    ),
    rule(
        "dense-dX-averaged-over-batch",
        la.DENSE,
        spoil(la.DENSE, "X", lambda d, *_: np.broadcast_to(d.mean(axis=0), d.shape).copy()),
        *("summed-wrong", "batch-axis", "batch-of-one"),
    ),
    rule(
        "dense-only-first-example",
        la.DENSE,
        spoil(la.DENSE, "X", first_example_only),
        *("batch-of-one", "unlisted", "wrong-formula", "region"),
    ),
    rule(
        "dense-dW-extra-batch-axis",
        la.DENSE,
        spoil(la.DENSE, "W", lambda d, *_: d[None]),
        "wrong-shape",
    ),
    rule(
        "dense-dW-one-column",
        la.DENSE,
        spoil(la.DENSE, "W", one_column_wrong),
        *("unlisted", "wrong-formula", "region"),
    ),
    rule(
        "dense-dX-pass-through-square",
        la.DENSE_SQUARE,
        spoil(la.DENSE_SQUARE, "X", lambda d, g, *_: g.copy()),
        "pass-through",
    ),
    rule(
        "dense-dW-plus-weight-decay",
        la.DENSE,
        spoil(la.DENSE, "W", lambda d, g, X, W, b: d + 0.01 * W),
        *("upstream-nonlinear", "wrong-formula", "unlisted"),
    ),
    rule(
        "column-dense-db-flat",
        la.DENSE_COLUMN,
        spoil(la.DENSE_COLUMN, "b", lambda d, *_: d.ravel()),
        "wrong-shape",
    ),
    rule(
        "column-dense-db-not-summed",
        la.DENSE_COLUMN,
        spoil(la.DENSE_COLUMN, "b", lambda d, g, *_: g.copy()),
        *("not-summed", "wrong-shape"),
    ),
    rule(
        "column-dense-dW-sign",
        la.DENSE_COLUMN,
        spoil(la.DENSE_COLUMN, "W", scaled(-1)),
        "sign",
    ),
    rule("matmul-second-operand-sign", la.MATMUL, spoil(la.MATMUL, "B", scaled(-1)), "sign"),
    rule(
        "matmul-second-operand-rows-reversed",
        la.MATMUL,
        spoil(la.MATMUL, "B", lambda d, g, A, B: A[::-1].T @ g),
        *("wrong-operand", "wrong-formula", "unlisted"),
    ),
]


def gather_without_accumulation(g: Array, E: Array) -> Array:
    dE = np.zeros_like(E)
    dE[lo.INDEX] += g
    return dE


def pool_next_index(g: Array, x: Array) -> Array:
    return np.roll(lo.max_pool_backward(g, x), 1, axis=1)


def pool_global_index(g: Array, x: Array) -> Array:
    d = np.zeros_like(x)
    first = x.reshape(len(x), -1, 3).argmax(axis=2)
    for row, column in np.ndindex(first.shape):
        d[row, first[row, column]] += g[row, column]
    return d


INDICES: list[Rule] = [
    rule("cumsum-not-reversed", lo.CUMSUM, lambda g, x: np.cumsum(g), *BY_INDEX),
    rule("cumsum-pass-through", lo.CUMSUM, lambda g, x: g.copy(), "pass-through"),
    rule("sum-rows-one-row", lo.SUM_ROWS, lambda g, x: g[None, :].copy(), "wrong-shape"),
    rule("sum-rows-averaged", lo.SUM_ROWS, lambda g, x: np.tile(g / 4, (4, 1)), "factor"),
    rule("gather-duplicates-lost", lo.GATHER, gather_without_accumulation, *BY_INDEX),
    rule(
        "conv1d-dx-shifted-by-one",
        lo.CONV1D,
        spoil(lo.CONV1D, "x", lambda d, *_: np.roll(d, 1)),
        *BY_INDEX,
    ),
    rule(
        "conv1d-dx-kernel-flipped",
        lo.CONV1D,
        spoil(lo.CONV1D, "x", lambda d, g, x, k: np.convolve(g, k[::-1])),
        *("wrong-operand", *BY_INDEX),
    ),
    rule(
        "conv1d-dk-reversed",
        lo.CONV1D,
        spoil(lo.CONV1D, "k", lambda d, *_: d[::-1].copy()),
        *BY_INDEX,
    ),
    rule("max-pool-next-index", lo.MAX_POOL, pool_next_index, *BY_INDEX),
    rule("max-pool-index-without-offset", lo.MAX_POOL, pool_global_index, *BY_INDEX),
    rule("max-pool-to-every-entry", lo.MAX_POOL, lambda g, x: np.repeat(g, 3, axis=1), *BY_INDEX),
    rule("average-pool-1/k-missing", lo.AVERAGE_POOL, lambda g, x: np.repeat(g, 3, 1), "factor"),
    rule(
        "average-pool-tiled-for-repeated",
        lo.AVERAGE_POOL,
        lambda g, x: np.tile(g, (1, 3)) / 3,
        *BY_INDEX,
    ),
    rule(
        "row-max-to-minimum",
        lo.ROW_MAX,
        lambda g, x: g[:, None] * (x == x.min(axis=1, keepdims=True)),
        *BY_INDEX,
    ),
]


def without_relu(g: Array, *inputs: Array) -> tuple[Array, ...]:
    """Skip the hidden layer's mask on the way back."""
    X, W1, b1, W2, b2 = inputs
    *_, dW2, db2 = lo.network_backward(g, *inputs)
    Z = la.relu(X @ W1 + b1) @ W2 + b2
    dZ = la.softmax_backward(2 * g * (la.softmax(Z) - lo.TARGET) / lo.TARGET.size, Z)
    dA = dZ @ W2.T
    return dA @ W1.T, X.T @ dA, dA.sum(axis=0), dW2, db2


def without_softmax(g: Array, *inputs: Array) -> tuple[Array, ...]:
    """Hand the loss's gradient to the last dense layer as if softmax were not there."""
    X, W1, b1, W2, b2 = inputs
    A = X @ W1 + b1
    H = la.relu(A)
    dZ = 2 * g * (la.softmax(H @ W2 + b2) - lo.TARGET) / lo.TARGET.size
    dA = (dZ @ W2.T) * la.d_relu(A)
    return dA @ W1.T, X.T @ dA, dA.sum(axis=0), H.T @ dZ, dZ.sum(axis=0)


NETWORKS: list[Rule] = [
    rule(
        "network-dW1-zero",
        lo.NETWORK,
        spoil(lo.NETWORK, "W1", scaled(0)),
        *("missing", "factor", "upstream-ignored", "unlisted"),
    ),
    rule(
        "network-hidden-mask-skipped", lo.NETWORK, without_relu, "order", "mask-missing", *BY_INDEX
    ),
    rule("network-softmax-skipped", lo.NETWORK, without_softmax, "order", *BY_INDEX),
    rule(
        "network-last-bias-1-percent", lo.NETWORK, spoil(lo.NETWORK, "b2", scaled(1.01)), "factor"
    ),
    rule("series-last-of-seven-sign", lo.SERIES, spoil(lo.SERIES, "c5", scaled(-1)), "sign"),
    rule(
        "series-last-of-seven-power",
        lo.SERIES,
        spoil(lo.SERIES, "c5", lambda d, g, x, *c: g * (1 - np.tanh(c[5]) ** 2) * x**4),
        *BY_INDEX,
    ),
]

RULES = [*DENSE, *INDICES, *NETWORKS]
