"""Meet one candidate: find out how it is built, called and read, whatever its kind."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from gradcheck.students.adapter import Description
from gradcheck.students.arguments import arguments_of
from gradcheck.students.candidate import line_of_backward
from gradcheck.students.filling import place_container
from gradcheck.students.fitting import fits
from gradcheck.students.following import RecipeInstance
from gradcheck.students.functions import place_functions
from gradcheck.students.layers import recipe_of
from gradcheck.students.losses import place_loss
from gradcheck.students.methods import array_arguments
from gradcheck.students.naming import like_function
from gradcheck.students.networks import Crashed, place_network
from gradcheck.students.pairs import Point, place_pair
from gradcheck.students.penalties import place_penalty
from gradcheck.students.placed import Placed
from gradcheck.students.recipe import NotPlaced, Source, updates_of
from gradcheck.students.roles import LOSS_ROLES
from gradcheck.students.steps import step_of
from gradcheck.students.texts import takes_complex_step
from gradcheck.students.trials import accumulating, complete

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.students.candidate import Candidate
    from gradcheck.students.filling import Filling
    from gradcheck.students.fit import Fit
    from gradcheck.students.known import Known
    from gradcheck.students.recipe import Recipe
    from gradcheck.students.setting import Setting
    from gradcheck.subject import Instance

PATIENCE = 3.0
"""Seconds for finding out how one subject is met."""

TAKEN: dict[Point, dict[str, Any]] = {
    "input": {}, "output": {"at_output": True}, "either": {"either_point": True},
}  # fmt: skip
"""What F' is called with, as a fact of the description."""

WAYS = 6
"""How many ways to build a layer are looked at before the first is taken."""

WAYS_OF_IMAGES = 24
"""The same of images: they have more layouts, and their layers more arguments."""


def met(known: Known, candidate: Candidate, filling: Filling) -> list[Placed]:
    """Return a candidate as it is met: once, but for a container, which is filled in several ways.

    Parameters
    ----------
    known : Known
    candidate : Candidate
    filling : Filling
        Layers for containers.

    Raises
    ------
    NotPlaced
        Where it cannot be met; the text says why.
    Exception
        What the code raises.
    """
    kind, role = candidate.kind, candidate.role
    facts: dict[str, Any] = {}
    fit: Fit | None = None
    if kind == "unplaced":
        raise NotPlaced(candidate.why)
    if kind == "container":
        return _container(known, candidate, filling)
    if kind == "network":
        return [_network(known, candidate, filling)]
    if kind == "layer":
        fit, recipe, told = layer_of(known, candidate, known.layouts())
        recipe = _with_gradients(recipe, known.options(candidate.name))
        recipe = replace(recipe, step=step_of(recipe, known.namespace, known.module))
        setting = fit.setting
    else:
        recipe, told, role, setting, taken = _function_of(known, candidate)
        facts |= TAKEN[taken]
    if (recipe.local and role == "mse") or (role == "dense" and _activates(candidate)):
        facts["no_formula"] = True
    if recipe.averaged:
        facts["vector"] = True
    zeroed = accumulating(recipe, fit.values()) if fit is not None else []
    if zeroed:
        facts["zeroed"] = zeroed
    return [_made(known, candidate, recipe, told, role, setting, facts, fit)]


def _function_of(
    known: Known, candidate: Candidate
) -> tuple[Recipe, dict[str, str], str, Setting, Point]:
    """Return a loss, a penalty, F and F', or a forward and a backward function, as it is met.

    What is returned is its recipe, what was taken for what, its role, its layout, and what F' is
    called with.
    """
    options = known.options(candidate.name)
    role, kind, setting = candidate.role, candidate.kind, known.setting
    if kind in ("loss", "loss-pair", "loss-gradient") or (
        kind == "flag" and role in (*LOSS_ROLES, "other")
    ):
        recipe, told, role = place_loss(candidate, setting, known.stock, options)
        return recipe, told, role, setting, "input"
    if kind == "penalty":
        recipe, told = place_penalty(candidate, setting)
        return recipe, told, role, setting, "input"
    if kind == "functions":
        recipe, told, setting = place_functions(candidate, known.layouts())
        return recipe, told, role, setting, "input"
    recipe, told, taken = place_pair(candidate, setting, known.stock, known.text, options)
    return recipe, told, role, setting, taken


def layer_of(
    known: Known, candidate: Candidate, settings: Sequence[Setting]
) -> tuple[Fit, Recipe, dict[str, str]]:
    """Return a layer that ran, its recipe, and what was taken for what.

    Parameters
    ----------
    known : Known
    candidate : Candidate
        Of kind "layer", or a network with forward and backward.
    settings : sequence of Setting
        Layouts to try, the likeliest first.

    Raises
    ------
    NotPlaced
        Where it runs in none of them.
    """
    options = known.options(candidate.name)
    sized = candidate.role == "dense"
    ways = fits(
        candidate.thing,
        candidate.forward,
        settings,
        known.stock,
        sized=sized,
        given=options.get("arguments"),
    )
    if sized:
        fit = max(islice(ways, WAYS), key=lambda one: len(one.parameters))
        ways = iter([fit])
    first: tuple[Fit, Recipe, dict[str, str]] | None = None
    for k, fit in enumerate(ways):
        if first is not None and k >= (WAYS if fit.kind else WAYS_OF_IMAGES):
            break
        recipe, told = recipe_of(fit, candidate.backward, words_of_zeroing=known.zeroing)
        found = fit.without(recipe), recipe, told
        first = first or found
        # By shapes alone: a reshape has to get back what it was given.
        if candidate.role != "other" or complete(recipe, found[0].values()):
            return found
    if first is None:
        raise NotPlaced("its forward gives y in no layout that is known")
    return first


