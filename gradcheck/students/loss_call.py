"""Call a loss with a prediction and a target, and see what comes out: the recipe of a loss."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.arguments import arguments_of, empty_models, filled
from gradcheck.students.arrays import get
from gradcheck.students.draw import trial_of
from gradcheck.students.following import RecipeInstance
from gradcheck.students.naming import has
from gradcheck.students.order import gradient_slots
from gradcheck.students.places import gradients_of, output_of, state_of
from gradcheck.students.recipe import Call, NotPlaced, Recipe, Source
from gradcheck.students.telling import told_source
from gradcheck.students.texts import returned_names
from gradcheck.students.trials import call_with
from gradcheck.students.vocabulary import LOGITS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.adapter import Input
    from gradcheck.students.candidate import Candidate
    from gradcheck.students.order import Order
    from gradcheck.students.recipe import Slot
    from gradcheck.students.setting import Setting


def met_with(
    candidate: Candidate,
    build: Callable[[], Any],
    value: Callable[[Any], Any],
    gradient: Callable[[Any], Any] | None,
    order: Order,
    setting: Setting,
    inputs: tuple[Input, Input],
    values: tuple[Array, ...] = (),
) -> tuple[Recipe, dict[str, str], str] | None:
    """Return the recipe of a loss, what was taken for what, and its role; None if it is no number.

    Parameters
    ----------
    candidate : Candidate
    build : callable
        Returns the root: an object, or None for functions.
    value, gradient : callable
        Take the function of the value, and that of the gradient, from the root; no gradient where
        the value's function gives both.
    order : Order
    setting : Setting
    inputs : (prediction, target)
    values : (prediction, target) of Array, optional
        What they are tried with; drawn if left out.

    Raises
    ------
    NotPlaced
        Where an argument is not understood.
    Exception
        What the code raises.
    """
    root = build()
    arguments = arguments_of(value(root)) or []
    slots: dict[str, Slot] = {order.prediction: ("input", 0), order.target: ("input", 1)}
    slots |= empty_models(arguments)
    call = filled(arguments, slots, size=setting.batch)
    if call is None:
        raise NotPlaced("an argument of its value is not understood")
    recipe = Recipe(
        build=build,
        inputs=inputs,
        forward=Call(function=value, arguments=call[0], keywords=call[1]),
        backward=None,
        gradients=(None, None),
        scaled=True,
    )
    role, logits = _role(candidate, recipe, order, inputs, values)
    prediction, target = inputs
    if role == "softmax_cross_entropy" or logits:
        prediction = replace(prediction, name="x", values="logit")
    elif role == "cross_entropy":
        prediction = replace(prediction, values="probability")
    recipe = replace(recipe, inputs=(prediction, target))
    root = build()
    state = state_of(root)
    given = values or [trial_of(one, k) for k, one in enumerate(recipe.inputs)]
    returned = call_with(recipe.forward, root, given)
    output = output_of(returned, root, state)
    if output is None:
        return None
    y = np.asarray(get(returned if output.kind == "forward" else root, output.place))
    if y.dtype.kind not in "fiu":
        return None
    shaped = _by_shape(recipe, y, prediction, setting.batch)
    if shaped is None:
        return None
    recipe = replace(shaped, output=output)
    if gradient is None:
        second = replace(output, place=(("item", 1),))
        recipe = replace(recipe, gradients=(second, None))
        backward_name = "the second thing that it returns"
    else:
        recipe, backward_name = _with_gradient(recipe, gradient, order, setting, given)
    told = {
        "rule": "loss",
        "orientation": setting.orientation,
        f"d{prediction.name}": told_source(recipe.gradients[0], backward_name)
        if gradient is not None
        else backward_name,
    }
    if prediction.name == "x":
        told["gradient with respect to"] = "the logits"
    return recipe, told, role


def _role(
    candidate: Candidate,
    recipe: Recipe,
    order: Order,
    inputs: tuple[Input, Input],
    values: tuple[Array, ...],
) -> tuple[str, bool]:
    """Return the role, and whether the prediction is logits: by names, and by how the value moves.

    The value of softmax and cross entropy together does not change where a number is added to all
    logits; that of probabilities does.
    """
    role = candidate.role
    if role == "mse" or role == "other":
        return role, False
    named = role == "softmax_cross_entropy" or has(order.prediction, LOGITS)
    if values:
        chances, target = (np.array(value) for value in values)
    else:
        target = trial_of(inputs[1], 1)
        chances = trial_of(replace(inputs[0], values="probability"), 2)
    try:
        with np.errstate(all="ignore"):
            here = _number(recipe, (chances, target))
            there = _number(recipe, (chances + 0.25, target))
    except Exception:  # noqa: BLE001 - foreign code; names decide
        return role, named
    shifted = bool(np.isfinite(here) and abs(here - there) <= 1e-9 * max(1.0, abs(here)))
    if shifted:
        return "softmax_cross_entropy", True
    if role == "softmax_cross_entropy" and np.isfinite(here):
        # Named after softmax, but written for probabilities: the gradient may be for the logits.
        return "cross_entropy", False
    return role, False if np.isfinite(here) else named


def _number(recipe: Recipe, inputs: Sequence[Array]) -> float:
    root = recipe.build()
    state = state_of(root)
    returned = call_with(recipe.forward, root, inputs)
    output = output_of(returned, root, state)
    assert output is not None  # noqa: S101 - a missing one is told by the caller
    source = returned if output.kind == "forward" else root
    return float(np.mean(np.asarray(get(source, output.place), dtype=float)))


def _with_gradient(
    recipe: Recipe,
    gradient: Callable[[Any], Any],
    order: Order,
    setting: Setting,
    given: Sequence[Array],
) -> tuple[Recipe, str]:
    trial = RecipeInstance(recipe)
    trial.forward(*[np.array(v) for v in given])
    function = gradient(trial.root)
    arguments = arguments_of(function) or []
    name = getattr(function, "__name__", "gradient")
    models = empty_models(arguments)
    arrays = gradient_slots([a for a in arguments if a.name not in models], order) | models
    if recipe.inputs[0].name == "x":
        arrays = _with_output(arrays, order, trial)
    call = filled(arguments, arrays, size=setting.batch)
    if call is None:
        raise NotPlaced(f"an argument of {name} is not understood")
    scaled = recipe.scaled
    if any(slot == ("upstream", None) for slot in (*call[0], *call[1].values())):
        recipe = replace(recipe, scaled=False)
    recipe = replace(
        recipe,
        backward=Call(function=gradient, arguments=call[0], keywords=call[1]),
        gradients=(Source(kind="backward"), None),
    )
    trial = RecipeInstance(recipe)
    try:
        y = np.asarray(trial.forward(*[np.array(v) for v in given]))
        before = state_of(trial.root)
        trial.backward(np.ones(y.shape))
    except Exception:  # noqa: BLE001 - told by the check, with its place
        return replace(recipe, scaled=scaled), name
    sources = gradients_of(
        trial.backwarded, returned_names(inspect.unwrap(function)), trial.root, before, given[0], []
    )
    return replace(recipe, gradients=(sources[0], None)), name


def _with_output(slots: dict[str, Slot], order: Order, trial: RecipeInstance) -> dict[str, Slot]:
    """Hand in the probabilities that forward left in the object, where an argument means those."""
    output = (("attr", "output"),)
    held = getattr(trial.root, "output", None)
    if not isinstance(held, np.ndarray):
        return slots
    return {
        name: ("state", output) if slot == ("input", 0) and name != order.prediction else slot
        for name, slot in slots.items()
    }


def _by_shape(recipe: Recipe, y: Array, prediction: Input, batch: int) -> Recipe | None:
    """Return the recipe for a value of y's shape: a number, or one an example, or one an entry."""
    if y.size <= 1:
        return recipe
    if y.shape == prediction.shape:
        return replace(recipe, scaled=False, local=True)
    return replace(recipe, averaged=True) if y.size == batch else None
