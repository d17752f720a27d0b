"""Right layers: losses, reductions, indexing, convolution, pooling and whole networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from .case import Layer, normal
from .layers import d_relu, relu, softmax, softmax_backward

Array = Any
LABELS = np.array([2, 0, 1, 2, 2])  # one class of 3 for each of 5 examples
SIGNS = np.array([1.0, -1.0, -1.0, 1.0, 1.0, -1.0, 1.0])
DELTA = 1.5  # where Huber's loss turns from square to line
INDEX = np.array([1, 3, 1, 0, 1, 4, 3])  # rows 1 and 3 are taken more than once
TARGET = np.linspace(-1.2, 1.4, 15).reshape(5, 3)


def one_hot(labels: Array, classes: int) -> Array:
    return np.eye(classes)[labels]


def mse_backward(g: Array, y: Array, t: Array) -> tuple[Array, Array]:
    d = 2 * g * (y - t) / y.size
    return d, -d


MSE = Layer(
    forward=lambda y, t: ((y - t) ** 2).mean(),
    backward=mse_backward,
    draw=normal((5, 3), (5, 3)),
    names=("y", "t"),
)
MSE_FIXED_TARGET = Layer(
    forward=lambda y: ((y - TARGET) ** 2).mean(),
    backward=lambda g, y: 2 * g * (y - TARGET) / y.size,
    draw=normal((5, 3)),
    names=("y",),
)
MSE_7 = Layer(
    forward=lambda y: (y**2).mean(),
    backward=lambda g, y: 2 * g * y / y.size,
    draw=normal((7,)),
    names=("y",),
)


def cross_entropy(x: Array) -> Array:
    top = x.real.max(axis=1, keepdims=True)
    total = np.log(np.exp(x - top).sum(axis=1)) + top[:, 0]
    return (total - x[np.arange(len(x)), LABELS]).mean()


def cross_entropy_backward(g: Array, x: Array) -> Array:
    return g * (softmax(x) - one_hot(LABELS, 3)) / len(x)


CROSS_ENTROPY = Layer(
    forward=cross_entropy, backward=cross_entropy_backward, draw=normal((5, 3)), names=("x",)
)
HINGE = Layer(
    forward=lambda s: np.maximum(0, 1 - SIGNS * s).mean(),
    backward=lambda g, s: g * np.where(SIGNS * s < 1, -SIGNS, 0.0) / s.size,
    draw=normal((7,), scale=3.0),
    names=("s",),
)


def huber(r: Array) -> Array:
    size = np.where(r < 0, -r, r)
    return np.where(size <= DELTA, 0.5 * r**2, DELTA * (size - 0.5 * DELTA)).sum()


def huber_backward(g: Array, r: Array) -> Array:
    return g * np.clip(r, -DELTA, DELTA)


HUBER = Layer(forward=huber, backward=huber_backward, draw=normal((3, 4), scale=2.0), names=("r",))


def last_axis(d: Array, like: Array) -> Array:
    return np.broadcast_to(d[..., None], like.shape).copy()


MEAN = Layer(
    forward=lambda x: x.mean(axis=1),
    backward=lambda g, x: last_axis(g, x) / x.shape[1],
    draw=normal((4, 6)),
    names=("x",),
)
SUM_ROWS = Layer(
    forward=lambda x: x.sum(axis=0),
    backward=lambda g, x: np.broadcast_to(g, x.shape).copy(),
    draw=normal((4, 6)),
    names=("x",),
)
CUMSUM = Layer(
    forward=np.cumsum,
    backward=lambda g, x: np.cumsum(g[::-1])[::-1],
    draw=normal((6,)),
    names=("x",),
)


def gather_backward(g: Array, E: Array) -> Array:
    dE = np.zeros_like(E)
    np.add.at(dE, INDEX, g)
    return dE


GATHER = Layer(
    forward=lambda E: E[INDEX], backward=gather_backward, draw=normal((5, 3)), names=("E",)
)


def conv1d_backward(g: Array, x: Array, k: Array) -> tuple[Array, Array]:
    return np.convolve(g, k), np.correlate(x, g, mode="valid")


CONV1D = Layer(
    forward=lambda x, k: sum(k[j] * x[j : len(x) - len(k) + 1 + j] for j in range(len(k))),
    backward=conv1d_backward,
    draw=normal((9,), (4,)),
    names=("x", "k"),
)


def max_pool(x: Array) -> Array:
    return np.max(x.reshape(len(x), -1, 3), axis=2)


def max_pool_backward(g: Array, x: Array) -> Array:
    windows = x.reshape(len(x), -1, 3)
    first = windows.argmax(axis=2)[..., None]
    d = np.zeros_like(windows)
    np.put_along_axis(d, first, g[..., None], axis=2)
    return d.reshape(x.shape)


MAX_POOL = Layer(forward=max_pool, backward=max_pool_backward, draw=normal((2, 12)), names=("x",))
AVERAGE_POOL = Layer(
    forward=lambda x: x.reshape(len(x), -1, 3).mean(axis=2),
    backward=lambda g, x: np.repeat(g, 3, axis=1) / 3,
    draw=normal((2, 12)),
    names=("x",),
)
ROW_MAX = Layer(
    forward=lambda x: np.max(x, axis=1),
    backward=lambda g, x: np.where(
        np.arange(x.shape[1]) == x.argmax(axis=1)[:, None], g[:, None], 0.0
    ),
    draw=normal((4, 5)),
    names=("x",),
)


def network(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    return ((softmax(relu(X @ W1 + b1) @ W2 + b2) - TARGET) ** 2).mean()


def network_backward(
    g: Array, X: Array, W1: Array, b1: Array, W2: Array, b2: Array
) -> tuple[Array, ...]:
    A = X @ W1 + b1
    H = relu(A)
    Z = H @ W2 + b2
    dZ = softmax_backward(2 * g * (softmax(Z) - TARGET) / TARGET.size, Z)
    dA = (dZ @ W2.T) * d_relu(A)
    return dA @ W1.T, X.T @ dA, dA.sum(axis=0), H.T @ dZ, dZ.sum(axis=0)


NETWORK = Layer(
    forward=network,
    backward=network_backward,
    draw=normal((5, 4), (4, 6), (6,), (6, 3), (3,)),
    names=("X", "W1", "b1", "W2", "b2"),
)
SERIES = Layer(
    forward=lambda x, *c: np.sin(x) + sum(np.tanh(p) * x**k for k, p in enumerate(c)),
    backward=lambda g, x, *c: (
        g * (np.cos(x) + sum(k * np.tanh(p) * x ** max(k - 1, 0) for k, p in enumerate(c))),
        *(g * (1 - np.tanh(p) ** 2) * x**k for k, p in enumerate(c)),
    ),
    draw=normal((3,), (3,), (3,), (3,), (3,), (3,), (3,)),
    names=("x", "c0", "c1", "c2", "c3", "c4", "c5"),
)
