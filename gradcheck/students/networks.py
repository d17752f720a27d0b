"""Meet containers of layers, and whole networks that take data and targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.students.adapter import Input
from gradcheck.students.arguments import (
    arguments_of,
    arrays_among,
    filled,
    returned_names,
    source_of,
)
from gradcheck.students.arrays import get, reachable, written
from gradcheck.students.construct import proposals
from gradcheck.students.find import ADDERS, method_of
from gradcheck.students.losses import order_of, values_of
from gradcheck.students.objects import (
    Fit,
    NotPlaced,
    fits,
    inputs_of,
    method,
    recipe_of,
    rule_of,
    told_source,
    with_parameters,
)
from gradcheck.students.places import gradients_of, output_of, state_of
from gradcheck.students.recipe import Call, Recipe, RecipeInstance, Source
from gradcheck.students.setting import Setting, drawn
from gradcheck.students.stock import Sizes, Stock
from gradcheck.students.vocabulary import FORWARD, LOSS_VALUE, is_target, plain, words

if TYPE_CHECKING:
    from gradcheck.students.candidate import Candidate


def place_container(
    candidate: Candidate, setting: Setting, stock: Stock, sizes: Sizes, *, zeroing: bool
) -> tuple[Recipe, dict[str, str]]:
    """Return the recipe of a container, filled with layers of its file.

    Raises
    ------
    NotPlaced
        Where the file has no layers for it, or it does not run.
    """
    if stock.layers is None:
        raise NotPlaced("no layer of this file could be placed to fill it with")
    constructor = _filled_by_adding(candidate.thing, stock)
    setting = replace(setting, sizes=sizes)
    fit = next(
        iter(fits(constructor, candidate.forward, [setting], stock, sized=False, images=False))
    )
    return recipe_of(
        fit,
        candidate.backward,
        words_of_zeroing=zeroing,
        text=source_of(candidate.thing),
    )


def _filled_by_adding(kind: type, stock: Stock) -> Callable[..., Any]:
    """Return the constructor, or one that adds the layers, where the class wants them added."""
    adder = method_of(kind, ADDERS)
    arguments = [a for a in arguments_of(kind) or [] if a.required]
    takes = any(set(words(a.name)) & {"layers", "modules", "blocks"} for a in arguments)
    layers = stock.layers
    if not adder or takes or layers is None:
        return kind

    def made() -> Any:
        container = kind()
        for layer in layers(Sizes()):
            getattr(container, adder)(layer)
        return container

    return made


def place_network(
    candidate: Candidate, settings: Sequence[Setting], stock: Stock, options: Mapping[str, Any]
) -> tuple[Recipe, dict[str, str], Setting]:
    """Return the recipe of a whole network.

    Raises
    ------
    NotPlaced
        Where no loss of (data, target) can be called.
    """
    kind, gradient = candidate.thing, candidate.backward
    text = source_of(kind)
    errors: list[str] = []
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
                    except Exception as error:  # noqa: BLE001 - foreign code
                        errors.append(f"{type(error).__name__}: {error}")
                        continue
                    if found is not None:
                        return (*found, setting)
    raise NotPlaced((errors or ["it has no loss that takes data and targets"])[0][:160])


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
    for name in dict.fromkeys(names):
        if name == gradient or not method_of(kind, (name,)):
            continue
        arguments = (arguments_of(getattr(kind, name)) or [])[1:]
        if len(arrays_among(arguments)) == 2:
            yield name, method(name), False
    yield gradient, method(gradient), True
    forward = method_of(kind, FORWARD)
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


def _try(
    build: Callable[[], Any], value: Value, gradient: str, setting: Setting, targets: str
) -> tuple[Recipe, dict[str, str]] | None:
    name, function, updates = value
    root = build()
    arguments = arguments_of(function(root)) or []
    arrays = arrays_among(arguments)
    if len(arrays) != 2:
        return None
    features, classes = setting.sizes.inputs, setting.sizes.outputs
    slots = {arrays[0].name: ("input", 0), arrays[1].name: ("input", 1)}
    if is_target(arrays[0].name) and not is_target(arrays[1].name):
        slots = {arrays[1].name: ("input", 0), arrays[0].name: ("input", 1)}
    call = filled(arguments, slots, size=setting.batch)
    if call is None:
        return None
    target = Input(name="t", shape=setting.shape(classes), values=targets,
                   axis=setting.feature_axis, layout=setting.layout, constant=True)  # fmt: skip
    if targets == "labels":
        target = replace(target, shape=(setting.batch,), classes=classes, layout="labels", axis=-1)
    forward = Call(function=function, arguments=call[0], keywords=call[1])
    x = drawn(setting.shape(features))
    given = (x, values_of(target))
    state = state_of(root)
    early = {one.place for one in reachable(root)}
    bare = Recipe(build=build, inputs=(), forward=forward, backward=None)
    instance = RecipeInstance(bare)
    instance.root = root
    returned = instance._call(forward, tuple(g.copy() for g in given))  # noqa: SLF001 - same package
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


def _recipe(
    fit: Fit, target: Input, gradient: str, slots: Mapping[str, Any], *, updates: bool, name: str
) -> tuple[Recipe, dict[str, str]] | None:
    x, *parameters = inputs_of(fit)
    root = fit.build()
    arguments = arguments_of(getattr(root, gradient)) or []
    arrays = arrays_among(arguments)
    places = {k + 2: p.places for k, p in enumerate(fit.parameters)}
    own = {a.name: slots.get(a.name, ("input", k)) for k, a in enumerate(arrays[:2])}
    if len(arrays) == 2 and len({slot[1] for slot in own.values()}) < 2:
        own = {arrays[0].name: ("input", 0), arrays[1].name: ("input", 1)}
    call = filled(arguments, own, size=fit.setting.batch)
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
        seeded="random" in source_of(root.__class__),
    )
    values = [*fit.given, *(drawn(p.array.shape, 1 + k) for k, p in enumerate(fit.parameters))]
    trial = RecipeInstance(recipe)
    trial.forward(*[v.copy() for v in values])
    trial._install(tuple(values))  # noqa: SLF001 - same package
    before = state_of(trial.root)
    trial.backward(np.asarray(1.0))
    names = returned_names(getattr(type(trial.root), gradient))
    dx, *others = gradients_of(trial.backwarded, names, trial.root, before, fit.x, fit.parameters)
    if dx is not None and not _is_dx(dx, trial, fit):
        dx = None
        others = gradients_of(trial.backwarded, names, trial.root, before, None, fit.parameters)
    if all(source is None for source in others):
        return None
    sources: tuple[Source | None, ...] = (dx, None, *others)
    inputs = (x if dx is not None else replace(x, constant=True), target, *parameters)
    scaled = not any(s is not None and s.kind == "update" for s in others)
    recipe = replace(recipe, gradients=sources, inputs=inputs, scaled=scaled or True)
    told = {"rule": "R10" if rule_of(recipe) in ("R1", "R8") else f"R10, {rule_of(recipe)}",
            "orientation": fit.setting.orientation,
            "orientation because": fit.setting.reason,
            "loss": name}  # fmt: skip
    for one, source in zip(inputs, sources, strict=True):
        if not one.constant:
            told[f"d{one.name}"] = told_source(source, gradient)
    for k, p in enumerate(fit.parameters):
        told[p.name] = ", ".join(written(place) for place in places[k + 2])
    return recipe, told


def _is_dx(source: Source, trial: RecipeInstance, fit: Fit) -> bool:
    root = trial.backwarded if source.kind == "backward" else trial.root
    try:
        return bool(np.shape(get(root, source.place)) == fit.x.shape)
    except (LookupError, AttributeError, TypeError, ValueError):
        return False
