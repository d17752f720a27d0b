"""Meet a layer that is a class: build it, find its parameters, its output and its gradients."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.isolation import isolated
from gradcheck.students.adapter import Input
from gradcheck.students.arguments import (
    Argument,
    arguments_of,
    arrays_among,
    filled,
    returned_names,
    source_of,
    upstream_among,
)
from gradcheck.students.arrays import Found, Place, get, groups, name_of, reachable, written
from gradcheck.students.construct import proposals
from gradcheck.students.particular import CHANNELS, SIDE
from gradcheck.students.places import (
    Parameter,
    gradients_of,
    named_parameters,
    output_of,
    state_of,
)
from gradcheck.students.recipe import Call, Recipe, RecipeInstance, Source
from gradcheck.students.setting import Setting, drawn
from gradcheck.students.stock import Sizes, Stock
from gradcheck.students.vocabulary import BUFFERS, is_optimizer, plain, symbol_of, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gradcheck.records import Array

MOVED = 0.37
"""By how much an array is moved to see whether forward depends on it."""

IMAGES = (
    (2, CHANNELS, SIDE, SIDE), (2, SIDE, SIDE, CHANNELS), (CHANNELS, SIDE, SIDE),
    (SIDE, SIDE, CHANNELS), (2, CHANNELS, SIDE + 2), (SIDE, SIDE),
)  # fmt: skip
"""Shapes that are tried where data with features alone does not fit."""


class NotPlaced(Exception):  # noqa: N818 - an answer, not an error
    """Why a candidate could not be met, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A layer that ran forward once.

    Attributes
    ----------
    build : callable
        Returns a fresh object.
    setting : Setting
    given : tuple of Array
        What goes in: x, and the target of a network.
    y : shape
    forward : Call
    output : Source
    warm : tuple of Array or None
        See `Recipe`.
    parameters : list of Parameter
    kind : str
        The layout of x; empty for images.
    reading : int
        Which of the `proposals` for the constructor's arguments it was.
    coarse : bool
        y is float32 or float16, as its own parameters are.
    """

    build: Callable[[], Any]
    setting: Setting
    given: tuple[Array, ...]
    y: tuple[int, ...]
    forward: Call
    output: Source
    warm: tuple[Array, ...] | None = None
    parameters: list[Parameter] = field(default_factory=list)
    kind: str = "rows"
    reading: int = 0
    coarse: bool = False

    @property
    def x(self) -> Array:
        """Return the data that goes in."""
        return self.given[0]


def method(name: str) -> Callable[[Any], Callable[..., Any]]:
    """Return the function that takes a bound method from an object."""
    return lambda root: getattr(root, name)


def fits(  # noqa: C901 - layouts, readings and widths are tried inside of each other
    constructor: Callable[..., Any],
    forward: str,
    settings: Sequence[Setting],
    stock: Stock,
    *,
    sized: bool,
    given: Mapping[str, Any] | None = None,
    images: bool = True,
) -> Iterator[Fit]:
    """Yield the ways in which a layer can be built and run forward, by names and shapes.

    Parameters
    ----------
    constructor : callable
    forward : str
        Name of its forward method.
    settings : sequence of Setting
        Layouts to try, the likeliest first.
    stock : Stock
    sized : bool
        A dense layer: y has other features than x, those that the constructor names.
    given : mapping, optional
        Constructor arguments that a configuration names.
    images : bool
        Try data of more dimensions where nothing else fits.

    Raises
    ------
    NotPlaced
        Where nothing fits; the text is the last error.
    """
    errors: list[str] = []
    any_fit = False
    for setting in settings:
        for k, proposal in enumerate(proposals(constructor, setting.sizes, stock, given)):
            widths = (setting.sizes.inputs, setting.sizes.outputs)
            for features in widths if sized else widths[::-1]:
                shape = setting.shape(features)
                try:
                    fit = _try(constructor, proposal, forward, setting, shape)
                except Exception as error:  # noqa: BLE001 - foreign code
                    errors.append(f"{type(error).__name__}: {error}")
                    continue
                if _consistent(fit, sized=sized):
                    any_fit = True
                    yield replace(fit, reading=k)
    if any_fit or not images:
        if not any_fit:
            raise NotPlaced(_told(errors))
        return
    for proposal in proposals(constructor, settings[0].sizes, stock, given, images=True):
        for shape in IMAGES:
            try:
                fit = _try(constructor, proposal, forward, settings[0], shape)
            except Exception as error:  # noqa: BLE001 - foreign code
                errors.append(f"{type(error).__name__}: {error}")
                continue
            if len(fit.y):
                any_fit = True
                yield replace(fit, kind="")
    if not any_fit:
        raise NotPlaced(_told(errors))


def _told(errors: Sequence[str]) -> str:
    if not errors:
        return "its constructor's arguments are not understood"
    telling = [e for e in errors if not e.startswith(("ValueError: matmul", "ValueError: shapes"))]
    text = " ".join((telling or list(errors))[0].split())
    return text if len(text) <= 160 else text[:157] + "..."


def _try(
    constructor: Callable[..., Any],
    proposal: Callable[[], tuple[tuple[Any, ...], dict[str, Any]]],
    forward: str,
    setting: Setting,
    shape: tuple[int, ...],
) -> Fit:
    def build() -> Any:
        positional, keywords = proposal()
        made = constructor(*positional, **keywords)
        _prepare(made, shape)
        return made

    return try_on(build, forward, setting, drawn(shape))


def try_on(build: Callable[[], Any], forward: str, setting: Setting, x: Array) -> Fit:
    """Run forward on x, once for the output and once for each array that it may depend on.

    Raises
    ------
    NotPlaced
        Where its arguments or its output are not understood.
    Exception
        What the code raises.
    """
    root = build()
    arguments = arguments_of(getattr(root, forward)) or []
    arrays = arrays_among(arguments)
    if len(arrays) > 1:
        raise NotPlaced(f"{forward} takes {len(arrays)} arrays")
    name = arrays[0].name if arrays else (arguments[0].name if arguments else "")
    slots = filled(arguments, {name: ("input", 0)} if name else {}, size=setting.batch)
    if slots is None:
        raise NotPlaced(f"an argument of {forward} is not understood")
    call = Call(function=method(forward), arguments=slots[0] or (("input", 0),), keywords=slots[1])
    early = {one.place for one in reachable(root)}
    before = state_of(root)
    given = x.copy()
    returned = getattr(root, forward)(
        *[given if slot == ("input", 0) else slot[1] for slot in call.arguments],
        **{key: slot[1] for key, slot in call.keywords.items()},
    )
    output = output_of(returned, root, before)
    if output is None:
        raise NotPlaced(f"{forward} returns nothing and leaves nothing new in the object")
    y = np.asarray(get(returned if output.kind == "forward" else root, output.place))
    if y.dtype.kind not in "fiub":
        raise NotPlaced(f"{forward} gives {y.dtype}, no numbers")
    lazy = [one for one in reachable(root) if one.place not in early]
    fit = Fit(
        build=build,
        setting=setting,
        given=(x,),
        y=y.shape,
        forward=call,
        output=output,
        kind=setting.layout,
        coarse=y.dtype in (np.float32, np.float16),
    )
    return with_parameters(fit, root, lazy)


def _prepare(made: Any, shape: tuple[int, ...]) -> None:
    """Do what a container does with a layer before it is used: set its input's shape, build it."""
    setter = getattr(made, "set_input_shape", None)
    if callable(setter):
        setter(shape[1:])
    starter = getattr(made, "initialize", None)
    if callable(starter):
        arguments = [a for a in arguments_of(starter) or [] if a.required]
        if len(arguments) == 1 and (arguments[0].kind == "optimizer"):
            from gradcheck.students.stock import PlainDescent

            starter(PlainDescent())
        elif not arguments:
            starter()


