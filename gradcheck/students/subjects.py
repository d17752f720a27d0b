"""From a description to a Subject: the one who checks draws every input."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.subject import Instance, Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.records import Array
    from gradcheck.students.adapter import Description, Input

LOGIT = 4.0
"""Logits stay inside of ±4: a probability of at least e^-8 / n is clipped by nobody."""

CHANCE = 1e-3
"""Probabilities stay inside of this and 1 less this, for the same reason."""

SCALE = 0.8
"""Size of parameters: biases are not zero, so that no ReLU sits on its kink."""


def drawn(one: Input, rng: np.random.Generator) -> Array:
    """Return values for one input.

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
        return np.resize(order, shape).astype(np.int64)
    if one.values == "one-hot":
        return _one_hot(shape, one.axis, rng)
    normal = rng.standard_normal(shape)
    if one.values == "probability":
        powers = np.exp(normal)
        return np.asarray(powers / powers.sum(axis=one.axis, keepdims=True))
    return SCALE * normal if one.parameter else normal


def _one_hot(shape: tuple[int, ...], axis: int, rng: np.random.Generator) -> Array:
    hot = np.zeros(shape)
    moved = np.moveaxis(hot, axis, -1)
    classes = moved.shape[-1]
    rows = moved.reshape(-1, classes) if moved.flags.c_contiguous else None
    order = rng.permutation(classes)
    for k, index in enumerate(np.ndindex(moved.shape[:-1])):
        moved[(*index, order[k % classes])] = 1.0
    del rows
    return hot


def subject_of(
    description: Description,
    make: Callable[[], Instance],
    at_rate: Callable[[float], Instance] | None,
    seed: int,
    reproduce: str,
) -> Subject:
    """Return the subject of a description.

    Parameters
    ----------
    description : Description
    make : callable
        Returns a fresh instance.
    at_rate : callable or None
        Returns one that uses this part of the usual learning rate.
    seed : int
        Draws the inputs; the same for the same seed, name and shapes.
    reproduce : str
    """
    rng = np.random.default_rng([seed, zlib.crc32(description.name.encode())])
    inputs = tuple(drawn(one, rng) for one in description.inputs)
    domain = {}
    for one in description.inputs:
        if one.values == "probability":
            domain[one.name] = (CHANCE, 1 - CHANCE)
        elif one.values == "logit":
            domain[one.name] = (-LOGIT, LOGIT)
    inputs = tuple(
        np.clip(array, *_inside(domain[one.name])) if one.name in domain else array
        for one, array in zip(description.inputs, inputs, strict=True)
    )
    constants = frozenset(one.name for one in description.inputs if one.constant)
    layout = {one.name: one.layout for one in description.inputs if one.layout}
    if description.output:
        # The output of a loss is a number: its input is the y that is laid out.
        layout.setdefault("y", description.output)
    return Subject(
        name=description.name,
        role=description.role,
        names=tuple(one.name for one in description.inputs),
        inputs=inputs,
        make=make,
        constants=constants,
        parameters=frozenset(one.name for one in description.inputs if one.parameter),
        fixed=frozenset(
            one.name for one in description.inputs if one.values in ("one-hot", "labels")
        ),
        at_rate=at_rate if description.rate else None,
        updates=dict.fromkeys(description.updates, 1.0),
        steps=description.steps,
        layout=layout,
        domain=domain,
        file=description.file,
        line=description.line,
        reproduce=reproduce,
    )


def _inside(interval: tuple[float, float]) -> tuple[float, float]:
    low, high = interval
    edge = 0.01 * (high - low)
    return low + edge, high - edge


__all__ = ["drawn", "replace", "subject_of"]
