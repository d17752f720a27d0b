"""Hypotheses of softmax: parts of its derivative that are missing, sums over the wrong entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.hypothesis import Hypothesis
from gradcheck.diagnosis.probe import CLOSE, known

if TYPE_CHECKING:
    from gradcheck.diagnosis.ask import Ask
    from gradcheck.diagnosis.hypothesis import Predict
    from gradcheck.diagnosis.probe import Probe
    from gradcheck.records import Array

ROLES = ("softmax_cross_entropy", "cross_entropy", "other")
"""Roles of losses that may take logits."""


def values(x: Array, axis: int | None) -> Array:
    """Return softmax of x along an axis, or over the whole array."""
    powers = np.exp(x - x.max(axis=axis, keepdims=True))
    return np.asarray(powers / powers.sum(axis=axis, keepdims=True))


def pulled_back(g: Array, y: Array, axis: int | None = 0) -> Array:
    """Return yᵢ(gᵢ − Σ gₖyₖ), the gradient of softmax whose values are y."""
    return np.asarray(y * (g - (g * y).sum(axis=axis, keepdims=True)))


def is_softmax(probe: Probe) -> bool:
    """Say whether y is softmax of x along the features; where not oriented, along its last axis."""
    return same_sums(probe.x, probe.y, features(probe))


def same_sums(x: Array, y: Array, axis: int | None) -> bool:
    """Say whether y is softmax of x along the axis."""
    if x.shape != y.shape or x.size < 2 or not np.isfinite(x).all():
        return False
    return bool(np.all(np.abs(values(x, axis) - y) <= CLOSE))


def features(probe: Probe) -> int:
    """Return the axis along which the features of one example lie."""
    return 0 if probe.oriented and probe.y.ndim == 2 else -1


def other(probe: Probe) -> int | None:
    """Return the axis of the batch, None where there is none."""
    return 1 - features(probe) % 2 if probe.y.ndim == 2 else None


def _softmax(formula: Predict) -> Predict:
    """Return the prediction for what is softmax at the given point, and none for other layers."""

    def predict(probe: Probe, ask: Ask) -> Array | None:
        if probe.g.shape != probe.y.shape or not is_softmax(ask.given):
            return None
        return formula(probe, ask)

    return predict


def _diagonal_only(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001 - as all predictions
    return np.asarray(probe.y * (1 - probe.y) * probe.g)


def _off_diagonal(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    return np.asarray(-probe.y * (probe.g * probe.y).sum(axis=features(probe), keepdims=True))


def _diagonal_sign(probe: Probe, ask: Ask) -> Array | None:
    below = _off_diagonal(probe, ask)
    return None if below is None else below - probe.g * probe.y


def _over_batch(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    axis = other(probe)
    return None if axis is None else pulled_back(probe.g, probe.y, axis)


def _own_over_batch(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    axis = other(probe)
    return None if axis is None else pulled_back(probe.g, values(probe.x, axis), axis)


def _over_everything(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    return pulled_back(probe.g, probe.y, None) if min(probe.y.shape) > 1 else None


def _own_over_everything(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    if min(probe.y.shape) < 2:
        return None
    return pulled_back(probe.g, values(probe.x, None), None)


def _fused_twice(axis: int) -> Predict:
    """Return the prediction of J·T for a loss whose gradient T is already that of the logits."""

    def predict(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
        truth = known(probe)
        if (probe.y.size > 1 and probe.y.ndim > 1) or probe.role not in ROLES or truth is None:
            return None
        if truth.ndim != 2 or truth.shape[axis] < 2 or not np.isfinite(probe.x).all():
            return None
        return pulled_back(truth, values(probe.x, axis), axis)

    return predict


HYPOTHESES = (
    Hypothesis(code="diagonal-only", predict=_softmax(_diagonal_only)),
    Hypothesis(code="diagonal-missing", predict=_softmax(_off_diagonal)),
    Hypothesis(code="diagonal-missing", predict=_softmax(_diagonal_sign), detail="−gᵢyᵢ for gᵢyᵢ"),
    Hypothesis(
        code="batch-axis",
        predict=_softmax(_over_batch),
        detail="Σ gₖyₖ runs over the examples",
    ),
    Hypothesis(
        code="batch-axis",
        predict=_softmax(_own_over_batch),
        detail="it is that of a softmax over the examples",
    ),
    Hypothesis(
        code="batch-of-one",
        predict=_softmax(_over_everything),
        detail="Σ gₖyₖ runs over all examples together",
    ),
    Hypothesis(
        code="batch-axis",
        predict=_softmax(_own_over_everything),
        detail="it is that of a softmax over the whole array",
    ),
)

FUSED = tuple(
    Hypothesis(code="fused-twice", predict=_fused_twice(axis), scaled=True) for axis in (0, 1)
)
