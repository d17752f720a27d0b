"""Broken contracts: linearity, purity, repeatability, state, and what is handed back."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import layers as la
from . import losses as lo
from .case import Pair, Rule, elementwise, rule, scaled, spoil, stateful

Array = Any
NONLINEAR = ("upstream-nonlinear", "wrong-formula", "unlisted")
STATE = ("non-deterministic", "accumulates", "shared-state", "stale-cache", "unlisted")
SHAPE = ("wrong-shape", "missing")


def through(change: Any) -> Any:
    """Return tanh's backward with its upstream sent through `change`."""
    return lambda g, x: change(g) * la.d_tanh(x)


def clipped_norm(g: Array, X: Array, W: Array, b: Array) -> tuple[Array, ...]:
    gradients = la.dense_backward(g, X, W, b)
    size = np.sqrt(sum((d**2).sum() for d in gradients))
    return tuple(d * np.minimum(1.0, 100.0 / np.maximum(size, 1e-300)) for d in gradients)


LINEARITY: list[Rule] = [
    rule("upstream-clipped-at-1", la.TANH, through(lambda g: np.clip(g, -1, 1)), *NONLINEAR),
    rule(
        "upstream-clipped-above-3",
        la.TANH,
        through(lambda g: np.clip(g, -3, 3)),
        *NONLINEAR,
        contract="|g| > 3",
    ),
    rule("upstream-sign", la.TANH, through(np.sign), *NONLINEAR),
    rule("upstream-absolute", la.TANH, through(np.abs), *NONLINEAR),
    rule("upstream-squared", la.TANH, through(np.square), *NONLINEAR),
    rule(
        "upstream-normalised",
        la.TANH,
        through(lambda g: g / np.maximum(np.sqrt((g**2).sum()), 1e-300)),
        *NONLINEAR,
    ),
    rule(
        "upstream-largest-only",
        la.TANH,
        through(lambda g: g * (abs(g) == abs(g).max())),
        *NONLINEAR,
    ),
    rule(
        "upstream-mean-removed",
        la.TANH,
        through(lambda g: g - g.mean()),
        *("wrong-formula", "unlisted", "region"),
    ),
    rule(
        "gradient-norm-clipped-at-100",
        la.DENSE,
        clipped_norm,
        *NONLINEAR,
        contract="large g",
    ),
    rule(
        "zero-upstream-gives-nan",
        la.TANH,
        through(lambda g: g / np.sqrt((g**2).sum()) * np.sqrt((g**2).sum())),
        *(*NONLINEAR, "overflow"),
        contract="g = 0",
    ),
    rule(
        "zero-upstream-gives-local-derivative",
        la.TANH,
        through(lambda g: g if np.any(g) else g + 1),
        *NONLINEAR,
        contract="g = 0",
    ),
    rule(
        "upstream-ignored-in-tanh", la.TANH, through(np.ones_like), "upstream-ignored", *NONLINEAR
    ),
    rule(
        "upstream-first-entry-for-all",
        la.TANH,
        through(lambda g: np.full_like(g, g.flat[0])),
        *("wrong-formula", "unlisted", "region"),
    ),
]


def masked_in_place(g: Array, x: Array) -> Array:
    g[x <= 0] = 0
    return g


def multiplied_in_place(g: Array, x: Array) -> Array:
    g *= la.d_tanh(x)
    return g


def input_overwritten(g: Array, x: Array) -> Array:
    np.tanh(x, out=x)
    return g * (1 - x**2)


def input_sorted(g: Array, x: Array) -> Array:
    d = lo.ROW_MAX.backward(g, x)
    x.sort(axis=1)
    return d


def stepped_after(g: Array, X: Array, W: Array, b: Array) -> tuple[Array, ...]:
    gradients = la.dense_backward(g, X, W, b)
    W -= 0.5 * gradients[1]
    return gradients


def stepped_before(g: Array, X: Array, W: Array, b: Array) -> tuple[Array, ...]:
    dW = X.T @ g
    W -= 0.5 * dW
    return g @ W.T, dW, g.sum(axis=0)


def shifts_its_input() -> Pair:
    def forward(x: Array) -> Array:
        x -= x.max(axis=-1, keepdims=True)
        return la.softmax(x)

    return forward, la.softmax_backward


