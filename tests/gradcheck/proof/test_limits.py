"""What a proof may cost, and how it is given up."""

from __future__ import annotations

import time

import pytest

from gradcheck.proof.limits import BETWEEN, Budget, GivenUp, Unmodelled, refusals


def test_no_exception_that_code_catches() -> None:
    assert not issubclass(GivenUp, Exception)
    assert issubclass(Unmodelled, GivenUp)


def test_refusals_are_noted_while_code_runs() -> None:
    GivenUp("before")
    token = refusals.set([])
    try:
        Unmodelled("one")
        GivenUp("two")
        assert refusals.get() == ["one", "two"]
    finally:
        refusals.reset(token)
    assert refusals.get() is None


def test_nodes() -> None:
    budget = Budget(10, nodes=1_000)
    budget.count(999)
    with pytest.raises(GivenUp, match="more than 1000 nodes"):
        budget.count(1_000)


def test_terms() -> None:
    budget = Budget(10, terms=50)
    budget.spend(50)
    with pytest.raises(GivenUp, match="more than 50 terms"):
        budget.spend(51)


def test_time_is_processor_time() -> None:
    budget = Budget(0.02)
    time.sleep(0.05)
    budget.look()
    end = time.thread_time() + 0.03
    while time.thread_time() < end:
        pass
    for look in (budget.look, lambda: budget.spend(0), lambda: budget.count(0)):
        with pytest.raises(GivenUp, match=r"more than 0.02 s"):
            look()


def test_the_clock_is_looked_at_now_and_then() -> None:
    budget = Budget(0)
    with pytest.raises(GivenUp):
        budget.spend(0)
    budget.spend(0)
    with pytest.raises(GivenUp):
        budget.spend(BETWEEN)
