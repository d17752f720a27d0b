"""Hypotheses of Y = WX + b: the wrong matrix in a product, in this layer or inside of another."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.hypothesis import Hypothesis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcheck.diagnosis.ask import Ask
    from gradcheck.diagnosis.hypothesis import Predict
    from gradcheck.diagnosis.probe import Probe
    from gradcheck.records import Array

CONDITION = 1e6
"""Of a matrix whose inverse tells which of it and its transpose was used."""


def operands(probe: Probe) -> dict[str, Array]:
    """Return the arrays of Y = WX + b by the notes' symbols; empty for another layer."""
    symbols = probe.symbols
    if "x" not in symbols or probe.g.ndim != 2:
        return {}
    found = {"g": probe.g, "X": probe.inputs[symbols["x"]], "Y": probe.y}
    return {**found, "W": probe.inputs[symbols["W"]]}


def hypotheses(probe: Probe) -> Iterator[Hypothesis]:
    """Yield what may be exchanged in the gradient that this probe is of."""
    symbols = {name: symbol for symbol, name in probe.symbols.items()}
    for detail, predict in _PRODUCTS.get(symbols.get(probe.name, ""), ()):
        yield Hypothesis(code="wrong-operand", predict=predict, detail=detail)
    for name, matrix in probe.inputs.items():
        square = matrix.ndim == 2 and matrix.shape[0] == matrix.shape[1] > 1
        if name != probe.name and square and probe.got.ndim in (1, 2):
            for around, first in product((0.0, 1.0), (True, False)):
                yield Hypothesis(
                    code="wrong-operand",
                    predict=_exchanged(name, around, first=first),
                    detail=f"{name} for {name}ᵀ",
                )


def _of_weights(left: str, right: str) -> Predict:
    def predict(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001 - as all predictions
        found = operands(probe)
        if not found or found[left].shape[1] != found[right].shape[1]:
            return None
        return found[left] @ found[right].T

    return predict


def _of_input(right: str, *, turned: bool) -> Predict:
    def predict(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
        found = operands(probe)
        if not found:
            return None
        W = found["W"].T if turned else found["W"]
        return W @ found[right] if W.shape[1] == found[right].shape[0] else None

    return predict


def _of_bias(name: str) -> Predict:
    def predict(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
        found = operands(probe)
        if not found:
            return None
        value = found[name].sum(axis=1)
        return value.reshape(probe.got.shape) if value.size == probe.got.size else None

    return predict


def _exchanged(name: str, around: float, *, first: bool) -> Predict:
    """Return the prediction of M for Mᵀ in the last product, with `around`·g passed around it.

    The truth is around·g + Mᵀd (columns) or around·g + d·Mᵀ (rows, `first` false); d follows from
    it, and with it what M in the place of Mᵀ gives.
    """

    def predict(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
        M, truth = probe.inputs[name], probe.truth
        if truth is None or not np.isfinite(truth).all() or not np.isfinite(M).all():
            return np.full(probe.got.shape, np.nan) if not probe.given else None
        if around and probe.g.shape != truth.shape:
            return None
        if truth.shape[0 if first else -1] != len(M):
            return None
        if not np.linalg.cond(M) < CONDITION:
            return np.full(truth.shape, np.nan)
        rest = truth - around * probe.g if around else truth
        turned = M @ np.linalg.solve(M.T, rest) if first else np.linalg.solve(M, rest.T).T @ M
        return turned + around * probe.g if around else turned

    return predict


_PRODUCTS: dict[str, list[tuple[str, Predict]]] = {
    "W": [
        (f"{left}·{right}ᵀ for g·Xᵀ", _of_weights(left, right))
        for left, right in product(("g", "X", "Y"), ("X", "Y", "g"))
        if (left, right) != ("g", "X")
    ],
    "x": [
        (f"{'Wᵀ' if turned else 'W'}·{right} for Wᵀ·g", _of_input(right, turned=turned))
        for turned, right in product((True, False), ("g", "X", "Y"))
        if (turned, right) != (True, "g")
    ],
    "b": [(f"Σ {name.lower()} for Σ g", _of_bias(name)) for name in ("X", "Y")],
}
"""The products that may stand in the place of each gradient's, by the notes' symbol."""
