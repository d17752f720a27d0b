"""The tree of a printed formula: what stands there, before anything is known of what it means."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Node:
    """Anything that is printed."""


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number that is no index: the 2 of 2/n."""

    value: int


@dataclass(frozen=True, slots=True)
class Index(Node):
    """One index of a subscript: a number, a letter, or what stands for one behind dots.

    `printed` tells a number that stands in the notes from one that dots were read as.
    """

    value: Any
    printed: bool = True


@dataclass(frozen=True, slots=True)
class Letter(Node):
    """A letter without a subscript: a whole array, or a size; `starred` is the desired output."""

    name: str
    starred: bool = False


@dataclass(frozen=True, slots=True)
class Component(Node):
    """A letter with indices: w_{12}, y_i^*."""

    name: str
    indices: tuple[Index, ...]
    starred: bool = False


@dataclass(frozen=True, slots=True)
class Placeholder(Node):
    """The dot of F(·)."""


@dataclass(frozen=True, slots=True)
class Dots(Node):
    """What the reader is to go on with."""


@dataclass(frozen=True, slots=True)
class Transposed(Node):
    """Something with a T above."""

    body: Node


@dataclass(frozen=True, slots=True)
class Power(Node):
    """Something with a number above."""

    body: Node
    exponent: Node


@dataclass(frozen=True, slots=True)
class Differential(Node):
    """A partial derivative; without `of` it applies to what follows."""

    of: Node | None
    by: Node


@dataclass(frozen=True, slots=True)
class Quotient(Node):
    """A fraction that is no derivative."""

    top: Node
    bottom: Node


@dataclass(frozen=True, slots=True)
class Summed(Node):
    """A sum with its index below and its end above."""

    index: str
    first: Node
    last: Node
    body: Node


@dataclass(frozen=True, slots=True)
class Term(Node):
    """One term of a sum, with its sign."""

    sign: int
    body: Node


@dataclass(frozen=True, slots=True)
class Total(Node):
    """Terms that are added up, dots among them."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class Product(Node):
    """Factors from left to right; `elementwise`: whether ⊙ precedes each but the first."""

    factors: tuple[Node, ...]
    elementwise: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Braced(Node):
    """Something with a brace below, which says what it is equal to."""

    body: Node
    label: Node


@dataclass(frozen=True, slots=True)
class Grid(Node):
    """A matrix, row by row, with the dots as printed."""

    rows: tuple[tuple[Node, ...], ...]


@dataclass(frozen=True, slots=True)
class Shaped(Node):
    """Something with its shape below: j × 1."""

    body: Node
    rows: Node
    columns: Node


@dataclass(frozen=True, slots=True)
class Applied(Node):
    """A function of something; `primed` is its derivative."""

    function: str
    arguments: tuple[Node, ...]
    primed: bool = False


@dataclass(frozen=True, slots=True)
class Branches(Node):
    """Cases: each value with its condition (left, relation, right), the last without one."""

    values: tuple[Node, ...]
    conditions: tuple[tuple[Node, str, Node] | None, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """Sides that are printed as equal.

    Attributes
    ----------
    sides : tuple of Node
    continued : bool
        It begins with "=": its left side stands in an equation above.
    condition : (left, relation, right) or None
        "If k = i".
    """

    sides: tuple[Node, ...]
    continued: bool = False
    condition: tuple[Node, str, Node] | None = None


def mapped(node: Any, change: Callable[[Index], Node]) -> Any:
    """Return the tree with each index changed."""
    if isinstance(node, Index):
        return change(node)
    if isinstance(node, tuple):
        return tuple(mapped(part, change) for part in node)
    if isinstance(node, Node):
        values = {f.name: getattr(node, f.name) for f in fields(node)}
        changed = {name: mapped(value, change) for name, value in values.items()}
        if any(changed[name] is not values[name] for name in values):
            return replace(node, **changed)
    return node


def found(node: Any, kind: type[Node]) -> list[Any]:
    """Return all nodes of a kind in the tree, from left to right."""
    if isinstance(node, tuple):
        return [one for part in node for one in found(part, kind)]
    if isinstance(node, Statement):
        return found((node.sides, node.condition), kind)
    if not isinstance(node, Node):
        return []
    own = [node] if isinstance(node, kind) else []
    return own + [one for f in fields(node) for one in found(getattr(node, f.name), kind)]
