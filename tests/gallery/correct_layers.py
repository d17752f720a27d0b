"""Right layers of every size: tensor products, convolutions, losses with labels, whole networks."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import layers as la
from . import losses as lo
from .case import Layer, Right, normal, right

Array = Any
MASK = np.array([[1, 0, 1, 1], [0, 1, 1, 0], [1, 1, 0, 1]]) / 0.75
OFFSETS = np.array([0.0, 0.3771, -0.2213, 0.9137, 0.5519])


def others(x: Array) -> Array:
    """Return the product of all the other entries, for each entry."""
    return np.array([np.prod(np.delete(x, i)) for i in range(x.size)])


def sort_backward(g: Array, x: Array, offsets: Array = 0.0) -> Array:
    d = np.empty_like(g)
    d[np.argsort(x + offsets, kind="stable")] = g
    return d


def conv2d(x: Array, W: Array) -> Array:
    windows = np.lib.stride_tricks.sliding_window_view(x, W.shape[2:], axis=(2, 3))
    return np.einsum("nchwij,kcij->nkhw", windows, W)


def conv2d_backward(g: Array, x: Array, W: Array) -> tuple[Array, Array]:
    dx, dW = np.zeros_like(x), np.zeros_like(W)
    height, width = g.shape[2:]
    for i, j in np.ndindex(*W.shape[2:]):
        patch = np.s_[:, :, i : i + height, j : j + width]
        dx[patch] += np.einsum("nkhw,kc->nchw", g, W[:, :, i, j])
        dW[:, :, i, j] = np.einsum("nkhw,nchw->kc", g, x[patch])
    return dx, dW


def entropy(x: Array, labels: Array) -> Array:
    return (la.logsumexp(x) - x[np.arange(len(x)), labels]).mean()


def entropy_backward(g: Array, x: Array, labels: Array) -> tuple[Array, None]:
    return g * (la.softmax(x) - lo.one_hot(labels, x.shape[1])) / len(x), None


PRODUCTS: list[Right] = [
    right("matmul", la.MATMUL),
    right("dense-column", la.DENSE_COLUMN),
    right("dense-40x30", la.DENSE, normal((5, 40), (40, 30), (30,))),
    right(
        "outer",
        Layer(
            forward=np.outer,
            backward=lambda g, a, b: (g @ b, g.T @ a),
            draw=normal((4,), (3,)),
            names=("a", "b"),
        ),
    ),
    right(
        "bilinear-einsum",
        Layer(
            forward=lambda a, T, b: np.einsum("ni,ijk,nk->nj", a, T, b),
            backward=lambda g, a, T, b: (
                np.einsum("nj,ijk,nk->ni", g, T, b),
                np.einsum("nj,ni,nk->ijk", g, a, b),
                np.einsum("nj,ni,ijk->nk", g, a, T),
            ),
            draw=normal((5, 2), (2, 3, 4), (5, 4)),
            names=("a", "T", "b"),
        ),
    ),
    right(
        "tensordot",
        Layer(
            forward=lambda a, b: np.tensordot(a, b, axes=([1, 2], [0, 1])),
            backward=lambda g, a, b: (
                np.tensordot(g, b, axes=([1], [2])),
                np.tensordot(a, g, axes=([0], [0])),
            ),
            draw=normal((2, 3, 4), (3, 4, 5)),
            names=("a", "b"),
        ),
    ),
    right(
        "product-of-entries",
        Layer(forward=np.prod, backward=lambda g, x: g * others(x), draw=normal((5,))),
    ),
    right("cumsum", lo.CUMSUM),
    right("sort-of-two", Layer(forward=np.sort, backward=sort_backward, draw=normal((2,)))),
    right(
        "sort-with-offsets",
        Layer(
            forward=lambda x: np.sort(x + OFFSETS),
            backward=lambda g, x: sort_backward(g, x, OFFSETS),
            draw=normal((5,)),
        ),
    ),
    right("gather", lo.GATHER),
    right("average-pool", lo.AVERAGE_POOL),
    right("conv1d", lo.CONV1D),
    right(
        "conv2d",
        Layer(
            forward=conv2d,
            backward=conv2d_backward,
            draw=normal((2, 3, 5, 4), (2, 3, 3, 2)),
            names=("x", "W"),
        ),
    ),
    right("softmax-three-dimensional", la.SOFTMAX, normal((2, 3, 4))),
    right("tanh-four-dimensional", la.TANH, normal((2, 1, 3, 2))),
    right(
        "broadcast-product",
        Layer(
            forward=lambda x, c: x * c,
            backward=lambda g, x, c: (g * c, (g * x).sum(axis=(0, 2), keepdims=True)[0]),
            draw=normal((2, 3, 4), (3, 1)),
            names=("x", "c"),
        ),
    ),
    right(
        "dropout-fixed-mask",
        Layer(forward=lambda x: x * MASK, backward=lambda g, x: g * MASK, draw=normal((3, 4))),
    ),
]

WHOLE: list[Right] = [
    right("layer-norm", la.LAYER_NORM),
    right("batch-norm", la.BATCH_NORM),
    right("rms-norm", la.RMS_NORM),
    right("attention", la.ATTENTION),
    right("cosine-similarity", la.COSINE),
    right("huber", lo.HUBER),
    right("hinge", lo.HINGE),
    right("cross-entropy", lo.CROSS_ENTROPY),
    right(
        "cross-entropy-with-integer-labels",
        Layer(
            forward=entropy,
            backward=entropy_backward,
            draw=lambda rng: (rng.standard_normal((5, 3)), rng.integers(0, 3, 5)),
            names=("x", "labels"),
        ),
    ),
    right("network", lo.NETWORK),
    right("series-of-seven-inputs", lo.SERIES),
]

CASES = [*PRODUCTS, *WHOLE]
