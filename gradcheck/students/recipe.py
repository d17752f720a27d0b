"""How to build, call and read one subject: one record for every written style.

A recipe says where parameters go in, what is called with what, and where y and the gradients come
out: in what was returned, in the object's state, or in what an update changed.
`gradcheck.students.following` does what it says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcheck.records import Array
    from gradcheck.students.adapter import Input
    from gradcheck.students.arrays import Place

Slot = tuple[str, Any]
"""What goes in for an argument: ("input", k), ("upstream", None), ("rate", None), ("y", None),
("cache", place), ("state", place), or ("value", v)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call: the function, taken from the root, and what goes in for each argument."""

    function: Callable[[Any], Callable[..., Any]]
    arguments: tuple[Slot, ...] = ()
    keywords: Mapping[str, Slot] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a value comes out.

    Attributes
    ----------
    kind : str
        "forward" or "backward" (in what that returned), "state" (in the object), "update" (what
        backward took off a parameter, by the learning rate).
    place : Place
    """

    kind: str
    place: Place = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one subject is met.

    Attributes
    ----------
    build : callable
        Returns a fresh root: an object of the class, or None for functions.
    inputs : tuple of Input
    parameters : mapping of int to tuple of Place
        For an input that is a parameter, all places at which its array stands.
    forward, backward : Call
        `backward` is None where forward returns the gradient too.
    output : Source
        Where y is; of kind "forward" or "state".
    gradients : tuple of (Source or None)
        One an input.
    scaled : bool
        The gradient of a scalar, to be multiplied by the upstream gradient.
    local : bool
        Backward returns F' alone, to be multiplied by the upstream gradient entry by entry.
    averaged : bool
        The loss is a vector, one number an example: its mean is meant.
    usual_rate : float
        Learning rate that is handed in, or that stands in `rates`.
    rates : tuple of Place
        Where an optimiser inside the layer keeps its learning rate.
    zeroed : tuple of Place
        Gradients that add up by a documented convention: set to 0 before each backward.
    warm : tuple of Array or None
        Inputs of a first forward that builds the parameters.
    step : callable or None
        step(root, rate): updates the parameters as the code does.
    updates : bool
        Forward updates the parameters too: a training step that returns the loss.
    coarse : bool
        With its own parameters the code gives y in a lower precision than float64: parameters keep
        the precision that it gave them.
    """

    build: Callable[[], Any]
    inputs: tuple[Input, ...]
    forward: Call
    backward: Call | None
    output: Source = Source(kind="forward")
    gradients: tuple[Source | None, ...] = ()
    parameters: Mapping[int, tuple[Place, ...]] = field(default_factory=dict)
    scaled: bool = False
    local: bool = False
    averaged: bool = False
    usual_rate: float = 1.0
    rates: tuple[Place, ...] = ()
    zeroed: tuple[Place, ...] = ()
    warm: tuple[Array, ...] | None = None
    step: Callable[[Any, float], Any] | None = None
    updates: bool = False
    coarse: bool = False


class NotPlaced(Exception):  # noqa: N818 - an answer, not an error
    """Why a candidate could not be met, in words."""


def method(name: str) -> Callable[[Any], Callable[..., Any]]:
    """Return the function that takes a bound method from an object."""
    return lambda root: getattr(root, name)


def updates_of(recipe: Recipe) -> tuple[str, ...]:
    """Return the names of the parameters whose gradients are read off an update."""
    return tuple(
        one.name
        for one, source in zip(recipe.inputs, recipe.gradients, strict=True)
        if source is not None and source.kind == "update"
    )
