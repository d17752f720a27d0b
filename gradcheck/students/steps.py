"""Find the way in which a file updates the parameters of its layers, and use it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.students.arguments import arguments_of
from gradcheck.students.arrays import get, reachable
from gradcheck.students.draw import drawn
from gradcheck.students.find import own
from gradcheck.students.following import RecipeInstance
from gradcheck.students.methods import step_method
from gradcheck.students.naming import is_optimizer, plain, stem_of_gradient, words
from gradcheck.students.vocabulary import STEP

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gradcheck.students.arguments import Argument
    from gradcheck.students.recipe import Recipe

Way = Callable[[Any, float], Any]


def step_of(recipe: Recipe, namespace: Mapping[str, Any], module: str) -> Way | None:
    """Return step(root, rate) that the file itself would use on this object, or None.

    The first way that runs and changes a parameter is taken; what it does to them is judged later.
    """
    if not recipe.parameters:
        return None
    if any(source is not None and source.kind == "update" for source in recipe.gradients):
        return _done
    root = recipe.build()
    for way in _ways(type(root), namespace, module):
        if _moves(recipe, way):
            return way
    return None


def _moves(recipe: Recipe, way: Way) -> bool:
    values = [drawn(one.shape, 3 + k) for k, one in enumerate(recipe.inputs)]
    instance = RecipeInstance(recipe)
    try:
        y = np.asarray(instance.forward(*values))
        instance.backward(drawn(y.shape, 9))
        before = {place: np.array(get(instance.root, place))
                  for places in recipe.parameters.values() for place in places}  # fmt: skip
        way(instance.root, 0.5)
        after = {place: np.array(get(instance.root, place)) for place in before}
    except Exception:  # noqa: BLE001 - foreign code: then it is not the way
        return False
    return any(
        before[place].shape == after[place].shape
        and not np.array_equal(before[place], after[place])
        for place in before
    )


def _ways(kind: type, namespace: Mapping[str, Any], module: str) -> Iterator[Way]:
    name = step_method(kind)
    if name:
        yield lambda root, rate: _call(getattr(root, name), root, rate)
    for label, thing in namespace.items():
        if not own(thing, module, label):
            continue
        if isinstance(thing, type) and is_optimizer(label):
            yield from _optimizer(thing)
        elif callable(thing) and not isinstance(thing, type) and plain(label) in map(plain, (
            *STEP, "sgd", "gradient_descent", "sgd_step", "update_layer")):  # fmt: skip
            yield partial(_call, thing)


def _optimizer(kind: type) -> Iterator[Way]:
    for name in STEP:
        if not callable(getattr(kind, name, None)):
            continue

        def way(root: Any, rate: float, name: str = name) -> Any:
            made = kind(**_filled(arguments_of(kind) or [], root, rate))
            return _call(getattr(made, name), root, rate)

        yield way


def _call(function: Callable[..., Any], root: Any, rate: float) -> Any:
    return function(**_filled(arguments_of(function) or [], root, rate))


def _filled(arguments: list[Argument], root: Any, rate: float) -> dict[str, Any]:
    """Return what goes in for each argument of an update.

    Raises
    ------
    LookupError
        Where one is not understood.
    """
    values: dict[str, Any] = {}
    for argument in arguments:
        if argument.kind == "rate":
            values[argument.name] = rate
        elif argument.required:
            values[argument.name] = _value(argument, root)
    return values


def _value(argument: Argument, root: Any) -> Any:
    name = argument.name
    tokens = set(words(name))
    if tokens & {"layers", "modules", "network", "net", "nn"}:
        return [root] if tokens & {"layers", "modules"} or not hasattr(root, "layers") else root
    if tokens & {"layer", "module", "model", "self", "obj"}:
        return root
    if tokens & {"params", "parameters"}:
        held = getattr(root, "params", None) or getattr(root, "parameters", None)
        return held() if callable(held) else held
    if tokens & {"grads", "gradients"}:
        held = getattr(root, "grads", None) or getattr(root, "gradients", None)
        return held() if callable(held) else held
    stem = stem_of_gradient(name)
    if stem:
        for one in reachable(root):
            if stem_of_gradient(one.name) == stem:
                return one.array
    raise LookupError(name)


def _done(_root: Any, _rate: float) -> None:
    """Do nothing: backward has updated the parameters already."""