def _consistent(fit: Fit, *, sized: bool) -> bool:
    """Say whether y is laid out as x is; of a dense layer also that it has the sizes asked for."""
    x, y, setting = fit.x.shape, fit.y, fit.setting
    if len(x) != len(y):
        return False
    if setting.layout == "vector":
        return not sized or y[0] != x[0] or setting.sizes.inputs == setting.sizes.outputs
    batch = 1 - setting.feature_axis
    if y[batch] != x[batch]:
        return False
    features = y[setting.feature_axis]
    own = {setting.sizes.inputs, setting.sizes.outputs}
    return not sized or (features in own and features != x[setting.feature_axis])


def with_parameters(fit: Fit, root: Any, lazy: Sequence[Found]) -> Fit:
    """Return the fit with the arrays on which y depends; forward is run for each.

    Parameters
    ----------
    fit : Fit
    root : object
        An object that ran forward.
    lazy : sequence of Found
        Arrays that were not there before that.
    """
    lazy_places = {one.place for one in lazy}
    found = [group for group in groups(reachable(root)) if _may_be_parameter(group)]
    found = [group for group in found if not _is_view(group, found, lazy_places)]
    kept: list[tuple[tuple[Place, ...], Array]] = []
    warm = None
    baseline = None
    for group in found:
        if baseline is None:
            # Run twice, as the other is: a training step changes the parameters by itself.
            fresh = _Trial(fit)
            fresh.run()
            baseline = fresh.output()
        same = _Trial(fit)
        same.run()
        target = get(same.root, group[0].place)
        if not isinstance(target, np.ndarray) or target.shape != group[0].array.shape:
            continue
        if not target.flags.writeable:
            continue
        # Not by one number for all: a softmax does not see that.
        target += MOVED * drawn(target.shape, 13)
        moved = same.output()
        if moved.shape == baseline.shape and np.array_equal(moved, baseline, equal_nan=True):
            continue
        if any(one.place in lazy_places for one in group):
            warm = fit.given
        kept.append((tuple(one.place for one in group), group[0].array))
    return replace(fit, warm=warm, parameters=named_parameters(kept))


