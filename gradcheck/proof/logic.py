"""Logic on indicators, which are 1 where a comparison holds and else 0: "not" is 1 − a."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.proof.expression import INDICATORS
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.trace import current

if TYPE_CHECKING:
    from gradcheck.proof.expression import Expression


def boolean(node: Expression) -> bool:
    """Say whether a node is made of indicators by "and" and "not" alone, so that it is 0 or 1."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.operation in INDICATORS or (one.operation == "constant" and one.value in (0, 1)):
            continue
        if one.operation == "mul":
            waiting.extend(one.arguments)
        elif (inner := _negated(one)) is not None:
            waiting.append(inner)
        else:
            return False
    return True


def whole(node: Expression) -> bool:
    """Say whether a node is made of indicators and integers, so that it is an integer."""
    waiting, seen = [node], set[int]()
    while waiting:
        one = waiting.pop()
        if one.number in seen or one.operation in INDICATORS:
            continue
        seen.add(one.number)
        if one.operation == "constant":
            if one.value.denominator != 1:
                return False
        elif one.operation in ("add", "mul", "maximum") or (
            one.operation == "power" and one.value > 0
        ):
            waiting.extend(one.arguments)
        else:
            return False
    return True


def truth(node: Expression) -> Any:
    """Return the indicator that a node is not 0: itself where it is one."""
    return node if boolean(node) else logical_not(equal(node, node.pool.zero))


def _negated(node: Expression) -> Expression | None:
    """Return b where the node is 1 − b."""
    if node.operation != "add":
        return None
    pool = node.pool
    for one, other in (node.arguments, node.arguments[::-1]):
        if one is pool.one and other.operation == "mul" and other.arguments[0] is pool.minus_one:
            return other.arguments[1]
    return None


def _must_be_boolean(*nodes: Expression) -> None:
    for node in nodes:
        if not boolean(node):
            raise Unmodelled("a logical operation on what is not a comparison")


def logical_not(a: Expression) -> Any:
    """Return 1 − a, for an indicator."""
    _must_be_boolean(a)
    inner = _negated(a)
    return inner if inner is not None else a.pool.subtract(a.pool.one, a)


def logical_and(a: Expression, b: Expression) -> Any:
    """Return a · b, for indicators."""
    _must_be_boolean(a, b)
    return a if a is b else a.pool.mul(a, b)


def logical_or(a: Expression, b: Expression) -> Any:
    """Return 1 − (1 − a)(1 − b), for indicators."""
    return logical_not(logical_and(logical_not(a), logical_not(b)))


def greater(a: Expression, b: Expression) -> Any:
    """Return the indicator of a > b."""
    return a.pool.positive(a.pool.subtract(a, b))


def greater_equal(a: Expression, b: Expression) -> Any:
    """Return the indicator of a ≥ b."""
    return a.pool.nonnegative(a.pool.subtract(a, b))


def equal(a: Expression, b: Expression) -> Any:
    """Return the indicator of a = b."""
    return a.pool.mul(greater_equal(a, b), greater_equal(b, a))


def chosen(indicator: Expression, a: Expression, b: Expression) -> Any:
    """Return a where the indicator is 1, else b; where one region is run, it is decided."""
    if indicator.operation == "constant" or current.get().merging:
        return a.pool.select(indicator, a, b)
    return a if indicator else b
