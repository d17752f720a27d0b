"""Which argument of a loss is what."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcheck.students.adapter import Input
from gradcheck.students.arguments import arguments_of, arrays_among
from gradcheck.students.draw import trial_of
from gradcheck.students.order import order_of

ORDERS = {
    "y_pred, y_true": "y_pred", "y_true, y_pred": "y_pred", "predictions, targets": "predictions",
    "labels, logits": "logits", "y_hat, y": "y_hat", "y, y_hat": "y_hat", "output, y": "output",
    "y, t": "y", "t, y": "y", "AL, Y": "AL", "prediccion, objetivo": "prediccion", "u, v": "u",
    "actual, predicted": "predicted", "soll, ist": "ist",
}  # fmt: skip


def order(names: str, chosen: str = "") -> Any:
    namespace: dict[str, Any] = {}
    exec(f"def loss({names}): ...", namespace)  # noqa: S102 - a signature from the table
    return order_of(arrays_among(arguments_of(namespace["loss"]) or []), chosen)


@pytest.mark.parametrize(("names", "prediction"), ORDERS.items(), ids=ORDERS)
def test_the_prediction_is_told_by_names(names: str, prediction: str) -> None:
    found = order(names)
    assert found.prediction == prediction
    assert {found.prediction, found.target} == set(names.split(", "))
    assert found.why


def test_a_configuration_says_it() -> None:
    assert order("y_true, y_pred", "yt").prediction == "y_true"
    assert order("y_true, y_pred", "ty").prediction == "y_pred"


@pytest.mark.parametrize("axis", [0, 1])
def test_trial_targets_are_of_their_kind(axis: int) -> None:
    hot = trial_of(Input(name="t", shape=(3, 5), values="one-hot", axis=axis))
    assert (hot.sum(axis=axis) == 1).all()
    chances = trial_of(Input(name="y", shape=(3, 5), values="probability", axis=axis))
    assert np.allclose(chances.sum(axis=axis), 1)
    labels = trial_of(Input(name="t", shape=(9,), values="labels", classes=3))
    assert labels.dtype.kind == "i"
    assert labels.max() < 3
