"""A layer with a loss behind it, as one subject: what is wrong in one the other may make up for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.adapter import Description
from gradcheck.students.following import RecipeInstance
from gradcheck.students.placed import Placed
from gradcheck.students.roles import LOSS_ROLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.recipe import Recipe


class ChainInstance:
    """An Instance of layers, one after another, and a loss; the last input is the target.

    Parameters
    ----------
    layers : sequence of Recipe
    loss : Recipe
    rate : float
    """

    def __init__(self, layers: list[Recipe], loss: Recipe, rate: float = 1.0) -> None:
        self._layers = [RecipeInstance(recipe, rate) for recipe in layers]
        self._loss = RecipeInstance(loss, rate)

    def forward(self, *inputs: Array) -> Any:
        """Return the loss for x, the parameters of each layer in turn, and the target."""
        y, *rest = inputs
        target = rest.pop()
        for layer in self._layers:
            number = len(layer.recipe.inputs) - 1
            y, rest = np.asarray(layer.forward(y, *rest[:number])), rest[number:]
        return self._loss.forward(y, target)

    def backward(self, upstream: Array) -> tuple[Any, ...]:
        """Return the gradients of x and of the parameters, and None for the target."""
        downstream = self._loss.backward(upstream)[0]
        found: list[Any] = []
        for layer in reversed(self._layers):
            downstream, *own = layer.backward(downstream)
            found = [*own, *found]
        return (downstream, *found, None)


def chains(placed: Sequence[Placed]) -> list[Placed]:
    """Return each layer with each loss behind it that fits, among the subjects of a file."""
    losses = [p for p in placed if p.recipe is not None and p.description.output == "scalar"
              and p.description.role in LOSS_ROLES]  # fmt: skip
    layers = [p for p in placed if p.recipe is not None and p.candidate is not None
              and p.description.role in ("dense", "softmax", "sigmoid")]  # fmt: skip
    return [
        chain for layer in layers for loss in losses if (chain := _chain(layer, loss)) is not None
    ]


def _chain(layer: Placed, loss: Placed) -> Placed | None:
    """Return a layer with a loss behind it, where the one's output fits the other."""
    assert layer.recipe is not None and loss.recipe is not None  # noqa: S101, PT018 - chosen so
    first, second = layer.recipe, loss.recipe
    activation = layer.description.role in ("softmax", "sigmoid")
    if activation and loss.description.inputs[0].name == "x":
        return None
    x = first.inputs[0]
    prediction, target = second.inputs
    if activation:
        x = replace(x, shape=prediction.shape)
    x = replace(x, values="logit")
    description = Description(
        name=f"{layer.description.name} → {loss.description.name}",
        role="network",
        file=layer.description.file,
        line=layer.description.line,
        inputs=(x, *first.inputs[1:], target),
        output="scalar",
        rate=layer.description.rate,
        facts={
            "chain": [layer.description.name, loss.description.name],
            "guards": loss.description.facts.get("guards", []),
        },
    )
    return Placed(description=description, maker=lambda rate: ChainInstance([first], second, rate))
