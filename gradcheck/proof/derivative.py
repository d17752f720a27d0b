"""The truth: reverse-mode differentiation of the graph of forward."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gradcheck.proof import ties
from gradcheck.proof.expression import INDICATORS, PI, reached

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.proof.expression import Expression, Pool


def gradients(
    outputs: Sequence[Expression], cotangents: Sequence[Expression], wrt: Sequence[Expression]
) -> list[Expression]:
    """Return Σₖ cotangentₖ · ∂outputₖ/∂v for every variable v.

    An indicator's derivative is 0: what is found holds off the kinks, where no argument of an
    indicator is 0 and no two entries of a maximum are both the largest.

    Parameters
    ----------
    outputs, cotangents : sequences of Expression, of one length
    wrt : sequence of Expression
        Variables of the same pool.

    Returns
    -------
    list of Expression
        One for each of `wrt`.
    """
    if not outputs:
        return []
    pool = outputs[0].pool
    order = reached(outputs)
    wanted = {node.number for node in wrt}
    active = _active(order, wanted)
    sums: dict[int, Expression] = {}

    def put(node: Expression, part: Expression) -> None:
        if node.number in active:
            known = sums.get(node.number)
            sums[node.number] = part if known is None else pool.add(known, part)

    for output, cotangent in zip(outputs, cotangents, strict=True):
        put(output, cotangent)
    for node in reversed(order):
        cotangent_of = sums.get(node.number)
        if cotangent_of is not None and node.number not in wanted:
            for argument, slope in zip(node.arguments, _slopes(pool, node), strict=True):
                if argument.number in active:
                    put(argument, pool.mul(cotangent_of, slope))
    return [sums.get(node.number, pool.zero) for node in wrt]


def _active(order: Sequence[Expression], wanted: set[int]) -> set[int]:
    """Return the nodes through which something depends on the variables."""
    active = set(wanted)
    for node in order:
        if any(a.number in active for a in node.arguments) and node.operation not in INDICATORS:
            active.add(node.number)
    return active


def _slopes(pool: Pool, node: Expression) -> tuple[Expression, ...]:
    """Return the partial derivative of one operation in each of its arguments."""
    operation, arguments = node.operation, node.arguments
    a = arguments[0] if arguments else pool.zero
    if operation == "add":
        return (pool.one, pool.one)
    if operation == "mul":
        return (arguments[1], a)
    if operation == "power":
        exponent = node.value
        return (pool.mul(pool.constant(exponent), pool.power(a, exponent - 1)),)
    if operation == "maximum":
        return tuple(ties.slopes(pool, node))
    return (_slope(pool, operation, a, node),)


def _slope(pool: Pool, function: str, a: Expression, value: Expression) -> Any:
    """Return the derivative of an analytic function at a, where it has the value."""
    if function == "exp":
        return value
    if function == "log":
        return pool.power(a, -1)
    if function == "sqrt":
        return pool.mul(pool.constant(Fraction(1, 2)), pool.power(value, -1))
    if function == "sin":
        return pool.call("cos", a)
    if function == "cos":
        return pool.negative(pool.call("sin", a))
    if function == "atan":
        return pool.power(pool.add(pool.one, pool.power(a, 2)), -1)
    if function == "erf":
        # 2/√π · exp(−a²); π is a variable of every graph that has an erf.
        two_over_root = pool.divide(pool.constant(2), pool.call("sqrt", pool.variable(PI)))
        return pool.mul(two_over_root, pool.call("exp", pool.negative(pool.power(a, 2))))
    raise AssertionError(f"{function!r} has no derivative")
