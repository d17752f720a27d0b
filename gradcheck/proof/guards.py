"""Guards of forward that backward leaves out: ``log(y + 1e-8)`` is exact up to its ε."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from gradcheck.proof.derivative import gradients
from gradcheck.proof.expression import reached
from gradcheck.proof.limits import GivenUp
from gradcheck.proof.substitution import substituted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.proof.expression import Expression
    from gradcheck.proof.normal_form import NormalForms

LARGEST = Fraction(1, 10**6)
"""A literal above is a number, and no guard."""


def exact_up_to(
    outputs: Sequence[Expression],
    cotangents: Sequence[Expression],
    variables: Sequence[Expression],
    own: Sequence[Expression],
    forms: NormalForms,
) -> tuple[Fraction, ...]:
    """Return the guards with which a gradient is exact once they are read as 0; none else.

    A guard is a literal of at most `LARGEST` that forward adds inside of a logarithm, a root or a
    denominator, and nowhere else. Backward may leave it out, or have it with the same sign.

    Parameters
    ----------
    outputs, cotangents : sequences of Expression
        Of forward.
    variables, own : sequences of Expression
        Of one input, and the gradient that backward returns for it.
    forms : NormalForms
    """
    guards = _guards(outputs)
    in_backward = _small({node.number: node for node in reached(own)})
    if not guards or not in_backward <= guards:
        return ()
    pool = outputs[0].pool
    zero = {pool.constant(value).number: pool.zero for value in guards}
    try:
        y, got = substituted(outputs, zero), substituted(own, zero)
        true = gradients(y, cotangents, variables)
        same = all(forms.is_zero(pool.subtract(a, b)) for a, b in zip(got, true, strict=True))
    except (GivenUp, ZeroDivisionError):
        return ()
    return tuple(sorted(guards)) if same else ()


def _guards(outputs: Sequence[Expression]) -> set[Fraction]:
    """Return the small literals of forward; none where one of them is anything but a guard."""
    nodes = {node.number: node for node in reached(outputs)}
    small = _small(nodes)
    guarded: dict[int, bool] = {}
    for node in nodes.values():
        inside = node.operation in ("log", "sqrt") or (node.operation == "power" and node.value < 0)
        for argument in node.arguments:
            if _adds(argument, small):
                guarded[argument.number] = guarded.get(argument.number, True) and inside
            elif node.operation != "add" and _is_small(argument, small):
                return set()
    return small if guarded and all(guarded.values()) else set()


def _adds(node: Expression, small: set[Fraction]) -> bool:
    return node.operation == "add" and any(_is_small(one, small) for one in node.arguments)


def _is_small(node: Expression, small: set[Fraction]) -> bool:
    return node.operation == "constant" and node.value in small


def _small(nodes: Mapping[int, Any]) -> set[Fraction]:
    return {
        node.value
        for node in nodes.values()
        if node.operation == "constant" and 0 < abs(node.value) <= LARGEST
    }
