"""Meet whole networks that take data and targets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.students.adapter import Input
from gradcheck.students.arguments import arguments_of, arrays_among, filled
from gradcheck.students.arrays import get, reachable, written
from gradcheck.students.construct import proposals
from gradcheck.students.dependence import with_parameters
from gradcheck.students.draw import drawn, trial_of
from gradcheck.students.fit import Fit
from gradcheck.students.following import RecipeInstance
from gradcheck.students.layers import inputs_of
from gradcheck.students.methods import method_of
from gradcheck.students.naming import is_prediction, is_target, plain, words
from gradcheck.students.order import order_of
from gradcheck.students.parameters import trained
from gradcheck.students.places import gradients_of, output_of, state_of
from gradcheck.students.recipe import Call, NotPlaced, Recipe, method
from gradcheck.students.telling import rule_of, told_error, told_source
from gradcheck.students.texts import returned_names, source_of
from gradcheck.students.vocabulary import FORWARD, LOSS_VALUE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcheck.records import Array
    from gradcheck.students.arguments import Argument
    from gradcheck.students.candidate import Candidate
    from gradcheck.students.recipe import Source
    from gradcheck.students.setting import Setting
    from gradcheck.students.stock import Stock


class Crashed(NotPlaced):
    """The loss of a network runs and its backward raises: met all the same, the check says where.

    Attributes
    ----------
    found : (recipe, told, setting)
    """

    def __init__(
        self, error: Exception, recipe: Recipe, told: dict[str, str], setting: Setting
    ) -> None:
        super().__init__(told_error(error))
        self.found = recipe, told, setting


def place_network(
    candidate: Candidate, settings: Sequence[Setting], stock: Stock, options: Mapping[str, Any]
) -> tuple[Recipe, dict[str, str], Setting]:
    """Return the recipe of a whole network.

    Raises
    ------
    NotPlaced
        Where no loss of (data, target) can be called; `Crashed` where one can, and backward raises.
    """
    kind, gradient = candidate.thing, candidate.backward
    text = source_of(kind)
    errors: list[str] = []
    crashed: Crashed | None = None
    targets = [str(options["targets"])] if options.get("targets") else _targets(text)
    for setting in settings:
        for proposal in proposals(kind, setting.sizes, stock, options.get("arguments")):

            def build(proposal: Any = proposal) -> Any:
                positional, keywords = proposal()
                return kind(*positional, **keywords)

            for value in _values(kind, gradient, stock):
                for target in targets:
                    try:
                        found = _try(build, value, gradient, setting, target)
                    except Crashed as error:
                        crashed = crashed or error
                        continue
                    except Exception as error:  # noqa: BLE001 - foreign code
                        errors.append(told_error(error))
                        continue
                    if found is not None:
                        return (*found, setting)
    if crashed is not None:
        raise crashed
    raise NotPlaced((errors or ["it has no loss that takes data and targets"])[0])


def _targets(text: str) -> list[str]:
    flat = plain(text)
    classes = "softmax" in flat or "nplog" in flat or "crossentropy" in flat
    return ["one-hot", "labels", "real"] if classes else ["real", "one-hot", "labels"]


Value = tuple[str, Callable[[Any], Callable[..., Any]], bool]


def _values(kind: type, gradient: str, stock: Stock) -> Iterator[Value]:
    """Yield what may give the loss: (name, function of the root, whether it updates)."""
    names = ("loss", "cost", "compute_loss", "compute_cost", "calculate_loss", "J",
             "cost_function", "get_loss", "calc_loss", "total_loss", "total_cost", "loss_function",
             "objective", "error", *LOSS_VALUE)  # fmt: skip
    forward = method_of(kind, FORWARD)
    for name in dict.fromkeys(names):
        if name == gradient or not method_of(kind, (name,)):
            continue
        arrays = [a.name for a in arrays_among((arguments_of(getattr(kind, name)) or [])[1:])]
        if len(arrays) != 2:
            continue
        outputs = [is_prediction(a) and not _is_data(a) for a in arrays]
        if forward and outputs.count(True) == 1 and not any(map(_is_data, arrays)):
            yield f"{name} of {forward}", _of_outputs(name, forward, turned=outputs[1]), False
        else:
            yield name, method(name), False
    yield gradient, method(gradient), True
    pair, made = stock.loss_pair, stock.loss
    if forward and pair is not None:
        value = pair[0]
        order = order_of(arrays_among(arguments_of(value) or [])[:2])
        first = (arguments_of(value) or [])[0].name == order.target

        def composed(root: Any) -> Callable[..., Any]:
            def loss(X: Any, Y: Any) -> Any:
                y = getattr(root, forward)(X)
                return value(Y, y) if first else value(y, Y)

            return loss

        yield f"{value.__name__} of {forward}", composed, False
    if forward and made is not None and hasattr(made(), "forward"):
        yield (
            f"the loss of {forward}",
            lambda root: lambda X, Y: made().forward(getattr(root, forward)(X), Y),
            False,
        )


def _is_data(name: str) -> bool:
    """Say whether a name stands for data, or may stand for it as well as for an output."""
    return bool(set(words(name)) & {"x", "xs", "input", "inputs", "data", "features", "a"})


def _of_outputs(
    name: str, forward: str, *, turned: bool
) -> Callable[[Any], Callable[[Any, Any], Any]]:
    """Return the loss of (data, targets) where the method takes outputs and targets."""

    def made(root: Any) -> Callable[[Any, Any], Any]:
        def loss(X: Any, Y: Any) -> Any:
            y = getattr(root, forward)(X)
            return getattr(root, name)(Y, y) if turned else getattr(root, name)(y, Y)

        return loss

    return made


def _try(
    build: Callable[[], Any], value: Value, gradient: str, setting: Setting, targets: str
) -> tuple[Recipe, dict[str, str]] | None:
    name, function, updates = value
    root = build()
    arguments = arguments_of(function(root)) or []
    arrays = arrays_among(arguments)
    if len(arrays) != 2:
        return None
    slots = {arrays[0].name: ("input", 0), arrays[1].name: ("input", 1)}
    if is_target(arrays[0].name) and not is_target(arrays[1].name):
        slots = {arrays[1].name: ("input", 0), arrays[0].name: ("input", 1)}
    call = filled(arguments, slots, size=setting.batch)
    if call is None:
        return None
    x = drawn(setting.shape(setting.sizes.inputs))
    shape = _shape_of_output(build, x) or setting.shape(setting.sizes.outputs)
    target = _target(setting, targets, shape)
    forward = Call(function=function, arguments=call[0], keywords=call[1])
    given = (x, trial_of(target))
    state = state_of(root)
    early = {one.place for one in reachable(root)}
    bare = Recipe(build=build, inputs=(), forward=forward, backward=None)
    instance = RecipeInstance(bare)
    instance.root = root
    returned = instance.call(forward, tuple(g.copy() for g in given))
    output = output_of(returned, root, state)
    if output is None or (output.kind == "state"):
        return None
    number = np.asarray(get(returned, output.place))
    if number.size != 1 or number.dtype.kind not in "fiu":
        return None
    fit = Fit(build=build, setting=setting, given=given, y=(), forward=forward, output=output,
              kind=setting.layout)  # fmt: skip
    lazy = [one for one in reachable(root) if one.place not in early]
    fit = with_parameters(fit, root, lazy)
    if not fit.parameters:
        return None
    return _recipe(fit, target, gradient, slots, updates=updates, name=name)


def _shape_of_output(build: Callable[[], Any], x: Array) -> tuple[int, ...] | None:
    """Return the shape of what the network's forward makes of x, None where that does not tell.

    Its last layer may have a size of its own. A target of another one is spread over the outputs
    without an error, and may then fit at one example alone.
    """
    root = build()
    forward = method_of(type(root), FORWARD)
    try:
        y = getattr(root, forward)(x.copy()) if forward else None
    except Exception:  # noqa: BLE001 - foreign code: told where it is called with targets
        return None
    if not isinstance(y, np.ndarray) or y.size == 0:
        return None
    return y.shape if y.ndim == x.ndim or (y.ndim == 1 and len(y) == len(x)) else None


def _target(setting: Setting, values: str, shape: tuple[int, ...]) -> Input:
    """Return the targets for outputs of a shape: of a single output they are 0 and 1, or real."""
    flat = len(shape) == 1 and setting.layout != "vector"
    single = flat or shape[setting.feature_axis] == 1
    target = Input(name="t", shape=shape, values=values, axis=-1 if flat else setting.feature_axis,
                   layout="" if flat else setting.layout, constant=True)  # fmt: skip
    if values == "labels" and not single:
        return replace(target, shape=(setting.batch,), classes=shape[setting.feature_axis],
                       layout="labels", axis=-1)  # fmt: skip
    if values in ("labels", "one-hot") and single:
        return replace(target, values="labels", classes=2)
    return target


def _recipe(
    fit: Fit, target: Input, gradient: str, slots: Mapping[str, Any], *, updates: bool, name: str
) -> tuple[Recipe, dict[str, str]] | None:
    x, *parameters = inputs_of(fit)
    root = fit.build()
    arguments = arguments_of(getattr(root, gradient)) or []
    arrays = arrays_among(arguments)
    places = {k + 2: p.places for k, p in enumerate(fit.parameters)}
    call = filled(arguments, _own(arrays, slots), size=fit.setting.batch)
    if call is None:
        return None
    recipe = Recipe(
        build=fit.build,
        inputs=(x, target, *parameters),
        forward=fit.forward,
        backward=Call(function=method(gradient), arguments=call[0], keywords=call[1]),
        output=fit.output,
        parameters=places,
        gradients=(None,) * (len(parameters) + 2),
        scaled=True,
        warm=fit.warm,
        updates=updates,
    )
    values = fit.values()
    trial = RecipeInstance(recipe)
    trial.forward(*[v.copy() for v in values])
    trial.install(tuple(values))
    before = state_of(trial.root)
    told = {"rule": "R10", "orientation": fit.setting.orientation,
            "orientation because": fit.setting.reason, "loss": name}  # fmt: skip
    try:
        trial.backward(np.asarray(1.0))
    except Exception as error:
        blind = replace(recipe, inputs=(replace(x, constant=True), target, *parameters))
        raise Crashed(error, blind, told, fit.setting) from error
    names = returned_names(getattr(type(trial.root), gradient))
    dx, *others = gradients_of(trial.backwarded, names, trial.root, before, fit.x, fit.parameters)
    if dx is not None and not _is_dx(dx, trial, fit):
        dx = None
        others = gradients_of(trial.backwarded, names, trial.root, before, None, fit.parameters)
    if all(source is None for source in others):
        return None
    kept = trained(fit.parameters, [source is not None for source in others])
    if len(kept) < len(fit.parameters):
        fit = replace(fit, parameters=kept)
        return _recipe(fit, target, gradient, slots, updates=updates, name=name)
    sources: tuple[Source | None, ...] = (dx, None, *others)
    inputs = (x if dx is not None else replace(x, constant=True), target, *parameters)
    recipe = replace(recipe, gradients=sources, inputs=inputs)
    if rule_of(recipe) not in ("R1", "R8"):
        told["rule"] = f"R10, {rule_of(recipe)}"
    for one, source in zip(inputs, sources, strict=True):
        if not one.constant:
            told[f"d{one.name}"] = told_source(source, gradient)
    for k, p in enumerate(fit.parameters):
        told[p.name] = ", ".join(written(place) for place in places[k + 2])
    return recipe, told


def _own(arrays: Sequence[Argument], slots: Mapping[str, Any]) -> dict[str, Any]:
    """Return what goes in for the arrays of the backward: data and targets, by name or in order."""
    own = {a.name: slots.get(a.name, ("input", k)) for k, a in enumerate(arrays[:2])}
    if len(arrays) == 2 and len({slot[1] for slot in own.values()}) < 2:
        return {arrays[0].name: ("input", 0), arrays[1].name: ("input", 1)}
    return own


def _is_dx(source: Source, trial: RecipeInstance, fit: Fit) -> bool:
    root = trial.backwarded if source.kind == "backward" else trial.root
    try:
        return bool(np.shape(get(root, source.place)) == fit.x.shape)
    except (LookupError, AttributeError, TypeError, ValueError):
        return False
