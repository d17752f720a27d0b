"""A graph as data: JSON that one process writes and another reads, believing nothing."""

from __future__ import annotations

import json
import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gradcheck.proof.expression import FUNCTIONS, OPERATIONS, Pool, reached
from gradcheck.proof.graph import UPSTREAM, Graph, variables_of
from gradcheck.proof.limits import Budget, GivenUp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.proof.expression import Expression

LARGEST = 16 * 1024**2
"""Bytes of a graph."""

DIGITS = 2_000
"""Digits of a number."""


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
    try:
        given = json.loads(data)
        pool = Pool(budget=budget)
        variables = {
            name: variables_of(name, shapes[name])
            for name in (*names, UPSTREAM)
            if name not in constants
        }
        known = frozenset(one for names_of in variables.values() for one in names_of) | {"pi"}
        nodes: list[Expression] = []
        for entry in given["nodes"]:
            nodes.append(_node(pool, nodes, known, entry))
        y = _chosen(nodes, given["y"], math.prod(shapes[UPSTREAM]))
        gradients = tuple(
            None if one is None else _chosen(nodes, one, math.prod(shapes[name]))
            for name, one in zip(names, given["gradients"], strict=True)
        )
        literals = {str(text): Fraction(value) for text, value in given["literals"].items()}
        conditions = tuple((nodes[_index(k, nodes)], value is True) for k, value in given["conditions"])
    except GivenUp:
        raise
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, ZeroDivisionError, RecursionError) as error:
        raise GivenUp(f"the process sent no graph: {type(error).__name__}") from None
    return Graph(
        pool=pool,
        y=y,
        gradients=gradients,
        variables=variables,
        shapes=dict(shapes),
        literals=literals,
        conditions=conditions,
    )


def _index(k: Any, nodes: Sequence[Expression]) -> int:
    if type(k) is not int or not 0 <= k < len(nodes):
        raise ValueError(k)
    return k


def _chosen(nodes: Sequence[Expression], places: Any, number: int) -> tuple[Expression, ...]:
    if len(places) != number:
        raise ValueError(places)
    return tuple(nodes[_index(k, nodes)] for k in places)


def _node(pool: Pool, nodes: list[Expression], known: frozenset[str], entry: Any) -> Expression:
    kind, value, *places = entry
    operation = OPERATIONS[_index(kind, OPERATIONS)]  # type: ignore[arg-type]
    arguments = [nodes[_index(k, nodes)] for k in places]
    if operation == "constant" and len(value) <= DIGITS and not arguments:
        return pool.constant(Fraction(value))  # type: ignore[no-any-return]
    if operation == "variable" and value in known and not arguments:
        return pool.variable(value)  # type: ignore[no-any-return]
    if operation in ("add", "mul"):
        a, b = arguments
        return getattr(pool, operation)(a, b)  # type: ignore[no-any-return]
    if operation == "maximum" and arguments:
        return pool.maximum(arguments)  # type: ignore[no-any-return]
    (argument,) = arguments
    if operation == "power" and type(value) is int and abs(value) <= 64:
        return pool.power(argument, value)  # type: ignore[no-any-return]
    if operation in FUNCTIONS:
        return pool.call(operation, argument)  # type: ignore[no-any-return]
    if operation in ("positive", "nonnegative"):
        return getattr(pool, operation)(argument)  # type: ignore[no-any-return]
    raise ValueError(operation)
