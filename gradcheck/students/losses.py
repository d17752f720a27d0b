"""Meet a loss: a class, a pair of functions, or one function that gives value and gradient."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.students.adapter import Input
from gradcheck.students.arguments import (
    Argument,
    arguments_of,
    arrays_among,
    filled,
    returned_names,
    source_of,
)
from gradcheck.students.arrays import get, written
from gradcheck.students.candidate import Candidate
from gradcheck.students.construct import proposals
from gradcheck.students.objects import NotPlaced, method, told_source
from gradcheck.students.places import gradients_of, output_of, state_of
from gradcheck.students.recipe import Call, Recipe, RecipeInstance, Slot, Source
from gradcheck.students.setting import Setting, drawn
from gradcheck.students.vocabulary import (
    LOGITS,
    has,
    is_prediction,
    is_target,
    plain,
    role_of,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcheck.records import Array
    from gradcheck.students.stock import Stock


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


def place_loss(
    candidate: Candidate, setting: Setting, stock: Stock, options: Mapping[str, Any]
) -> tuple[Recipe, dict[str, str], str]:
    """Return the recipe of a loss, what was taken for what, and its role.

    Raises
    ------
    NotPlaced
        Where it cannot be called with a prediction and a target.
    """
    build, value, gradient = _callables(candidate, setting, stock, options)
    root = build()
    arguments = arguments_of(value(root)) or []
    arrays = arrays_among(arguments)
    if len(arrays) != 2:
        raise NotPlaced(
            f"its value takes {len(arrays)} arrays, must take a prediction and a target"
        )
    order = order_of(arrays, str(options.get("order", "")))
    text = source_of(candidate.thing)
    errors: list[str] = []
    kinds = _target_kinds(candidate, order, text, options)
    for layout in _settings(setting):
        for targets in kinds:
            inputs = _inputs(layout, targets, "y")
            try:
                found = _try(candidate, build, value, gradient, order, layout, inputs)
            except NotPlaced:
                raise
            except Exception as error:  # noqa: BLE001 - foreign code
                errors.append(f"{type(error).__name__}: {error}")
                continue
            if found is not None:
                recipe, told, role = found
                told |= {"target": order.target, "target because": order.why,
                         "targets are": targets}  # fmt: skip
                return recipe, told, role
    raise NotPlaced("; ".join(dict.fromkeys(errors)) or "its value is no number")


def place_given(
    loss: Callable[..., Any], gradient: Callable[..., Any], y: Array, t: Array
) -> tuple[Recipe, dict[str, str], str]:
    """Return the recipe of a value and a gradient for a given prediction and target.

    Raises
    ------
    NotPlaced
        Where the value cannot be called with both, or is no number.
    """
    name = getattr(loss, "__name__", type(loss).__name__)
    candidate = Candidate(kind="loss-pair", name=name, role=role_of(name) or "other", thing=loss)
    arrays = arrays_among(arguments_of(loss) or [])
    if len(arrays) != 2:
        raise NotPlaced(f"it takes {len(arrays)} arrays, must take a prediction and a target")
    setting = Setting(orientation="1d" if y.ndim == 1 else "batch_features")
    setting = replace(setting, sizes=replace(setting.sizes, batch=y.shape[0] if y.ndim else 1))
    inputs = (Input(name="y", shape=y.shape), Input(name="t", shape=t.shape, constant=True))
    try:
        found = _try(
            candidate, lambda: None, lambda _: loss, lambda _: gradient, order_of(arrays),
            setting, inputs, (y, t),
        )  # fmt: skip
    except NotPlaced:
        raise
    except Exception as error:
        raise NotPlaced(f"its value raised {type(error).__name__}: {error}") from error
    if found is None:
        raise NotPlaced("its value is no number")
    recipe, told, role = found
    return replace(recipe, inputs=inputs), told, role


def _settings(setting: Setting) -> list[Setting]:
    """Return the file's layout, then those in which a loss that fits no other is written."""
    others = [Setting(orientation=o, reason="only this fits", sizes=setting.sizes)
              for o in ("batch_features", "features_batch", "1d", "row", "column")]  # fmt: skip
    return [setting, *(one for one in others if one.orientation != setting.orientation)]


def _callables(
    candidate: Candidate, setting: Setting, stock: Stock, options: Mapping[str, Any]
) -> tuple[Callable[[], Any], Callable[[Any], Any], Callable[[Any], Any] | None]:
    kind = candidate.thing
    if not isinstance(kind, type):
        gradient = candidate.backward
        if candidate.kind == "loss-gradient":
            return (lambda: None), (lambda _: candidate.forward), None
        if candidate.kind == "flag":
            flag = {str(candidate.backward): True}
            return (
                (lambda: None),
                (lambda _: candidate.forward),
                (lambda _: partial(candidate.forward, **flag)),
            )
        return (lambda: None), (lambda _: candidate.forward), (lambda _: gradient)
    errors = []
    for proposal in proposals(kind, setting.sizes, stock, options.get("arguments")):

        def build(proposal: Any = proposal) -> Any:
            positional, keywords = proposal()
            return kind(*positional, **keywords)

        try:
            build()
        except Exception as error:  # noqa: BLE001 - foreign code
            errors.append(f"{type(error).__name__}: {error}")
            continue
        return build, method(candidate.forward), method(candidate.backward)
    raise NotPlaced(f"its constructor raised {errors[0] if errors else 'an error'}")


