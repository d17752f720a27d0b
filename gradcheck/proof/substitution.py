"""Expressions made anew, with others in the place of some of their nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.proof.expression import INDICATORS, reached

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.proof.expression import Expression, Pool


def substituted(roots: Sequence[Expression], instead: Mapping[int, Expression]) -> list[Expression]:
    """Return expressions of the same pool with other nodes in the place of those numbered.

    Raises
    ------
    ZeroDivisionError
        Where a denominator becomes the constant 0.
    """
    made: dict[int, Expression] = {}
    for node in reached(roots):
        other = instead.get(node.number)
        made[node.number] = rebuilt(node, made) if other is None else other
    return [made[root.number] for root in roots]


def rebuilt(node: Expression, made: Mapping[int, Expression]) -> Expression:
    """Return a node of the same pool on other arguments; itself where they are the same."""
    arguments = [made[argument.number] for argument in node.arguments]
    if all(a is b for a, b in zip(arguments, node.arguments, strict=True)):
        return node
    return _made(node.pool, node, arguments)  # type: ignore[no-any-return]


def transplanted(
    roots: Sequence[Expression], pool: Pool, variables: Mapping[str, Expression]
) -> dict[int, Expression]:
    """Return the nodes of another pool, by their numbers, made anew in this one.

    Parameters
    ----------
    roots : sequence of Expression
    pool : Pool
    variables : mapping of str to Expression
        What takes the place of each variable.
    """
    made: dict[int, Expression] = {}
    for node in reached(roots):
        if node.operation == "constant":
            made[node.number] = pool.constant(node.value)
        elif node.operation == "variable":
            known = variables.get(node.value)
            made[node.number] = pool.variable(node.value) if known is None else known
        else:
            arguments = [made[argument.number] for argument in node.arguments]
            made[node.number] = _made(pool, node, arguments)
    return made


def _made(pool: Pool, node: Expression, arguments: list[Expression]) -> Any:
    operation = node.operation
    if operation == "power":
        return pool.power(arguments[0], node.value)
    if operation == "maximum":
        return pool.maximum(arguments)
    if operation in ("add", "mul", *INDICATORS):
        return getattr(pool, operation)(*arguments)
    return pool.call(operation, arguments[0])
