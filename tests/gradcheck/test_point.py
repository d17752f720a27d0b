"""What is allowed to the code at one point, and what is noted and taken back there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck import point as module
from gradcheck.comparison import compare
from gradcheck.errors import SubjectError
from gradcheck.execution import Runner
from gradcheck.point import Point
from gradcheck.probes import EntryProbes
from gradcheck.records import Estimate, Oracle, Verdict
from gradcheck.samples import Sample
from gradcheck.subject import from_functions

if TYPE_CHECKING:
    from gradcheck.records import Array

X = np.array([0.5, -1.5, 2.0])
PROBES = EntryProbes(shape=(3,), output=(3,))


def backward(g: Array, x: Array, *rest: Array) -> Any:
    return (g * np.cos(x), *[None for _ in rest])


def made(x: Array = X, regime: str = "point", upstream: float = 1.0, back: Any = backward) -> Point:
    subject = from_functions(np.sin, back, [x], names=["x"])
    y = np.sin(x)
    sample = Sample(regime=regime, inputs=(x,))
    cotangent = np.full(y.shape, upstream, dtype=y.dtype)
    rng = np.random.default_rng(0)
    point = Point(Runner(subject), rng, sample, cotangent, y, [(-np.inf, np.inf)])
    point.outcome.got[0] = np.cos(x).astype(np.float64)
    return point


class TestMaking:
    @pytest.mark.parametrize(
        ("dtype", "single"), [(np.float64, False), (np.float32, True), (np.float16, True)]
    )
    def test_precision_is_that_of_inputs_and_y(self, dtype: type, *, single: bool) -> None:
        point = made(X.astype(dtype))
        assert point.eps == float(np.finfo(dtype).eps)
        assert point.single is point.outcome.single is single

    @pytest.mark.parametrize("regime", ["point", "signs", "float32"])
    def test_regime(self, regime: str) -> None:
        point = made(regime=regime)
        assert point.given is (regime == "point")
        assert point.guards_vanish is (regime == "float32")
        assert point.convicted == set()

    def test_forward_raises(self) -> None:
        def forward(x: Array) -> Array:
            raise ValueError("no")

        subject = from_functions(forward, backward, [X])
        sample = Sample(regime="point", inputs=(X.astype(np.float32),))
        edges = [(-np.inf, np.inf)]
        with pytest.raises(SubjectError, match="ValueError: no"):
            Point(Runner(subject), np.random.default_rng(0), sample, X, X, edges)


class TestFloor:
    def test_is_two_units_in_the_last_place(self) -> None:
        got = np.array([1.0, -4.0, 2.0])
        assert np.allclose(made().floor(0, got), 2 * 2.0**-52 * np.abs(got), rtol=1e-4)

    @pytest.mark.parametrize(("upstream", "times"), [(1.0, 1.0), (0.01, 1.0), (100.0, 100.0)])
    @pytest.mark.parametrize("dtype", [np.float32, np.float16])
    def test_of_zero_is_what_underflows(self, dtype: type, upstream: float, times: float) -> None:
        floor = made(X.astype(dtype), upstream=upstream).floor(0, np.zeros(3))
        assert floor[0] == pytest.approx(2 * times * float(np.finfo(dtype).tiny), rel=1e-3)

    @pytest.mark.parametrize("upstream", [1.0, -100.0])
    def test_of_zero_in_float64_is_what_is_negligible(self, upstream: float) -> None:
        floor = made(upstream=upstream).floor(0, np.zeros(3))
        assert floor[0] == pytest.approx(module.NEGLIGIBLE * abs(upstream), rel=1e-12)

    def test_what_is_negligible_makes_no_bound_vacuous(self) -> None:
        point = made()
        value = np.full(3, 1e-19)
        estimate = Estimate(value=value, bound=np.zeros(3), terms=value)
        comparison = compare(value, estimate, point.floor(0, value))
        assert point.meaningful(0, comparison, estimate, PROBES)

    def test_of_an_update_is_the_rounding_of_the_parameter_too(self) -> None:
        point = made()
        point.runner.subject = replace(point.runner.subject, updates={"x": 0.5})
        floor = point.floor(0, np.zeros(3))
        assert np.allclose(floor, 2 * 2.0**-52 / 0.5 * np.abs(X), rtol=1e-3)


class TestRounding:
    def test_is_measured_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        point = made()
        calls: list[int] = []

        def of_backward(*arguments: Any) -> list[Array]:
            calls.append(arguments[-1])
            return [np.full(3, 1.0 / len(calls))]

        monkeypatch.setattr(module, "of_backward", of_backward)
        assert [float(point.rounding(0)[0]) for _ in range(3)] == [1.0, 1.0, 1.0]  # type: ignore[index]
        point.measure_rounding_again()
        point.measure_rounding_again()
        assert calls == [module.RUNS, module.MANY_RUNS]
        assert point.rounding(0)[0] == 1.0  # type: ignore[index]

    def test_is_not_measured_again_before_it_was_asked_for(self) -> None:
        point = made()
        before = point.runner.backwards
        point.measure_rounding_again()
        assert point.runner.backwards == before

    @pytest.mark.parametrize(
        ("first", "second", "wanted"),
        [(None, 2.0, 2.0), (1.0, None, 1.0), (1.0, 2.0, 2.0), (3.0, 2.0, 3.0), (None, None, None)],
    )
    def test_the_greater_of_two_is_kept(
        self,
        first: float | None,
        second: float | None,
        wanted: float | None,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        answers = [[None if a is None else np.full(3, a)] for a in (first, second)]
        monkeypatch.setattr(module, "of_backward", lambda *_: answers.pop(0))
        point = made()
        point.rounding(0)
        point.measure_rounding_again()
        measured = point.rounding(0)
        assert (None if measured is None else measured[0]) == wanted

    @pytest.mark.parametrize("answer", [np.full(3, np.nan), np.ones(2)], ids=["NaN", "shape"])
    def test_that_is_none(self, answer: Array, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(module, "of_backward", lambda *_: [answer])
        assert made().rounding(0) is None

    def test_backward_raises_meanwhile(self) -> None:
        def back(g: Array, x: Array) -> Array:
            raise ValueError("no")

        point = made(back=back)
        assert point.rounding(0) is None
        estimate = Estimate(value=np.cos(X), bound=np.zeros(3), terms=np.array([1.0, np.inf, 0.0]))
        guessed = point.rounded(0, estimate, PROBES)
        assert guessed[1] == 0.0
        assert guessed[0] == module.UNMEASURED * point.eps
        assert guessed[2] == pytest.approx(module.UNMEASURED * point.eps * abs(np.cos(2.0)))


class TestNotes:
    def test_a_verdict_may_be_taken_back(self) -> None:
        point = made()
        point.note(0, Oracle.COMPLEX_STEP, Verdict.PASS)
        point.note(0, Oracle.FINITE_DIFFERENCE, Verdict.PASS)
        point.retract(0, Oracle.COMPLEX_STEP, "another contradicts it")
        assert [(r.oracle, r.verdict, r.reason) for r in point.outcome.readings] == [
            (Oracle.COMPLEX_STEP, Verdict.INCONCLUSIVE, "another contradicts it"),
            (Oracle.FINITE_DIFFERENCE, Verdict.PASS, ""),
        ]

    def test_of_this_input_alone(self) -> None:
        point = made()
        point.note(0, Oracle.COMPLEX_STEP, Verdict.PASS)
        point.names = ("w",)
        point.note(0, Oracle.COMPLEX_STEP, Verdict.PASS)
        point.retract(0, Oracle.COMPLEX_STEP, "no")
        assert [r.verdict for r in point.outcome.readings] == [Verdict.PASS, Verdict.INCONCLUSIVE]
