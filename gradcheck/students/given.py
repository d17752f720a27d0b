"""What an author hands in from Python, as a subject: a layer with its data, or a loss."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import UsageError
from gradcheck.students.following import RecipeInstance
from gradcheck.students.recipe import NotPlaced, updates_of
from gradcheck.students.running import try_on
from gradcheck.students.setting import Setting
from gradcheck.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.adapter import Input
    from gradcheck.students.candidate import Candidate
    from gradcheck.students.fit import Fit
    from gradcheck.students.recipe import Recipe

BATCHES = ("batch_features", "features_batch")
"""Orientations of a batch, the more usual one first."""


def array_of(value: Any, name: str) -> Array:
    """Return a copy of the value as an array.

    Raises
    ------
    UsageError
        Where it is not of float64 or less, is empty, or holds what is not finite; says which.
    """
    array = np.array(value)
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise UsageError(
            f"{name} has dtype {array.dtype}, must be floating; convert it with .astype(float)"
        )
    if array.size == 0 or not np.isfinite(array).all():
        raise UsageError(f"{name} of shape {array.shape} must hold finite numbers, at least one")
    return array


def maker_of(layer: Any) -> Callable[[], Any]:
    """Return what makes fresh layers: the factory itself, or copies of the object."""
    known = any(hasattr(layer, name) for name in ("forward", "backward", "fprop", "forward_pass"))
    if isinstance(layer, type) or (callable(layer) and not known):
        return layer  # type: ignore[no-any-return]
    return lambda: copy.deepcopy(layer)


def fitted(
    make: Callable[[], Any], candidate: Candidate, x: Array, orientation: str | None = None
) -> Fit:
    """Return the layer run on x, with the layout that is asked for, or that its output tells.

    Raises
    ------
    UsageError
        Where forward raises, or gives nothing; where the orientation is not known.
    """
    orientations = ("1d",) if x.ndim == 1 else BATCHES
    if orientation is not None:
        if orientation not in orientations:
            raise UsageError(
                f"orientation={orientation!r}, must be {' or '.join(orientations)} for x of shape "
                f"{x.shape}"
            )
        orientations = (orientation,)
    found: list[Fit] = []
    for orientation in orientations:
        try:
            fit = try_on(make, candidate.forward, Setting(orientation=orientation), x)
        except NotPlaced as error:
            raise UsageError(f"layer={candidate.name}: {error}") from error
        except Exception as error:
            raise UsageError(
                f"layer={candidate.name}: {candidate.forward} raised {type(error).__name__}: "
                f"{error} for x of shape {x.shape}; pass data of the shape that it takes"
            ) from error
        found.append(fit)
    kept = [one for one in found if _batch_kept(one)]
    if len(kept) > 1 and candidate.role == "softmax":
        kept.sort(key=lambda one: not _sums_to_one(make, candidate, one))
    return next(iter(kept), replace(found[0], kind=""))


def _sums_to_one(make: Callable[[], Any], candidate: Candidate, fit: Fit) -> bool:
    """Say whether the outputs of each example sum to 1, as this layout has them."""
    y = getattr(make(), candidate.forward)(fit.x.copy())
    return isinstance(y, np.ndarray) and bool(
        np.allclose(y.sum(axis=fit.setting.feature_axis), 1.0)
    )


def _batch_kept(fit: Fit) -> bool:
    axis = 1 - fit.setting.feature_axis
    if len(fit.y) != fit.x.ndim or fit.x.ndim > 2:
        return False
    return fit.x.ndim == 1 or fit.y[axis] == fit.x.shape[axis]


def subject_from(
    candidate: Candidate,
    recipe: Recipe,
    values: tuple[Array, ...],
    role: str,
    setting: Setting,
    call: str,
) -> Subject:
    """Return the subject of a recipe at these values of its inputs.

    Parameters
    ----------
    candidate : Candidate
    recipe : Recipe
    values : tuple of Array
        One an input.
    role : str
    setting : Setting
    call : str
        That reproduces it.
    """
    inputs: tuple[Input, ...] = recipe.inputs
    layout = {one.name: one.layout for one in inputs if one.layout}
    if layout:
        layout.setdefault("y", setting.layout)
    return Subject(
        name=candidate.name,
        role=role,
        names=tuple(one.name for one in inputs),
        inputs=values,
        make=lambda: RecipeInstance(recipe),
        constants=frozenset(one.name for one in inputs if one.constant),
        parameters=frozenset(one.name for one in inputs if one.parameter),
        at_rate=(lambda rate: RecipeInstance(recipe, rate)) if _has_rate(recipe) else None,
        updates=dict.fromkeys(updates_of(recipe), 1.0),
        layout=layout,
        file=getattr(getattr(candidate.thing, "__code__", None), "co_filename", ""),
        line=candidate.line,
        reproduce=call,
    )


def _has_rate(recipe: Recipe) -> bool:
    call = recipe.backward
    return call is not None and ("rate", None) in (*call.arguments, *call.keywords.values())
