"""Right backwards in unusual styles: dtypes, views, loops, hard functions, complex traps."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from . import layers as la
from . import losses as lo
from .case import Case, Layer, Right, elementwise, fixed, normal, right, uniform

Array = Any


def in_float32(layer: Layer) -> Layer:
    """Return the layer with float32 inputs."""
    return layer.at(lambda rng: tuple(x.astype(np.float32) for x in layer.draw(rng)))


def cast_to_float32(layer: Layer) -> Layer:
    """Return the layer whose own code casts everything to float32, forward and backward."""

    def cast(arrays: tuple[Array, ...]) -> list[Array]:
        return [np.asarray(a).astype(np.float32) for a in arrays]

    return Layer(
        forward=lambda *inputs: layer.forward(*cast(inputs)),
        backward=lambda g, *inputs: layer.backward(*cast((g, *inputs))),
        draw=layer.draw,
        names=layer.names,
    )


LOW = "low-precision"
DTYPES: list[Right] = [
    right("dense-float32", in_float32(la.DENSE), remarks=LOW),
    right("softmax-float32", in_float32(la.SOFTMAX), remarks=LOW),
    right("mse-float32", in_float32(lo.MSE), remarks=LOW),
    right("layer-norm-float32", in_float32(la.LAYER_NORM), remarks=LOW),
    right("dense-casts-to-float32", cast_to_float32(la.DENSE), remarks=LOW),
    right("tanh-casts-to-float32", cast_to_float32(la.TANH), remarks=LOW),
    right("softmax-casts-to-float32", cast_to_float32(la.SOFTMAX), remarks=LOW),
]


def frozen(a: Array) -> Array:
    a = np.array(a)
    a.setflags(write=False)
    return a


def read_only(g: Array, *inputs: Array) -> tuple[Array, ...]:
    return tuple(frozen(d) for d in la.dense_backward(g, *inputs))


def fortran(g: Array, *inputs: Array) -> tuple[Array, ...]:
    return tuple(np.asfortranarray(d) for d in la.dense_backward(g, *inputs))


def transposed_views(g: Array, X: Array, W: Array, b: Array) -> tuple[Array, ...]:
    return (W @ g.T).T, (g.T @ X).T, g.sum(axis=0)


def dense_as(backward: Any) -> Layer:
    return Layer(
        forward=la.DENSE.forward, backward=backward, draw=la.DENSE.draw, names=("X", "W", "b")
    )


def keeps_last_input(rng: np.random.Generator) -> Case:
    """Keep y of the latest forward and use it where it belongs to x, as a layer object would."""
    kept: dict[bytes, Array] = {}

    def forward(x: Array) -> Array:
        kept.clear()
        kept[x.tobytes()] = np.tanh(x)
        return kept[x.tobytes()].copy()

    def backward(g: Array, x: Array) -> Array:
        y = kept.get(x.tobytes())
        return g * (1 - (np.tanh(x) if y is None else y) ** 2)

    return Case(forward=forward, backward=backward, inputs=(rng.standard_normal((3, 4)),))


IDENTITY = Layer(forward=np.copy, backward=lambda g, x: g, draw=normal((3, 4)))
RESHAPE = Layer(
    forward=lambda x: x.reshape(4, 6).T,
    backward=lambda g, x: g.T.reshape(x.shape),
    draw=normal((2, 3, 4)),
)
SUM_BROADCAST = Layer(
    forward=np.sum, backward=lambda g, x: np.broadcast_to(g, x.shape), draw=normal((3, 4))
)
HANDED_BACK: list[Right] = [
    right("gradients-read-only", dense_as(read_only)),
    right("gradients-fortran-order", dense_as(fortran)),
    right("gradients-transposed-views", dense_as(transposed_views)),
    right("gradients-in-a-list", dense_as(lambda *a: list(la.dense_backward(*a)))),
    right("identity-hands-back-upstream", IDENTITY),
    right("reshape-hands-back-a-view", RESHAPE),
    right("sum-hands-back-a-broadcast-view", SUM_BROADCAST),
    Right(name="keeps-last-input", make=keeps_last_input),
]


def tanh_loop(x: Array) -> Array:
    return np.array([[math.tanh(v) for v in row] for row in x])


def d_tanh_loop(g: Array, x: Array) -> Array:
    return np.array(
        [
            [u * (1 - math.tanh(v) ** 2) for u, v in zip(a, b, strict=True)]
            for a, b in zip(g, x, strict=True)
        ]
    )


def softmax_loop(x: Array) -> Array:
    exponentials = [math.exp(v - max(x)) for v in x]
    return np.array([e / math.fsum(exponentials) for e in exponentials])


def softmax_loop_backward(g: Array, x: Array) -> Array:
    y = softmax_loop(x)
    return np.array(
        [
            sum(g[k] * y[k] * ((1.0 if i == k else 0.0) - y[i]) for k in range(len(y)))
            for i in range(len(y))
        ]
    )


LOOPS: list[Right] = [
    right(
        "tanh-in-python-loops", Layer(forward=tanh_loop, backward=d_tanh_loop, draw=normal((3, 4)))
    ),
    right(
        "softmax-in-python-loops",
        Layer(forward=softmax_loop, backward=softmax_loop_backward, draw=normal((5,))),
    ),
    right(
        "sigmoid-math-exp",
        Layer(
            forward=lambda x: np.array([1 / (1 + math.exp(-v)) for v in x]),
            backward=lambda g, x: g * la.d_sigmoid(x),
            draw=normal((5,)),
            domain={"x": (-700.0, 700.0)},
            names=("x",),
        ),
    ),
]

VARIANCE = Layer(
    forward=np.var, backward=lambda g, x: 2 * g * (x - x.mean()) / x.size, draw=normal((7,))
)
PYTHON_FLOAT = Layer(
    forward=lambda x: float((x**2).sum()), backward=lambda g, x: 2 * g * x, draw=normal((7,))
)
COERCED = Layer(
    forward=lambda x: np.sin(np.asarray(x, dtype=np.float64)),
    backward=lambda g, x: g * np.cos(x),
    draw=normal((4,)),
)
TRAPS: list[Right] = [
    right("variance-by-np-var", VARIANCE),
    right("sum-of-squares-as-python-float", PYTHON_FLOAT),
    right("sin-coerced-to-float64", COERCED, remarks=LOW),
    right(
        "squared-modulus",
        elementwise(lambda x: np.abs(x) ** 2, lambda x: 2 * x),
    ),
    right(
        "softsign", elementwise(lambda x: x / (1 + np.abs(x)), lambda x: 1 / (1 + np.abs(x)) ** 2)
    ),
    right(
        "sign-times-square",
        elementwise(lambda x: np.sign(x) * x**2, lambda x: 2 * np.abs(x)),
    ),
    right(
        "piecewise-cubic-C1",
        elementwise(
            lambda x: np.where(x < 1, x**2, x**2 + (x - 1) ** 3),
            lambda x: np.where(x < 1, 2 * x, 2 * x + 3 * (x - 1) ** 2),
            uniform(-1, 3, (9,)),
        ),
    ),
]

HARD: list[Right] = [
    right(
        "rational",
        elementwise(lambda x: x**3 / (1 + x**2), lambda x: x**2 * (x**2 + 3) / (1 + x**2) ** 2),
    ),
    right("sin-50x", elementwise(lambda x: np.sin(50 * x), lambda x: 50 * np.cos(50 * x))),
    right("fifth-power", elementwise(lambda x: x**5, lambda x: 5 * x**4)),
    right(
        "steep-exp",
        elementwise(
            lambda x: np.exp(5 * x), lambda x: 5 * np.exp(5 * x), domain={"x": (-100.0, 100.0)}
        ),
    ),
    right("exp-forward-overflows", elementwise(np.exp, np.exp)),
    right("gaussian", elementwise(lambda x: np.exp(-(x**2)), lambda x: -2 * x * np.exp(-(x**2)))),
    right(
        "cancelling-polynomial",
        elementwise(
            lambda x: x**4 - 4 * x**3 + 6 * x**2 - 4 * x + 1,
            lambda x: 4 * (x**3 - 3 * x**2 + 3 * x - 1),
            uniform(0.9, 1.1, (5,)),
        ),
    ),
    right("swish", la.SWISH),
    right("gelu-tanh", la.GELU_TANH),
    right("square-at-zero", la.SQUARE, fixed(np.zeros(5))),
    right(
        "constant",
        Layer(
            forward=lambda x: np.full_like(x, 3.0), backward=lambda g, x: 0 * x, draw=normal((4,))
        ),
    ),
    right("softmax-of-one", la.SOFTMAX, normal((4, 1))),
    right("layer-norm-of-one", la.LAYER_NORM, normal((6, 1), (1,), (1,))),
    right("dense-all-ones-shape", la.DENSE, normal((1, 1), (1, 1), (1,))),
    right("mse-of-one", lo.MSE, normal((1,), (1,))),
    right("zero-dimensional", elementwise(np.tanh, la.d_tanh, fixed(np.float64(0.7)))),
    right(
        "zero-dimensional-product",
        Layer(
            forward=lambda a, b: a * b,
            backward=lambda g, a, b: (g * b, g * a),
            draw=fixed(np.float64(0.7), np.float64(-1.2)),
            names=("a", "b"),
        ),
    ),
]

CASES = [*DTYPES, *HANDED_BACK, *LOOPS, *TRAPS, *HARD]
