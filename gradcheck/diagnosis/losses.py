"""Hypotheses of losses: the gradient is that of another loss than the value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.hypothesis import Hypothesis
from gradcheck.diagnosis.softmax import values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcheck.diagnosis.ask import Ask
    from gradcheck.diagnosis.hypothesis import Predict
    from gradcheck.diagnosis.probe import Probe
    from gradcheck.records import Array

LOSSES: tuple[tuple[str, Callable[[Array, Array], Array]], ...] = (
    ("2/n·(Y − Y*), of the squared error", lambda y, t: y - t),
    ("sign(Y − Y*), of the absolute error", lambda y, t: np.sign(y - t)),
    ("−Y*/Y, of the categorical cross-entropy", lambda y, t: -t / y),
    ("(Y − Y*)/(Y(1 − Y)), of the binary cross-entropy", lambda y, t: (y - t) / (y * (1 - y))),
    ("softmax(Y) − Y*, of softmax with cross-entropy", lambda y, t: values(y, 0) - t),
    ("sigmoid(Y) − Y*, of sigmoid with cross-entropy", lambda y, t: 1 / (1 + np.exp(-y)) - t),
    ("Y − Y* clipped to ±1, of Huber's loss", lambda y, t: np.clip(y - t, -1, 1)),
    ("tanh(Y − Y*), of the log-cosh loss", lambda y, t: np.tanh(y - t)),
    ("1 − Y*/Y, of the Poisson loss", lambda y, t: 1 - t / y),
)
"""What dL/dY is up to a constant, in words, by the known losses; examples are columns."""


def target(probe: Probe) -> Array | None:
    """Return the target as it is compared with the prediction, labels as one-hot columns."""
    for name, array in probe.inputs.items():
        if name == probe.name:
            continue
        if array.shape == probe.x.shape:
            return array
        if probe.x.ndim == 2 and array.size in probe.x.shape and np.all(array == array.round()):
            classes = probe.x.shape[0]
            if array.size == probe.x.shape[1] and array.min() >= 0 and array.max() < classes:
                return np.asarray(np.eye(classes)[array.reshape(-1).astype(int)].T)
    return None


def hypotheses(probe: Probe) -> Iterator[Hypothesis]:
    """Yield the gradient of each known loss, where the subject is one."""
    scalar = probe.y.size == 1 or probe.role in ("mse", "cross_entropy", "softmax_cross_entropy")
    if not scalar or probe.got.size < 2 or target(probe) is None:
        return
    for words, gradient in LOSSES:
        yield Hypothesis(
            code="loss-mismatch", predict=_of(gradient), detail=f"it is c·{words}", scaled=True
        )


def _of(gradient: Callable[[Array, Array], Array]) -> Predict:
    def predict(probe: Probe, ask: Ask) -> Array | None:
        t = target(probe)
        if t is None:
            return None if probe.given else np.full(probe.got.shape, np.nan)
        if probe.g.size != 1:
            return None
        with np.errstate(all="ignore"):
            value = probe.g.reshape(-1)[0] * gradient(probe.x, t)
        if probe.given and _parallel(value, ask.given.truth):
            return None
        return np.asarray(value)

    return predict


def _parallel(value: Array, truth: Array | None) -> bool:
    """Say whether the gradient of this loss is the true one, up to a constant."""
    if truth is None or not np.isfinite(value).all() or not np.isfinite(truth).all():
        return False
    scale = float((value * truth).sum()) / max(float((value * value).sum()), 1e-300)
    return bool(np.all(np.abs(truth - scale * value) <= 1e-6 * np.abs(truth).max(initial=0.0)))
