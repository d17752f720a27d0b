"""Try a recipe on some data: whether it runs, and whether its gradients add up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.isolation import isolated
from gradcheck.students.draw import drawn
from gradcheck.students.following import RecipeInstance

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.recipe import Call, Recipe, Slot


def complete(recipe: Recipe, values: Sequence[Array]) -> bool:
    """Say whether backward runs on these values and gives each gradient in its input's shape."""
    instance = RecipeInstance(recipe)
    try:
        with isolated():
            y = np.asarray(instance.forward(*[v.copy() for v in values]))
            gradients = instance.backward(drawn(y.shape, 9))
    except Exception:  # noqa: BLE001 - foreign code
        return False
    return all(
        one.constant or (gradient is not None and np.shape(gradient) == value.shape)
        for one, gradient, value in zip(recipe.inputs, gradients, values, strict=True)
    )


def accumulating(recipe: Recipe, values: Sequence[Array]) -> list[str]:
    """Return the gradients that add up unless they are set to zero, as a file documents it."""
    if not recipe.zeroed:
        return []
    instance = RecipeInstance(replace(recipe, zeroed=()))
    try:
        with isolated():
            y = np.asarray(instance.forward(*[v.copy() for v in values]))
            upstream = drawn(y.shape, 9)
            first = [np.array(g) for g in instance.backward(upstream.copy())]
            second = [np.array(g) for g in instance.backward(upstream.copy())]
    except Exception:  # noqa: BLE001 - told by the check
        return []
    return [
        f"d{one.name}"
        for one, g, again in zip(recipe.inputs, first, second, strict=True)
        if g.shape == again.shape and g.dtype.kind == "f" and g.any() and np.allclose(again, 2 * g)
    ]


def call_with(call: Call, root: Any, inputs: Sequence[Array]) -> Any:
    """Return what a call gives for these inputs, on copies."""

    def value(slot: Slot) -> Any:
        return np.array(inputs[slot[1]]) if slot[0] == "input" else slot[1]

    return call.function(root)(
        *map(value, call.arguments), **{k: value(s) for k, s in call.keywords.items()}
    )
