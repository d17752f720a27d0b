"""From tokens to a tree: the part of LaTeX in which the notes are written, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.errors import NotesError
from gradcheck.notes.latex.nodes import (
    Applied,
    Braced,
    Branches,
    Component,
    Differential,
    Dots,
    Grid,
    Index,
    Letter,
    Node,
    Number,
    Placeholder,
    Power,
    Product,
    Quotient,
    Shaped,
    Summed,
    Term,
    Total,
    Transposed,
)
from gradcheck.notes.latex.tokens import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.notes.latex.tokens import Token

DOTS = (r"\dots", r"\vdots", r"\ddots", r"\cdots")
FUNCTIONS = ("F", "g")
"""Letters that are functions where a parenthesis follows."""

RELATIONS = {"=": "=", r"\neq": "≠", r"\leq": "≤", r"\geq": "≥", "<": "<", ">": ">"}

_ENDS = {")", "]", "}", "&", r"\\", r"\right", r"\end", ",", *RELATIONS}
_OPEN = {"(": ")", "[": "]"}


def expression(tokens: Sequence[Token], placeholder: Node | None = None) -> Node:
    """Return the tree of an expression.

    Parameters
    ----------
    tokens : sequence of Token
    placeholder : Node, optional
        What the dot of F(·) stands for.

    Raises
    ------
    NotesError
        Where it is not written as the notes are.
    """
    reader = _Reader(tokens, placeholder)
    tree = reader.total()
    reader.end()
    return tree


def relation(tokens: Sequence[Token]) -> tuple[Node, str, Node]:
    """Return (left, relation, right) of a condition."""
    places = [k for k, token in enumerate(tokens) if token in RELATIONS]
    if len(places) != 1:
        raise NotesError(f"cannot read the condition {tokens}")
    (k,) = places
    return expression(tokens[:k]), RELATIONS[str(tokens[k])], expression(tokens[k + 1 :])


class _Reader:
    """Reads one expression from left to right."""

    def __init__(self, tokens: Sequence[Token], placeholder: Node | None) -> None:
        self._tokens = tokens
        self._placeholder = placeholder
        self._at = 0

    def _next(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, wanted: str | None = None) -> Token:
        token = self._next()
        if token is None or (wanted is not None and token != wanted):
            raise NotesError(f"cannot read {token!r}, must be {wanted or 'more'}")
        self._at += 1
        return token

    def _taken(self, token: str) -> bool:
        if self._next() != token:
            return False
        self._at += 1
        return True

    def end(self) -> None:
        """Make sure that nothing is left."""
        if self._next() is not None:
            raise NotesError(f"cannot read {self._next()!r} after the formula")

    def total(self) -> Node:
        """Read terms up to the end of a group."""
        terms: list[Term] = []
        while True:
            sign = -1 if self._taken("-") else 1
            if sign == 1:
                self._taken("+")
            terms.append(Term(sign, self._term()))
            if self._next() not in ("+", "-"):
                break
        if len(terms) == 1 and terms[0].sign == 1:
            return terms[0].body
        return Total(tuple(terms))

    def _term(self) -> Node:
        if self._next() in DOTS:
            self._take()
            return Dots()
        factors, elementwise = [self._factor()], list[bool]()
        while (token := self._next()) is not None and token not in _ENDS:
            if token in ("+", "-"):
                break
            hadamard = self._taken(r"\odot")
            if not hadamard:
                self._taken(r"\cdot")
            factors.append(self._factor())
            elementwise.append(hadamard)
        if len(factors) == 1:
            return factors[0]
        return Product(tuple(factors), tuple(elementwise))

    def _factor(self) -> Node:
        node = self._atom()
        while True:
            if self._taken("^"):
                node = self._raised(node, self._argument())
            elif self._taken("_"):
                node = self._lowered(node, self._argument())
            else:
                return node

    def _raised(self, node: Node, above: Sequence[Token]) -> Node:
        if list(above) == ["*"]:
            if isinstance(node, Letter):
                return Letter(node.name, starred=True)
            if isinstance(node, Component):
                return Component(node.name, node.indices, starred=True)
        if list(above) == ["T"]:
            return Transposed(node)
        exponent = expression(above)
        if node == Letter("e"):
            return Applied("exp", (exponent,))
        return Power(node, exponent)

    def _lowered(self, node: Node, below: Sequence[Token]) -> Node:
        if r"\times" in below:
            k = list(below).index(r"\times")
            return Shaped(node, expression(below[:k]), expression(below[k + 1 :]))
        if isinstance(node, Letter) and all(isinstance(t, str) and t.isalnum() for t in below):
            indices = tuple(Index(int(str(t)) if str(t).isdigit() else str(t)) for t in below)
            return Component(node.name, indices, node.starred)
        raise NotesError(f"cannot read the subscript {list(below)}")

    def _argument(self) -> list[Token]:
        """Take what a command, ^ or _ applies to: a group, or one token."""
        if not self._taken("{"):
            return [self._take()]
        depth, start = 1, self._at
        while depth:
            token = self._take()
            depth += {"{": 1, "}": -1}.get(str(token), 0)
        return list(self._tokens[start : self._at - 1])

    def _inner(self, tokens: Sequence[Token]) -> Node:
        return expression(tokens, self._placeholder)

    def _atom(self) -> Node:
        token = self._take()
        if isinstance(token, Text):
            raise NotesError(f"cannot read the words {token.words!r} in a formula")
        if token.isdigit():
            return Number(int(token))
        if token == r"\left" or token in _OPEN:
            return self._bracketed(token)
        if token == "{":
            self._at -= 1
            return self._inner(self._argument())
        if len(token) == 1 and token.isalpha():
            return self._letter(token)
        return self._command(token)

    def _command(self, token: str) -> Node:
        if token == r"\frac":
            return self._fraction(self._argument(), self._argument())
        if token == r"\sum":
            return self._sum()
        if token == r"\underbrace":
            return self._braced()
        if token == r"\begin":
            return self._environment("".join(map(str, self._argument())))
        if token == r"\max":
            self._take("(")
            return Applied("max", self._arguments())
        raise NotesError(f"cannot read {token!r}")

    def _letter(self, token: str) -> Node:
        if token in FUNCTIONS and self._next() in ("'", "("):
            primed = self._taken("'")
            self._take("(")
            return Applied(token, self._arguments(), primed)
        return Letter(token)

    def _arguments(self) -> tuple[Node, ...]:
        if self._next() == r"\cdot" and self._placeholder is not None:
            self._take()
            self._take(")")
            return (self._placeholder,)
        if self._next() == r"\cdot":
            self._take()
            self._take(")")
            return (Placeholder(),)
        arguments = [self.total()]
        while self._taken(","):
            arguments.append(self.total())
        self._take(")")
        return tuple(arguments)

    def _bracketed(self, token: str) -> Node:
        sized = token == r"\left"
        opening = str(self._take()) if sized else token
        node = self.total()
        if sized:
            self._take(r"\right")
        self._take(_OPEN[opening])
        return node

    def _fraction(self, top: Sequence[Token], bottom: Sequence[Token]) -> Node:
        if top and bottom and top[0] == r"\partial" == bottom[0]:
            of = self._inner(top[1:]) if len(top) > 1 else None
            return Differential(of, self._inner(bottom[1:]))
        return Quotient(self._inner(top), self._inner(bottom))

    def _sum(self) -> Node:
        self._take("_")
        below = self._argument()
        self._take("^")
        above = self._argument()
        if len(below) < 3 or below[1] != "=":
            raise NotesError(f"cannot read the sum over {below}")
        return Summed(str(below[0]), expression(below[2:]), expression(above), self._term())

    def _braced(self) -> Node:
        body = self._inner(self._argument())
        self._take("_")
        label = [token for token in self._argument() if not isinstance(token, Text)]
        if not label or label[0] != "=":
            raise NotesError(f"cannot read the brace {label}")
        return Braced(body, self._inner(label[1:]))

    def _environment(self, name: str) -> Node:
        rows: list[tuple[Node, ...]] = []
        conditions: list[tuple[Node, str, Node] | None] = []
        while self._next() != r"\end":
            if name == "cases":
                value = self.total()
                self._taken(",")
                self._take("&")
                rows.append((value,))
                conditions.append(self._condition())
            else:
                cells = [self.total()]
                while self._taken("&"):
                    cells.append(self.total())
                rows.append(tuple(cells))
            self._taken(r"\\")
        self._take(r"\end")
        ended = "".join(map(str, self._argument()))
        if ended != name:
            raise NotesError(f"cannot read the end of {ended!r}, must be of {name!r}")
        if name == "cases":
            return Branches(tuple(row[0] for row in rows), tuple(conditions))
        if name != "bmatrix":
            raise NotesError(f"cannot read {name!r}")
        return Grid(tuple(rows))

    def _condition(self) -> tuple[Node, str, Node] | None:
        start = self._at
        while self._next() not in (r"\\", r"\end"):
            self._take()
        part = self._tokens[start : self._at]
        return None if all(isinstance(token, Text) for token in part) else relation(part)
