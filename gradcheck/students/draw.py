"""Values for the inputs of a subject: those of a check, and those of a trial."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gradcheck.records import Array
    from gradcheck.students.adapter import Input

SCALE = 0.8
"""Size of parameters: biases are not zero, so that no ReLU sits on its kink."""


def drawn(shape: tuple[int, ...], seed: int = 0) -> Array:
    """Return ordinary values of both signs, for a trial: no verdict hangs on them."""
    return np.asarray(np.random.default_rng([77, seed, *shape]).standard_normal(shape))


def values_of(one: Input, rng: np.random.Generator) -> Array:
    """Return values for one input, of the kind that it wants.

    Parameters
    ----------
    one : Input
    rng : Generator

    Returns
    -------
    Array
        Of the input's shape; float64, or int64 for labels.
    """
    shape = one.shape
    if one.values == "labels":
        # Each class once, as far as they go: a factor of the number of classes must show.
        order = rng.permutation(max(one.classes, 1))
        # The highest one is there: code counts the classes by it.
        last = int(np.argmax(order))
        place = min(last, int(np.prod(shape)) - 1)
        order[[last, place]] = order[[place, last]]
        return np.resize(order, shape).astype(np.int64)
    if one.values == "one-hot":
        return _one_hot(shape, one.axis, rng)
    normal = np.asarray(rng.standard_normal(shape))
    if one.values == "probability":
        powers = np.exp(normal)
        return np.asarray(powers / powers.sum(axis=one.axis, keepdims=True))
    return np.asarray(SCALE * normal) if one.parameter else normal


def _one_hot(shape: tuple[int, ...], axis: int, rng: np.random.Generator) -> Array:
    hot = np.zeros(shape)
    moved = np.moveaxis(hot, axis, -1)
    classes = moved.shape[-1]
    order = rng.permutation(classes)
    for k, index in enumerate(np.ndindex(moved.shape[:-1])):
        moved[(*index, order[k % classes])] = 1.0
    return hot


def trial_of(one: Input, seed: int = 0) -> Array:
    """Return values for a trial of one input: no verdict hangs on them."""
    return values_of(one, np.random.default_rng([5, seed]))