def wipes_its_output() -> Pair:
    kept: list[Array] = []

    def forward(x: Array) -> Array:
        kept[:] = [np.tanh(x)]
        return kept[0]

    def backward(g: Array, x: Array) -> Array:
        if kept:
            kept[0][...] = 0
        return g * la.d_tanh(x)

    return forward, backward


PURITY: list[Rule] = [
    rule("relu-masks-upstream", la.RELU, masked_in_place, "mutates-upstream", contract="purity"),
    rule(
        "tanh-scales-upstream", la.TANH, multiplied_in_place, "mutates-upstream", contract="purity"
    ),
    rule("tanh-overwrites-input", la.TANH, input_overwritten, "mutates-input", contract="purity"),
    rule("row-max-sorts-input", lo.ROW_MAX, input_sorted, "mutates-input", contract="purity"),
    rule(
        "dense-steps-in-backward",
        la.DENSE,
        stepped_after,
        *("mutates-parameter", "mutates-input"),
        contract="purity",
    ),
    rule(
        "dense-steps-before-dX",
        la.DENSE,
        stepped_before,
        *("updated-before-use", "mutates-parameter", "mutates-input"),
    ),
    stateful(
        "softmax-shifts-input-in-forward",
        la.SOFTMAX,
        shifts_its_input,
        "mutates-input",
        contract="purity",
    ),
    stateful("tanh-wipes-output", la.TANH, wipes_its_output, "mutates-output", contract="purity"),
]


def adds_up() -> Pair:
    total: list[Array] = []

    def backward(g: Array, x: Array) -> Array:
        d = g * la.d_tanh(x)
        total[:] = [total[0] + d if total and total[0].shape == d.shape else d]
        return total[0].copy()

    return np.tanh, backward


def keeps_momentum() -> Pair:
    total: list[Array] = []

    def backward(g: Array, x: Array) -> Array:
        d = g * la.d_tanh(x)
        total[:] = [0.9 * total[0] + d if total and total[0].shape == d.shape else d]
        return total[0].copy()

    return np.tanh, backward


def buffer_not_cleared() -> Pair:
    """Write only the active entries into a kept buffer; the others are those of an earlier call."""
    kept: dict[tuple[int, ...], Array] = {}

    def backward(g: Array, x: Array) -> Array:
        buffer = kept.setdefault(x.shape, np.zeros_like(g))
        buffer[x > 0] = g[x > 0]
        return buffer.copy()

    return la.relu, backward


def first_forward_kept() -> Pair:
    kept: list[Array] = []

    def forward(x: Array) -> Array:
        if not kept:
            kept.append(x.copy())
        return np.tanh(x)

    return forward, lambda g, x: g * la.d_tanh(kept[0] if kept else x)


def first_weights_kept() -> Pair:
    kept: list[Array] = []

    def forward(X: Array, W: Array, b: Array) -> Array:
        if not kept:
            kept.append(W.copy())
        return X @ W + b

    def backward(g: Array, X: Array, W: Array, b: Array) -> tuple[Array, ...]:
        return la.dense_backward(g, X, kept[0] if kept else W, b)

    return forward, backward


def first_answer_kept() -> Pair:
    kept: list[Array] = []

    def backward(g: Array, x: Array) -> Array:
        if not kept:
            kept.append(g * la.d_tanh(x))
        return kept[0].copy()

    return np.tanh, backward


def first_mask_kept() -> Pair:
    kept: list[Array] = []

    def backward(g: Array, x: Array) -> Array:
        if not kept:
            kept.append(x > 0)
        return g * kept[0]

    return la.relu, backward


def counts_calls() -> Pair:
    calls: list[int] = []

    def backward(g: Array, x: Array) -> Array:
        calls.append(1)
        return g * la.d_tanh(x) * (1.0 if len(calls) == 1 else 0.5)

    return np.tanh, backward


def fails_every_third_call() -> Pair:
    calls: list[int] = []

    def backward(g: Array, x: Array) -> Array:
        calls.append(1)
        return g * la.d_tanh(x) * (-1.0 if len(calls) % 3 == 0 else 1.0)

    return np.tanh, backward


def adds_noise() -> Pair:
    noise = np.random.default_rng(7)
    return np.tanh, lambda g, x: g * la.d_tanh(x) + 1e-3 * noise.standard_normal(x.shape)


