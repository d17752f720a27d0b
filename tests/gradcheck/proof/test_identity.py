"""First the normal form; points of finite fields where it is too large."""

from __future__ import annotations

from fractions import Fraction

import pytest
from proof_expressions import Writer, Written, seeded, softmax

from gradcheck.proof.derivative import gradients
from gradcheck.proof.identity import decide
from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.normal_form import NormalForms


def decided(node: Written, terms: int = 60_000) -> str:
    budget = Budget(60, terms=terms)
    return decide(node.node, NormalForms(budget), budget, seeded(0))


def test_the_three_answers() -> None:
    x, y = Writer().variables("x y")
    difference = (x + y) ** 6 - (x * x + 2 * x * y + y * y) ** 3
    assert decided(difference) == "zero"
    assert decided(difference, terms=4) == "zero-by-field"
    assert decided(difference + x) == "nonzero"
    assert decided(difference + x, terms=4) == "nonzero"


def test_where_neither_works_it_is_given_up() -> None:
    (x,) = Writer().variables("x")
    with pytest.raises(GivenUp, match="division by 0"):
        decided(x / x.positive())


def test_the_time_is_over() -> None:
    (x,) = Writer().variables("x")
    budget = Budget(seconds=0)
    with pytest.raises(GivenUp, match="more than 0 s"):
        decide(((x + 1) ** 2).node, NormalForms(budget), budget)


def network(*, wrong: bool) -> list[Written]:
    """Return hand-written less true gradients: Dense, ReLU, Dense, softmax, squares."""
    writer = Writer()
    *x, t1, t2 = writer.variables("x1 x2 t1 t2")
    v = writer.variables("v1 v2 v3 v4 v5 v6")
    w = writer.variables("w1 w2 w3 w4 w5 w6")
    z = [v[2 * i] * x[0] + v[2 * i + 1] * x[1] for i in range(3)]
    a = [one.relu() for one in z]
    y = softmax([w[3 * i] * a[0] + w[3 * i + 1] * a[1] + w[3 * i + 2] * a[2] for i in range(2)])
    loss = (y[0] - t1) ** 2 + (y[1] - t2) ** 2
    g = [2 * (y[0] - t1), 2 * (y[1] - t2)]
    dot = g[0] * y[0] + g[1] * y[1]
    back = [y[i] * (g[i] - dot) for i in range(2)]
    hidden = [w[j] * back[0] + w[3 + j] * back[1] for j in range(3)]
    masked = [hidden[j] if wrong and j == 2 else hidden[j] * a[j].positive() for j in range(3)]
    mine = [masked[i] * x[j] for i in range(3) for j in range(2)]
    true = gradients([loss.node], [writer.pool.one], [one.node for one in v])
    return [one - Written(writer, other) for one, other in zip(mine, true, strict=True)]


@pytest.mark.parametrize(("terms", "zero"), [(60_000, "zero"), (3, "zero-by-field")])
def test_a_network_by_either_way(terms: int, zero: str) -> None:
    budget = Budget(60, terms=terms)
    right, wrong = network(wrong=False), network(wrong=True)
    forms = NormalForms(budget)
    assert [decide(one.node, forms, budget, seeded(1)) for one in right] == [zero] * 6
    forms = NormalForms(budget)
    found = [decide(one.node, forms, budget, seeded(1)) for one in wrong]
    assert found == [zero] * 4 + ["nonzero"] * 2


def test_a_slope_that_is_slightly_wrong() -> None:
    (x,) = Writer().variables("x")
    slope, nearly = Fraction(1, 100), Fraction(10_005, 1_000_000)
    y = x * x.positive() + slope * x * (1 - x.positive())
    [true] = gradients([y.node], [x.writer.pool.one], [x.node])
    right = y.positive() + slope * (1 - y.positive())
    off = y.positive() + nearly * (1 - y.positive())
    assert decided(right - Written(x.writer, true)) == "zero"
    assert decided(off - Written(x.writer, true)) == "nonzero"
