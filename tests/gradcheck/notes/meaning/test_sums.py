"""Sums to a size that is a letter come to one form."""

from __future__ import annotations

import pytest
from sympy import IndexedBase, Integer, KroneckerDelta, Sum, Symbol, expand

from gradcheck.notes.meaning.sums import collapsed, indexed_sum

n, r, c = (Symbol(name, integer=True, positive=True) for name in "nrc")
x, g = IndexedBase("x"), IndexedBase("g")


def test_a_delta_is_carried_out() -> None:
    assert indexed_sum(lambda k: g[k] * KroneckerDelta(k, r) * x[c], n, 1) == g[r] * x[c]
    assert indexed_sum(lambda k: g[k] * KroneckerDelta(1, k), n, 1) == g[1]


def test_equal_sums_are_equal_expressions() -> None:
    k, m = Symbol("k", integer=True, positive=True), Symbol("m", integer=True, positive=True)
    one, other = (collapsed(Sum(g[i] * x[i], (i, 1, n))) for i in (k, m))
    assert one == other
    assert one != collapsed(Sum(g[k] * g[k], (k, 1, n)))


def test_what_does_not_depend_on_the_index_is_taken_out() -> None:
    total = indexed_sum(lambda k: x[r] * g[k] + 2, n, 1)
    assert expand(total - x[r] * indexed_sum(lambda k: g[k], n, 1) - 2 * n) == 0


@pytest.mark.parametrize("first", [2, 3])
def test_a_sum_that_begins_later_lacks_the_first_terms(first: int) -> None:
    whole = indexed_sum(lambda k: g[k], n, 1)
    later = indexed_sum(lambda k: g[k], n, first)
    assert expand(whole - later - sum(g[Integer(k)] for k in range(1, first))) == 0


def test_nested_sums_keep_their_indices_apart() -> None:
    inner = indexed_sum(lambda k: indexed_sum(lambda m: x[m] * g[k] + g[m] * x[k], n, 1), n, 1)
    one = indexed_sum(lambda k: x[k], n, 1) * indexed_sum(lambda k: g[k], n, 1)
    assert expand(inner - 2 * one) == 0
