"""A residual as a number times a term that is known: ``−y₀ Σₖ≠₀ gₖ yₖ``, ``1/2 g₃ y₃``."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.proof.limits import GivenUp

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcheck.proof.evaluation import FloatValues
    from gradcheck.proof.expression import Expression
    from gradcheck.proof.normal_form import NormalForms

LARGEST = 100
"""Numerator and denominator of the number in front."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """What may stand in a residual, and how it is written."""

    text: str
    node: Expression


def known_terms(
    y: Sequence[Expression], upstream: Sequence[Expression], shape: tuple[int, ...], entry: int
) -> Iterator[Term]:
    """Yield the terms of entry i of a layer whose output has its input's shape.

    Parameters
    ----------
    y, upstream : sequences of Expression
        Entries in C order.
    shape : tuple of int
    entry : int
        Which one i is.
    """
    pool = y[0].pool
    place = np.unravel_index(entry, shape)
    own, g = y[entry], upstream[entry]
    i = str(entry) if len([n for n in shape if n > 1]) < 2 else "".join(map(str, place))
    name = i.translate(_SUBSCRIPT)
    yield Term(text=f"g{name}", node=g)
    yield Term(text=f"y{name} g{name}", node=pool.mul(own, g))
    yield Term(text=f"y{name}² g{name}", node=pool.mul(pool.power(own, 2), g))
    square = pool.subtract(pool.one, pool.power(own, 2))
    yield Term(text=f"(1 − y{name}²) g{name}", node=pool.mul(square, g))
    slope = pool.mul(own, pool.subtract(pool.one, own))
    yield Term(text=f"y{name} (1 − y{name}) g{name}", node=pool.mul(slope, g))
    numbers = np.arange(len(y)).reshape(shape)
    for axis in range(len(shape)):
        line = [int(k) for k in np.moveaxis(numbers, axis, -1)[_without(place, axis)]]
        if len(line) < 2:
            continue
        others = _sum([pool.mul(y[k], upstream[k]) for k in line if k != entry])
        whole = pool.add(others, pool.mul(own, g))
        k = f"k≠{i}".translate(_SUBSCRIPT)
        yield Term(text=f"y{name} Σ{k} yₖ gₖ", node=pool.mul(own, others))
        yield Term(text=f"y{name} Σₖ yₖ gₖ", node=pool.mul(own, whole))


_SUBSCRIPT = str.maketrans("0123456789k", "₀₁₂₃₄₅₆₇₈₉ₖ")


def _without(place: tuple[np.intp, ...], axis: int) -> tuple[int, ...]:
    return tuple(int(k) for j, k in enumerate(place) if j != axis)


def _sum(nodes: Sequence[Expression]) -> Expression:
    total = nodes[0]
    for node in nodes[1:]:
        total = total.pool.add(total, node)
    return total


def multiple_of(
    difference: Expression, terms: Iterator[Term], values: FloatValues, forms: NormalForms
) -> str:
    """Return the difference as a rational number times one of the terms; empty where it is none.

    Parameters
    ----------
    difference : Expression
    terms : iterator of Term
    values : FloatValues
        At a point, where the number is guessed before it is decided.
    forms : NormalForms
    """
    there = values.of(difference)
    for term in terms:
        size = values.of(term.node)
        if not size or there != there:
            continue
        factor = Fraction(there / size).limit_denominator(LARGEST)
        if not factor or abs(float(factor) - there / size) > 1e-9 * abs(there / size):
            continue
        pool = difference.pool
        rest = pool.subtract(difference, pool.mul(pool.constant(factor), term.node))
        try:
            if forms.is_zero(rest):
                return _written(factor, term.text)
        except GivenUp:
            return ""
    return ""


def _written(factor: Fraction, text: str) -> str:
    sign = "−" if factor < 0 else ""
    return f"{sign}{text}" if abs(factor) == 1 else f"{sign}{abs(factor)} {text}"
