"""What the notes' letters stand for under each heading: data."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcheck.notes.equation import Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the letters stand for.

    Attributes
    ----------
    name : str
    sizes : tuple of str
        The letters that are sizes.
    arrays : mapping of str to (rows, columns)
    ranges : mapping of str to str
        The size up to which an index letter runs.
    formula : str
        Key of the outputs' formula in `FORMULAS`; empty where the outputs are any functions.
    variables : tuple of str
        The arrays that are the formula's inputs, in its order.
    general : callable or None
        Gives output k as an expression, for sizes that are letters; takes the world and k.
    """

    name: str
    sizes: tuple[str, ...]
    arrays: Mapping[str, tuple[Any, Any]]
    ranges: Mapping[str, str] = field(default_factory=dict)
    formula: str = ""
    variables: tuple[str, ...] = ()
    general: Callable[[Any, Any], Expression] | None = None


def _dense(world: Any, k: Any) -> Expression:
    products = world.total(
        lambda c: world.symbol("w", k, c) * world.symbol("x", c, 1), world.sizes["i"]
    )
    return products + world.symbol("b", k, 1)


def _activation(world: Any, k: Any) -> Expression:
    from sympy import Function

    return Function("F")(world.symbol("x", k, 1))


def _softmax(world: Any, k: Any) -> Expression:
    from sympy import exp

    total = world.total(lambda c: exp(world.symbol("x", c, 1)), world.sizes["n"])
    return exp(world.symbol("x", k, 1)) / total


_VECTORS = {"x": ("n", 1), "y": ("n", 1)}
_INDICES = {"i": "n", "j": "n", "k": "n"}

SETTINGS: Mapping[str, Setting] = MappingProxyType(
    {
        setting.name: setting
        for setting in (
            Setting(
                name="dense",
                sizes=("i", "j"),
                arrays={"x": ("i", 1), "w": ("j", "i"), "b": ("j", 1), "y": ("j", 1)},
                ranges={"i": "i", "j": "j"},
                formula="dense",
                variables=("x", "w", "b"),
                general=_dense,
            ),
            Setting(
                name="activation",
                sizes=("i",),
                arrays={"x": ("i", 1), "y": ("i", 1)},
                ranges={"i": "i"},
                variables=("x",),
                general=_activation,
            ),
            Setting(name="relu", sizes=(), arrays={}, ranges={"x": ""}, formula="relu"),
            Setting(
                name="softmax",
                sizes=("n",),
                arrays=_VECTORS,
                ranges=_INDICES,
                formula="softmax",
                variables=("x",),
                general=_softmax,
            ),
            Setting(
                name="any layer",
                sizes=("n",),
                arrays=_VECTORS,
                ranges=_INDICES,
                variables=("x",),
            ),
            Setting(name="sequential", sizes=("n",), arrays={}),
            Setting(name="two layers", sizes=("n",), arrays={}),
            Setting(
                name="cost",
                sizes=("n",),
                arrays={"y": ("n", 1), "y*": ("n", 1)},
                ranges={"i": "n"},
                formula="mse",
                variables=("y", "y*"),
            ),
        )
    }
)
"""The settings by name. "any layer" has as many outputs as inputs, and any Jacobian."""
