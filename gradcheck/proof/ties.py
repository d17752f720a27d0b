"""Whether two entries of a maximum can be equal on a region, and how steep the maximum is there.

Off ties a maximum is as steep as its largest entry. x₀ and (x₀ + x₁) − x₁ are equal everywhere,
though, and w₀ relu(x₀) and w₁ relu(x₁) wherever both x are negative: there each of several entries
is a largest one, they are equally steep, and the maximum is as steep as the first.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING
from zlib import crc32

from gradcheck.proof.evaluation import enclosed
from gradcheck.proof.expression import reached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.proof.expression import Expression, Pool

MOST = 2_000
"""Nodes of entries that are evaluated."""

_SINGLE_VALUED = ("constant", "variable", "add", "mul", "power", "exp", "sin", "cos", "erf")
"""A difference made of these is 0 on a region only where it is 0 everywhere: continued through the
complex numbers it has one value. √(x²) − x is 0 for positive x alone."""


def slopes(pool: Pool, maximum: Expression) -> list[Expression]:
    """Return the derivative of a maximum in each of its entries."""
    entries = maximum.arguments
    largest = [pool.nonnegative(pool.subtract(entry, maximum)) for entry in entries]
    if apart(entries):
        return largest
    first, none_before = [], pool.one
    for one in largest:
        first.append(pool.mul(none_before, one))
        none_before = pool.mul(none_before, pool.subtract(pool.one, one))
    return first


def apart(entries: Sequence[Expression]) -> bool:
    """Say that no two entries are equal on a region; False where unknown."""
    return _of_their_own(entries) or _different_somewhere(entries)


def _of_their_own(entries: Sequence[Expression]) -> bool:
    """Say that each entry but one is a sum with a variable that stands nowhere else."""
    uses = {entry.number: 1 for entry in entries}
    for node in reached(entries):
        for argument in node.arguments:
            uses[argument.number] = uses.get(argument.number, 0) + 1
    return sum(not _has_its_own(entry, uses) for entry in entries) <= 1


def _has_its_own(entry: Expression, uses: dict[int, int]) -> bool:
    if uses[entry.number] > 1:
        return False
    waiting = [entry]
    while waiting:
        node = waiting.pop()
        if node.operation == "variable":
            return True
        if node.operation == "add":
            terms = node.arguments
        elif node.operation == "mul" and node.arguments[0].operation == "constant":
            terms = node.arguments[1:]
        else:
            continue
        waiting += [term for term in terms if uses[term.number] == 1]
    return False


def _different_somewhere(entries: Sequence[Expression]) -> bool:
    """Say that entries of one value each, in the complex numbers too, differ at a point."""
    order = reached(entries)
    if len(order) > MOST or any(node.operation not in _SINGLE_VALUED for node in order):
        return False
    names = [node.value for node in order if node.operation == "variable"]
    point = {name: Fraction(1 + crc32(name.encode()) % 4096, 4096) for name in names}
    try:
        values = enclosed(entries, point)
    except ArithmeticError:
        return False
    ordered = sorted(values, key=lambda value: value.a)
    return all(low.b < high.a for low, high in pairwise(ordered))
