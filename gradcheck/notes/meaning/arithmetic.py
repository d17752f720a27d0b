"""Sums and products of what printed formulas come to, where their shapes fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.notes.meaning.values import Jacobian, Misfit, Table, shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.notes.equation import Reading
    from gradcheck.notes.meaning.world import World

Value = Any
"""A SymPy expression, a `Table` or a `Jacobian`."""


def signed(sign: int, value: Value) -> Value:
    """Return a value with its sign."""
    if isinstance(value, Table):
        return Table(*value.shape, lambda r, c: sign * value.entry(r, c))
    return sign * value


def added(values: Sequence[Value]) -> Value:
    """Return the sum of numbers, or of matrices of one shape.

    Raises
    ------
    Misfit
        Where they are of several kinds or shapes.
    """
    from sympy import Add

    tables = [value for value in values if isinstance(value, Table)]
    if not tables:
        return Add(*values)
    if len(tables) < len(values):
        raise Misfit("a sum", "of matrices and numbers", "of one kind")
    first = tables[0]
    for table in tables:
        if table.shape != first.shape:
            raise Misfit("a sum", f"of {shown(first.shape)} and {shown(table.shape)}", "alike")
    return Table(*first.shape, lambda r, c: Add(*(t.entry(r, c) for t in tables)))


def times(
    left: Value, right: Value, world: World, reading: Reading, *, elementwise: bool = False
) -> Value:
    """Return the product: of matrices, of numbers, or of one with the other.

    Raises
    ------
    Misfit
        Where the shapes do not fit.
    """
    if isinstance(right, Jacobian):
        return _contracted(left, right, world, reading)
    if not isinstance(left, Table) or not isinstance(right, Table):
        if elementwise and isinstance(left, Table) != isinstance(right, Table):
            raise Misfit("⊙", "a number and a matrix", "two matrices")
        if isinstance(left, Table):
            return Table(*left.shape, lambda r, c: left.entry(r, c) * right)
        if isinstance(right, Table):
            return Table(*right.shape, lambda r, c: left * right.entry(r, c))
        return left * right
    if elementwise:
        if left.shape != right.shape:
            raise Misfit("⊙", f"{shown(left.shape)} and {shown(right.shape)}", "alike")
        return Table(*left.shape, lambda r, c: left.entry(r, c) * right.entry(r, c))
    if left.columns != right.rows:
        raise Misfit(
            "a product",
            f"{shown(left.shape)} times {shown(right.shape)}",
            "as many columns as rows",
        )
    return Table(
        left.rows,
        right.columns,
        lambda r, c: world.total(lambda k: left.entry(r, k) * right.entry(k, c), left.columns),
    )


def _contracted(left: Value, right: Jacobian, world: World, reading: Reading) -> Value:
    if not isinstance(left, Table) or left.shape != (right.outputs, 1):
        raise Misfit("a product", "with all derivatives of y", "one number for each y")
    if not reading.contracted:
        count = f"{right.shape[0]}·{right.shape[1]}"
        if left.columns != right.outputs:
            raise Misfit(
                "a product of matrices",
                f"{shown(left.shape)} times {shown((right.outputs, count))}",
                "as many columns as rows",
            )
    return Table(
        *right.shape,
        lambda r, c: world.total(lambda k: left.entry(k, 1) * right.entry(k, r, c), right.outputs),
    )
