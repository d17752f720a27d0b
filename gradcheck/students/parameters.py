"""A parameter of a layer: where its array stands, and its name in the notes' symbols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.students.arrays import name_of
from gradcheck.students.naming import number_of, symbol_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.records import Array
    from gradcheck.students.arrays import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A parameter: its name in the notes' symbols, where it stands, and its array."""

    name: str
    places: tuple[Place, ...]
    array: Array

    @property
    def place(self) -> Place:
        """Return the first place."""
        return self.places[0]


def named_parameters(groups: Sequence[tuple[tuple[Place, ...], Array]]) -> list[Parameter]:
    """Return the parameters with names in the notes' symbols, numbered where two would be alike."""
    symbols = [symbol_of(_telling(places)) for places, _ in groups]
    numbers = [number_of(_telling(places)) for places, _ in groups]
    named = [
        f"{s}{n}" if n and not s.endswith(n) else s for s, n in zip(symbols, numbers, strict=False)
    ]
    if len(set(named)) < len(named):
        counts: dict[str, int] = {}
        named = []
        for symbol in symbols:
            counts[symbol] = counts.get(symbol, 0) + 1
            alone = symbols.count(symbol) == 1
            named.append(symbol if alone else f"{symbol}{counts[symbol]}")
    taken = {"x", "t"}  # data and targets
    for k, name in enumerate(named):
        while named[k] in taken:
            named[k] = name = f"{name}_"
        taken.add(name)
    return [
        Parameter(name=name, places=places, array=array)
        for name, (places, array) in zip(named, groups, strict=True)
    ]


def trained(parameters: Sequence[Parameter], found: Sequence[bool]) -> list[Parameter]:
    """Return the parameters without the constants: numbers for which no gradient is found.

    A bias that is a number stays where there are weights beside it: they are trained together.

    Parameters
    ----------
    parameters : sequence of Parameter
    found : sequence of bool
        Whether a gradient is found, one a parameter.
    """
    weights = any(p.array.ndim and symbol_of(name_of(p.place)) == "W" for p in parameters)
    return [
        p
        for p, has_gradient in zip(parameters, found, strict=True)
        if p.array.ndim or has_gradient or (weights and symbol_of(name_of(p.place)) == "b")
    ]


def _telling(places: tuple[Place, ...]) -> str:
    """Return the name among an array's places that says most: one that is W or b, if any is."""
    names = [name_of(place) for place in places]
    return next((n for n in names if symbol_of(n) in ("W", "b")), names[0])