def _is_view(group: Sequence[Found], found: Sequence[Sequence[Found]], lazy: set[Place]) -> bool:
    """Say whether forward made this array as a view of another one, which is the parameter."""
    if not all(one.place in lazy for one in group):
        return False
    array = group[0].array
    return any(
        other is not group
        and not all(one.place in lazy for one in other)
        and np.may_share_memory(array, other[0].array)
        for other in found
    )


def _may_be_parameter(group: Sequence[Found]) -> bool:
    array = group[0].array
    if array.ndim == 0 or array.dtype.kind != "f" or array.size == 0:
        return False
    return all(_no_buffer(one) for one in group)


def _no_buffer(one: Found) -> bool:
    name = name_of(one.place)
    if symbol_of(name) in ("W", "b"):
        return not set(words(name)) & {"grad", "gradient", "running", "moving", "old", "prev"}
    if any(is_optimizer(str(step)) for kind, step in one.place if kind == "attr"):
        return False
    return not set(words(name)) & BUFFERS or plain(name) in ("gamma", "beta")


class _Trial:
    """One object of a fit, run on its x."""

    def __init__(self, fit: Fit) -> None:
        self.fit = fit
        np.random.seed(0)  # noqa: NPY002 - theirs
        self.root = fit.build()

    def run(self) -> Any:
        fit = self.fit
        np.random.seed(0)  # noqa: NPY002 - theirs
        return fit.forward.function(self.root)(
            *map(self._value, fit.forward.arguments),
            **{name: self._value(slot) for name, slot in fit.forward.keywords.items()},
        )

    def _value(self, slot: tuple[str, Any]) -> Any:
        kind, detail = slot
        if kind == "input":
            return self.fit.given[detail].copy()
        return 1.0 if kind == "rate" else detail

    def output(self) -> Array:
        fit = self.fit
        returned = self.run()
        return np.array(get(returned if fit.output.kind == "forward" else self.root,
                            fit.output.place))  # fmt: skip


def inputs_of(fit: Fit) -> tuple[Input, ...]:
    """Return the inputs of a layer: x, and its parameters."""
    rows = fit.kind == "rows"
    layouts = {
        p.name: _parameter_layout(p.array, rows=rows, known=bool(fit.kind)) for p in fit.parameters
    }
    return (
        Input(name="x", shape=fit.x.shape, axis=fit.setting.feature_axis, layout=fit.kind),
        *(
            Input(name=p.name, shape=p.array.shape, layout=layouts[p.name], parameter=True)
            for p in fit.parameters
        ),
    )


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


