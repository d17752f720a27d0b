"""A graph as data: JSON that one process writes and another reads, believing nothing."""

from __future__ import annotations

import json
import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gradcheck.proof.expression import FUNCTIONS, HIGHEST, OPERATIONS, PI, Pool, reached
from gradcheck.proof.graph import UPSTREAM, Graph, is_unwritten, must_be_free, variables_of
from gradcheck.proof.limits import Budget, GivenUp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.proof.expression import Expression

LARGEST = 16 * 1024**2
"""Bytes of a graph."""

DIGITS = 4_000
"""Characters of a number."""

_NUMBER = re.compile(r"-?\d+(/[1-9]\d*)?", re.ASCII)


def packed(graph: Graph) -> bytes:
    """Return a graph as bytes.

    Raises
    ------
    GivenUp
        Where it is too large.
    """
    roots = [
        *graph.y,
        *[entry for one in graph.gradients if one is not None for entry in one],
        *[condition for condition, _ in graph.conditions],
    ]
    order = reached(roots)
    place = {node.number: k for k, node in enumerate(order)}
    nodes = [
        [
            OPERATIONS.index(node.operation),
            str(node.value) if isinstance(node.value, Fraction) else node.value,
            *[place[argument.number] for argument in node.arguments],
        ]
        for node in order
    ]
    text = json.dumps(
        {
            "nodes": nodes,
            "y": [place[node.number] for node in graph.y],
            "gradients": [
                None if one is None else [place[node.number] for node in one]
                for one in graph.gradients
            ],
            "literals": {text: str(value) for text, value in graph.literals.items()},
            "conditions": [[place[node.number], value] for node, value in graph.conditions],
        },
        separators=(",", ":"),
    )
    data = text.encode()
    if len(data) > LARGEST:
        raise GivenUp(f"the expressions take more than {LARGEST} bytes")
    return data


def unpacked(
    data: bytes,
    names: Sequence[str],
    shapes: Mapping[str, tuple[int, ...]],
    constants: frozenset[str],
    budget: Budget,
) -> Graph:
    """Return the graph that bytes describe.

    Parameters
    ----------
    data : bytes
        From a process that is not trusted.
    names : sequence of str
        The inputs, in their order.
    shapes : mapping of str to tuple of int
        Of each input, and of the upstream gradient: what the graph must fit.
    constants : frozenset of str
        Inputs without variables.
    budget : Budget

    Raises
    ------
    GivenUp
        Where they describe none, or one that does not fit.
    """
    must_be_free(names)
    if len(data) > LARGEST:
        raise GivenUp(f"the expressions take more than {LARGEST} bytes")
    try:
        return _read(json.loads(data), names, shapes, constants, budget)
    except _NONE as error:
        raise GivenUp(f"the process sent no graph: {type(error).__name__}") from None


_NONE = (
    ArithmeticError,
    AttributeError,
    LookupError,
    MemoryError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What reading raises where there is no graph."""


def _read(
    given: Any,
    names: Sequence[str],
    shapes: Mapping[str, tuple[int, ...]],
    constants: frozenset[str],
    budget: Budget,
) -> Graph:
    pool = Pool(budget=budget)
    variables = {
        name: variables_of(name, shapes[name])
        for name in (*names, UPSTREAM)
        if name not in constants
    }
    known = frozenset(one for names_of in variables.values() for one in names_of) | {PI}
    nodes: list[Expression] = []
    for entry in given["nodes"]:
        nodes.append(_node(pool, nodes, known, entry))
    return Graph(
        pool=pool,
        y=_chosen(nodes, given["y"], math.prod(shapes[UPSTREAM])),
        gradients=tuple(
            None if one is None else _chosen(nodes, one, math.prod(shapes[name]))
            for name, one in zip(names, given["gradients"], strict=True)
        ),
        variables=variables,
        shapes=dict(shapes),
        literals={_text(text): _number(value) for text, value in given["literals"].items()},
        conditions=tuple((nodes[_index(k, nodes)], _truth(v)) for k, v in given["conditions"]),
    )


def _number(text: Any) -> Fraction:
    if type(text) is not str or len(text) > DIGITS or not _NUMBER.fullmatch(text):
        raise ValueError(text)
    return Fraction(text)


def _text(text: str) -> str:
    """Return what may be shown: a float, as Python writes it."""
    if len(text) > 32 or not math.isfinite(float(text)):
        raise ValueError(text)
    return text


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError(value)
    return value


def _index(k: Any, nodes: Sequence[Any]) -> int:
    if type(k) is not int or not 0 <= k < len(nodes):
        raise ValueError(k)
    return k


def _chosen(nodes: Sequence[Expression], places: Any, number: int) -> tuple[Expression, ...]:
    if type(places) is not list or len(places) != number:
        raise ValueError(places)
    return tuple(nodes[_index(k, nodes)] for k in places)


def _node(pool: Pool, nodes: list[Expression], known: frozenset[str], entry: Any) -> Expression:
    kind, value, *places = entry
    operation = OPERATIONS[_index(kind, OPERATIONS)]
    arguments = [nodes[_index(k, nodes)] for k in places]
    made: Expression | None = None
    if operation in ("constant", "variable"):
        made = _leaf(pool, operation, known, value) if not arguments else None
    elif operation == "power":
        made = _power(pool, value, *arguments)
    elif value is not None:
        raise ValueError(value)
    elif operation == "maximum":
        made = pool.maximum(arguments) if arguments else None
    elif operation in FUNCTIONS:
        made = pool.call(operation, *arguments)
    else:
        made = getattr(pool, operation)(*arguments)
    if made is None:
        raise ValueError(operation)
    return made


def _leaf(pool: Pool, operation: str, known: frozenset[str], value: Any) -> Expression | None:
    if operation == "constant":
        return pool.constant(_number(value))  # type: ignore[no-any-return]
    if value in known or is_unwritten(value):
        return pool.variable(value)  # type: ignore[no-any-return]
    return None


def _power(pool: Pool, value: Any, argument: Expression) -> Expression | None:
    if type(value) is int and abs(value) <= HIGHEST:
        return pool.power(argument, value)  # type: ignore[no-any-return]
    return None
