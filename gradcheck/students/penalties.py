"""Meet a penalty on weights: a function of them alone, and its gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.adapter import Input
from gradcheck.students.arguments import arguments_of, arrays_among, filled
from gradcheck.students.draw import trial_of
from gradcheck.students.following import RecipeInstance
from gradcheck.students.naming import symbol_of
from gradcheck.students.recipe import Call, NotPlaced, Recipe, Source

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcheck.students.candidate import Candidate
    from gradcheck.students.recipe import Slot
    from gradcheck.students.setting import Setting

STRENGTH = 0.7
"""Of the penalty: no power of 2, and not 1."""


def place_penalty(candidate: Candidate, setting: Setting) -> tuple[Recipe, dict[str, str]]:
    """Return the recipe of a penalty, and what was taken for what.

    Raises
    ------
    NotPlaced
        Where it does not give a number for weights.
    """
    sizes = setting.sizes
    value, gradient = candidate.forward, candidate.backward
    name, call = _called(value)
    weights = Input(name=symbol_of(name), shape=(sizes.inputs, sizes.outputs), parameter=True)
    both = gradient is value
    recipe = Recipe(
        build=lambda: None,
        inputs=(weights,),
        forward=call,
        backward=None if both else _called(gradient)[1],
        output=Source(kind="forward", place=(("item", 0),) if both else ()),
        gradients=(
            Source(kind="forward", place=(("item", 1),)) if both else Source(kind="backward"),
        ),
        scaled=True,
    )
    try:
        y = np.asarray(RecipeInstance(recipe).forward(trial_of(weights)))
    except Exception as error:
        raise NotPlaced(f"{type(error).__name__}: {error}") from error
    if y.size != 1 or y.dtype.kind not in "fiu":
        raise NotPlaced("its value is no number")
    return recipe, {"rule": "penalty", "its strength": str(STRENGTH)}


def _called(function: Callable[..., Any]) -> tuple[str, Call]:
    """Return the name of the weights, and how a function of them is called."""
    arguments = arguments_of(function) or []
    arrays = arrays_among(arguments)
    if len(arrays) != 1:
        raise NotPlaced(f"{function.__name__} takes {len(arrays)} arrays, must take the weights")
    name = arrays[0].name
    slots: dict[str, Slot] = {
        a.name: ("value", STRENGTH) for a in arguments if a.kind in ("strength", "rate")
    }
    call = filled(arguments, {**slots, name: ("input", 0)})
    if call is None:
        raise NotPlaced(f"an argument of {function.__name__} is not understood")
    return name, Call(function=lambda _: function, arguments=call[0], keywords=call[1])
