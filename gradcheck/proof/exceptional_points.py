"""Where an identity of expressions says nothing: kinks, zero denominators, domains."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

from gradcheck.proof.expression import INDICATORS, PI, reached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.proof.expression import Expression, Pool

KINK = "at a kink or a tie"
DIVISION = "where a denominator is 0"
DOMAIN = "outside the domain of a logarithm or a root"

_UNKNOWN, _NOT_NEGATIVE, _POSITIVE = range(3)


def exceptional_points(roots: Sequence[Expression]) -> tuple[str, ...]:
    """Return the points that are left out, in words; none where there are provably none.

    Parameters
    ----------
    roots : sequence of Expression
        Both sides of the identities.
    """
    found = {kind for root in roots for kind in _facts(root).exceptions}
    return tuple(kind for kind in (KINK, DIVISION, DOMAIN) if kind in found)


def partial(node: Expression) -> bool:
    """Say whether a node may have no value somewhere: where it divides by 0, say."""
    return bool({DIVISION, DOMAIN} & _facts(node).exceptions)


class _Facts(NamedTuple):
    """What is known of a node: its sign, and the exceptions of it and of what it rests on."""

    sign: int
    exceptions: frozenset[str]


_known: WeakKeyDictionary[Pool, dict[int, _Facts]] = WeakKeyDictionary()
"""Of every pool: each node is looked at once, however often code asks whether it is finite."""


def _facts(node: Expression) -> _Facts:
    known = _known.setdefault(node.pool, {})
    for one in reached([node], known):
        given = [known[argument.number] for argument in one.arguments]
        exceptions = frozenset().union(*[facts.exceptions for facts in given])
        own = _exception(one, given)
        known[one.number] = _Facts(
            sign=_sign(one, [facts.sign for facts in given]),
            exceptions=exceptions | {own} if own else exceptions,
        )
    return known[node.number]


def _exception(node: Expression, given: Sequence[_Facts]) -> str:
    if node.operation in INDICATORS or node.operation == "maximum":
        return KINK
    if node.operation == "power" and node.value < 0 and given[0].sign != _POSITIVE:
        return DIVISION
    return DOMAIN if node.operation in ("log", "sqrt") and given[0].sign != _POSITIVE else ""


def _sign(node: Expression, given: list[int]) -> int:
    """Return what is known of a node's sign from its arguments'."""
    operation = node.operation
    if operation == "constant":
        return _POSITIVE if node.value > 0 else _UNKNOWN if node.value < 0 else _NOT_NEGATIVE
    if operation == "exp" or node.value == PI:
        return _POSITIVE
    if operation == "add" and _UNKNOWN not in given:
        return max(given)
    if operation == "mul":
        return min(given) if node.arguments[0] is not node.arguments[1] else max(given[0], 1)
    if operation == "power":
        return given[0] if given[0] else _NOT_NEGATIVE if node.value % 2 == 0 else _UNKNOWN
    if operation in INDICATORS or operation == "sqrt":
        return max(given[0], _NOT_NEGATIVE) if operation == "sqrt" else _NOT_NEGATIVE
    return _UNKNOWN
