"""Shapes for the arrays that a function takes: data and the parameters behind it, or images."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from gradcheck.students.arguments import SETTINGS
from gradcheck.students.images import (
    CHANNELS,
    FILTERS,
    is_pooling,
    pictures,
    speaks_of_windows,
)
from gradcheck.students.naming import plain, symbol_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcheck.students.arguments import Argument
    from gradcheck.students.images import Picture
    from gradcheck.students.recipe import Slot
    from gradcheck.students.setting import Setting

Shape = tuple[int, ...]

_DATA = ("x", "aprev", "a", "inputs", "input", "data", "inp", "h", "z")
_SCALES = ("gamma", "beta", "g", "scale", "shift")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shaping:
    """Shapes for the arrays of a function.

    Attributes
    ----------
    arrays : sequence of Argument
    shapes : sequence of tuple of int
        One an array.
    setting : Setting
    layout : str
        Of the data; empty for images.
    values : mapping of str to Slot
        What goes in for arguments that speak of images.
    """

    arrays: Sequence[Argument]
    shapes: Sequence[Shape]
    setting: Setting
    layout: str = ""
    values: Mapping[str, Slot] = field(default_factory=dict)

    @property
    def x(self) -> int:
        """Return which array is the data."""
        return position_of_x(self.arrays)


def position_of_x(arrays: Sequence[Argument]) -> int:
    """Return which argument is the data: (W, X) and (X, W) are both written."""
    for k, argument in enumerate(arrays):
        if plain(argument.name).rstrip("0123456789") in _DATA:
            return k
    return 0


def shapings(arrays: Sequence[Argument], setting: Setting) -> Iterator[Shaping]:
    """Yield shapes for examples with features, in a layout."""
    first, last = setting.sizes.inputs, setting.sizes.outputs
    rows = setting.layout == "rows"
    options: list[list[Shape]] = []
    x = position_of_x(arrays)
    for k, argument in enumerate(arrays):
        symbol = symbol_of(argument.name)
        if k == x:
            options.append([setting.shape(first)])
        elif symbol == "W":
            options.append([(first, last) if rows else (last, first)])
        elif symbol == "b":
            column = (1, last) if rows else (last, 1)
            options.append([(last,), column] if rows else [column, (last,)])
        elif plain(argument.name) in _SCALES:
            options.append([(first,), (1, first), (first, 1)])
        else:
            options.append([setting.shape(first)])
    for shapes in product(*options):
        yield Shaping(arrays=arrays, shapes=shapes, setting=setting, layout=setting.layout)


def of_images(
    name: str, arguments: Sequence[Argument], arrays: Sequence[Argument], setting: Setting
) -> Iterator[Shaping]:
    """Yield shapes for images, and what the arguments are that speak of them.

    Parameters
    ----------
    name : str
        Of the function.
    arguments, arrays : sequence of Argument
        All of them, and those that may be arrays.
    setting : Setting
        Of the file.
    """
    pooling = is_pooling(name)
    numbers = [a for k, a in enumerate(arrays) if k != position_of_x(arrays) and _is_number(a)]
    kept = [a for a in arrays if a not in numbers]
    for picture, *_ in pictures([a.name for a in numbers], pooling=pooling):
        values: dict[str, Slot] = {a.name: ("value", picture.value(a.name)) for a in numbers}
        for argument in arguments:
            if argument.kind == "settings" and (pooling or is_pooling(argument.name)):
                values[argument.name] = ("value", {**SETTINGS, "stride": 2, "pad": 0})
        x = position_of_x(kept)
        options = [[picture.shape] if k == x else _of_image(a, picture) for k, a in enumerate(kept)]
        for shapes in product(*options):
            yield Shaping(arrays=kept, shapes=shapes, setting=setting, values=values)


def _is_number(argument: Argument) -> bool:
    """Say whether an argument is a stride, a padding or a window's size, by its name."""
    return symbol_of(argument.name) != "b" and speaks_of_windows(argument.name)


def _of_image(argument: Argument, picture: Picture) -> list[Shape]:
    """Return the shapes that a parameter behind images may have."""
    symbol = symbol_of(argument.name)
    if symbol == "W" or plain(argument.name) in ("filters", "filter"):
        return [picture.kernel()]
    if symbol == "b":
        return [(FILTERS,), (FILTERS, 1), _along(FILTERS, picture.layout)]
    if plain(argument.name) in _SCALES:
        return [(CHANNELS,), _along(CHANNELS, picture.layout)]
    return [picture.shape]


def _along(size: int, layout: str) -> Shape:
    """Return the shape of a parameter that lies along the channels, as keepdims leaves it."""
    return tuple(size if axis == "C" else 1 for axis in layout) if "C" in layout else (size,)
