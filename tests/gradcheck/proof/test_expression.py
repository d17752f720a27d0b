"""The graph of exact scalars: equal expressions are one node, numbers are folded, sizes bounded."""

from __future__ import annotations

from fractions import Fraction

import pytest

from gradcheck.proof.expression import OPERATIONS, Expression, Pool, reached, written
from gradcheck.proof.limits import Budget, GivenUp, Unmodelled


@pytest.fixture
def pool() -> Pool:
    return Pool()


def test_equal_expressions_are_one_node(pool: Pool) -> None:
    x, y = pool.variable("x"), pool.variable("y")
    assert pool.variable("x") is x
    assert pool.add(x, y) is pool.add(y, x)
    assert pool.mul(x, y) is pool.mul(y, x)
    assert pool.call("exp", x) is pool.call("exp", x)
    assert pool.maximum([x, y, x]) is pool.maximum([y, x])
    assert pool.subtract(x, y) is not pool.subtract(y, x)
    assert pool.power(x, 2) is not pool.power(x, 3)
    assert pool.positive(x) is not pool.nonnegative(x)


def test_numbers_are_folded(pool: Pool) -> None:
    two, half = pool.constant(2), pool.constant(Fraction(1, 2))
    assert pool.add(two, half).value == Fraction(5, 2)
    assert pool.mul(two, half) is pool.one
    assert pool.power(two, -3).value == Fraction(1, 8)
    assert pool.divide(two, half).value == 4
    assert pool.maximum([two, half]) is two
    assert pool.positive(pool.zero) is pool.zero
    assert pool.nonnegative(pool.zero) is pool.one
    assert pool.positive(half) is pool.one
    assert pool.nonnegative(pool.minus_one) is pool.zero
    assert pool.call("exp", pool.zero) is pool.one
    assert pool.call("cos", pool.zero) is pool.one
    assert pool.call("sin", pool.zero) is pool.zero
    assert pool.call("log", pool.one) is pool.zero
    assert pool.call("sqrt", pool.constant(Fraction(9, 4))).value == Fraction(3, 2)
    assert pool.call("log", two).operation == "log"


def test_neutral_elements_leave_no_node(pool: Pool) -> None:
    x = pool.variable("x")
    assert pool.add(x, pool.zero) is x
    assert pool.mul(pool.one, x) is x
    assert pool.mul(x, pool.zero) is pool.zero
    assert pool.power(x, 0) is pool.one
    assert pool.power(x, 1) is x
    assert pool.power(pool.power(x, 2), 3) is pool.power(x, 6)
    assert pool.subtract(x, x) is pool.zero
    assert pool.negative(pool.negative(x)) is x
    assert pool.mul(pool.constant(2), pool.mul(pool.constant(3), x)) is pool.mul(
        pool.constant(6), x
    )


def test_roots_of_numbers_by_their_primes(pool: Pool) -> None:
    def root(value: int | Fraction) -> Expression:
        return pool.call("sqrt", pool.constant(value))  # type: ignore[no-any-return]

    assert root(12) is pool.mul(pool.constant(2), root(3))
    assert root(Fraction(1, 2)) is pool.mul(pool.constant(Fraction(1, 2)), root(2))
    assert pool.call("sqrt", pool.mul(pool.constant(4), pool.variable("x"))) is pool.mul(
        pool.constant(2), pool.call("sqrt", pool.variable("x"))
    )
    negative = pool.call("sqrt", pool.mul(pool.constant(-4), pool.variable("x")))
    assert negative.operation == "sqrt"


def test_select(pool: Pool) -> None:
    x, y = pool.variable("x"), pool.variable("y")
    assert pool.select(pool.one, x, y) is x
    assert pool.select(pool.zero, x, y) is y
    assert pool.select(pool.positive(x), x, x) is x


@pytest.mark.parametrize(("function", "value"), [("sqrt", -1), ("log", 0), ("log", -2)])
def test_what_has_no_value_is_refused(pool: Pool, function: str, value: int) -> None:
    with pytest.raises(Unmodelled):
        pool.call(function, pool.constant(value))
    with pytest.raises(ZeroDivisionError):
        pool.power(pool.zero, -1)


