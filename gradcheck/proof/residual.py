"""An exact residual in the notes' symbols, where it is short: ``dW₀₁ − true = x₁ g₀ − x₀ g₁``."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import TYPE_CHECKING

from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import PI
from gradcheck.proof.graph import UPSTREAM
from gradcheck.proof.limits import GivenUp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.proof.expression import Expression
    from gradcheck.proof.normal_form import NormalForms
    from gradcheck.proof.polynomial import Monomial, Polynomial

LONGEST = 70
"""Characters of a residual; a longer one explains nothing."""

LARGEST_FACTOR = 1000
"""Numerator and denominator of a factor that is worth saying."""

_SUBSCRIPT = str.maketrans("0123456789,", "₀₁₂₃₄₅₆₇₈₉,")
_SUPERSCRIPT = str.maketrans("-0123456789/", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹ᐟ")
_ENTRY = re.compile(r"(.+)\[([\d,]+)\]")


def symbol(variable: str, shapes: Mapping[str, tuple[int, ...]]) -> str:
    """Return a variable as the notes write it: x₁ of a column, W₀₁ of a matrix, g upstream."""
    found = _ENTRY.fullmatch(variable)
    name, place = found.groups() if found else (variable, "")
    indices = place.split(",") if place else []
    shape = shapes.get(name, ())
    if len(shape) == len(indices) > 1:
        kept = [k for k, size in zip(indices, shape, strict=True) if size > 1]
        indices = kept or indices[:1]
    separator = "," if any(len(k) > 1 for k in indices) else ""
    text = "g" if name == UPSTREAM else "π" if name == PI else name
    return text + separator.join(indices).translate(_SUBSCRIPT)


def quotient(
    own: Sequence[Expression],
    true: Sequence[Expression],
    point: Mapping[str, float],
    forms: NormalForms,
) -> Fraction | None:
    """Return the number that got is of the truth in every entry, exactly; None where there is none.

    Parameters
    ----------
    own, true : sequences of Expression
    point : mapping of str to float
        At which the number is guessed, before it is decided.
    forms : NormalForms
    """
    values = FloatValues(point)
    pairs = [(values.of(a), values.of(b)) for a, b in zip(own, true, strict=True)]
    got, there = max(pairs, key=lambda pair: abs(pair[1]))
    if not there or got != got:
        return None
    guess = Fraction(got / there).limit_denominator(LARGEST_FACTOR)
    if abs(guess.numerator) > LARGEST_FACTOR or abs(float(guess) - got / there) > 1e-9:
        return None
    try:
        for a, b in zip(own, true, strict=True):
            pool = a.pool
            if not forms.is_zero(pool.subtract(a, pool.mul(pool.constant(guess), b))):
                return None
    except GivenUp:
        return None
    return guess


def text_of(
    difference: Expression, forms: NormalForms, shapes: Mapping[str, tuple[int, ...]]
) -> str:
    """Return a difference as text; empty where it is long or holds what cannot be written."""
    try:
        form = forms.of(difference)
        text = _sum(form.numerator, forms, shapes)
        if form.denominator:
            below = [
                _raised(f"({_sum(forms.rationals.factors[place], forms, shapes)})", power)
                for place, power in form.denominator
            ]
            text = f"({text}) / ({' '.join(below)})" if len(below) > 1 else f"({text}) / {below[0]}"
    except (GivenUp, LookupError):
        return ""
    return text if len(text) <= LONGEST else ""


def _sum(p: Polynomial, forms: NormalForms, shapes: Mapping[str, tuple[int, ...]]) -> str:
    terms = []
    for monomial, coefficient in sorted(p.items()):
        factor = "" if abs(coefficient) == 1 and monomial else str(abs(coefficient))
        text = " ".join(filter(None, [factor, _product(monomial, forms, shapes)]))
        terms.append(("−" if coefficient < 0 else "+", text))
    terms.sort(key=lambda term: term[0] != "+")
    joined = " ".join(f"{sign} {text}" for sign, text in terms)
    return joined[2:] if joined.startswith("+") else joined.replace("− ", "−", 1)


def _product(monomial: Monomial, forms: NormalForms, shapes: Mapping[str, tuple[int, ...]]) -> str:
    return " ".join(_raised(_generator(number, forms, shapes), power) for number, power in monomial)


def _raised(text: str, power: Fraction | int) -> str:
    return text if power == 1 else text + str(power).translate(_SUPERSCRIPT)


def _generator(number: int, forms: NormalForms, shapes: Mapping[str, tuple[int, ...]]) -> str:
    """Return a generator as text.

    Raises
    ------
    LookupError
        Where it has none that is short.
    """
    generators = forms.generators
    kind, about = generators.kinds[number], generators.about[number]
    if kind == "variable":
        return symbol(about, shapes)
    if kind == "exp":
        monomial, denominator = about
        if not denominator:
            return f"exp({_product(monomial, forms, shapes) or '1'})"
    if kind == "indicator" and isinstance(about, dict):
        return f"[{_sum(about, forms, shapes)} > 0]"
    if kind == "root" and len(generators.squares[number]) == 1:
        return f"√{_sum(generators.squares[number], forms, shapes)}"
    raise LookupError(kind)
