"""Classes that a file writes and does not have once it has run: none of them may go unmentioned."""

from __future__ import annotations

import ast
import re
import warnings
from typing import TYPE_CHECKING

from gradcheck.students.candidate import Candidate
from gradcheck.students.methods import method_of
from gradcheck.students.roles import role_of
from gradcheck.students.vocabulary import BACKWARD, FORWARD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

_IN_BROKEN_CELL = re.compile(r"^#class\s+(\w+)", re.MULTILINE)


def left_out(text: str, namespace: Mapping[str, Any], notes: Sequence[str]) -> list[Candidate]:
    """Return the classes of layers that are in the text and not in the namespace.

    One is a layer that has forward and backward, or is named as one and inherits from another.

    Parameters
    ----------
    text : str
        Of the file, or of the code cells of a notebook.
    namespace : mapping
        The module's globals after it has run.
    notes : sequence of str
        What was said of the statements that were left out.
    """
    found = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        statements = ast.parse(text).body
    for statement in statements:
        if not isinstance(statement, ast.ClassDef) or statement.name in namespace:
            continue
        methods = type("", (), {part.name: _nothing for part in statement.body
                                if isinstance(part, ast.FunctionDef)})  # fmt: skip
        whole = method_of(methods, FORWARD) and method_of(methods, BACKWARD)
        if not whole and not (statement.bases and role_of(statement.name)):
            continue
        note = next((n for n in notes if re.search(rf"`class {statement.name}\b", n)), "")
        found.append(_candidate(statement.name, note or "it is not there once the file has run"))
    if any("is no Python" in note for note in notes):
        names = dict.fromkeys(_IN_BROKEN_CELL.findall(text))
        found += [_candidate(n, "its cell is no Python") for n in names if n not in namespace]
    return found


def _candidate(name: str, why: str) -> Candidate:
    return Candidate(kind="unplaced", name=name, role=role_of(name) or "other", thing=None, why=why)


def _nothing(*_: Any) -> None:
    """Stand in for a method."""