def draws_a_mask() -> Pair:
    masks = np.random.default_rng(8)
    return la.relu, lambda g, x: g * la.d_relu(x) * (masks.random(x.shape) < 0.8) / 0.8


def differentiates_numerically() -> Pair:
    def backward(g: Array, x: Array) -> Array:
        step = 1e-6
        return g * (np.tanh(x + step) - np.tanh(x)) / step

    return np.tanh, backward


REPEATABILITY: list[Rule] = [
    stateful("adds-up-over-calls", la.TANH, adds_up, "accumulates", *STATE, contract="second call"),
    stateful("momentum-over-calls", la.TANH, keeps_momentum, *STATE, contract="second call"),
    stateful(
        "buffer-not-cleared",
        la.RELU,
        buffer_not_cleared,
        *("stale-cache", *STATE, "region", "upstream-nonlinear"),
        contract="a second call with other inputs",
    ),
    stateful(
        "first-forward-kept",
        la.TANH,
        first_forward_kept,
        *("stale-cache", "unlisted", "wrong-formula"),
        contract="forward(A), forward(B), backward",
    ),
    stateful(
        "first-weights-kept",
        la.DENSE,
        first_weights_kept,
        *("stale-parameter", "stale-cache", "unlisted", "wrong-formula"),
        contract="forward(A), forward(B), backward",
    ),
    stateful(
        "first-answer-kept",
        la.TANH,
        first_answer_kept,
        *("stale-cache", "upstream-ignored", *NONLINEAR),
        contract="a second call with other inputs",
    ),
    stateful(
        "first-mask-kept",
        la.RELU,
        first_mask_kept,
        *("stale-cache", "region", "unlisted", "wrong-formula"),
        contract="a second call with other inputs",
    ),
    stateful("right-first-half-later", la.TANH, counts_calls, *STATE, contract="second call"),
    stateful(
        "sign-at-every-third-call",
        la.TANH,
        fails_every_third_call,
        *STATE,
        "upstream-nonlinear",
        contract="third call",
    ),
    stateful("noise-of-1e-3", la.TANH, adds_noise, *STATE),
    stateful("mask-drawn-in-backward", la.RELU, draws_a_mask, *STATE, "upstream-nonlinear"),
    stateful(
        "numerical-forward-difference",
        la.TANH,
        differentiates_numerically,
        *("numerical-backward", "low-precision", "wrong-formula", "unlisted"),
    ),
]

TRIPLE = elementwise(lambda x: 3 * x, lambda x: 3 * np.ones_like(x))
HANDED_BACK: list[Rule] = [
    rule("returns-none", la.TANH, lambda g, x: None, "missing"),
    rule("returns-none-for-db", la.DENSE, spoil(la.DENSE, "b", lambda *_: None), "missing"),
    rule("returns-two-of-three", la.DENSE, lambda *a: la.dense_backward(*a)[:2], *SHAPE),
    rule("returns-four-of-three", la.DENSE, lambda *a: (*la.dense_backward(*a), 0.0), *SHAPE),
    rule("returns-empty-tuple", la.TANH, lambda g, x: (), *SHAPE),
    rule("returns-python-scalar", TRIPLE, lambda g, x: float(g.flat[0] * 3), *SHAPE),
    rule("returns-flat", la.TANH, lambda g, x: (g * la.d_tanh(x)).ravel(), "wrong-shape"),
    rule("returns-transposed", la.TANH, lambda g, x: (g * la.d_tanh(x)).T, "transposed", *SHAPE),
    rule("returns-sum", la.TANH, lambda g, x: (g * la.d_tanh(x)).sum(), *SHAPE, "summed-wrong"),
    rule(
        "returns-gradients-in-the-wrong-order",
        la.DENSE,
        lambda *a: (lambda dX, dW, db: (dW, dX, db))(*la.dense_backward(*a)),
        *("wrong-shape", "wrong-operand"),
    ),
    rule(
        "returns-zeros",
        la.TANH,
        spoil(la.TANH, "x", scaled(0)),
        "missing",
        "factor",
        *("upstream-ignored", "unlisted"),
    ),
]

RULES = [*LINEARITY, *PURITY, *REPEATABILITY, *HANDED_BACK]