def _target_kinds(
    candidate: Candidate, order: Order, text: str, options: Mapping[str, Any]
) -> list[str]:
    """Return what targets may be, the likeliest first."""
    if options.get("targets"):
        return [str(options["targets"])]
    if candidate.role in ("cross_entropy", "softmax_cross_entropy"):
        labelled = (
            "arange" in text
            or "range(" in text
            or has(order.target, {"labels", "label", "index", "class", "classes"})
        )
        one_hot = "one-hot" in text.lower() or "onehot" in plain(text) or "ndim" in text \
            or ".shape) ==" in text  # fmt: skip
        if labelled and not one_hot:
            return ["labels", "one-hot"]
        return ["one-hot", "labels"]
    return ["real", "labels"]


def _inputs(setting: Setting, targets: str, name: str) -> tuple[Input, Input]:
    features = setting.sizes.outputs
    shape, axis = setting.shape(features), setting.feature_axis
    layout = setting.layout
    prediction = Input(name=name, shape=shape, axis=axis, layout=layout)
    if targets == "labels":
        target = Input(name="t", shape=(setting.batch,), values="labels", classes=features,
                       layout="labels", constant=True)  # fmt: skip
    else:
        target = Input(name="t", shape=shape, values=targets, axis=axis, layout=layout,
                       constant=True)  # fmt: skip
    return prediction, target


def values_of(one: Input, seed: int = 0) -> Array:
    """Return values for a trial of one input."""
    rng = np.random.default_rng([5, seed])
    if one.values == "labels":
        return rng.integers(0, one.classes, one.shape)
    if one.values == "one-hot":
        axis = one.axis % len(one.shape)
        examples = [n for k, n in enumerate(one.shape) if k != axis]
        picked = rng.integers(0, one.shape[axis], examples)
        hot = np.eye(one.shape[one.axis])[picked]
        return np.moveaxis(hot, -1, one.axis) if hot.ndim == len(one.shape) else hot
    if one.values == "probability":
        powers = np.exp(drawn(one.shape, seed))
        return powers / powers.sum(axis=one.axis, keepdims=True)  # type: ignore[no-any-return]
    return drawn(one.shape, seed)


def _try(  # noqa: C901 - a value may be a number, a vector, an array, or not be one
    candidate: Candidate,
    build: Callable[[], Any],
    value: Callable[[Any], Any],
    gradient: Callable[[Any], Any] | None,
    order: Order,
    setting: Setting,
    inputs: tuple[Input, Input],
    values: tuple[Array, ...] = (),
) -> tuple[Recipe, dict[str, str], str] | None:
    root = build()
    arguments = arguments_of(value(root)) or []
    slots: dict[str, Slot] = {order.prediction: ("input", 0), order.target: ("input", 1)}
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
    given = values or [values_of(one, k) for k, one in enumerate(recipe.inputs)]
    returned = call_with(recipe.forward, root, given)
    output = output_of(returned, root, state)
    if output is None:
        return None
    y = np.asarray(get(returned if output.kind == "forward" else root, output.place))
    if y.dtype.kind not in "fiu":
        return None
    if y.shape == prediction.shape and y.size > 1:
        recipe = replace(recipe, scaled=False, local=True)
    elif y.size > 1:
        if y.size != setting.batch:
            return None
        recipe = replace(recipe, averaged=True)
    recipe = replace(recipe, output=output)
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


def call_with(call: Call, root: Any, inputs: Sequence[Array]) -> Any:
    """Return what a call gives for these inputs, on copies."""

    def value(slot: Slot) -> Any:
        return np.array(inputs[slot[1]]) if slot[0] == "input" else slot[1]

    return call.function(root)(
        *map(value, call.arguments), **{k: value(s) for k, s in call.keywords.items()}
    )


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
        target = values_of(inputs[1], 1)
        chances = values_of(replace(inputs[0], values="probability"), 2)
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
    arrays = _gradient_slots(arguments, order)
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


def _gradient_slots(arguments: Sequence[Argument], order: Order) -> dict[str, Slot]:
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
            len(others) == 1 and not targets and _upstream_like(name) and name != order.prediction
        )
        slots[name] = ("upstream", None) if upstream and _upstream_like(name) else ("input", 0)
    return slots


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


def _ty(order: Order, arrays: Sequence[Argument]) -> bool:
    return arrays[1].name == order.prediction


def _upstream_like(name: str) -> bool:
    tokens = set(words(name))
    return bool(tokens & {"grad", "gradient", "upstream", "dout", "error", "delta"})


__all__ = ["Order", "call_with", "order_of", "place_loss", "values_of", "written"]
