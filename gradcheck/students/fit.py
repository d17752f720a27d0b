"""A layer that ran forward once: how it was built, what went in and what came out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from gradcheck.students.draw import drawn

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.parameters import Parameter
    from gradcheck.students.recipe import Call, Recipe, Source
    from gradcheck.students.setting import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """A layer that ran forward once.

    Attributes
    ----------
    build : callable
        Returns a fresh object.
    setting : Setting
    given : tuple of Array
        What goes in: x, and the target of a network, or what else a layer takes.
    names : tuple of str
        Of what goes in beside x, where it has a gradient.
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
    classes : int
        Of how many things x holds the indices; 0 where it holds numbers.
    coarse : bool
        y is float32 or float16, as its own parameters are.
    """

    build: Callable[[], Any]
    setting: Setting
    given: tuple[Array, ...]
    names: tuple[str, ...] = ()
    y: tuple[int, ...]
    forward: Call
    output: Source
    warm: tuple[Array, ...] | None = None
    parameters: list[Parameter] = field(default_factory=list)
    kind: str = "rows"
    reading: int = 0
    classes: int = 0
    coarse: bool = False

    @property
    def x(self) -> Array:
        """Return the data that goes in."""
        return self.given[0]

    def without(self, recipe: Recipe) -> Fit:
        """Return the fit with the parameters that a recipe kept."""
        kept = set(recipe.parameters.values())
        return replace(self, parameters=[p for p in self.parameters if p.places in kept])

    def values(self) -> list[Array]:
        """Return what goes in for a trial: x, a network's target, and values for the parameters."""
        return [*self.given, *(drawn(p.array.shape, 1 + k) for k, p in enumerate(self.parameters))]
