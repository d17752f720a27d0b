"""What each argument of a method is, from its name, and what goes in for it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.students.naming import has, is_target, kind_of_argument, plain, words
from gradcheck.students.vocabulary import UPSTREAM

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gradcheck.students.recipe import Slot

SETTINGS = {"mode": "train", "stride": 1, "pad": 1, "pool_height": 2, "pool_width": 2, "p": 0.5,
            "f": 2, "seed": 0, "eps": 1e-5, "momentum": 0.9}  # fmt: skip
"""What goes in for ``bn_param``, ``conv_param`` and their like: a dict of settings."""

MODELS = {"model", "params", "parameters", "net", "network"}
"""Arguments of a loss beside its prediction and its target: they hold the weights."""

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument: its name, its kind (see `kind_of_argument`), and whether it must be given."""

    name: str
    kind: str
    required: bool
    keyword: bool = False
    default: Any = None


def arguments_of(function: Callable[..., Any]) -> list[Argument] | None:
    """Return the arguments of a function or bound method, without ``*args`` and ``**kwargs``.

    Returns
    -------
    list of Argument, or None where the signature cannot be read.
    """
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    empty = inspect.Parameter.empty
    return [
        Argument(
            name=p.name,
            kind=kind_of_argument(p.name),
            required=p.default is empty,
            keyword=p.kind is p.KEYWORD_ONLY,
            default=None if p.default is empty else p.default,
        )
        for p in parameters
        if p.kind in _POSITIONAL or p.kind is p.KEYWORD_ONLY
    ]


def takes_varargs(function: Callable[..., Any]) -> str:
    """Return the name of ``*args``, or "" where there is none."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return ""
    return next((p.name for p in parameters if p.kind is p.VAR_POSITIONAL), "")


def arrays_among(arguments: Sequence[Argument]) -> list[Argument]:
    """Return the arguments that stand for arrays: required ones that are of no other kind."""
    return [a for a in arguments if a.kind == "array" and a.required]


def beside_model(arrays: Sequence[Argument]) -> list[Argument]:
    """Return the arrays of a loss without the model, which some take for its weights' penalty."""
    others = [a for a in arrays if plain(a.name) not in MODELS]
    return others if len(others) == 2 else list(arrays)


def empty_models(arguments: Sequence[Argument]) -> dict[str, Slot]:
    """Return what goes in for the model in a loss: one without weights."""
    return {a.name: ("value", {}) for a in arguments if plain(a.name) in MODELS}


def filled(
    arguments: Sequence[Argument], arrays: dict[str, Slot], *, size: int = 1
) -> tuple[tuple[Slot, ...], dict[str, Slot]] | None:
    """Return what goes in for each required argument; None where one is not understood.

    Parameters
    ----------
    arguments : sequence of Argument
    arrays : dict of str to Slot
        What goes in for the arguments of kind "array", by name.
    size : int
        Of the batch.
    """
    slots: list[Slot] = []
    keywords: dict[str, Slot] = {}
    for argument in arguments:
        slot = arrays.get(argument.name)
        if slot is None and (argument.required or _updates(argument)):
            slot = _other(argument, size)
            if slot is None:
                return None
        if slot is None:
            break
        if argument.keyword:
            keywords[argument.name] = slot
        else:
            slots.append(slot)
    # What comes after a default that was left out is given by its name.
    done = len(slots)
    for argument in [a for a in arguments if not a.keyword][done:]:
        if argument.name in arrays:
            keywords[argument.name] = arrays[argument.name]
        elif _updates(argument):
            keywords[argument.name] = ("rate", None)
    return tuple(slots), keywords


def _updates(argument: Argument) -> bool:
    """Say whether it is a learning rate that is used unless it is given; None updates nothing."""
    return argument.kind == "rate" and argument.default is not None


def _other(argument: Argument, size: int) -> Slot | None:
    if argument.kind == "settings":
        return ("value", dict(SETTINGS))
    kinds: dict[str, Slot] = {
        "rate": ("rate", None),
        "training": ("value", True),
        "size": ("value", size),
        "cache": ("cache", ()),
        "fraction": ("value", 0.5),
        "strength": ("value", 0.0),
    }
    return kinds.get(argument.kind)


def upstream_among(arguments: Sequence[Argument]) -> Argument | None:
    """Return the argument that is the upstream gradient, by its name; the first one in doubt."""
    arrays = [a for a in arguments if a.kind == "array"]
    if len(arrays) == 1:
        return arrays[0]
    named = [a for a in arrays if _like_upstream(a.name) and not is_target(a.name)]
    return named[0] if named else (arrays[0] if arrays else None)


def _like_upstream(name: str) -> bool:
    first = words(name)[:1]
    return (
        plain(name) in UPSTREAM
        or bool(set(words(name)) & {"grad", "gradient", "error", "upstream", "delta"})
        or (name[:1] == "d" and len(name) > 1 and not has(name, {"data"}))
        or first == ("d",)
    )
