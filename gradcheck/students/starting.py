"""Do what a container does with a layer before it is used: tell it its input's shape, set it up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.arguments import arguments_of
from gradcheck.students.methods import method_of
from gradcheck.students.naming import plain, words
from gradcheck.students.stock import PlainDescent

if TYPE_CHECKING:
    from typing import Any

    from gradcheck.students.arguments import Argument

SETTERS = ("set_input_shape",)
STARTERS = ("initialize",)
LATER = ("setup", "_setup", "build", "_build", "init_params", "_init_params", "init_weights",
         "_init_weights", "initialize_weights", "initialise", "init_parameters",
         "initialize_parameters", "initialize_params", "_initialize_weights", "init")  # fmt: skip
"""Methods that set a layer up; called only where it does not run without them."""

STARTS = ("", "whole", "one")
"""Ways to set a layer up: not at all, by the shape of its data, or by that of one example."""


def ways_to_start(kind: Any) -> tuple[str, ...]:
    """Return the ways to set up an object of a class: see `STARTS`."""
    later = isinstance(kind, type) and method_of(kind, LATER)
    return STARTS if later else STARTS[:1]


def start(made: Any, shape: tuple[int, ...], way: str) -> None:
    """Set a fresh layer up for data of this shape.

    Raises
    ------
    Exception
        What its methods raise.
    """
    for name in SETTERS:
        setter = getattr(made, name, None)
        if callable(setter):
            setter(shape[1:])
    for name in STARTERS:
        _call(made, name, shape[1:])
    if way:
        name = method_of(type(made), LATER)
        _call(made, name, shape if way == "whole" else shape[1:])


def _call(made: Any, name: str, shape: tuple[int, ...]) -> None:
    """Call a method, where each of its arguments is understood."""
    function = getattr(made, name, None)
    if not callable(function):
        return
    needed = [a for a in arguments_of(function) or [] if a.required]
    values = [_value(a, shape) for a in needed]
    if all(value is not None for value in values):
        function(*values)


def _value(argument: Argument, shape: tuple[int, ...]) -> Any:
    if argument.kind == "optimizer":
        return PlainDescent()
    if "shape" in words(argument.name):
        return shape
    if plain(argument.name) in ("rng", "generator", "random", "randomstate"):
        return np.random.default_rng(0)
    return None
