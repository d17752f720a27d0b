"""What backward returns at a kink: run on the stratum x = 0, held against both one-sided values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.proof.derivative import gradients
from gradcheck.proof.exceptional_points import KINK, exceptional_points
from gradcheck.proof.expression import INDICATORS, reached
from gradcheck.proof.limits import GivenUp
from gradcheck.proof.substitution import rebuilt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.proof.expression import Expression
    from gradcheck.proof.graph import Graph
    from gradcheck.proof.normal_form import NormalForms

LEFT, RIGHT, BOTH = "from the left", "from the right", "from both sides"


def kinked(roots: Sequence[Expression]) -> list[Expression] | None:
    """Return the variables x of which there is an indicator of c·x > 0, or ≥ 0.

    None where there are other kinks too: indicators of more than one variable, or maxima.
    """
    found: dict[int, Expression] = {}
    for node in reached(roots):
        if node.operation == "maximum":
            return None
        if node.operation in INDICATORS:
            variable = _variable(node.arguments[0])
            if variable is None:
                return None
            found[variable.number] = variable
    return list(found.values())


def side_at(
    variable: Expression,
    own: Sequence[Expression],
    true: Sequence[Expression],
    forms: NormalForms,
) -> str | None:
    """Return which one-sided derivative backward returns where a variable is 0.

    Parameters
    ----------
    variable : Expression
        One of `kinked`.
    own, true : sequences of Expression
        What backward returns, and forward's derivative off the kinks.
    forms : NormalForms

    Returns
    -------
    str or None
        `LEFT`, `RIGHT`, or `BOTH` where they are equal; None where it is neither, or not decided.
    """
    there = _with_zero(own, variable, None)
    try:
        left = _same(there, _with_zero(true, variable, 0), forms)
        right = _same(there, _with_zero(true, variable, 1), forms)
    except GivenUp:
        return None
    return {(True, True): BOTH, (True, False): LEFT, (False, True): RIGHT}.get((left, right))


def same_for_any_maximum(
    outputs: Sequence[Expression],
    cotangents: Sequence[Expression],
    variables: Sequence[Expression],
    own: Sequence[Expression],
    forms: NormalForms,
) -> bool:
    """Say whether forward does not depend on its maxima, and backward is right whatever they are.

    So it is where the largest entry is taken off before exp: ties of it are no kinks then.

    Parameters
    ----------
    outputs, cotangents : sequences of Expression
        Of forward.
    variables, own : sequences of Expression
        Of one input, and the gradient that backward returns for it.
    forms : NormalForms
    """
    pool = outputs[0].pool
    roots = [*outputs, *own]
    if any(node.operation in INDICATORS for node in reached(roots)):
        return False
    made: dict[int, Expression] = {}
    free: list[Expression] = []
    for node in reached(roots):
        if node.operation == "maximum":
            free.append(pool.variable(f"maximum {node.number}"))
            made[node.number] = free[-1]
        else:
            made[node.number] = rebuilt(node, made)
    y, got = ([made[one.number] for one in part] for part in (outputs, own))
    true = gradients(y, cotangents, [*variables, *free])
    try:
        nothing = all(map(forms.is_zero, true[len(variables) :]))
        return nothing and _same(got, true[: len(variables)], forms)
    except GivenUp:
        return False


def _variable(argument: Expression) -> Expression | None:
    """Return x where the argument is x, or a number times x."""
    if argument.operation == "mul" and argument.arguments[0].operation == "constant":
        argument = argument.arguments[1]
    return argument if argument.operation == "variable" else None


def _same(a: Sequence[Expression], b: Sequence[Expression], forms: NormalForms) -> bool:
    pairs = zip(a, b, strict=True)
    return all(forms.is_zero(one.pool.subtract(one, other)) for one, other in pairs)


def _with_zero(
    roots: Sequence[Expression], variable: Expression, side: int | None
) -> list[Expression]:
    """Return expressions where a variable is 0, its indicators as they are there or of one side.

    Parameters
    ----------
    roots : sequence of Expression
    variable : Expression
    side : int or None
        0 for x → 0 from below, 1 from above, None for x = 0 itself.
    """
    pool = variable.pool
    made: dict[int, Expression] = {}
    for node in reached(roots):
        if node is variable:
            made[node.number] = pool.zero
        elif node.operation in INDICATORS and _variable(node.arguments[0]) is variable:
            made[node.number] = _indicator(node, side)
        else:
            made[node.number] = rebuilt(node, made)
    return [made[root.number] for root in roots]


def _indicator(node: Expression, side: int | None) -> Any:
    pool, argument = node.pool, node.arguments[0]
    if side is None:
        return pool.one if node.operation == "nonnegative" else pool.zero
    rises = argument.operation == "variable" or argument.arguments[0].value > 0
    return pool.one if rises == bool(side) else pool.zero


def one_sided(own: Sequence[Expression], true: Sequence[Expression], forms: NormalForms) -> str:
    """Return what backward gives at the kinks x = 0, entry by entry.

    Returns
    -------
    str
        `LEFT` or `RIGHT`, the same in every entry that has a kink; `BOTH` where no entry has one,
        so that the identity holds there too; empty where neither is so, or it cannot be told.
    """
    sides: set[str | None] = set()
    for one, other in zip(own, true, strict=True):
        variables = kinked([one, other])
        if variables is None or len(variables) > 1:
            return ""
        for variable in variables:
            try:
                sides.add(side_at(variable, [one], [other], forms))
            except ZeroDivisionError:
                return ""
    kinds = sides - {BOTH}
    return kinds.pop() or "" if len(kinds) == 1 else "" if kinds else BOTH


def exceptions_at(
    graph: Graph,
    quantity: str,
    own: Sequence[Expression],
    true: Sequence[Expression],
    forms: NormalForms,
    *,
    derived: bool,
) -> tuple[str, ...]:
    """Return where a proved identity says nothing, with what backward returns at the kinks.

    Parameters
    ----------
    graph : Graph
    quantity : str
        "y", or the gradient "dx".
    own, true : sequences of Expression
        Both sides of the identity.
    forms : NormalForms
    derived : bool
        `true` is forward's derivative: its kinks are forward's, and it has no others.
    """
    exceptions = exceptional_points([*own, *true])
    if KINK not in exceptions:
        return exceptions
    side = one_sided(own, true, forms)
    if not side and (derived or KINK not in exceptional_points(true)):
        upstream = graph.upstream()
        variables = [graph.pool.variable(one) for one in graph.variables.get(quantity[1:], ())]
        got = own if variables else ()
        if same_for_any_maximum(graph.y, upstream, variables, got, forms):
            side = BOTH
    others = [one for one in exceptions if one != KINK]
    if side == BOTH:
        return tuple(others)
    return (f"{KINK} (at 0 it returns the derivative {side})" if side else KINK, *others)
