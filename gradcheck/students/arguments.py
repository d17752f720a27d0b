"""What each argument of a method is, from its name, and what goes in for it."""

from __future__ import annotations

import ast
import inspect
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gradcheck.students.vocabulary import (
    UPSTREAM,
    has,
    is_target,
    kind_of_argument,
    plain,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.students.recipe import Slot

SETTINGS = {"mode": "train", "stride": 1, "pad": 1, "pool_height": 2, "pool_width": 2, "p": 0.5,
            "seed": 0, "eps": 1e-5, "momentum": 0.9}  # fmt: skip
"""What goes in for ``bn_param``, ``conv_param`` and their like: a dict of settings."""

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


@lru_cache(maxsize=512)
def source_of(thing: Any) -> str:
    """Return the text of a function or class, or "" where it cannot be read."""
    try:
        return textwrap.dedent(inspect.getsource(thing))
    except (OSError, TypeError, IndentationError):
        return ""


def parsed(thing: Any) -> ast.AST | None:
    """Return the syntax tree of a function or class, or None."""
    try:
        return ast.parse(source_of(thing))
    except (SyntaxError, ValueError, RecursionError):
        return None


def returned_names(function: Callable[..., Any]) -> list[str]:
    """Return the names in the last ``return a, b, c``; "" for what is no name; [] if it is none.

    Of a returned name that was bound to a tuple once, the tuple counts.
    """
    tree = parsed(function)
    if tree is None:
        return []
    returns = [n for n in ast.walk(tree) if isinstance(n, ast.Return) and n.value is not None]
    if not returns:
        return []
    value = max(returns, key=lambda node: node.lineno).value
    if isinstance(value, ast.Name):
        bound = [
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == value.id
            and isinstance(node.value, ast.Tuple | ast.List)
        ]
        value = bound[-1] if bound else value
    if not isinstance(value, ast.Tuple | ast.List):
        return []
    return [_name(entry) for entry in value.elts]


def _name(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Tuple | ast.List):
        return ""
    return ""
