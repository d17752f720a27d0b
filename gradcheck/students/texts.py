"""The text of a function or class: its source, its syntax tree, what it returns and calls."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


def source_of(thing: Any) -> str:
    """Return the text of a function or class, or "" where it cannot be read."""
    try:
        return _source_of(thing)
    except Exception:  # noqa: BLE001 - a metaclass may leave no hash, or raise anything
        return ""


@lru_cache(maxsize=512)
def _source_of(thing: Any) -> str:
    try:
        return textwrap.dedent(inspect.getsource(thing))
    except (OSError, TypeError, IndentationError):
        return ""


def parsed(thing: Any) -> ast.AST | None:
    """Return the syntax tree of a function or class, or None."""
    return tree_of(source_of(thing))


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
    return node.attr if isinstance(node, ast.Attribute) else ""


def returns_two(function: Callable[..., Any]) -> bool:
    """Say whether a function returns a pair, written as one."""
    tree = parsed(function)
    if tree is None:
        return False
    return any(
        isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple) and len(n.value.elts) == 2
        for n in ast.walk(tree)
    )


def takes_complex_step(function: Callable[..., Any]) -> bool:
    """Say whether a function takes an imaginary part of what it makes of complex numbers."""
    tree = parsed(function)
    nodes = list(ast.walk(tree)) if tree is not None else []
    imaginary = any(getattr(node, "attr", getattr(node, "id", "")) == "imag" for node in nodes)
    return imaginary and any(
        (isinstance(node, ast.Constant) and isinstance(node.value, complex))
        or getattr(node, "id", getattr(node, "attr", "")) in ("complex", "complex128")
        for node in nodes
    )  # fmt: skip


def called(node: ast.Call) -> str:
    """Return the name of what is called, without what stands before a dot."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def tree_of(text: str) -> ast.AST | None:
    """Return the syntax tree of a text, or None where it is no Python."""
    try:
        return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return None


def uses(text: str, names: Sequence[str]) -> bool:
    """Say whether a text calls all of these functions by name."""
    tree = tree_of(text)
    if tree is None:
        return False
    names_called = {called(node) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return bool(names) and set(names) <= names_called
