"""Hypotheses of Y = F(X): masks of ReLU, F' at another point, F in the place of F'."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.hypothesis import Hypothesis
from gradcheck.diagnosis.probe import CLOSE, same

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.diagnosis.ask import Ask
    from gradcheck.diagnosis.probe import Probe
    from gradcheck.records import Array

STEEP = 30.0
"""Beyond it a sigmoid or tanh is flat, and its values tell no more what it is."""


def slope(probe: Probe) -> float | None:
    """Return F'(x) for x < 0 where y is x for x > 0 and a multiple of x below, else None."""
    x, y = probe.x, probe.y
    if x.shape != y.shape or x.shape != probe.got.shape:
        return None
    below = x < 0
    if probe.role not in ("relu", "leaky_relu") and not (below.any() and (x > 0).any()):
        return 0.0 if probe.role == "relu" else _known(probe)
    if not np.all(np.abs(y - x)[x > 0] <= CLOSE * np.abs(x[x > 0])):
        return None
    if not below.any():
        return 0.0 if probe.role == "relu" else _known(probe)
    ratios = y[below] / x[below]
    return float(ratios[0]) if np.ptp(ratios) <= CLOSE else None


def _known(probe: Probe) -> float | None:
    """Return the slope of a point that shows only one side: none is needed for x ≥ 0."""
    x, y = probe.x, probe.y
    if np.all(x >= 0) and np.all(y == x):
        return 0.0
    if np.all(x < 0):
        ratios = y / x
        return float(ratios.flat[0]) if np.ptp(ratios) <= CLOSE else None
    return None


def _mask_missing(probe: Probe, ask: Ask) -> Array | None:
    known = slope(probe)
    if known is None or known == 1.0 or not _relu(ask):
        return None
    return np.where(probe.x == 0, np.nan, probe.g)


def _mask_from_upstream(probe: Probe, ask: Ask) -> Array | None:
    known = slope(probe)
    if known is None or known == 1.0 or not _relu(ask):
        return None
    return probe.g * np.where(probe.g > 0, 1.0, known)


def _mask_inverted(probe: Probe, ask: Ask) -> Array | None:
    known = slope(probe)
    if known is None or known == 1.0 or not _relu(ask):
        return None
    return np.where(probe.x == 0, np.nan, probe.g * np.where(probe.x > 0, known, 1.0))


def _relu(ask: Ask) -> bool:
    """Say whether the given point shows both sides: there the function is known for what it is."""
    given = ask.given
    if given.role in ("relu", "leaky_relu"):
        return True
    x = given.x
    known = slope(given)
    return known is not None and known != 1.0 and bool((x < 0).any() and (x > 0).any())


def _at(values: Callable[[Probe], Array]) -> Callable[[Probe, Ask], Array | None]:
    """Return the prediction g·F'(values), which the code's own forward is asked for."""

    def predict(probe: Probe, ask: Ask) -> Array | None:
        if not ask.elementwise():
            return None
        point = np.asarray(values(probe))
        if not _told(probe, point):
            return np.full(probe.got.shape, np.nan)
        told = probe.columns(ask.at(probe, point))
        return np.full(probe.got.shape, np.nan) if told is None and not probe.given else told

    return predict


def _told(probe: Probe, point: Array) -> bool:
    """Say whether the point lies where the gradient can be compared at all."""
    return point.shape == probe.outcome.y.shape and bool(np.isfinite(point).all())


def _formula_in_y(
    function: Callable[[Array], Array], derivative: Callable[[Array], Array]
) -> Callable[[Probe, Ask], Array | None]:
    """Return the prediction of the formula for F' that takes y, fed x."""

    def predict(probe: Probe, ask: Ask) -> Array | None:
        x = ask.given.x
        if probe.x.shape != probe.g.shape or x.shape != ask.given.y.shape:
            return None
        if not same(function(np.clip(x, -STEEP, STEEP)), ask.given.y, CLOSE):
            return None
        return np.asarray(probe.g * derivative(probe.x))

    return predict


def _value(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001 - as all predictions
    return probe.g * probe.y if probe.g.shape == probe.got.shape else None


MASKS = (
    Hypothesis(code="mask-missing", predict=_mask_missing, detail="dL/dX = g for x < 0 too"),
    Hypothesis(code="mask-from-upstream", predict=_mask_from_upstream),
    Hypothesis(code="mask-inverted", predict=_mask_inverted),
)

POINTS = (
    Hypothesis(code="function-for-derivative", predict=_value),
    Hypothesis(code="wrong-point", predict=_at(lambda p: p.outcome.y), detail="F'(y) for F'(x)"),
    Hypothesis(
        code="wrong-point",
        predict=_formula_in_y(lambda x: 1 / (1 + np.exp(-x)), lambda x: x * (1 - x)),
        detail="x(1 − x), the formula in y fed x",
    ),
    Hypothesis(
        code="wrong-point",
        predict=_formula_in_y(np.tanh, lambda x: 1 - x * x),
        detail="1 − x², the formula in y fed x",
    ),
    Hypothesis(
        code="wrong-point", predict=_at(lambda p: p.outcome.upstream), detail="F'(g) for F'(x)"
    ),
)
