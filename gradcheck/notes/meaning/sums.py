"""Sums to a size that is a letter: kept as SymPy's `Sum`, and brought to one form."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.notes.equation import Expression


def indexed_sum(
    term: Callable[[Expression], Expression], size: Expression, first: int
) -> Expression:
    """Return the sum of the terms from the first to `size`, in the form of `collapsed`."""
    from sympy import Dummy, Sum

    k = Dummy("k", integer=True, positive=True)
    body = term(k)
    whole = collapsed(Sum(body, (k, 1, size)))
    for left_out in range(1, first):
        whole -= collapsed(body.xreplace({k: _integer(left_out)}))
    return whole


def _integer(number: int) -> Expression:
    from sympy import Integer

    return Integer(number)


def collapsed(expression: Expression) -> Expression:
    """Return the expression with every sum over a Kronecker delta carried out.

    An index that a delta puts in place of another lies within the other's range: in the notes every
    index of an array is one of its components.
    """
    from sympy import Sum

    if not expression.has(Sum):
        return expression
    return expression.replace(lambda part: isinstance(part, Sum), lambda part: _carried_out(part))


def _carried_out(whole: Expression) -> Expression:
    from sympy import Add, Dummy, KroneckerDelta, Mul, Sum, expand

    body, limits = whole.function, whole.limits
    index, low, high = limits[0]
    parts = []
    for term in Add.make_args(expand(collapsed(body))):
        factors = Mul.make_args(term)
        deltas = [f for f in factors if isinstance(f, KroneckerDelta) and index in f.args]
        if deltas:
            one, other = deltas[0].args
            rest = Mul(*(f for f in factors if f is not deltas[0]))
            target = other if one == index else one
            parts.append(rest.subs(index, target))
            continue
        free = [f for f in factors if not f.has(index)]
        bound = Mul(*(f for f in factors if f.has(index)))
        if not bound.has(index):
            parts.append(term * (high - low + 1))
            continue
        # One name for the index, so that equal sums are equal expressions.
        name = Dummy("l", integer=True, positive=True, dummy_index=_level(bound))
        parts.append(Mul(*free) * Sum(bound.xreplace({index: name}), (name, low, high)))
    return Add(*parts)


def _level(body: Expression) -> int:
    """Return how deep the sums inside are nested: each depth has an index of its own."""
    from sympy import Sum

    return 1 + max((_level(part.function) for part in body.atoms(Sum)), default=0)
