"""Right backwards that were blamed once, or broke the check: found by trying to refute it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from . import layers as la
from . import losses as lo
from .case import Draw, Layer, Right, elementwise, fixed, normal, right, uniform

Array = Any
KINK = "kink-value"
LOW = "low-precision"
ZERO = "zero-gradient"
RADIUS = 3.0


def clip_by_norm(x: Array) -> Array:
    size = np.linalg.norm(x)
    return x if size <= RADIUS else RADIUS * x / size


def clip_by_norm_backward(g: Array, x: Array) -> Array:
    size = np.linalg.norm(x)
    return g if size <= RADIUS else RADIUS * (g / size - x * (g * x).sum() / size**3)


def put(where: Array, g: Array, x: Array) -> Array:
    """Return the gradient of x[where]: g there, and 0 elsewhere."""
    d = np.zeros_like(x)
    d[where] = g
    return d


def stable(x: Array) -> Array:
    return np.argsort(np.real(x), kind="stable")


def median_backward(g: Array, x: Array) -> Array:
    return put(stable(x)[x.size // 2], g, x)


CLIP_BY_NORM = Layer(
    forward=clip_by_norm, backward=clip_by_norm_backward, draw=normal((4, 5)), names=("x",)
)
SORT = Layer(
    forward=np.sort,
    backward=lambda g, x: put(stable(x), g, x),
    draw=normal((6,)),
    names=("x",),
)
TOP_3 = Layer(
    forward=lambda x: x[stable(x)[-3:]],
    backward=lambda g, x: put(stable(x)[-3:], g, x),
    draw=normal((8,)),
    names=("x",),
)
TOP_3_SUM = Layer(
    forward=lambda x: np.sort(x)[-3:].sum(), backward=TOP_3.backward, draw=TOP_3.draw, names=("x",)
)
MEDIAN = Layer(forward=np.median, backward=median_backward, draw=normal((5,)), names=("x",))
POSITIVES = Layer(
    forward=lambda x: x[np.real(x) > 0],
    backward=lambda g, x: put(x > 0, g, x),
    draw=lambda rng: (rng.standard_normal(6) + 0.3,),
    names=("x",),
)

SELECTIONS: list[Right] = [
    right("clip-by-norm-inside", CLIP_BY_NORM, normal((4, 5), scale=0.3), remarks=f"{KINK} {LOW}"),
    right("clip-by-norm-outside", CLIP_BY_NORM, normal((4, 5), scale=3.0), remarks=KINK),
    right("sort", SORT, remarks=KINK),
    right("sort-of-ties", SORT, fixed(np.array([1.0, 1.0, 1.0, 0.0, 2.0])), remarks=KINK),
    right("top-3", TOP_3, remarks=KINK),
    right("top-3-of-ties", TOP_3, fixed(np.array([1.0, 0.5, 1.0, 1.0, 1.0, -2.0])), remarks=KINK),
    right("top-3-sum", TOP_3_SUM, remarks=KINK),
    right("median", MEDIAN, remarks=KINK),
    right("boolean-select", POSITIVES, remarks=KINK),
]

LABELS = np.array([0, 2, 1, 1])


def network(X: Array, W1: Array, b1: Array, W2: Array, b2: Array) -> Array:
    z = np.maximum(0, X @ W1 + b1) @ W2 + b2
    z = z - z.max(axis=1, keepdims=True)
    return (np.log(np.exp(z).sum(axis=1)) - z[np.arange(4), LABELS]).sum() / 4


def network_backward(
    g: Array, X: Array, W1: Array, b1: Array, W2: Array, b2: Array
) -> tuple[Array, ...]:
    u = X @ W1 + b1
    h = np.maximum(0, u)
    d = g * (la.softmax(h @ W2 + b2) - lo.one_hot(LABELS, 3)) / 4
    du = (d @ W2.T) * (u > 0)
    return du @ W1.T, X.T @ du, du.sum(axis=0), h.T @ d, d.sum(axis=0)


def residual_backward(g: Array, x: Array, W: Array) -> tuple[Array, Array]:
    d = g * (x @ W > 0)
    return g + d @ W.T, x.T @ d


NETWORK = Layer(
    forward=network,
    backward=network_backward,
    draw=normal((4, 3), (3, 5), (5,), (5, 3), (3,)),
    names=("X", "W1", "b1", "W2", "b2"),
)
RESIDUAL = Layer(
    forward=lambda x, W: x + np.maximum(x @ W, 0),
    backward=residual_backward,
    draw=normal((3, 4), (4, 4)),
    names=("x", "W"),
)


def signs(*shapes: tuple[int, ...]) -> Draw:
    return lambda rng: tuple(rng.choice([1.0, -1.0], shape) for shape in shapes)


def first_drawn_by(seed: int, draw: Draw) -> Draw:
    """Draw what was drawn where it was found, whatever the generator."""
    return lambda _rng: draw(np.random.default_rng(seed))


NETWORKS: list[Right] = [
    right("relu-network-with-cross-entropy", NETWORK, remarks=KINK),
    right("relu-network-as-found", NETWORK, first_drawn_by(1005, NETWORK.draw), remarks=KINK),
    right(
        "relu-network-of-signs",
        NETWORK,
        signs((4, 3), (3, 5), (5,), (5, 3), (3,)),
        remarks=KINK,
    ),
    right("relu-residual", RESIDUAL, remarks=KINK),
    right("relu-residual-as-found", RESIDUAL, first_drawn_by(1041, RESIDUAL.draw), remarks=KINK),
    right("relu-residual-of-signs", RESIDUAL, signs((3, 4), (4, 4)), remarks=KINK),
]

STAIRS: list[Right] = [
    right("floor", elementwise(np.floor, np.zeros_like, normal((5,))), remarks=ZERO),
    right("round", elementwise(np.round, np.zeros_like, normal((4,))), remarks=ZERO),
    right(
        "ceil-minus-one-half", elementwise(lambda x: np.ceil(x) - 0.5, np.zeros_like), remarks=ZERO
    ),
]

DOMAINLESS: list[Right] = [
    right(
        "sqrt-of-positives-without-a-domain",
        elementwise(np.sqrt, lambda x: 0.5 / np.sqrt(x), uniform(0.5, 2, (5,))),
    ),
    right(
        "arcsin-without-a-domain",
        elementwise(np.arcsin, lambda x: 1 / np.sqrt(1 - x * x), uniform(-0.9, 0.9, (5,))),
    ),
]


def half(draw: Draw) -> Draw:
    return lambda rng: tuple(array.astype(np.float16) for array in draw(rng))


def in_fortran_order(layer: Layer) -> Layer:
    return layer.at(lambda rng: tuple(np.asfortranarray(array) for array in layer.draw(rng)))


HALF_DENSE = Layer(
    forward=lambda X, W: X @ W,
    backward=lambda g, X, W: (g @ W.T, X.T @ g),
    draw=half(normal((3, 4), (4, 2))),
    names=("X", "W"),
)
PRELU = Layer(
    forward=lambda x, a: np.where(np.real(x) > 0, x, a * x),
    backward=lambda g, x, a: (np.where(x > 0, g, a * g), (g * x * (x <= 0)).sum()),
    draw=lambda rng: (rng.standard_normal((3, 4)), np.array(0.25)),
    names=("x", "a"),
)
BIAS = Layer(
    forward=lambda x, b: x + b,
    backward=lambda g, x, b: (g.copy(), g.sum()),
    draw=lambda rng: (rng.standard_normal(3), 0.5),
    names=("x", "b"),
)


def talkative(x: Array) -> Array:
    print("a layer that prints", x.shape)  # noqa: T201 - what is looked at
    return np.sin(x)


INPUTS: list[Right] = [
    right("half-precision-dense", HALF_DENSE, remarks=LOW),
    right("half-precision-sigmoid", la.SIGMOID, half(normal((3, 4))), remarks=LOW),
    right("scalar-slope-of-prelu", PRELU, remarks=KINK),
    right("scalar-bias", BIAS),
    right("prints", replace(la.SIN, forward=talkative)),
    right("fortran-order-dense", in_fortran_order(la.DENSE)),
    right("fortran-order-softmax", in_fortran_order(la.SOFTMAX)),
]

CASES = [*SELECTIONS, *NETWORKS, *STAIRS, *DOMAINLESS, *INPUTS]
