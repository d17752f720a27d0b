"""Wrong backwards that passed once: found by trying to refute the check."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import layers as la
from .case import Layer, Pair, Rule, elementwise, normal, rule, stateful
from .correct_found import BIAS, PRELU

Array = Any
NONLINEAR = ("upstream-nonlinear", "unlisted")
ANYHOW = ("unlisted", "region", "factor", "missing")


def through(change: Any) -> Any:
    """Return sin's backward with its upstream sent through `change`."""
    return lambda g, x: change(g) * np.cos(x)


SMALL_UPSTREAMS: list[Rule] = [
    rule(
        "small-upstream-dropped",
        la.SIN,
        through(lambda g: np.where(np.abs(g) < 0.1, 0.0, g)),
        *NONLINEAR,
        contract="small g",
    ),
    rule(
        "small-upstream-rounded",
        la.SIN,
        through(lambda g: np.where(np.abs(g) < 0.2, np.round(g, 2), g)),
        *NONLINEAR,
        contract="small g",
    ),
    rule(
        "small-upstream-in-half-precision",
        la.SIN,
        through(lambda g: np.where(np.abs(g) < 0.1, g.astype(np.float16), g)),
        *NONLINEAR,
        contract="small g",
    ),
    rule(
        "small-upstream-guarded",
        la.SIN,
        through(lambda g: g * g * g / (g * g + 1e-17)),
        *NONLINEAR,
        contract="small g",
    ),
]


def prelu_slope_off(g: Array, x: Array, a: Array) -> tuple[Array, Array]:
    return np.where(x > 0, g, a * g), (g * x * (x <= 0)).sum() + 1e-6


SCALARS: list[Rule] = [
    rule("scalar-bias-averaged", BIAS, lambda g, x, b: (g.copy(), g.mean()), *ANYHOW),
    rule("scalar-bias-of-one-entry", BIAS, lambda g, x, b: (g.copy(), g[0]), *ANYHOW),
    rule(
        "prelu-slope-off-by-a-millionth",
        PRELU,
        prelu_slope_off,
        *("unlisted", "region", "low-precision", "upstream-nonlinear"),
    ),
    rule(
        "prelu-slope-of-the-other-side",
        PRELU,
        lambda g, x, a: (np.where(x > 0, g, a * g), (g * x * (x > 0)).sum()),
        *ANYHOW,
    ),
]


def decayed(X: Array, W: Array) -> Array:
    return 0.5 * ((X @ W) ** 2).sum() + 0.5 * np.abs(W).sum()


def decayed_backward(g: Array, X: Array, W: Array) -> tuple[Array, Array]:
    return g * (X @ W) @ W.T, g * (X.T @ (X @ W) + 0.5 * np.sign(W))


def one_weight_zero(rng: np.random.Generator) -> tuple[Array, Array]:
    W = rng.standard_normal((4, 2))
    W[1, 0] = 0
    return rng.standard_normal((5, 4)), W


def exact_sum(x: Array) -> Array:
    return math.fsum(np.real(x).ravel().tolist())


FAR = 1000.0
"""What all entries exceed in the regime `offset`, and never in the one before it."""


def far_coupled(x: Array) -> Array:
    """Return x; far out, x plus the sum of all entries, which takes no complex numbers."""
    return x + (exact_sum(x) if np.real(x).min() > FAR else 0)


L1 = Layer(
    forward=decayed,
    backward=decayed_backward,
    draw=one_weight_zero,
    # abs drops the imaginary part. Far out, no oracle sees a term of 0.5 beside 1e13.
    domain={"X": (-50.0, 50.0), "W": (-50.0, 50.0)},
    names=("X", "W"),
)
FAR_COUPLED = Layer(
    forward=far_coupled,
    backward=lambda g, x: g + (x.min() > FAR) * g.sum(),
    draw=normal((6, 6)),
    names=("x",),
)

POINTS: list[Rule] = [
    rule(
        "l1-penalty-missing-with-a-zero-weight",
        L1,
        lambda g, X, W: (g * (X @ W) @ W.T, g * X.T @ (X @ W)),
        *ANYHOW,
    ),
    rule(
        "l1-penalty-of-the-wrong-sign",
        L1,
        lambda g, X, W: (g * (X @ W) @ W.T, g * (X.T @ (X @ W) - 0.5 * np.sign(W))),
        *ANYHOW,
    ),
    rule(
        "far-row-sum-for-sum",
        FAR_COUPLED,
        lambda g, x: g + (x.min() > FAR) * g.sum(axis=1, keepdims=True),
        *("region", "unlisted"),
        region="x > 1000",
    ),
    rule(
        "far-sum-in-its-own-entry-only",
        FAR_COUPLED,
        lambda g, x: g * (1 + x.size * (x.min() > FAR)),
        *("region", "unlisted"),
        region="x > 1000",
    ),
]

SQUARE = elementwise(lambda x: x * x, lambda x: 2 * x, normal((4,)))


def freezes_its_input() -> Pair:
    def forward(x: Array) -> Array:
        x.setflags(write=False)
        return x * x

    return forward, SQUARE.backward


PURITY: list[Rule] = [
    stateful("freezes-its-input", SQUARE, freezes_its_input, "mutates-input", contract="purity"),
]

RULES = [*SMALL_UPSTREAMS, *SCALARS, *POINTS, *PURITY]
