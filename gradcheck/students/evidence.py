"""What a file's text says of batches: sums over an axis, labels picked row by row, its comments."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

_SINGLE_WORDS = re.compile(
    r"\(\s*1\s*,\s*(?:n|features?|n_in|n_out|\w*size|\w*_in|j|i|d)\b"
    r"|one (?:sample|example)|single (?:sample|example)|column vectors?|row vectors?"
    r"|1-?d (?:arrays?|vectors?)|\(\s*(?:n|j|i|features?|n_in|n_out|\w+_size)\s*(?:,|x|×)\s*1\s*\)",
    re.IGNORECASE,
)
_BATCH_WORDS = re.compile(
    r"\bbatch|\bmini-?batch|examples?\b.{0,20}\b(?:columns?|rows?)|one (?:column|row) per"
    r"|\(\s*N\s*,|,\s*N\s*\)|\(\s*m\s*,|,\s*m\s*\)",
    re.IGNORECASE,
)
_REDUCTIONS = {"sum", "mean", "max", "amax", "average", "argmax", "logsumexp", "prod", "min"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a file's text says of batches: numbers of places."""

    axes: int
    labels: int
    said_single: bool
    said_batch: bool

    @property
    def batched(self) -> bool:
        """Return whether the text reduces over an axis, or picks classes example by example."""
        return self.axes > 0 or self.labels > 0


def evidence_of(text: str) -> Evidence:
    """Return what a source text says of batches; an unreadable one says nothing."""
    said_single = bool(_SINGLE_WORDS.search(text))
    said_batch = bool(_BATCH_WORDS.search(text))
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return Evidence(axes=0, labels=0, said_single=said_single, said_batch=said_batch)
    axes = labels = 0
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            axes += _reduces(node)
        elif isinstance(node, ast.Subscript):
            labels += _picks(node)
    return Evidence(axes=axes, labels=labels, said_single=said_single, said_batch=said_batch)


def _reduces(node: ast.Call) -> bool:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name not in _REDUCTIONS:
        return name == "einsum"
    if any(keyword.arg == "axis" and not _none(keyword.value) for keyword in node.keywords):
        return True
    method = isinstance(node.func, ast.Attribute) and not (
        isinstance(node.func.value, ast.Name) and node.func.value.id in ("np", "numpy", "math")
    )
    constants = [a for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, int)]
    return bool(constants) and len(node.args) == (1 if method else 2) and name != "max"


def _none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _picks(node: ast.Subscript) -> bool:
    """Say whether it is ``p[np.arange(n), labels]``."""
    if not isinstance(node.slice, ast.Tuple) or len(node.slice.elts) != 2:
        return False
    first: Any = node.slice.elts[0]
    name = ""
    if isinstance(first, ast.Call):
        name = getattr(first.func, "attr", getattr(first.func, "id", ""))
    return name in ("arange", "range")