def test_nodes_of_two_pools_are_not_mixed(pool: Pool) -> None:
    other = Pool()
    x, y = pool.variable("x"), other.variable("y")
    for made in (lambda: pool.add(x, y), lambda: pool.mul(y, x), lambda: pool.call("exp", y),
                 lambda: pool.maximum([x, y]), lambda: pool.power(y, 2)):  # fmt: skip
        with pytest.raises(Unmodelled, match="earlier run"):
            made()


def test_sizes_are_bounded() -> None:
    pool = Pool(budget=Budget(nodes=600))
    with pytest.raises(GivenUp, match="nodes"):
        [pool.constant(k) for k in range(1000)]


def test_numbers_are_bounded(pool: Pool) -> None:
    numbers = [pool.constant(3)]
    with pytest.raises(GivenUp, match="bits"):
        numbers.extend(pool.mul(numbers[-1], numbers[-1]) for _ in range(40))
    assert 5 < len(numbers) < 20
    with pytest.raises(GivenUp, match="bits"):
        pool.power(numbers[-1], 1000)
    with pytest.raises(GivenUp, match="power"):
        pool.power(pool.power(pool.variable("x"), 64), 64)


def test_time_is_bounded() -> None:
    pool = Pool(budget=Budget(seconds=0.001))
    with pytest.raises(GivenUp, match="takes more"):
        [pool.constant(k) for k in range(100_000)]  # the time is looked at now and then


def test_reached_gives_arguments_first_and_each_once(pool: Pool) -> None:
    x, y = pool.variable("x"), pool.variable("y")
    total = pool.mul(pool.add(x, y), pool.add(x, y))
    order = reached([total, x])
    assert order == [x, y, pool.add(x, y), total]
    assert repr(total) == "(x + y)·(x + y)"


POOL = Pool()
X, Y = POOL.variable("x"), POOL.variable("y")
P = POOL

WRITTEN: dict[str, Expression] = {
    "-3/2": P.constant(Fraction(-3, 2)),
    "π": P.variable("pi"),
    "x + y": P.add(X, Y),
    "x - y": P.subtract(X, Y),
    "y - x": P.subtract(Y, X),
    "x·y": P.mul(X, Y),
    "-x": P.negative(X),
    "-(x + y)": P.negative(P.add(X, Y)),
    "2·(x + y)": P.mul(P.constant(2), P.add(X, Y)),
    "(-3/2)·x": P.mul(P.constant(Fraction(-3, 2)), X),
    "x^2": P.power(X, 2),
    "(x + y)^3": P.power(P.add(X, Y), 3),
    "1/x": P.power(X, -1),
    "1/(x·y)": P.power(P.mul(X, Y), -1),
    "x^-2": P.power(X, -2),
    "max(x, y, 1)": P.maximum([X, Y, P.one]),
    "exp(x + y)": P.call("exp", P.add(X, Y)),
    "[x > 0]": P.positive(X),
    "[x - y ≥ 0]": P.nonnegative(P.subtract(X, Y)),
}


@pytest.mark.parametrize("text", WRITTEN)
def test_each_is_written(text: str) -> None:
    order = written(WRITTEN[text])
    if text.startswith("max"):
        assert sorted(order.strip("max()").split(", ")) == ["1", "x", "y"]
    else:
        assert order == text


def test_every_operation_is_written() -> None:
    for operation in OPERATIONS:
        if operation not in (
            "constant",
            "variable",
            "add",
            "mul",
            "power",
            "maximum",
            "positive",
            "nonnegative",
        ):
            assert written(POOL.call(operation, X)) == f"{operation}(x)"


def test_long_texts_are_cut() -> None:
    node = X
    for _ in range(50):
        node = POOL.call("exp", POOL.add(node, Y))
    text = written(node, 40)
    assert len(text) <= 40
    assert text.endswith("…")
    assert len(written(node)) <= 200
