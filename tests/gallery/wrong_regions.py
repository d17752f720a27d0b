"""Right almost everywhere: regions, single entries, ties, overflow, precision, tiny gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import layers as la
from . import losses as lo
from .case import Layer, Rule, elementwise, normal, rule, scaled, spoil, uniform

Array = Any
PART = ("region", "wrong-formula", "unlisted")
ONE_ENTRY = ("unlisted", "region", "wrong-formula")
PRECISION = ("low-precision", "unlisted", "wrong-formula")

ABS = elementwise(np.abs, np.sign)
MAE = Layer(
    forward=lambda y, t: (np.abs(y - t)).mean(),
    backward=lambda g, y, t: (g * np.sign(y - t) / y.size, -g * np.sign(y - t) / y.size),
    draw=normal((7,), (7,)),
    names=("y", "t"),
)


def only(condition: Any, change: Any) -> Any:
    """Return the change of a gradient that applies where `condition(x)` holds."""
    return lambda d, g, x: np.where(condition(x), change(d), d)


REGIONS: list[Rule] = [
    rule(
        "tanh-wrong-beyond-3",
        la.TANH.at(uniform(-2, 2, (3, 4))),
        spoil(la.TANH, "x", only(lambda x: abs(x) > 3, lambda d: 1.5 * d)),
        *PART,
        region="|x| > 3",
    ),
    rule(
        "sin-wrong-below-minus-2",
        la.SIN.at(uniform(-1, 3, (3, 4))),
        spoil(la.SIN, "x", only(lambda x: x < -2, lambda d: -d)),
        *PART,
        region="x < -2",
    ),
    rule(
        "sin-wrong-near-zero",
        la.SIN.at(uniform(0.2, 3, (3, 4))),
        spoil(la.SIN, "x", only(lambda x: abs(x) < 0.05, lambda d: 0 * d)),
        *PART,
        region="|x| < 0.05",
    ),
    rule(
        "square-saturates-beyond-100",
        la.SQUARE,
        lambda g, x: g * np.clip(2 * x, -200, 200),
        *PART,
        region="|x| > 100",
    ),
    rule(
        "cube-underflows-to-zero",
        elementwise(lambda x: x + x**3, lambda x: 1 + 3 * x**2),
        lambda g, x: g * np.where(abs(x) < 1e-3, 0.0, 1 + 3 * x**2),
        *PART,
        region="|x| < 1e-3",
    ),
    rule(
        "sigmoid-cut-off-at-6",
        la.SIGMOID,
        spoil(la.SIGMOID, "x", only(lambda x: abs(x) > 6, lambda d: 0 * d)),
        *PART,
        region="|x| > 6",
    ),
    rule(
        "softplus-zero-beyond-20",
        la.SOFTPLUS,
        spoil(la.SOFTPLUS, "x", only(lambda x: x > 20, lambda d: 0 * d)),
        *PART,
        region="x > 20",
    ),
    rule(
        "sqrt-guard-in-backward-only",
        la.SQRT,
        lambda g, x: g * 0.5 / np.sqrt(np.maximum(x, 0.01)),
        *PART,
        region="x < 0.01",
    ),
    rule(
        "abs-sign-missing",
        ABS.at(uniform(0.5, 2, (5,))),
        lambda g, x: g.copy(),
        *PART,
        *("mask-missing", "pass-through"),
        region="x < 0",
    ),
    rule(
        "relu-two-at-zero",
        la.RELU,
        lambda g, x: g * np.where(x > 0, 1.0, np.where(x == 0, 2.0, 0.0)),
        *PART,
        region="x = 0",
    ),
    rule(
        "relu6-upper-bound-missing",
        elementwise(lambda x: np.clip(x, 0, 6), lambda x: np.where((x > 0) & (x < 6), 1.0, 0.0)),
        lambda g, x: g * (x > 0),
        *PART,
        region="x > 6",
    ),
    rule(
        "leaky-relu-half-inside-band",
        la.LEAKY_RELU,
        lambda g, x: g * np.where(x > 0.01, 1.0, np.where(x < -0.01, la.LEAK, 0.55)),
        *PART,
        region="0 < |x| < 0.01",
    ),
]

EQUALITY: list[Rule] = [
    rule(
        "mse-quotient-nan-at-target",
        lo.MSE,
        spoil(lo.MSE, "y", lambda d, g, y, t: 2 * g * (y - t) ** 2 / (y - t) / y.size),
        *("overflow", "region", "unlisted"),
        region="y = t",
    ),
    rule(
        "mse-one-at-target",
        lo.MSE,
        spoil(lo.MSE, "y", lambda d, g, y, t: np.where(y == t, g / y.size, d)),
        *PART,
        *("loss-mismatch", "upstream-nonlinear"),
        region="y = t",
    ),
    rule(
        "mae-two-at-target",
        MAE,
        spoil(MAE, "y", lambda d, g, y, t: np.where(y == t, 2 * g / y.size, d)),
        *PART,
        region="y = t",
    ),
    rule(
        "max-pool-to-every-tie",
        lo.MAX_POOL,
        lambda g, x: np.repeat(g, 3, axis=1) * (x == np.repeat(lo.max_pool(x), 3, axis=1)),
        *PART,
        region="two entries of a window are its maximum",
    ),
    rule(
        "row-max-to-every-tie",
        lo.ROW_MAX,
        lambda g, x: g[:, None] * (x == x.max(axis=1, keepdims=True)),
        *PART,
        region="two entries of a row are its maximum",
    ),
]


def sigmoid_by_exp(g: Array, x: Array) -> Array:
    e = np.exp(x)
    return g * e / (1 + e) ** 2


def tanh_by_exp(g: Array, x: Array) -> Array:
    a, b = np.exp(x), np.exp(-x)
    return g * (1 - ((a - b) / (a + b)) ** 2)


def exp_share(x: Array) -> Array:
    e = np.exp(x)
    return e / e.sum(axis=-1, keepdims=True)


def softmax_unshifted(g: Array, x: Array) -> Array:
    y = exp_share(x)
    return y * (g - (g * y).sum(axis=-1, keepdims=True))


OVERFLOW: list[Rule] = [
    rule("sigmoid-exp-overflows", la.SIGMOID, sigmoid_by_exp, "overflow", region="x > 710"),
    rule("tanh-exp-overflows", la.TANH, tanh_by_exp, "overflow", region="|x| > 710"),
    rule(
        "softplus-exp-overflows",
        la.SOFTPLUS,
        lambda g, x: g * np.exp(x) / (1 + np.exp(x)),
        "overflow",
        region="x > 710",
    ),
    rule("softmax-unshifted", la.SOFTMAX, softmax_unshifted, "overflow", region="x > 710"),
    rule(
        "logsumexp-unshifted",
        la.LOGSUMEXP,
        lambda g, x: g[..., None] * exp_share(x),
        "overflow",
        region="x > 710",
    ),
    rule(
        "cross-entropy-unshifted",
        lo.CROSS_ENTROPY,
        lambda g, x: g * (exp_share(x) - lo.one_hot(lo.LABELS, 3)) / len(x),
        "overflow",
        region="x > 710",
    ),
]


def entry_set(value: float) -> Any:
    def change(d: Array, *_: Array) -> Array:
        d = d.copy()
        d[17, 3] = value
        return d

    return change


def entry_scaled(factor: float) -> Any:
    def change(d: Array, *_: Array) -> Array:
        d = d.copy()
        d[17, 3] *= factor
        return d

    return change


ENTRIES: list[Rule] = [
    rule("one-of-1000-zero", la.TANH_1000, spoil(la.TANH_1000, "x", entry_scaled(0)), *ONE_ENTRY),
    rule(
        "one-of-1000-off-by-1-percent",
        la.TANH_1000,
        spoil(la.TANH_1000, "x", entry_scaled(1.01)),
        *ONE_ENTRY,
    ),
    rule(
        "one-of-1000-nan",
        la.TANH_1000,
        spoil(la.TANH_1000, "x", entry_set(np.nan)),
        *ONE_ENTRY,
        "overflow",
    ),
    rule(
        "one-of-1000-inf",
        la.TANH_1000,
        spoil(la.TANH_1000, "x", entry_set(np.inf)),
        *ONE_ENTRY,
        *("overflow", "upstream-nonlinear"),
    ),
    rule(
        "one-of-1000-sign",
        la.TANH_1000,
        spoil(la.TANH_1000, "x", entry_scaled(-1)),
        *ONE_ENTRY,
    ),
]


def dense_in(dtype: Any) -> Any:
    """Return the dense backward whose operands are rounded to `dtype`, and its result is not."""

    def backward(g: Array, X: Array, W: Array, b: Array) -> tuple[Array, ...]:
        low = [np.asarray(a).astype(dtype) for a in (g, X, W, b)]
        return tuple(d.astype(np.asarray(g).dtype) for d in la.dense_backward(*low))

    return backward


PRECISIONS: list[Rule] = [
    rule("dense-backward-in-float32", la.DENSE, dense_in(np.float32), *PRECISION),
    rule("dense-backward-in-float16", la.DENSE, dense_in(np.float16), *PRECISION),
    rule(
        "tanh-gradient-is-float32",
        la.TANH,
        spoil(la.TANH, "x", lambda d, *_: d.astype(np.float32)),
        *PRECISION,
    ),
    rule(
        "tanh-gradient-rounded-to-3-digits",
        la.TANH,
        spoil(la.TANH, "x", lambda d, *_: np.round(d, 3)),
        *PRECISION,
        "upstream-nonlinear",
    ),
    rule(
        "square-gradient-is-int",
        la.SQUARE,
        spoil(la.SQUARE, "x", lambda d, *_: d.astype(np.int64)),
        *PRECISION,
        *("wrong-shape", "upstream-nonlinear"),
    ),
    rule(
        "sin-with-3.14-for-pi",
        elementwise(lambda x: np.sin(np.pi * x), lambda x: np.pi * np.cos(np.pi * x)),
        lambda g, x: g * 3.1416 * np.cos(np.pi * x),
        "factor",
    ),
    rule(
        "normal-density-with-rounded-constant",
        elementwise(
            lambda x: np.exp(-(x**2) / 2) * 0.3989422804014327,
            lambda x: -x * np.exp(-(x**2) / 2) * 0.3989422804014327,
        ),
        lambda g, x: -g * x * np.exp(-(x**2) / 2) * 0.39894,
        "factor",
    ),
]

TINY = elementwise(lambda x: 1e-6 * np.tanh(x), lambda x: 1e-6 * la.d_tanh(x))
BESIDE = Layer(
    forward=lambda x, z: np.tanh(x) + 1e-6 * np.sin(z),
    backward=lambda g, x, z: (g * la.d_tanh(x), 1e-6 * g * np.cos(z)),
    draw=normal((5,), (5,)),
    names=("x", "z"),
)
NOTHING = ("missing", "factor", "upstream-ignored", "unlisted", "wrong-formula")
TINIES: list[Rule] = [
    rule("tiny-gradient-zero", TINY, spoil(TINY, "x", scaled(0)), *NOTHING),
    rule("tiny-gradient-sign", TINY, spoil(TINY, "x", scaled(-1)), "sign"),
    rule("tiny-gradient-beside-a-large-one-zero", BESIDE, spoil(BESIDE, "z", scaled(0)), *NOTHING),
    rule("tiny-gradient-beside-a-large-one-sign", BESIDE, spoil(BESIDE, "z", scaled(-1)), "sign"),
    rule("tiny-gradient-doubled", TINY, spoil(TINY, "x", scaled(2)), "factor"),
]

RULES = [*REGIONS, *EQUALITY, *OVERFLOW, *ENTRIES, *PRECISIONS, *TINIES]
