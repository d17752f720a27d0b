"""Meet a layer that is a class: how its backward is called, and where its gradients are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.adapter import Input
from gradcheck.students.arguments import arguments_of, arrays_among, filled, upstream_among
from gradcheck.students.arrays import reachable, written
from gradcheck.students.draw import drawn
from gradcheck.students.following import RecipeInstance
from gradcheck.students.naming import plain
from gradcheck.students.parameters import Parameter, trained
from gradcheck.students.places import State, gradients_of, state_of
from gradcheck.students.recipe import Call, NotPlaced, Recipe, Source, method
from gradcheck.students.telling import rule_of, told_source
from gradcheck.students.texts import returned_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.arguments import Argument
    from gradcheck.students.arrays import Place
    from gradcheck.students.fit import Fit


def inputs_of(fit: Fit) -> tuple[Input, ...]:
    """Return the inputs of a layer: x, what else goes in, and its parameters."""
    rows = fit.kind == "rows"
    layouts = {
        p.name: _parameter_layout(p.array, rows=rows, known=bool(fit.kind)) for p in fit.parameters
    }
    axis = fit.setting.feature_axis
    return (
        _data(fit),
        *(
            Input(name=one.name, shape=one.array.shape, axis=axis, layout=fit.kind)
            for one in _beside(fit)
        ),
        *(
            Input(name=p.name, shape=p.array.shape, layout=layouts[p.name], parameter=True)
            for p in fit.parameters
        ),
    )


def _data(fit: Fit) -> Input:
    """Return the data: numbers with a gradient, or indices, which have none."""
    shape, axis = fit.x.shape, fit.setting.feature_axis
    if fit.classes:
        return Input(name="x", shape=shape, values="labels", classes=fit.classes, constant=True)
    return Input(name="x", shape=shape, axis=axis, layout=fit.kind)


def _beside(fit: Fit) -> list[Parameter]:
    """Return what goes in beside x, each as it is named: its gradient is looked for by that."""
    if not fit.names:
        return []
    taken = {"x", *(p.name for p in fit.parameters)}
    return [
        Parameter(
            name=f"{name}_" if name in taken else name, places=((("attr", name),),), array=array
        )
        for name, array in zip(fit.names, fit.given[1:], strict=True)
    ]


def _parameter_layout(array: Array, *, rows: bool, known: bool) -> str:
    if not known or array.ndim > 2:
        return ""
    if array.ndim == 1:
        return "vector"
    return "rows" if rows else "columns"


def backward_call(root: Any, name: str, size: int) -> tuple[Call, bool] | None:
    """Return how backward is called, and whether it takes an upstream gradient at all.

    None where an argument is not understood.
    """
    arguments = arguments_of(getattr(root, name))
    if arguments is None:
        return Call(function=method(name), arguments=(("upstream", None),)), True
    arrays: dict[str, tuple[str, Any]] = {}
    upstream = upstream_among([a for a in arguments if a.required] or arguments)
    others = [a for a in arrays_among(arguments) if upstream is None or a.name != upstream.name]
    if upstream is not None:
        arrays[upstream.name] = ("upstream", None)
    for other in others:
        slot = _other_array(other)
        if slot is None:
            return None
        arrays[other.name] = slot
    slots = filled(arguments, arrays, size=size)
    if slots is None:
        return None
    return Call(function=method(name), arguments=slots[0], keywords=slots[1]), upstream is not None


def _other_array(argument: Argument) -> tuple[str, Any] | None:
    flat = plain(argument.name)
    if flat in ("x", "input", "inputs", "aprev", "xin", "inp", "data", "inputdata", "inputtensor"):
        return ("input", 0)
    if flat in ("y", "output", "outputs", "out", "a", "z"):
        return ("y", None)
    return None


def recipe_of(fit: Fit, backward: str, *, words_of_zeroing: bool) -> tuple[Recipe, dict[str, str]]:
    """Return the recipe of a layer that ran forward, and what was taken for what.

    Parameters
    ----------
    fit : Fit
    backward : str
        Name of its backward method.
    words_of_zeroing : bool
        The file documents that gradients add up until they are set to zero.

    Raises
    ------
    NotPlaced
        Where an argument of backward is not understood.
    """
    inputs = inputs_of(fit)
    beside = _beside(fit)
    first = 1 + len(beside)
    base = Recipe(
        build=fit.build,
        inputs=inputs,
        forward=fit.forward,
        backward=None,
        output=fit.output,
        parameters={k + first: p.places for k, p in enumerate(fit.parameters)},
        warm=fit.warm,
        gradients=(None,) * len(inputs),
        coarse=fit.coarse,
    )
    trial = RecipeInstance(base)
    found = backward_call(trial.root, backward, fit.setting.batch)
    if found is None:
        raise NotPlaced(f"an argument of {backward} is not understood")
    call, upstream = found
    base = replace(base, backward=call, local=not upstream, rates=_rates(trial.root, call))
    values = fit.values()
    trial = RecipeInstance(base)
    sources: list[Source | None]
    try:
        y = np.asarray(trial.forward(*[v.copy() for v in values]))
        before = state_of(trial.root)
        trial.backward(drawn(y.shape, 9) if y.shape else np.asarray(0.7))
    except Exception:  # noqa: BLE001 - told by the check, with its place
        told_later = Source(kind="backward")
        sources = [*[told_later] * first, *[None] * len(fit.parameters)]
    else:
        sources = _sources(trial, backward, before, fit, beside)
    if any(source is None for source in sources[1:first]):
        raise NotPlaced(f"forward takes {first} arrays, and {backward} gives fewer gradients")
    kept = trained(fit.parameters, [source is not None for source in sources[first:]])
    if len(kept) < len(fit.parameters):
        return recipe_of(replace(fit, parameters=kept), backward, words_of_zeroing=words_of_zeroing)
    if fit.classes:
        sources[0] = None
    recipe = replace(base, gradients=tuple(sources))
    if words_of_zeroing:
        zeroed = tuple(s.place for s in sources[1:] if s is not None and s.kind == "state")
        recipe = replace(recipe, zeroed=zeroed)
    told = {
        "rule": rule_of(recipe),
        "orientation": fit.setting.orientation,
        "orientation because": fit.setting.reason,
    }
    for one, source in zip(inputs, recipe.gradients, strict=True):
        told[f"d{one.name}"] = told_source(source, backward)
    for k, p in enumerate(fit.parameters):
        told[p.name] = ", ".join(written(place) for place in recipe.parameters[k + first])
    return recipe, told


def _sources(
    trial: RecipeInstance,
    backward: str,
    before: State,
    fit: Fit,
    beside: Sequence[Parameter],
) -> list[Source | None]:
    """Return where the gradients are, after backward: of what goes in, then of the parameters."""
    names = returned_names(getattr(type(trial.root), backward, trial.root))
    held = (trial.backwarded, names, trial.root, before, fit.x)
    sources = gradients_of(*held, [*beside, *fit.parameters])
    if beside:
        # Those of what goes in may be all that backward returns.
        alone = gradients_of(*held, beside)
        for k in range(1, 1 + len(beside)):
            sources[k] = sources[k] or alone[k]
    return sources


def _rates(root: Any, call: Call) -> tuple[Place, ...]:
    """Return where an optimiser inside the layer keeps its learning rate."""
    if any(slot[0] == "rate" for slot in (*call.arguments, *call.keywords.values())):
        return ()
    places = []
    for one in _scalars(root):
        last = plain(str(one[-1][1]))
        if last in ("lr", "learningrate", "learnrate", "alpha", "eta") and (
            len(one) > 1 or last != "alpha"
        ):
            places.append(one)
    return tuple(places)


def _scalars(root: Any) -> Iterator[Place]:
    for one in reachable(root, scalars=True):
        if one.array.ndim == 0 and one.place and one.place[-1][0] == "attr":
            yield one.place


def documented_zeroing(text: str) -> bool:
    """Say whether a file has a way to set gradients to zero: then they add up by convention."""
    flat = plain(text)
    return any(word in flat for word in ("zerograd", "resetgrad", "cleargrad", "zerothegrad"))
