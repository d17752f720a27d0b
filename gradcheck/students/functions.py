"""Meet a layer that is a forward and a backward function, with or without a cache between them."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.adapter import Input
from gradcheck.students.arguments import arguments_of, arrays_among, filled, upstream_among
from gradcheck.students.arrays import get
from gradcheck.students.draw import drawn
from gradcheck.students.following import RecipeInstance
from gradcheck.students.naming import is_choice, plain, symbol_of
from gradcheck.students.parameters import Parameter
from gradcheck.students.places import gradients_of, output_of
from gradcheck.students.recipe import Call, NotPlaced, Recipe, Source
from gradcheck.students.shapes import of_images, shapings
from gradcheck.students.telling import telling_of, told_error, told_source
from gradcheck.students.texts import returned_names
from gradcheck.students.trials import call_with, complete
from gradcheck.students.vocabulary import AT_OUTPUT

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.arguments import Argument
    from gradcheck.students.candidate import Candidate
    from gradcheck.students.recipe import Slot
    from gradcheck.students.setting import Setting
    from gradcheck.students.shapes import Shaping

CHOICES = ("relu", "sigmoid", "tanh", "softmax")


def place_functions(
    candidate: Candidate, settings: Sequence[Setting]
) -> tuple[Recipe, dict[str, str], Setting]:
    """Return the recipe of a forward and a backward function, and the layout that fits.

    Raises
    ------
    NotPlaced
        Where forward runs at none of the layouts and shapes, or an argument is not understood.
    """
    forward = candidate.forward
    arguments = arguments_of(forward) or []
    arrays = [a for a in arrays_among(arguments) if not is_choice(a.name)]
    errors: list[str] = []
    first: tuple[Recipe, dict[str, str], Setting] | None = None
    choices = CHOICES if any(is_choice(a.name) for a in arguments) else ("",)
    images = of_images(candidate.name, arguments, arrays, settings[0])
    for group in (*(shapings(arrays, setting) for setting in settings), images):
        if first is not None:
            break
        for shaping, choice in product(group, choices):
            try:
                made = _try(candidate, arguments, shaping, choice)
            except NotPlaced:
                raise
            except Exception as error:  # noqa: BLE001 - foreign code
                errors.append(told_error(error))
                continue
            if made is not None and runs_whole(made[0]):
                return (*made, shaping.setting)
            if made is not None and first is None:
                first = (*made, shaping.setting)
    if first is not None:
        return first
    raise NotPlaced(telling_of(errors) or "nothing fits its arguments")


def _try(
    candidate: Candidate,
    arguments: Sequence[Argument],
    shaping: Shaping,
    choice: str,
) -> tuple[Recipe, dict[str, str]] | None:
    forward, backward = candidate.forward, candidate.backward
    arrays, setting, x = shaping.arrays, shaping.setting, shaping.x
    order = [x, *(k for k in range(len(arrays)) if k != x)]
    slots: dict[str, Slot] = {arrays[k].name: ("input", order.index(k)) for k in range(len(arrays))}
    slots |= {a.name: ("value", choice) for a in arguments if is_choice(a.name)}
    slots |= shaping.values
    call = filled(arguments, slots, size=setting.batch)
    if call is None:
        raise NotPlaced(f"an argument of {candidate.name} is not understood")
    inputs = _inputs(shaping, order)
    values = [drawn(one.shape, 1 + k) for k, one in enumerate(inputs)]
    recipe = Recipe(
        build=lambda: None,
        inputs=inputs,
        forward=Call(function=lambda _: forward, arguments=call[0], keywords=call[1]),
        backward=None,
        gradients=(None,) * len(inputs),
    )
    returned = call_with(recipe.forward, None, values)
    output = output_of(returned, None, {})
    if output is None:
        return None
    y = np.asarray(get(returned, output.place))
    if y.dtype.kind not in "fiu" or not _fits(y, inputs[0], shaping):
        return None
    recipe = replace(recipe, output=output)
    numbers = {a.name: order.index(k) for k, a in enumerate(arrays)}
    recipe = replace(
        recipe, backward=_backward(backward, returned, slots, numbers, choice, setting)
    )
    parameters = [
        Parameter(name=one.name, places=((("attr", arrays[k].name),),), array=values[place])
        for place, (k, one) in enumerate(zip(order, inputs, strict=True))
        if place > 0
    ]
    trial = RecipeInstance(recipe)
    sources: list[Source | None]
    try:
        trial.forward(*[v.copy() for v in values])
        trial.backward(drawn(y.shape, 9))
    except Exception:  # noqa: BLE001 - told by the check, with its place
        sources = [Source(kind="backward"), *[None] * len(parameters)]
    else:
        names = returned_names(backward)
        sources = gradients_of(trial.backwarded, names, None, {}, values[0], parameters)
    recipe = replace(recipe, gradients=tuple(sources))
    told = {"rule": "R7", "orientation": setting.orientation,
            "orientation because": setting.reason}  # fmt: skip
    for one, source in zip(inputs, sources, strict=True):
        told[f"d{one.name}"] = told_source(source, backward.__name__)
    return recipe, told


def _fits(y: Array, x: Input, shaping: Shaping) -> bool:
    setting = shaping.setting
    if not shaping.layout:
        return bool(y.size) and bool(np.isfinite(y).all())
    if y.ndim != len(x.shape):
        return y.ndim == 0
    if setting.layout == "vector":
        return True
    batch = 1 - setting.feature_axis
    return bool(y.shape[batch] == x.shape[batch])


def _inputs(shaping: Shaping, order: Sequence[int]) -> tuple[Input, ...]:
    arrays, shapes, setting = shaping.arrays, shaping.shapes, shaping.setting
    symbols = [symbol_of(arrays[k].name) for k in order]
    made = []
    for place, k in enumerate(order):
        symbol = symbols[place]
        name = "x" if place == 0 else symbol
        if place > 0 and symbols.count(symbol) > 1:
            name = arrays[k].name
        layout = shaping.layout
        if place > 0 and layout:
            layout = _layout(shapes[k], setting)
        made.append(
            Input(
                name=name,
                shape=shapes[k],
                layout=layout,
                parameter=place > 0,
                axis=setting.feature_axis if place == 0 else -1,
            )
        )
    return tuple(made)


def _layout(shape: tuple[int, ...], setting: Setting) -> str:
    if len(shape) == 1:
        return "vector"
    return "rows" if setting.layout == "rows" else "columns"


def runs_whole(recipe: Recipe) -> bool:
    """Say whether functions run on their data and give each gradient in its input's shape."""
    return complete(recipe, [drawn(one.shape, 1 + k) for k, one in enumerate(recipe.inputs)])


