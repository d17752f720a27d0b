"""A printed line as statements: what stands between the words, arrows and semicolons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.errors import NotesError
from gradcheck.notes.latex.grammar import expression, relation
from gradcheck.notes.latex.nodes import Node, Statement
from gradcheck.notes.latex.tokens import Text, Token, tokens

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BREAKS = {";", ",", ".", r"\Rightarrow", r"\quad", r"\xrightarrow", r"\hookrightarrow"}
_ARROW = r"\rightarrow"
_OPENING = {"{", "(", "[", r"\begin", r"\left"}
_CLOSING = {"}", ")", "]", r"\end", r"\right"}


def statements(printed: str) -> list[Statement]:
    """Return what a printed line states.

    Raises
    ------
    NotesError
        Where a formula is not written as the notes are.
    """
    found: list[Statement] = []
    condition: tuple[Node, str, Node] | None = None
    conditional = False
    for part in _parts(tokens(printed)):
        if isinstance(part, Text):
            conditional = part.words.strip().startswith("If")
        elif conditional:
            condition, conditional = relation(part), False
        else:
            found.append(_statement(part, condition))
            if found[-1].continued and len(found) > 1:
                raise NotesError("nothing stands before an =")
    return found


def _parts(line: Sequence[Token]) -> Iterator[Text | list[Token]]:
    """Yield the words, and the formulas between them."""
    part: list[Token] = []
    depth = 0
    for token in _flat(line):
        if depth == 0 and (isinstance(token, Text) or token in _BREAKS):
            if part:
                yield part
            part = []
            if isinstance(token, Text):
                yield token
            continue
        if isinstance(token, str):
            depth += (token in _OPENING) - (token in _CLOSING)
        part.append(token)
    if part:
        yield part


def _flat(line: Sequence[Token]) -> Iterator[Token]:
    """Yield the tokens without what only arranges them: aligned rows, words above an arrow."""
    aligned, depth, k = False, 0, 0
    while k < len(line):
        token = line[k]
        if token in (r"\begin", r"\end") and list(line[k + 2 : k + 9]) == list("aligned"):
            aligned = token == r"\begin"
            k += len("{aligned}") + 1
            continue
        if token == r"\xrightarrow":
            yield token
            k += 1 + _closing(line[k:])
            continue
        if isinstance(token, str):
            depth += (token in _OPENING) - (token in _CLOSING)
        if not (aligned and depth == 0 and token in ("&", r"\\")):
            yield token
        k += 1


def _closing(tokens: Sequence[Token]) -> int:
    if "}" not in tokens:
        raise NotesError("an arrow with words above it is not closed")
    return list(tokens).index("}")


def _statement(part: Sequence[Token], condition: tuple[Node, str, Node] | None) -> Statement:
    placeholder = None
    if _ARROW in part:
        places = [k for k, token in enumerate(part) if token == _ARROW]
        placeholder = expression(part[: places[0]])
        part = part[places[-1] + 1 :]
    sides: list[list[Token]] = [[]]
    depth = 0
    for token in part:
        if isinstance(token, str):
            depth += (token in _OPENING) - (token in _CLOSING)
        if token == "=" and depth == 0:
            sides.append([])
        else:
            sides[-1].append(token)
    continued = not sides[0]
    if not all(sides[1:]):
        raise NotesError("nothing stands after an =")
    trees = tuple(expression(side, placeholder) for side in sides if side)
    if len(trees) < 2 and not continued:
        raise NotesError("a formula without = states nothing")
    return Statement(trees, continued, condition)
