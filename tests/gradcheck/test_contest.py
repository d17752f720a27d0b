"""A dispute is settled by measuring the entries in doubt; the code is blamed by all or by none."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck import check_functions, contest
from gradcheck.comparison import Comparison, compare
from gradcheck.contest import THIS_VERY_POINT, Contest
from gradcheck.probes import EntryProbes
from gradcheck.records import Estimate, Oracle, Verdict

if TYPE_CHECKING:
    from gradcheck.records import Array, Check, Result


def relu(x: Array) -> Array:
    return np.where(x.real > 0, x, 0 * x)


def by_complex_step(result: Result) -> Check:
    return next(c for c in result.checks if c.oracle is Oracle.COMPLEX_STEP)


class TestWholeChecks:
    def test_a_value_outside_of_the_interval_at_a_simple_kink_is_wrong(self) -> None:
        result = check_functions(
            relu,
            lambda g, x: g * np.where(x == 0, 1.5, x > 0),
            np.array([0.0, 1.0]),
            ["x"],
            regimes="point",
        )
        check = by_complex_step(result)
        assert check.verdict is Verdict.FAIL
        assert check.worst is not None
        assert check.worst.index == (0,)

    @pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
    def test_any_value_of_the_interval_at_a_kink_passes(self, value: float) -> None:
        result = check_functions(
            relu,
            lambda g, x: g * np.where(x == 0, value, x > 0),
            np.array([0.0, 1.0]),
            ["x"],
            regimes="point",
        )
        assert by_complex_step(result).verdict is Verdict.PASS

    def test_a_kink_inside_of_a_composite_blames_nobody(self) -> None:
        def forward(x: Array) -> Array:
            return relu(x[:2] - x[2:])

        def backward(g: Array, x: Array) -> Array:
            d = g * np.where(x[:2] == x[2:], 1.5, x[:2] > x[2:])
            return np.concatenate([d, -d])

        x = np.array([0.0, 1.0, 0.0, 0.5])
        check = by_complex_step(check_functions(forward, backward, x, ["x"], regimes="point"))
        assert check.verdict is Verdict.INCONCLUSIVE
        assert check.reason == THIS_VERY_POINT

    def test_more_kinks_than_are_looked_at(self) -> None:
        def forward(x: Array) -> Array:
            return relu(x).reshape(-1)

        def backward(g: Array, x: Array) -> Array:
            return g.reshape(x.shape) * (x >= 0)

        x = np.zeros((5, 5))
        x[0, 0] = 1.0
        check = by_complex_step(check_functions(forward, backward, x, ["x"], regimes="point"))
        assert check.verdict is Verdict.INCONCLUSIVE
        assert check.reason == "too many kinks to look at one by one"

    def test_an_entry_that_the_complex_step_cannot_see(self) -> None:
        def forward(x: Array) -> Array:
            return 1e12 * x[0] + np.abs(x[1])

        def backward(g: Array, x: Array) -> Array:
            return g * np.array([1e12, np.sign(x[1])])

        x = np.array([0.75, 0.5])
        result = check_functions(forward, backward, x, ["x"], regimes="point")
        assert result.verdict is not Verdict.FAIL, str(result)

    def test_rounding_of_the_complex_forward_is_measured(self) -> None:
        def forward(x: Array) -> Array:
            return (np.exp(x) + 1e7 * x) - 1e7 * x

        def backward(g: Array, x: Array) -> Array:
            return g * np.exp(x)

        x = np.random.default_rng(0).standard_normal((4, 5))
        result = check_functions(forward, backward, x, ["x"], regimes="point")
        assert result.verdict is not Verdict.FAIL, str(result)
        wrong = check_functions(forward, lambda g, x: 1.01 * backward(g, x), x, regimes="point")
        assert wrong.verdict is not Verdict.PASS, str(wrong)


class OfNoRounding(Contest):
    """A contest in which nothing more is known of the complex forward's rounding."""

    def _with_complex_rounding(self) -> Comparison:
        return compare(self.values, self.estimate, self.allowance)


ONE = np.ones(2)


def estimate(value: Any, bound: float = 1e-9, **more: Any) -> Estimate:
    value = np.asarray(value, dtype=float)
    return Estimate(value=value, bound=np.full(2, bound), terms=np.abs(value), **more)


