"""What methods a class has, what they take, and whether they are written."""

from __future__ import annotations

import ast
import inspect
from typing import TYPE_CHECKING

from gradcheck.students.arguments import arguments_of, arrays_among, takes_varargs
from gradcheck.students.naming import words
from gradcheck.students.texts import parsed
from gradcheck.students.vocabulary import STEP

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcheck.students.arguments import Argument

ADDERS = ("add", "append", "add_layer", "addLayer", "push")
"""Methods that put a layer into a container."""


def method_of(kind: type, names: Sequence[str]) -> str:
    """Return the first of the names that the class has as a method, its own or a base's, or ""."""
    for name in names:
        for base in kind.__mro__[:-1]:
            found = base.__dict__.get(name)
            if found is not None:
                if callable(found) or isinstance(found, staticmethod | classmethod):
                    return name
                break
    return ""


def step_method(kind: type) -> str:
    """Return the method with which a layer updates its own parameters, or ""."""
    return method_of(kind, STEP)


def array_arguments(kind: type, name: str) -> list[str]:
    """Return the names of a method's arguments that stand for arrays."""
    found: Any = getattr(kind, name, None)
    arguments = _bound(kind, name, arguments_of(found) or []) if found else []
    return [a.name for a in arrays_among(arguments)]


def _bound(kind: type, name: str, arguments: list[Argument]) -> list[Argument]:
    """Return the arguments of a method without its self."""
    static = inspect.getattr_static(kind, name, None)
    return arguments if isinstance(static, staticmethod | classmethod) else arguments[1:]


def takes_layers(kind: type) -> bool:
    """Say whether a constructor takes layers, by its arguments' names."""
    constructor: Any = getattr(kind, "__init__", None)
    arguments = (arguments_of(constructor) or [])[1:]
    names = [a.name for a in arguments] + [takes_varargs(constructor) if constructor else ""]
    return any(set(words(name)) & {"layers", "modules", "blocks"} and
               not set(words(name)) & {"dims", "sizes", "num", "n", "size", "units", "nodes"}
               for name in names)  # fmt: skip


def unwritten(kind: type, name: str) -> bool:
    """Say whether a method does nothing: pass, ..., a docstring, or NotImplementedError."""
    tree = parsed(getattr(kind, name, None)) if name else None
    if tree is None:
        return False
    body = _body(kind, name)
    return all(
        isinstance(s, ast.Pass)
        or (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
        or (isinstance(s, ast.Raise) and "NotImplemented" in ast.dump(s))
        or (isinstance(s, ast.Return) and "NotImplemented" in ast.dump(s))
        for s in body
    )


def hands_on(kind: type, name: str) -> bool:
    """Say whether a method returns its argument as it is."""
    body = _body(kind, name)
    return (
        len(body) == 1 and isinstance(body[0], ast.Return) and isinstance(body[0].value, ast.Name)
    )


def _body(kind: type, name: str) -> list[ast.stmt]:
    tree = parsed(getattr(kind, name, None))
    found = [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)] if tree else []
    return _without_docstring(found[0].body) if found else []


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    first = body[0] if body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
        return body[1:]
    return body
