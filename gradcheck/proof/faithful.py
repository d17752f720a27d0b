"""The compulsory check: at a point, the graph and the code itself, in float64, say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.graph import UPSTREAM
from gradcheck.proof.limits import GivenUp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.proof.expression import Expression
    from gradcheck.proof.graph import Graph
    from gradcheck.records import Array

CLOSE = 1e-9
"""Of the largest entry: far above rounding at moderate points, far below any other function."""


def point_of(
    graph: Graph, names: Sequence[str], inputs: Sequence[Array], upstream: Array
) -> dict[str, float]:
    """Return the value of each variable at given inputs."""
    point: dict[str, float] = {}
    for name, array in [*zip(names, inputs, strict=True), (UPSTREAM, upstream)]:
        if name in graph.variables:
            point.update(zip(graph.variables[name], map(float, array.flat), strict=True))
    return point


def inside(graph: Graph, values: FloatValues) -> bool:
    """Say whether a point lies in the region for which the graph speaks."""
    return all(bool(values.of(node)) is decided for node, decided in graph.conditions)


def must_agree(
    graph: Graph,
    names: Sequence[str],
    point: Mapping[str, float],
    y: Array,
    gradients: Sequence[Array | None],
) -> bool:
    """Compare the graph with what the code gave at a point; False where it speaks of others.

    Raises
    ------
    GivenUp
        Where they differ: then the symbols do not stand for the code.
    """
    values = FloatValues(point)
    if not inside(graph, values):
        return False
    pairs = [("y", graph.y, y)]
    for name, own, got in zip(names, graph.gradients, gradients, strict=True):
        if name not in graph.variables:
            continue
        shaped = got is not None and np.shape(got) == graph.shapes[name]
        if own is not None and shaped:
            pairs.append((f"d{name}", own, np.asarray(got)))
        elif own is not None or shaped:
            raise GivenUp(f"d{name} is there with numbers or with symbols, not with both")
    for quantity, own, got in pairs:
        if not _same(own, np.asarray(got, dtype=np.float64), values):
            raise GivenUp(f"on symbols the code gives another {quantity} than on numbers")
    return True


def _same(own: Sequence[Expression], got: Array, values: FloatValues) -> bool:
    if got.size != len(own):
        return False
    there = np.array([values.of(node) for node in own])
    size = np.abs(got).max(initial=0.0)
    close = np.abs(there - got.reshape(-1)) <= CLOSE * max(size, 1e-6)
    return bool(close.all())