def _backward(
    backward: Callable[..., Any],
    returned: Any,
    forward_slots: Mapping[str, Slot],
    arrays: Mapping[str, int],
    choice: str,
    setting: Setting,
) -> Call:
    """Return how backward is called.

    Parameters
    ----------
    backward : callable
    returned : object
        What forward returned: of several things the second is taken for a cache.
    forward_slots : mapping of str to Slot
        What went into forward, by its arguments' names.
    arrays : mapping of str to int
        Names of forward's arrays, and which input each is.
    choice : str
        Of an activation.
    setting : Setting

    Raises
    ------
    NotPlaced
        Where an argument is not understood.
    """
    arguments = arguments_of(backward) or []
    needed = [a for a in arguments if a.required and a.kind != "fraction"]
    several = isinstance(returned, tuple) and len(returned) >= 2
    cache: Slot = ("cache", (("item", 1),)) if several else ("y", None)
    upstream = upstream_among([a for a in needed if not is_choice(a.name)])
    slots: dict[str, Slot] = {}
    for argument in needed:
        if is_choice(argument.name):
            slots[argument.name] = ("value", choice)
        elif upstream is not None and argument.name == upstream.name:
            slots[argument.name] = ("upstream", None)
        elif argument.name in forward_slots:
            slots[argument.name] = forward_slots[argument.name]
        elif argument.kind == "cache" or (several and len(needed) == 2):
            slots[argument.name] = cache
        else:
            other: Slot | None = ("input", 0) if len(needed) == 2 else None
            slot = _by_name(argument.name, arrays) or (cache if several else other)
            if slot is None:
                raise NotPlaced(f"the argument {argument.name} of {backward.__name__} "
                                "is not understood")  # fmt: skip
            slots[argument.name] = slot
    call = filled(arguments, slots, size=setting.batch)
    if call is None:
        raise NotPlaced(f"an argument of {backward.__name__} is not understood")
    return Call(function=lambda _: backward, arguments=call[0], keywords=call[1])


def _by_name(name: str, arrays: Mapping[str, int]) -> Slot | None:
    """Return what an argument of backward is by its name: y, or what has the symbol in forward."""
    if plain(name) in AT_OUTPUT:
        return ("y", None)
    alike = [k for other, k in arrays.items() if symbol_of(other) == symbol_of(name)]
    return ("input", alike[0]) if alike else None
