"""From a description to a Subject: the one who checks draws every input."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.draw import values_of
from gradcheck.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.students.adapter import Description
    from gradcheck.subject import Instance

LOGIT = 4.0
"""Logits stay inside of ±4: a probability of at least e^-8 / n is clipped by nobody."""

CHANCE = 1e-3
"""Probabilities stay inside of this and 1 less this, for the same reason."""


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
    inputs = tuple(values_of(one, rng) for one in description.inputs)
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
