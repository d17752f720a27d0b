"""Right backwards at nasty points: kinks, ties, edges of a domain, saturation, extreme scales."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import layers as la
from . import losses as lo
from .case import Layer, Right, elementwise, fixed, normal, right, uniform

Array = Any
KINK = "kink-value"
MIXED = fixed(np.array([0.0, 1.3, -0.4, 0.0, -2.0, 0.7]))
NEAR_ZERO = fixed(np.array([1e-9, -1e-9, 1e-7, -1e-6, 1e-5, -1e-4, 1e-3, -1e-3]))
AT_SIX = fixed(np.array([0.0, 6.0, 3.0, -1.0, 7.5, 6.0 + 1e-7, 6.0 - 1e-7]))
AT_ONE = fixed(np.array([1.0, -1.0, 0.3, 1.0 - 1e-8, -1.7, 1.0 + 1e-6]))
AT_DELTA = fixed(np.array([lo.DELTA, -lo.DELTA, 0.2, 3.1, -4.0, lo.DELTA + 1e-7]))
SATURATED = fixed(np.linspace(-40, 40, 17))
TIES = np.array(
    [
        [1.0, 1.0, 0.2, -1.0, -1.0, -1.0, 0.5, 2.0, 2.0],
        [0.0, 0.0, 0.0, 3.0, 1.0, 3.0, 4.0, 4.1, 4.2],
    ]
)


def relu_with(at_zero: float) -> Layer:
    """Return ReLU whose derivative at 0 is `at_zero`."""
    return elementwise(
        la.relu, lambda x: np.where(x > 0, 1.0, np.where(x == 0, at_zero, 0.0)), MIXED
    )


def inside(low: float, high: float) -> Any:
    return lambda x: np.where((x > low) & (x < high), 1.0, 0.0)


ABS = elementwise(np.abs, np.sign, MIXED)
RELU6 = elementwise(lambda x: np.minimum(np.maximum(x, 0), 6), inside(0, 6), AT_SIX)
CLIP = elementwise(lambda x: np.clip(x, -1, 1), inside(-1, 1), AT_ONE)
HARD_TANH = elementwise(
    lambda x: np.where(x > 1, 1.0, np.where(x < -1, -1.0, x)), inside(-1, 1), AT_ONE
)
HARD_SIGMOID = elementwise(
    lambda x: np.clip(0.2 * x + 0.5, 0, 1), lambda x: 0.2 * inside(-2.5, 2.5)(x), MIXED
)
SOFT_SHRINK = elementwise(
    lambda x: np.sign(x) * np.maximum(np.abs(x) - 1, 0),
    lambda x: np.where(np.abs(x) > 1, 1.0, 0.0),
    AT_ONE,
)
MAXIMUM = Layer(
    forward=np.maximum,
    backward=lambda g, a, b: (g * (a >= b), g * (a < b)),
    draw=fixed(np.array([1.0, 2.0, 0.0, -1.0]), np.array([1.0, 1.5, 0.0, 3.0])),
    names=("a", "b"),
)
MAXIMUM_HALVES = Layer(
    forward=np.maximum,
    backward=lambda g, a, b: (
        g * np.where(a > b, 1.0, np.where(a == b, 0.5, 0.0)),
        g * np.where(a < b, 1.0, np.where(a == b, 0.5, 0.0)),
    ),
    draw=MAXIMUM.draw,
    names=("a", "b"),
)
MEAN_ABSOLUTE = Layer(
    forward=lambda y, t: np.abs(y - t).mean(),
    backward=lambda g, y, t: (g * np.sign(y - t) / y.size, g * np.sign(t - y) / y.size),
    draw=fixed(np.array([1.0, 2.0, -0.5, 0.0, 1.1]), np.array([1.0, 2.5, -0.5, 0.0, 1.0])),
    names=("y", "t"),
)
NORM = Layer(
    forward=np.linalg.norm,
    backward=lambda g, x: g * x / max(np.linalg.norm(x), 1e-300),
    draw=normal((5,)),
    names=("x",),
)

KINKS: list[Right] = [
    right("relu-all-zero", la.RELU, fixed(np.zeros((3, 4)))),
    right("relu-mixed-zeros", la.RELU, MIXED),
    right("relu-one-at-zero", relu_with(1.0), remarks=KINK),
    right("relu-half-at-zero", relu_with(0.5), remarks=KINK),
    right("relu-one-at-zero-all-zero", relu_with(1.0), fixed(np.zeros(5)), remarks=KINK),
    right("relu-near-zero", la.RELU, NEAR_ZERO),
    right("leaky-relu-mixed-zeros", la.LEAKY_RELU, MIXED, remarks=KINK),
    right("leaky-relu-near-zero", la.LEAKY_RELU, NEAR_ZERO, remarks=KINK),
    right("elu-mixed-zeros", la.ELU, MIXED, remarks=KINK),
    right("abs-mixed-zeros", ABS, remarks=KINK),
    right("abs-near-zero", ABS, NEAR_ZERO, remarks=KINK),
    right("relu6-at-both-kinks", RELU6, remarks=KINK),
    right("clip-at-both-kinks", CLIP, remarks=KINK),
    right("hard-tanh-at-both-kinks", HARD_TANH, remarks=KINK),
    right("hard-sigmoid", HARD_SIGMOID, remarks=KINK),
    right("soft-shrink-at-kinks", SOFT_SHRINK, remarks=KINK),
    right("huber-at-delta", lo.HUBER, AT_DELTA),
    right("hinge-at-margin", lo.HINGE, lambda _rng: (lo.SIGNS.copy(),), remarks=KINK),
    right("mean-absolute-error-at-target", MEAN_ABSOLUTE, remarks=KINK),
    right("maximum-with-ties", MAXIMUM, remarks=KINK),
    right("maximum-with-ties-halved", MAXIMUM_HALVES, remarks=KINK),
    right("max-pool-with-ties", lo.MAX_POOL, fixed(TIES), remarks=KINK),
    right("row-max-with-ties", lo.ROW_MAX, fixed(TIES), remarks=KINK),
    right("row-max-all-equal", lo.ROW_MAX, fixed(np.ones((3, 4))), remarks=KINK),
    right("norm", NORM, remarks=KINK),
    right("norm-at-zero", NORM, fixed(np.zeros(4)), remarks=KINK),
    right(
        "network-at-the-kink",
        lo.NETWORK,
        lambda rng: (
            np.zeros((5, 4)),
            rng.standard_normal((4, 6)),
            np.zeros(6),
            rng.standard_normal((6, 3)),
            np.zeros(3),
        ),
        remarks=KINK,
    ),
]

SMALL = {"x": (0.0, math.inf)}
GUARDED_LOG = Layer(
    forward=lambda p: -(lo.one_hot(lo.LABELS, 3) * np.log(p + 1e-12)).sum() / len(p),
    backward=lambda g, p: -g * lo.one_hot(lo.LABELS, 3) / (p + 1e-12) / len(p),
    draw=uniform(0.05, 0.95, (5, 3)),
    domain={"p": (0.0, 1.0)},
    names=("p",),
)
BINARY_ENTROPY = Layer(
    forward=lambda p: -(0.3 * np.log(p) + 0.7 * np.log(1 - p)).sum(),
    backward=lambda g, p: g * (0.7 / (1 - p) - 0.3 / p),
    draw=uniform(0.05, 0.95, (6,)),
    domain={"p": (0.0, 1.0)},
    names=("p",),
)
EDGES: list[Right] = [
    right("log-near-its-edge", la.LOG, fixed(np.array([1e-3, 2e-3, 0.5, 3.0]))),
    right("sqrt-near-its-edge", la.SQRT, fixed(np.array([1e-3, 4e-3, 0.5, 3.0]))),
    right(
        "reciprocal-near-zero",
        elementwise(
            lambda x: 1 / x, lambda x: -1 / x**2, fixed(np.array([1e-3, 0.1, 2.0])), domain=SMALL
        ),
    ),
    right(
        "x-log-x",
        elementwise(
            lambda x: x * np.log(x), lambda x: np.log(x) + 1, uniform(0.01, 3, (5,)), domain=SMALL
        ),
    ),
    right(
        "arcsin-near-one",
        elementwise(
            np.arcsin,
            lambda x: 1 / np.sqrt((1 - x) * (1 + x)),
            fixed(np.array([0.999, -0.99, 0.1])),
            domain={"x": (-1.0, 1.0)},
        ),
    ),
    right("log-with-guard", GUARDED_LOG),
    right("binary-cross-entropy-of-probabilities", BINARY_ENTROPY),
    right("quotient", la.QUOTIENT),
]


def d_sigmoid_by_exp(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return e / (1 + e) ** 2


def d_sigmoid_by_cosh(x: Array) -> Array:
    return 0.25 / np.cosh(np.clip(x, -1400, 1400) / 2) ** 2


SIGMOID_NAIVE = elementwise(
    lambda x: 1 / (1 + np.exp(-x)), lambda x: la.sigmoid(x) * (1 - la.sigmoid(x)), SATURATED
)
LOG_COSH = elementwise(
    lambda x: np.abs(x) + np.log1p(np.exp(-2 * np.abs(x))) - math.log(2), np.tanh, SATURATED
)
FAR = fixed(np.array([[1000.0, -1000.0, 0.0], [-1000.0, -1000.0, -1000.0], [1000.0, 999.0, 998.0]]))
SATURATIONS: list[Right] = [
    right("tanh-saturated-one-minus-square", la.TANH, SATURATED),
    right(
        "tanh-saturated-one-over-cosh",
        elementwise(np.tanh, lambda x: 1 / np.cosh(np.clip(x, -350, 350)) ** 2, SATURATED),
    ),
    right(
        "tanh-saturated-factored",
        elementwise(np.tanh, lambda x: (1 - np.tanh(x)) * (1 + np.tanh(x)), SATURATED),
    ),
    right(
        "tanh-saturated-by-exp",
        elementwise(np.tanh, lambda x: 4 * d_sigmoid_by_exp(2 * x), SATURATED),
    ),
    right("sigmoid-saturated-y-times-1-minus-y", SIGMOID_NAIVE),
    right("sigmoid-saturated-product", la.SIGMOID, SATURATED),
    right("sigmoid-saturated-by-exp", elementwise(la.sigmoid, d_sigmoid_by_exp, SATURATED)),
    right("sigmoid-saturated-by-cosh", elementwise(la.sigmoid, d_sigmoid_by_cosh, SATURATED)),
    right("softplus-saturated", la.SOFTPLUS, SATURATED),
    right("log-cosh-saturated", LOG_COSH),
    right("gelu-saturated", la.GELU, SATURATED),
    right("softmax-at-1000", la.SOFTMAX, FAR),
    right("log-softmax-at-1000", la.LOG_SOFTMAX, FAR),
    right("logsumexp-at-1000", la.LOGSUMEXP, FAR),
    right("cross-entropy-confident", lo.CROSS_ENTROPY, normal((5, 3), scale=100.0)),
    right("softmax-equal-entries", la.SOFTMAX, fixed(np.full((2, 4), 7.0))),
]

OFFSET = Layer(
    forward=lambda y: lo.MSE_7.forward(y) + 1e6,
    backward=lo.MSE_7.backward,
    draw=normal((7,)),
    names=("y",),
)
TO_AND_FRO = elementwise(lambda x: (x + 1e6) - 1e6, np.ones_like, normal((4,)))
SCALES: list[Right] = [
    right("loss-with-offset-1e6", OFFSET),
    right("added-and-taken-away-1e6", TO_AND_FRO),
    right("dense-scale-1e-8", la.DENSE, normal((5, 4), (4, 3), (3,), scale=1e-8)),
    right("dense-scale-1e8", la.DENSE, normal((5, 4), (4, 3), (3,), scale=1e8)),
    right("mse-scale-1e-8", lo.MSE, normal((5, 3), (5, 3), scale=1e-8)),
    right("mse-scale-1e8", lo.MSE, normal((5, 3), (5, 3), scale=1e8)),
    right(
        "dense-mixed-scales",
        la.DENSE,
        lambda rng: (
            1e6 * rng.standard_normal((5, 4)),
            1e-6 * rng.standard_normal((4, 3)),
            rng.standard_normal(3),
        ),
    ),
    right("layer-norm-scale-1e-8", la.LAYER_NORM, normal((6, 4), (4,), (4,), scale=1e-8)),
    right("batch-norm-equal-rows", la.BATCH_NORM, fixed(np.ones((6, 4)), np.ones(4), np.zeros(4))),
    right("tiny-gradient", elementwise(lambda x: 1e-9 * np.sin(x), lambda x: 1e-9 * np.cos(x))),
]

CASES = [*KINKS, *EDGES, *SATURATIONS, *SCALES]
