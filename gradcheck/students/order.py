"""Which argument of a loss is the prediction, and which the target: by names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.students.arguments import arrays_among
from gradcheck.students.naming import is_prediction, is_target, says_upstream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.students.arguments import Argument
    from gradcheck.students.recipe import Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which argument is the prediction and which the target, and how that is known."""

    prediction: str
    target: str
    why: str


def order_of(arrays: Sequence[Argument], chosen: str = "") -> Order:
    """Return the order of a loss's arguments, from their names.

    Parameters
    ----------
    arrays : sequence of Argument
        Two of them.
    chosen : str
        "yt" (prediction first) or "ty" where a configuration says it, else "".
    """
    first, second = (a.name for a in arrays)
    if chosen:
        pair = (first, second) if chosen == "yt" else (second, first)
        return Order(prediction=pair[0], target=pair[1], why="as configured")
    targets = [is_target(first), is_target(second)]
    if targets == [True, False]:
        return Order(prediction=second, target=first, why=f"{first} is named as a target")
    if targets == [False, True]:
        return Order(prediction=first, target=second, why=f"{second} is named as a target")
    predictions = [is_prediction(first), is_prediction(second)]
    if predictions == [False, True]:
        return Order(prediction=second, target=first, why=f"{second} is named as a prediction")
    if predictions == [True, False]:
        return Order(prediction=first, target=second, why=f"{first} is named as a prediction")
    return Order(prediction=first, target=second, why="names do not tell: prediction first")


def gradient_slots(arguments: Sequence[Argument], order: Order) -> dict[str, Slot]:
    """Return what goes in for each array of a gradient, by its name and the value's order."""
    arrays = arrays_among(arguments)
    slots: dict[str, Slot] = {}
    targets = [a.name for a in arrays if a.name == order.target or is_target(a.name)]
    if len(arrays) == 2 and not targets:
        same = [a.name for a in arrays] == [order.prediction, order.target]
        first, second = ("input", 0), ("input", 1)
        if not same and order.prediction != arrays[0].name and _ty(order, arrays):
            first, second = second, first
        return {arrays[0].name: first, arrays[1].name: second}
    others = [a.name for a in arrays if a.name not in targets[:1]]
    for name in targets[:1]:
        slots[name] = ("input", 1)
    for k, name in enumerate(others):
        upstream = k > 0 or (
            len(others) == 1 and not targets and says_upstream(name) and name != order.prediction
        )
        slots[name] = ("upstream", None) if upstream and says_upstream(name) else ("input", 0)
    return slots


def _ty(order: Order, arrays: Sequence[Argument]) -> bool:
    return arrays[1].name == order.prediction