def _container(known: Known, candidate: Candidate, filling: Filling) -> list[Placed]:
    made: list[Placed] = []
    for k, layers in enumerate(filling.compositions()):
        known.stock.layers = layers
        try:
            recipe, told = place_container(
                candidate, known.setting, known.stock, zeroing=known.zeroing
            )
        except NotPlaced:
            if not made and k == len(filling.compositions()) - 1:
                raise
            continue
        facts = {"filled_with": filling.names}
        made.append(_made(known, candidate, recipe, told, "sequential", known.setting, facts))
    if not made:
        raise NotPlaced("no layer of this file could be placed to fill it with")
    return made


def _network(known: Known, candidate: Candidate, filling: Filling) -> Placed:
    options = known.options(candidate.name)
    try:
        recipe, told, setting = place_network(candidate, known.layouts(), known.stock, options)
    except Crashed as crashed:
        recipe, told, setting = _as_layer(known, candidate, whole=True) or crashed.found
    except NotPlaced:
        # What takes data and targets takes no upstream gradient: a layer it is if it runs as one.
        both = len(array_arguments(candidate.thing, candidate.backward)) >= 2
        found = _as_layer(known, candidate, whole=both)
        if found is None:
            raise
        recipe, told, setting = found
    facts = {"filled_with": filling.names} if filling.names else {}
    return _made(known, candidate, recipe, told, "network", setting, facts)


def _as_layer(
    known: Known, candidate: Candidate, *, whole: bool
) -> tuple[Recipe, dict[str, str], Setting] | None:
    """Return a network that is met as one layer is; None where it has no forward by itself.

    With `whole`, None too where it does not run so.
    """
    if not candidate.forward:
        return None
    try:
        fit, recipe, told = layer_of(known, replace(candidate, role="other"), known.layouts())
    except NotPlaced:
        if whole:
            return None
        raise
    if whole and not complete(recipe, fit.values()):
        return None
    if recipe.gradients[0] is None and any(recipe.gradients[1:]):
        # A whole network owes nobody the gradient of its data.
        x = replace(recipe.inputs[0], constant=True)
        recipe = replace(recipe, inputs=(x, *recipe.inputs[1:]))
    return recipe, told, fit.setting


def _made(
    known: Known,
    candidate: Candidate,
    recipe: Recipe,
    told: Mapping[str, str],
    role: str,
    setting: Setting,
    facts: Mapping[str, Any],
    fit: Fit | None = None,
) -> Placed:
    sources = [*(recipe.backward.arguments if recipe.backward else ()),
               *(recipe.backward.keywords.values() if recipe.backward else ())]  # fmt: skip
    scalar = role in (*LOSS_ROLES, "network") and not recipe.local
    scalar = scalar or candidate.kind == "penalty"
    description = Description(
        name=candidate.name,
        role=role,
        file=known.loaded.name,
        line=line_of_backward(candidate),
        inputs=recipe.inputs,
        output="scalar" if scalar else setting.layout,
        convention={"taken for": role, "because": candidate.why, **told},
        updates=updates_of(recipe),
        rate=("rate", None) in sources or bool(recipe.rates),
        steps=recipe.step is not None,
        facts={**facts, **_of_text(known, candidate)},
    )
    return Placed(
        description=description,
        maker=lambda rate: RecipeInstance(recipe, rate),
        recipe=recipe,
        candidate=candidate,
        fit=fit,
    )


def _of_text(known: Known, candidate: Candidate) -> dict[str, Any]:
    """Return the facts that the text tells: guards, and a backward that takes a complex step."""
    facts: dict[str, Any] = {"guards": known.guards[:5]} if known.guards else {}
    backward = candidate.backward
    if isinstance(backward, str) and candidate.kind != "flag":
        backward = getattr(candidate.thing, backward, None)
    if callable(backward) and takes_complex_step(backward):
        facts["complex_step"] = True
    return facts


def unplaced(known: Known, candidate: Candidate, reason: str, *, lost: bool = False) -> Placed:
    """Return a candidate that could not be met, or that ended the process; the reason says why."""

    def refuse(_rate: float) -> Instance:
        raise NotPlaced(reason)

    description = Description(
        name=candidate.name, role=candidate.role, file=known.loaded.name, line=candidate.line,
        reason=reason, convention={"taken for": candidate.role, "because": candidate.why},
        facts={"lost": True} if lost else {},
    )  # fmt: skip
    return Placed(description=description, maker=refuse, candidate=candidate)


def _with_gradients(recipe: Recipe, options: Mapping[str, Any]) -> Recipe:
    """Return the recipe with the attributes that a configuration names for gradients."""
    named = options.get("gradients", {})
    sources = tuple(
        Source(kind="state", place=(("attr", str(named[one.name])),)) if one.name in named else old
        for one, old in zip(recipe.inputs, recipe.gradients, strict=True)
    )
    return replace(recipe, gradients=sources)


def _activates(candidate: Candidate) -> bool:
    """Say whether a dense layer's constructor takes an activation: then y is not Wx + b."""
    if not isinstance(candidate.thing, type):
        return False
    return any(
        like_function(a.name) and (a.required or a.default not in (None, "linear", "identity"))
        for a in arguments_of(candidate.thing) or []
    )
