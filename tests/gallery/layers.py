"""Right layers: elementwise functions, dense, products, softmax and normalisations."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .case import Layer, elementwise, normal, uniform

Array = Any
EPSILON = 1e-5  # the usual guard of a normalisation's variance
LEAK = 0.1
ROOT_2_PI = math.sqrt(2 / math.pi)


def sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + e), e / (1 + e))


def d_sigmoid(x: Array) -> Array:
    return sigmoid(x) * sigmoid(-x)


def d_tanh(x: Array) -> Array:
    return 1 - np.tanh(x) ** 2


def relu(x: Array) -> Array:
    return np.maximum(x, 0)


def d_relu(x: Array) -> Array:
    return np.where(x > 0, 1.0, 0.0)


def elu(x: Array) -> Array:
    return np.where(x > 0, x, LEAK * (np.exp(np.minimum(x, 0)) - 1))


def d_elu(x: Array) -> Array:
    return np.where(x > 0, 1.0, LEAK * np.exp(np.minimum(x, 0)))


def normal_cdf(x: Array) -> Array:
    return 0.5 * np.vectorize(math.erfc, otypes=[float])(-np.asarray(x) / math.sqrt(2))


def gelu(x: Array) -> Array:
    return x * normal_cdf(x)


def d_gelu(x: Array) -> Array:
    return normal_cdf(x) + x * np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)


def gelu_tanh(x: Array) -> Array:
    return 0.5 * x * (1 + np.tanh(ROOT_2_PI * (x + 0.044715 * x**3)))


def d_gelu_tanh(x: Array) -> Array:
    t = np.tanh(ROOT_2_PI * (x + 0.044715 * x**3))
    return 0.5 * (1 + t) + 0.5 * x * (1 - t**2) * ROOT_2_PI * (1 + 3 * 0.044715 * x**2)


POSITIVE = {"x": (0.0, np.inf)}

SIGMOID = elementwise(sigmoid, d_sigmoid)
TANH = elementwise(np.tanh, d_tanh)
RELU = elementwise(relu, d_relu)
LEAKY_RELU = elementwise(
    lambda x: np.where(x > 0, x, LEAK * x), lambda x: np.where(x > 0, 1.0, LEAK)
)
ELU = elementwise(elu, d_elu)
GELU = elementwise(gelu, d_gelu)
GELU_TANH = elementwise(gelu_tanh, d_gelu_tanh)
SOFTPLUS = elementwise(lambda x: np.logaddexp(0, x), sigmoid)
SQUARE = elementwise(lambda x: x**2, lambda x: 2 * x)
CUBE = elementwise(lambda x: x**3, lambda x: 3 * x**2)
SIN = elementwise(np.sin, np.cos)
SQRT = elementwise(np.sqrt, lambda x: 0.5 / np.sqrt(x), uniform(0.5, 3, (3, 4)), domain=POSITIVE)
LOG = elementwise(np.log, lambda x: 1 / x, uniform(0.5, 3, (3, 4)), domain=POSITIVE)
SWISH = elementwise(lambda x: x * sigmoid(x), lambda x: sigmoid(x) + x * d_sigmoid(x))
TANH_1000 = TANH.at(normal((40, 25)))

QUOTIENT = Layer(
    forward=lambda x, z: x / z,
    backward=lambda g, x, z: (g / z, -g * x / z**2),
    draw=lambda rng: (rng.standard_normal(5), rng.uniform(0.5, 2, 5)),
    domain={"z": (0.1, 100.0)},
    names=("x", "z"),
)


def dense_backward(g: Array, X: Array, W: Array, b: Array) -> tuple[Array, Array, Array]:
    return g @ W.T, X.T @ g, g.sum(axis=0)


def column_backward(g: Array, W: Array, X: Array, b: Array) -> tuple[Array, Array, Array]:
    return g @ X.T, W.T @ g, g.sum(axis=1, keepdims=True)


DENSE = Layer(
    forward=lambda X, W, b: X @ W + b,
    backward=dense_backward,
    draw=normal((5, 4), (4, 3), (3,)),
    names=("X", "W", "b"),
)
DENSE_SQUARE = DENSE.at(normal((3, 4), (4, 4), (4,)))
DENSE_COLUMN = Layer(
    forward=lambda W, X, b: W @ X + b,
    backward=column_backward,
    draw=normal((3, 4), (4, 5), (3, 1)),
    names=("W", "X", "b"),
)
MATMUL = Layer(
    forward=lambda A, B: A @ B,
    backward=lambda g, A, B: (g @ B.T, A.T @ g),
    draw=normal((3, 4), (4, 5)),
    names=("A", "B"),
)


def softmax(x: Array) -> Array:
    e = np.exp(x - np.max(x.real, axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def softmax_backward(g: Array, x: Array) -> Array:
    y = softmax(x)
    return y * (g - (g * y).sum(axis=-1, keepdims=True))


def logsumexp(x: Array) -> Array:
    top = np.max(x.real, axis=-1, keepdims=True)
    return (top + np.log(np.exp(x - top).sum(axis=-1, keepdims=True)))[..., 0]


SOFTMAX = Layer(forward=softmax, backward=softmax_backward, draw=normal((4, 5)), names=("x",))
LOG_SOFTMAX = Layer(
    forward=lambda x: x - logsumexp(x)[..., None],
    backward=lambda g, x: g - softmax(x) * g.sum(axis=-1, keepdims=True),
    draw=normal((4, 5)),
    names=("x",),
)
LOGSUMEXP = Layer(
    forward=logsumexp,
    backward=lambda g, x: g[..., None] * softmax(x),
    draw=normal((4, 5)),
    names=("x",),
)


def attention_parts(Q: Array, K: Array) -> tuple[Array, float]:
    scale = 1 / math.sqrt(Q.shape[1])
    return softmax(Q @ K.T * scale), scale


def attention(Q: Array, K: Array, V: Array) -> Array:
    return attention_parts(Q, K)[0] @ V


def attention_backward(g: Array, Q: Array, K: Array, V: Array) -> tuple[Array, Array, Array]:
    P, scale = attention_parts(Q, K)
    dP = g @ V.T
    dS = P * (dP - (dP * P).sum(axis=-1, keepdims=True)) * scale
    return dS @ K, dS.T @ Q, P.T @ g


ATTENTION = Layer(
    forward=attention,
    backward=attention_backward,
    draw=normal((3, 5), (4, 5), (4, 2)),
    names=("Q", "K", "V"),
)


def normalised(x: Array, axis: int, guard: float = EPSILON) -> tuple[Array, Array]:
    centred = x - x.mean(axis=axis, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=axis, keepdims=True) + guard)
    return centred / deviation, deviation


def normalised_backward(g: Array, x: Array, axis: int, guard: float = EPSILON) -> Array:
    hat, deviation = normalised(x, axis, guard)
    inner = (g * hat).mean(axis=axis, keepdims=True)
    return (g - g.mean(axis=axis, keepdims=True) - hat * inner) / deviation


def normalisation(axis: int, guard: float = EPSILON) -> Layer:
    """Return layer (axis 1) or batch (axis 0) normalisation of (N, features) with gain, shift."""
    return Layer(
        forward=lambda x, gamma, beta: gamma * normalised(x, axis)[0] + beta,
        backward=lambda g, x, gamma, beta: (
            normalised_backward(g * gamma, x, axis, guard),
            (g * normalised(x, axis)[0]).sum(axis=0),
            g.sum(axis=0),
        ),
        draw=normal((6, 4), (4,), (4,)),
        names=("x", "gamma", "beta"),
    )


LAYER_NORM = normalisation(axis=1)
BATCH_NORM = normalisation(axis=0)
# The guard's sign, as wrong code has it: only the backward's deviation uses it.
LAYER_NORM_MINUS = normalisation(axis=1, guard=-EPSILON).backward
BATCH_NORM_MINUS = normalisation(axis=0, guard=-EPSILON).backward


def rms_backward(g: Array, x: Array) -> Array:
    size = np.sqrt((x**2).mean(axis=-1, keepdims=True) + EPSILON)
    return g / size - x * (g * x).mean(axis=-1, keepdims=True) / size**3


RMS_NORM = Layer(
    forward=lambda x: x / np.sqrt((x**2).mean(axis=-1, keepdims=True) + EPSILON),
    backward=rms_backward,
    draw=normal((3, 5)),
    names=("x",),
)


def cosine_backward(g: Array, a: Array, b: Array) -> tuple[Array, Array]:
    aa, bb, ab = (a * a).sum(), (b * b).sum(), (a * b).sum()
    size = np.sqrt(aa * bb)
    return g * (b - a * ab / aa) / size, g * (a - b * ab / bb) / size


COSINE = Layer(
    forward=lambda a, b: (a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()),
    backward=cosine_backward,
    draw=uniform(0.5, 2, (5,), (5,)),
    domain={"a": (0.1, 100.0), "b": (0.1, 100.0)},
    names=("a", "b"),
)
