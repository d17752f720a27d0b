"""A layer with a loss behind it, as one subject: what is wrong in one the other may make up for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.students.recipe import RecipeInstance

if TYPE_CHECKING:
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
