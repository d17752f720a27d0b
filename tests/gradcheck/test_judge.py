"""The judge of points: what it learns at the given one, and whom it believes elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck import by_differences, check_functions
from gradcheck.execution import Runner
from gradcheck.judge import Judge
from gradcheck.plan import SLOW
from gradcheck.records import Oracle, Verdict
from gradcheck.samples import Sample
from gradcheck.subject import from_functions

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.readings import Outcome
    from gradcheck.records import Array

RNG = np.random.default_rng(0)
X, W = RNG.standard_normal((3, 4)), RNG.standard_normal((4, 2))


def forward(X: Array, W: Array) -> Array:
    return np.tanh(X @ W)


def backward(g: Array, X: Array, W: Array) -> tuple[Array, Array]:
    d = g * (1 - np.tanh(X @ W) ** 2)
    return d @ W.T, X.T @ d


def judge_of(forward: Callable[..., Any] = forward) -> Judge:
    subject = from_functions(forward, backward, [X, W])
    return Judge(Runner(subject), np.random.default_rng(0))


def judged(
    judge: Judge, factors: tuple[Any, Any], regime: str = "point", *, thorough: bool = True
) -> Outcome:
    """Return the outcome of the right gradients times these factors; None leaves one out."""
    y = np.asarray(judge.runner.forward([X, W]))
    g = np.random.default_rng(1).uniform(0.5, 2.0, y.shape)
    gradients = [
        None if factor is None else factor * d
        for factor, d in zip(factors, backward(g, X, W), strict=True)
    ]
    sample = Sample(regime=regime, inputs=(X, W))
    with np.errstate(all="ignore"):
        return judge.judge(sample, g, y, gradients, thorough=thorough)


def verdicts(outcome: Outcome) -> dict[tuple[str, Oracle], Verdict]:
    return {(r.quantity, r.oracle): r.verdict for r in outcome.readings}


def spoilt(k: int) -> Callable[..., tuple[Array, ...]]:
    def wrong(g: Array, X: Array, W: Array) -> tuple[Array, ...]:
        gradients = list(backward(g, X, W))
        gradients[k] = 1.01 * gradients[k]
        return tuple(gradients)

    return wrong


class TestConvictions:
    def test_who_is_wrong_at_the_given_point_is_remembered(self) -> None:
        judge = judge_of()
        assert judge.convicted == set()
        judge.runner.subject = from_functions(forward, spoilt(1), [X, W])
        judged(judge, (1.0, 1.01))
        assert judge.convicted == {1}

    def test_but_not_elsewhere(self) -> None:
        judge = judge_of()
        judged(judge, (1.0, 1.01), "signs", thorough=False)
        assert judge.convicted == set()

    def test_by_name(self) -> None:
        judge = judge_of()
        judge.convict({"dX", "dW", "db"})
        assert judge.convicted == {0, 1}
        judge.convict(set())
        assert judge.convicted == set()

    def test_less_is_asked_of_who_is_convicted(self) -> None:
        first, later = judge_of(), judge_of()
        later.convict({"dX"})
        counts = []
        for judge in (first, later):
            outcome = judged(judge, (1.01, 1.0), "signs", thorough=False)
            assert verdicts(outcome)["dX", Oracle.COMPLEX_STEP] is Verdict.FAIL
            counts.append(judge.runner.backwards)
        assert counts[1] < counts[0]

    def test_a_right_gradient_of_one_who_is_convicted_passes(self) -> None:
        judge = judge_of()
        judge.convict({"dX"})
        outcome = judged(judge, (1.0, 1.0), "signs", thorough=False)
        assert set(verdicts(outcome).values()) == {Verdict.PASS}


class TestOracles:
    def test_a_gradient_that_is_missing_is_not_looked_at(self) -> None:
        outcome = judged(judge_of(), (None, 1.0))
        assert {quantity for quantity, _ in verdicts(outcome)} == {"dW"}

    def test_what_the_complex_step_cannot_tell_once_it_is_not_asked_again(self) -> None:
        judge = judge_of(lambda X, W: np.asarray(forward(X, W), dtype=np.float64))
        with np.errstate(all="ignore"):
            first = judged(judge, (1.0, 1.0))
        assert set(judge.not_analytic) == {0, 1}
        assert verdicts(first)["dX", Oracle.COMPLEX_STEP] is Verdict.INCONCLUSIVE
        assert verdicts(first)["dX", Oracle.FINITE_DIFFERENCE] is Verdict.PASS
        again = judged(judge, (1.0, 1.0), "signs", thorough=False)
        reasons = {r.reason for r in again.readings if r.oracle is Oracle.COMPLEX_STEP}
        assert reasons == set(judge.not_analytic.values())

    @pytest.mark.parametrize("thorough", [True, False])
    def test_a_pass_that_differences_refute_is_taken_back(
        self, monkeypatch: pytest.MonkeyPatch, *, thorough: bool
    ) -> None:
        name = "judge_entries" if thorough else "judge_direction"
        monkeypatch.setattr(by_differences, name, lambda *_: True)
        outcome = judged(judge_of(), (1.0, None), thorough=thorough)
        readings = [r for r in outcome.readings if r.oracle is Oracle.COMPLEX_STEP]
        assert [(r.verdict, r.reason) for r in readings] == [
            (Verdict.INCONCLUSIVE, "finite differences disagree with it")
        ]

    def test_a_point_is_timed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        seen: list[float] = []
        monkeypatch.setattr(
            by_differences, "judge_direction", lambda point, *_: seen.append(point.seconds)
        )
        judged(judge_of(), (1.0, 1.0), thorough=False)
        assert len(seen) == 2
        assert all(0 < seconds < 1 for seconds in seen)


def test_a_pause_of_the_machine_is_not_taken_for_a_slow_forward(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ticks = iter([0.0, 30.0, 30.0, 30.00001, 31.0, 61.0, *np.arange(100.0, 1e4)])
    monkeypatch.setattr("gradcheck.judge.perf_counter", lambda: float(next(ticks)))
    seen: list[float] = []
    monkeypatch.setattr(
        by_differences, "judge_direction", lambda point, *_: seen.append(point.seconds)
    )
    judged(judge_of(), (1.0, 1.0), thorough=False)
    assert seen == pytest.approx([1e-5, 1e-5], rel=1e-3)


def test_a_forward_that_is_slow_again_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradcheck.judge.perf_counter", map(float, range(10**4)).__next__)
    judge = judge_of()
    judged(judge, (1.0, 1.0), thorough=False)
    assert judge.pace > SLOW


def test_a_structure_that_holds_at_one_point_only() -> None:
    """Rows that are apart at the given point, and act on each other farther out."""

    def forward(x: Array) -> Array:
        total = float(np.real(x).sum()) if np.real(x).min() > 1000 else 0.0
        return np.asarray(np.real(x) + total)

    def right(g: Array, x: Array) -> Array:
        return g + (x.min() > 1000) * g.sum()

    def rows_only(g: Array, x: Array) -> Array:
        return g + (x.min() > 1000) * g.sum(axis=1, keepdims=True)

    x = np.random.default_rng(0).standard_normal((6, 6))
    regimes = ["signs", "offset"]
    result = check_functions(forward, right, x, ["x"], regimes=regimes)
    assert result.verdict is Verdict.PASS, str(result)
    result = check_functions(forward, rows_only, x, ["x"], regimes=regimes)
    assert result.verdict is Verdict.FAIL, str(result)
