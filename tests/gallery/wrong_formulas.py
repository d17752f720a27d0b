"""Wrong formulas: elementwise functions, softmax, normalisations, losses."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import layers as la
from . import losses as lo
from .case import Rule, elementwise, fixed, normal, rule, scaled, spoil

Array = Any
SMOOTH = ("wrong-formula", "unlisted")  # no closer name is asked of another smooth formula
BRANCH = ("region", "wrong-formula", "unlisted")


def local(derivative: Any) -> Any:
    """Return the backward g·derivative(x)."""
    return lambda g, x: g * derivative(x)


ELEMENTWISE: list[Rule] = [
    rule("square-factor-half", la.SQUARE, local(lambda x: x), "factor"),
    rule("cube-power-rule-n-minus-1", la.CUBE, local(lambda x: 2 * x**2), "factor"),
    rule("cube-power-not-lowered", la.CUBE, local(lambda x: 3 * x**3), *SMOOTH),
    rule("sin-cos-sign", la.SIN, local(lambda x: -np.cos(x)), "sign"),
    rule("sqrt-factor-two", la.SQRT, local(lambda x: 1 / np.sqrt(x)), "factor"),
    rule("sqrt-sign", la.SQRT, local(lambda x: -0.5 / np.sqrt(x)), "sign"),
    rule("log-sign", la.LOG, local(lambda x: -1 / x), "sign"),
    rule("log-function-for-derivative", la.LOG, local(np.log), "function-for-derivative"),
    rule("tanh-function-for-derivative", la.TANH, local(np.tanh), "function-for-derivative"),
    rule("relu-function-for-derivative", la.RELU, local(la.relu), "function-for-derivative"),
    rule("tanh-not-squared", la.TANH, local(lambda x: 1 - np.tanh(x)), *SMOOTH),
    rule("tanh-pass-through", la.TANH, lambda g, x: g.copy(), "pass-through"),
    rule("tanh-derivative-at-y", la.TANH, local(lambda x: la.d_tanh(np.tanh(x))), "wrong-point"),
    rule("tanh-formula-in-y-fed-x", la.TANH, local(lambda x: 1 - x**2), "wrong-point"),
    rule("sigmoid-formula-in-y-fed-x", la.SIGMOID, local(lambda x: x * (1 - x)), "wrong-point"),
    rule(
        "sigmoid-derivative-at-y",
        la.SIGMOID,
        local(lambda x: la.d_sigmoid(la.sigmoid(x))),
        "wrong-point",
    ),
    rule(
        "tanh-derivative-at-g",
        la.TANH,
        lambda g, x: g * la.d_tanh(g),
        *("wrong-point", "upstream-nonlinear"),
    ),
    rule("swish-product-rule-term-missing", la.SWISH, local(la.sigmoid), *SMOOTH),
    rule("softplus-derivative-twice", la.SOFTPLUS, local(la.d_sigmoid), *SMOOTH),
    rule("gelu-with-tanh-approximation", la.GELU, local(la.d_gelu_tanh), *SMOOTH, "region"),
    rule("gelu-tanh-with-exact", la.GELU_TANH, local(la.d_gelu), *SMOOTH, "region"),
    rule("relu-mask-missing", la.RELU, lambda g, x: g.copy(), "mask-missing", "pass-through"),
    rule(
        "relu-mask-inverted", la.RELU, local(lambda x: np.where(x > 0, 0.0, 1.0)), "mask-inverted"
    ),
    rule("relu-mask-from-upstream", la.RELU, lambda g, x: g * (g > 0), "mask-from-upstream"),
    rule(
        "relu-mask-from-both",
        la.RELU,
        lambda g, x: g * (g > 0) * (x > 0),
        *("upstream-nonlinear", "mask-from-upstream"),
    ),
    rule(
        "leaky-relu-slope-0.1001",
        la.LEAKY_RELU,
        local(lambda x: np.where(x > 0, 1.0, 0.1001)),
        *BRANCH,
    ),
    rule("leaky-relu-slope-zero", la.LEAKY_RELU, local(la.d_relu), *BRANCH),
    rule(
        "elu-precedence",
        la.ELU,
        local(lambda x: np.where(x > 0, 1.0, la.LEAK * np.exp(np.minimum(x, 0)) - 1)),
        *BRANCH,
    ),
    rule(
        "elu-function-for-derivative",
        la.ELU,
        local(lambda x: np.where(x > 0, 1.0, la.elu(x))),
        *("region", "function-for-derivative", "wrong-formula", "unlisted"),
    ),
    rule("quotient-sign", la.QUOTIENT, spoil(la.QUOTIENT, "z", scaled(-1)), "sign"),
    rule(
        "quotient-not-squared",
        la.QUOTIENT,
        spoil(la.QUOTIENT, "z", lambda d, g, x, z: -g * x / z),
        *SMOOTH,
    ),
    rule(
        "quotient-wrong-operand",
        la.QUOTIENT,
        spoil(la.QUOTIENT, "x", lambda d, g, x, z: g / x),
        *("wrong-operand", "wrong-formula", "unlisted"),
    ),
    rule("all-plus-0.05-percent", la.TANH, spoil(la.TANH, "x", scaled(1.0005)), "factor"),
    rule(
        "constant-offset-1e-4",
        la.TANH,
        spoil(la.TANH, "x", lambda d, g, x: d + 1e-4),
        *("upstream-nonlinear", "wrong-formula", "unlisted"),
    ),
    rule(
        "square-right-at-ones-only",
        la.SQUARE.at(fixed(np.ones((3, 4)))),
        local(lambda x: 2 * x**2),
        *SMOOTH,
        *("wrong-point", "function-for-derivative", "region", "factor"),
        region="x != 0 and x != 1",
    ),
    rule(
        "reciprocal-right-at-ones-only",
        elementwise(
            lambda x: 1 / x, lambda x: -1 / x**2, fixed(np.ones(5)), domain={"x": (0.1, 100.0)}
        ),
        local(lambda x: -1 / x),
        *SMOOTH,
        *("region", "function-for-derivative", "factor"),
        region="x != 1",
    ),
]


def softmax_over_batch(g: Array, x: Array) -> Array:
    return la.softmax_backward(g.T, x.T).T


def softmax_over_everything(g: Array, x: Array) -> Array:
    return la.softmax_backward(g.reshape(-1), x.reshape(-1)).reshape(x.shape)


def softmax_off_diagonal(g: Array, x: Array, sign: float = 0.0) -> Array:
    y = la.softmax(x)
    return sign * g * y - y * (g * y).sum(axis=-1, keepdims=True)


def entropy_fused_twice(g: Array, x: Array) -> Array:
    return la.softmax_backward(lo.cross_entropy_backward(g, x), x)


def attention_with_diagonal_softmax(g: Array, Q: Array, K: Array, V: Array) -> tuple[Array, ...]:
    P, scale = la.attention_parts(Q, K)
    dS = P * (1 - P) * (g @ V.T) * scale
    return dS @ K, dS.T @ Q, P.T @ g


def without_mean_path(d: Array, g: Array, x: Array, gamma: Array, beta: Array) -> Array:
    return d + (g * gamma).mean(axis=1, keepdims=True) / la.normalised(x, 1)[1]


FEATURES: list[Rule] = [
    rule(
        "softmax-diagonal-only",
        la.SOFTMAX,
        local(lambda x: la.softmax(x) * (1 - la.softmax(x))),
        "diagonal-only",
    ),
    rule("softmax-diagonal-missing", la.SOFTMAX, softmax_off_diagonal, "diagonal-missing"),
    rule(
        "softmax-diagonal-sign",
        la.SOFTMAX,
        lambda g, x: softmax_off_diagonal(g, x, sign=-1.0),
        *("diagonal-missing", "wrong-formula", "unlisted"),
    ),
    rule("softmax-sum-over-batch", la.SOFTMAX, softmax_over_batch, "batch-axis", *SMOOTH),
    rule(
        "softmax-over-whole-array",
        la.SOFTMAX,
        softmax_over_everything,
        *("batch-axis", "batch-of-one", "wrong-formula", "unlisted"),
    ),
    rule("softmax-pass-through", la.SOFTMAX, lambda g, x: g.copy(), "pass-through"),
    rule(
        "log-softmax-upstream-not-summed",
        la.LOG_SOFTMAX,
        lambda g, x: g - la.softmax(x),
        *("upstream-nonlinear", "wrong-formula", "unlisted"),
    ),
    rule(
        "logsumexp-exp-for-softmax",
        la.LOGSUMEXP,
        lambda g, x: g[..., None] * np.exp(x),
        *SMOOTH,
    ),
    rule(
        "logsumexp-upstream-ignored",
        la.LOGSUMEXP,
        lambda g, x: la.softmax(x),
        "upstream-ignored",
    ),
    rule(
        "logsumexp-over-wrong-axis",
        la.LOGSUMEXP,
        lambda g, x: g[..., None] * la.softmax(x.T).T,
        *("batch-axis", "wrong-formula", "unlisted"),
    ),
    rule("attention-diagonal-softmax", la.ATTENTION, attention_with_diagonal_softmax, *SMOOTH),
    rule(
        "attention-scale-missing-in-dQ",
        la.ATTENTION,
        spoil(la.ATTENTION, "Q", scaled(5**0.5)),
        "factor",
    ),
    rule(
        "attention-dK-rows-shifted",
        la.ATTENTION,
        spoil(la.ATTENTION, "K", lambda d, g, Q, K, V: np.roll(d, 1, axis=0)),
        *SMOOTH,
    ),
    rule(
        "layer-norm-guard-sign",
        la.LAYER_NORM,
        la.LAYER_NORM_MINUS,
        *("wrong-formula", "region", "overflow", "unlisted"),
    ),
    rule(
        "batch-norm-guard-sign",
        la.BATCH_NORM,
        la.BATCH_NORM_MINUS,
        *("wrong-formula", "region", "overflow", "unlisted"),
    ),
    rule(
        "layer-norm-mean-path-missing",
        la.LAYER_NORM,
        spoil(la.LAYER_NORM, "x", without_mean_path),
        *SMOOTH,
    ),
    rule(
        "batch-norm-statistics-held-fixed",
        la.BATCH_NORM,
        spoil(la.BATCH_NORM, "x", lambda d, g, x, c, b: g * c / la.normalised(x, 0)[1]),
        *SMOOTH,
    ),
    rule(
        "batch-norm-over-features",
        la.BATCH_NORM,
        spoil(la.BATCH_NORM, "x", lambda d, g, x, c, b: la.normalised_backward(g * c, x, 1)),
        *("batch-axis", "wrong-formula", "unlisted"),
    ),
    rule(
        "rms-norm-projection-missing",
        la.RMS_NORM,
        lambda g, x: g / np.sqrt((x**2).mean(axis=-1, keepdims=True) + la.EPSILON),
        *SMOOTH,
    ),
    rule(
        "cosine-projection-missing",
        la.COSINE,
        spoil(la.COSINE, "a", lambda d, g, a, b: g * b / np.sqrt((a * a).sum() * (b * b).sum())),
        *SMOOTH,
    ),
    rule("cosine-sign-of-b", la.COSINE, spoil(la.COSINE, "b", scaled(-1)), "sign"),
]


def last_column_wrong(d: Array, *_: Array) -> Array:
    d = d.copy()
    d[:, -1] *= 1.5
    return d


LOSSES: list[Rule] = [
    rule("mse-factor-two-missing", lo.MSE_7, lambda g, y: g * y / y.size, "factor"),
    rule("mse-1/n-missing", lo.MSE_7, lambda g, y: 2 * g * y, "factor"),
    rule("mse-1/3-hard-coded", lo.MSE_7, lambda g, y: 2 * g * y / 3, "factor", "size-hard-coded"),
    rule(
        "mse-divided-by-batch-only",
        lo.MSE_FIXED_TARGET,
        lambda g, y: 2 * g * (y - lo.TARGET) / len(y),
        "factor",
    ),
    rule("mse-sign", lo.MSE_FIXED_TARGET, spoil(lo.MSE_FIXED_TARGET, "y", scaled(-1)), "sign"),
    rule("mse-target-sign", lo.MSE, spoil(lo.MSE, "t", scaled(-1)), "sign"),
    rule(
        "mse-with-gradient-of-mae",
        lo.MSE_FIXED_TARGET,
        lambda g, y: g * np.sign(y - lo.TARGET) / y.size,
        *("loss-mismatch", "wrong-formula", "unlisted"),
    ),
    rule(
        "mse-upstream-ignored",
        lo.MSE_FIXED_TARGET,
        lambda g, y: 2 * (y - lo.TARGET) / y.size,
        "upstream-ignored",
    ),
    rule(
        "cross-entropy-batch-mean-missing",
        lo.CROSS_ENTROPY,
        lambda g, x: lo.cross_entropy_backward(g, x) * len(x),
        "factor",
    ),
    rule("cross-entropy-fused-twice", lo.CROSS_ENTROPY, entropy_fused_twice, "fused-twice"),
    rule(
        "cross-entropy-target-missing",
        lo.CROSS_ENTROPY,
        lambda g, x: g * la.softmax(x) / len(x),
        *SMOOTH,
    ),
    rule(
        "cross-entropy-last-class-wrong",
        lo.CROSS_ENTROPY,
        spoil(lo.CROSS_ENTROPY, "x", last_column_wrong),
        *("unlisted", "wrong-formula", "region"),
    ),
    rule(
        "hinge-mask-missing", lo.HINGE, lambda g, s: -g * lo.SIGNS / s.size, *BRANCH, "mask-missing"
    ),
    rule(
        "hinge-margin-zero",
        lo.HINGE,
        lambda g, s: g * np.where(lo.SIGNS * s < 0, -lo.SIGNS, 0.0) / s.size,
        *BRANCH,
    ),
    rule("huber-never-clipped", lo.HUBER, lambda g, r: g * r, "loss-mismatch", *BRANCH),
    rule(
        "huber-delta-missing",
        lo.HUBER,
        lambda g, r: g * np.where(abs(r) <= lo.DELTA, r, np.sign(r)),
        *BRANCH,
    ),
    rule("mean-1/n-missing", lo.MEAN, lambda g, x: lo.last_axis(g, x), "factor"),
    rule("mean-divided-by-rows", lo.MEAN, lambda g, x: lo.last_axis(g, x) / len(x), "factor"),
    rule(
        "mean-wrong-axis",
        lo.MEAN.at(normal((4, 4))),
        lambda g, x: np.broadcast_to(g, x.shape) / 4,
        *("transposed", "summed-wrong", "batch-axis", "wrong-formula", "unlisted"),
    ),
]

RULES = [*ELEMENTWISE, *FEATURES, *LOSSES]