def settled(
    there: Estimate | list[Estimate],
    *,
    closely: bool = False,
    convicted: bool = True,
    got: float = 3.0,
    guards_vanish: bool = False,
) -> tuple[Verdict, str, list[int]]:
    """Settle a contest about [3, 1]: the complex step says [1, 1], finite differences `there`."""
    answers = list(there) if isinstance(there, list) else [there, there]
    noise: list[int] = []
    point = SimpleNamespace(
        cotangent=ONE,
        differences=SimpleNamespace(gradient=lambda *_, **__: answers.pop(0)),
        measure_noise=noise.append,
        convicted={0} if convicted else set(),
        guards_vanish=guards_vanish,
    )
    slope = SimpleNamespace(value=ONE, bound=np.full(2, 1e-9 if closely else 1.0))
    probes = EntryProbes(shape=(2,), output=(2,))
    dispute = OfNoRounding(
        point, 0, probes, estimate([1.0, 1.0]), np.array([got, 1.0]), 1e-12 * ONE, slope
    )
    verdict, reason, _ = dispute.settle()
    return verdict, reason, noise


class TestWhatFiniteDifferencesSay:
    def test_they_agree_with_the_complex_step(self) -> None:
        assert settled(estimate([1.0, 1.0], 1e-6)) == (Verdict.FAIL, "", [])

    def test_they_agree_once_their_noise_is_known(self) -> None:
        answers = [estimate([1.5, 1.0]), estimate([1.5, 1.0], 1.0)]
        assert settled(answers) == (Verdict.FAIL, "", [0])

    def test_they_disagree_with_both(self) -> None:
        reason = "the complex step and finite differences disagree at some entries"
        assert settled(estimate([2.0, 1.0])) == (Verdict.INCONCLUSIVE, reason, [0])

    @pytest.mark.parametrize("value", [np.nan, 1.0])
    def test_they_cannot_tell(self, value: float) -> None:
        untold = estimate([value, 1.0], np.nan if value == 1.0 else 1e-9)
        reason = "finite differences cannot tell at the entries in doubt"
        assert settled(untold) == (Verdict.INCONCLUSIVE, reason, [])
        assert settled(untold, closely=True) == (Verdict.FAIL, "", [])

    def test_a_kink_whose_interval_holds_the_value(self) -> None:
        kink = estimate([2.0, 1.0], lower=np.array([0.0, 1.0]), upper=np.array([4.0, 1.0]))
        assert settled(kink) == (Verdict.PASS, "", [])

    def test_no_interval_is_known(self) -> None:
        dispute = OfNoRounding(
            None, 0, EntryProbes(shape=(2,), output=(2,)), estimate([1, 1]), ONE, ONE, None
        )
        comparison = compare(ONE, estimate([1, 1]), ONE)
        verdict, reason, _ = dispute._at_kinks(comparison, estimate([1, 1]))
        assert (verdict, reason) == (Verdict.INCONCLUSIVE, "finite differences cannot tell")


class TestAccused:
    """Whoever is accused is asked once more, unless the answer is known already."""

    WRONG = estimate([1.0, 1.0], 1e-6)

    @pytest.fixture
    def asked(self, monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
        calls: list[list[int]] = []

        def right_elsewhere(_point: Any, _k: int, _probes: Any, doubtful: Any, **_: Any) -> bool:
            calls.append(list(doubtful))
            return False

        monkeypatch.setattr(contest, "stays_wrong", right_elsewhere)
        return calls

    def test_what_is_right_where_the_others_are_moved_is_not_blamed(
        self, asked: list[list[int]]
    ) -> None:
        verdict = settled(self.WRONG, convicted=False)
        assert verdict == (Verdict.INCONCLUSIVE, THIS_VERY_POINT, [])
        assert asked == [[0]]

    @pytest.mark.parametrize("got", [np.inf, np.nan])
    def test_what_is_not_finite_is_wrong(self, got: float, asked: list[list[int]]) -> None:
        assert settled(self.WRONG, convicted=False, got=got) == (Verdict.FAIL, "", [])
        assert not asked

    def test_where_guards_vanish_it_is_asked_too(self, asked: list[list[int]]) -> None:
        verdict = settled(self.WRONG, convicted=False, got=np.nan, guards_vanish=True)
        assert verdict == (Verdict.INCONCLUSIVE, THIS_VERY_POINT, [])
        assert asked == [[0]]


class TestComplexRounding:
    def test_what_cannot_be_measured_widens_nothing(self) -> None:
        def through_lists(x: Array) -> Array:
            return np.array([v * v for v in x.reshape(-1).tolist()]).reshape(x.shape)

        x = np.array([[0.5, -1.5]])
        right = check_functions(through_lists, lambda g, x: 2 * x * g, x, ["x"])
        assert right.verdict is Verdict.PASS, str(right)
        wrong = check_functions(through_lists, lambda g, x: 2.0001 * x * g, x, ["x"])
        assert wrong.verdict is Verdict.FAIL, str(wrong)
