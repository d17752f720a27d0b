"""Polynomials against SymPy's, and the small things that everything rests on."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.proof import polynomial
from gradcheck.proof.limits import Budget, GivenUp

if TYPE_CHECKING:
    from gradcheck.proof.polynomial import Monomial, Polynomial

SYMBOLS = sp.symbols("a b c", positive=True)

coefficients = st.fractions(-3, 3, max_denominator=4).filter(bool)
exponents = st.one_of(st.integers(-2, 3), st.fractions(-2, 2, max_denominator=3)).filter(bool)
monomials = st.dictionaries(st.integers(0, 2), exponents).map(
    lambda exponent: tuple(sorted(exponent.items()))
)
polynomials = st.dictionaries(monomials, coefficients, max_size=4)


def written(p: Polynomial) -> sp.Expr:
    return sp.Add(*[value(monomial) * sp.Rational(c) for monomial, c in p.items()])


def value(monomial: Monomial) -> sp.Expr:
    return sp.Mul(*[SYMBOLS[g] ** sp.Rational(e) for g, e in monomial])


def same(p: Polynomial, expected: sp.Expr) -> bool:
    return bool(sp.expand(written(p) - expected) == 0) and all(p.values())


@settings(deadline=None, max_examples=60)
@given(polynomials, polynomials)
def test_sum_and_product_are_those_of_sympy(p: Polynomial, q: Polynomial) -> None:
    assert same(polynomial.add(p, q), sp.expand(written(p) + written(q)))
    assert same(polynomial.multiply(p, q, Budget(60)), sp.expand(written(p) * written(q)))


@settings(deadline=None, max_examples=30)
@given(polynomials, st.integers(0, 3))
def test_power_is_that_of_sympy(p: Polynomial, exponent: int) -> None:
    expected = sp.expand(written(p) ** exponent) if p or exponent else sp.Integer(1)
    assert same(polynomial.power(p, exponent, Budget(60)), expected)


@given(polynomials)
def test_primitive_parts_multiply_to_the_whole(p: Polynomial) -> None:
    number, rest = polynomial.primitive(p)
    assert polynomial.scale(rest, number) == p
    assert all(Fraction(c).denominator == 1 for c in rest.values())
    assert polynomial.primitive(polynomial.scale(p, -7))[1] == rest


def test_a_difference_that_cancels_holds_no_terms() -> None:
    p: Polynomial = {((0, 1),): 2, (): Fraction(1, 2)}
    assert polynomial.add(p, polynomial.scale(p, -1)) == {}
    assert polynomial.add(p, polynomial.scale(p, -2)) != {}


def test_monomials_cancel_exponents() -> None:
    assert polynomial.times(((0, 2), (1, 1)), ((0, -2), (2, 1))) == ((1, 1), (2, 1))
    assert polynomial.times(((0, Fraction(1, 2)),), ((0, Fraction(1, 2)),)) == ((0, 1),)


def test_substitution_of_nought_and_one() -> None:
    p: Polynomial = {((0, 1), (1, 1)): 3, ((1, 1),): -3, (): 5}
    assert polynomial.substitute(p, 0, 1) == {(): 5}
    assert polynomial.substitute(p, 0, 0) == {((1, 1),): -3, (): 5}


def test_lowest_exponents_are_shared_by_all_terms() -> None:
    assert polynomial.lowest({((0, 2), (1, -1)): 1, ((0, 3),): 1}) == {0: 2, 1: -1}
    assert polynomial.lowest({((0, 2),): 1, (): 1}) == {}


def test_too_many_terms_are_given_up() -> None:
    p: Polynomial = {((g, 1),): 1 for g in range(30)}
    assert len(polynomial.multiply(p, p, Budget(60, terms=465))) == 465
    with pytest.raises(GivenUp, match="more than 464 terms"):
        polynomial.multiply(p, p, Budget(60, terms=464))