def recipe_of(
    fit: Fit, backward: str, *, words_of_zeroing: bool, text: str
) -> tuple[Recipe, dict[str, str]]:
    """Return the recipe of a layer that ran forward, and what was taken for what.

    Parameters
    ----------
    fit : Fit
    backward : str
        Name of its backward method.
    words_of_zeroing : bool
        The file documents that gradients add up until they are set to zero.
    text : str
        The class's source.
    """
    inputs = inputs_of(fit)
    seeded = "random" in text or "rng" in text
    base = Recipe(
        build=fit.build,
        inputs=inputs,
        forward=fit.forward,
        backward=None,
        output=fit.output,
        parameters={k + 1: p.places for k, p in enumerate(fit.parameters)},
        seeded=seeded,
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
    values = [fit.x, *(drawn(p.array.shape, 1 + k) for k, p in enumerate(fit.parameters))]
    trial = RecipeInstance(base)
    sources: list[Source | None]
    try:
        y = np.asarray(trial.forward(*[v.copy() for v in values]))
        before = state_of(trial.root)
        trial.backward(drawn(y.shape, 9) if y.shape else np.asarray(0.7))
    except Exception:  # noqa: BLE001 - told by the check, with its place
        sources = [Source(kind="backward"), *[None] * len(fit.parameters)]
    else:
        sources = gradients_of(
            trial.backwarded,
            returned_names(getattr(type(trial.root), backward, trial.root)),
            trial.root,
            before,
            fit.x,
            fit.parameters,
        )
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
        told[p.name] = ", ".join(written(place) for place in recipe.parameters[k + 1])
    return recipe, told


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


def rule_of(recipe: Recipe) -> str:
    """Return the rule of CONVENTIONS that a recipe follows, by where its gradients are."""
    sources = [s for k, s in enumerate(recipe.gradients) if k in recipe.parameters and s]
    if any(s.kind == "update" for s in sources):
        return "R5" if recipe.rates else "R4"
    if any(s.kind == "backward" for s in sources):
        return "R8"
    places = [s.place for s in sources if s.kind == "state"]
    dx = recipe.gradients[0] if recipe.gradients else None
    if dx is not None and dx.kind == "state":
        return "R6"
    if places and all(plain(str(p[-1][1])) in ("grad", "gradient") and len(p) > 1 for p in places):
        return "R3"
    if any(len(p) > 1 and p[-1][0] == "key" for p in places):
        return "R2"
    return "R1"


def told_source(source: Source | None, backward: str) -> str:
    """Return in words where a gradient is read."""
    if source is None:
        return "not found"
    steps = "".join(f".{s}" if k == "attr" else f"[{s!r}]" for k, s in source.place)
    if source.kind == "update":
        return f"(before - after) / learning rate of self{steps}"
    if source.kind == "state":
        return f"self{steps} after {backward}"
    return f"what {backward} returns{steps and ', ' + steps}"


def complete(recipe: Recipe, fit: Fit) -> bool:
    """Say whether backward runs on this data and gives each gradient in its parameter's shape."""
    values = [fit.x, *(drawn(p.array.shape, 1 + k) for k, p in enumerate(fit.parameters))]
    instance = RecipeInstance(recipe)
    try:
        with isolated():
            y = np.asarray(instance.forward(*[v.copy() for v in values]))
            gradients = instance.backward(drawn(y.shape, 9))
    except Exception:  # noqa: BLE001 - foreign code
        return False
    return all(
        gradient is not None and np.shape(gradient) == value.shape
        for gradient, value in zip(gradients, values, strict=True)
    )


def accumulating(recipe: Recipe, fit: Fit) -> list[str]:
    """Return the gradients that add up unless they are set to zero, as a file documents it."""
    if not recipe.zeroed:
        return []
    values = [fit.x, *(drawn(p.array.shape, 1 + k) for k, p in enumerate(fit.parameters))]
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


def documented_zeroing(text: str) -> bool:
    """Say whether a file has a way to set gradients to zero: then they add up by convention."""
    flat = plain(text)
    return any(word in flat for word in ("zerograd", "resetgrad", "cleargrad", "zerothegrad"))


__all__ = [
    "Fit", "NotPlaced", "Sizes", "accumulating", "backward_call", "complete",
    "documented_zeroing", "fits",
    "inputs_of", "method", "recipe_of", "rule_of", "source_of", "told_source",
]  # fmt: skip
