"""What the verdict of a whole is, and how a report counts."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradcheck.records import Check, Estimate, Oracle, Report, Result, Verdict

verdicts = st.lists(st.sampled_from(Verdict), max_size=6)
BY_RANK = [Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.PASS, Verdict.NOT_RUN]


def result(name: str, *of: Verdict) -> Result:
    """Return a result with one check of its own quantity a verdict."""
    checks = tuple(
        Check(quantity=f"d{k}", oracle=Oracle.COMPLEX_STEP, verdict=verdict)
        for k, verdict in enumerate(of)
    )
    return Result(name=name, role="other", checks=checks, findings=(), seed=0)


def report(*subjects: Result, planned: int = 0) -> Report:
    return Report(tool={}, seed=0, command="", planned=planned, subjects=subjects)


class TestWorst:
    def test_nothing_at_all_is_not_run(self) -> None:
        assert Verdict.worst([]) is Verdict.NOT_RUN

    @pytest.mark.parametrize("verdict", Verdict)
    def test_of_one(self, verdict: Verdict) -> None:
        assert Verdict.worst([verdict]) is verdict

    @pytest.mark.parametrize("first", range(5))
    @pytest.mark.parametrize("second", range(5))
    def test_of_two_by_rank(self, first: int, second: int) -> None:
        pair = BY_RANK[first], BY_RANK[second]
        assert Verdict.worst(pair) is BY_RANK[min(first, second)]

    @given(verdicts, verdicts)
    def test_of_parts_is_of_the_whole(self, some: list[Verdict], more: list[Verdict]) -> None:
        parts = [Verdict.worst(some), Verdict.worst(more)]
        assert Verdict.worst(some + more) is Verdict.worst(parts)

    @given(verdicts)
    def test_order_and_repetition_do_not_matter(self, some: list[Verdict]) -> None:
        assert Verdict.worst(some) is Verdict.worst(reversed(some + some))

    @given(verdicts)
    def test_takes_any_iterable(self, some: list[Verdict]) -> None:
        assert Verdict.worst(iter(some)) is Verdict.worst(some)


class TestReport:
    def test_counts(self) -> None:
        made = report(
            result("a", Verdict.PASS, Verdict.PASS, Verdict.FAIL),
            result("b", Verdict.NOT_RUN, Verdict.ERROR),
            result("c"),
            result("d", Verdict.INCONCLUSIVE),
            planned=9,
        )
        assert made.counts == {
            "planned": 9,
            "ran": 5,
            "pass": 2,
            "fail": 1,
            "inconclusive": 1,
            "error": 1,
            "not-run": 1,
        }

    def test_counts_of_nothing(self) -> None:
        wanted = {"planned": 3, "ran": 0} | {str(verdict): 0 for verdict in Verdict}
        assert wanted == report(planned=3).counts

    @given(st.lists(verdicts, max_size=4))
    def test_counts_add_up(self, groups: list[list[Verdict]]) -> None:
        counts = report(*[result("a", *group) for group in groups]).counts
        assert sum(counts[str(verdict)] for verdict in Verdict) == sum(map(len, groups))
        assert counts["ran"] + counts["not-run"] == sum(map(len, groups))

    @pytest.mark.parametrize(
        ("subjects", "verdict"),
        [
            ([], Verdict.NOT_RUN),
            ([result("a")], Verdict.NOT_RUN),
            ([result("a", Verdict.PASS)], Verdict.PASS),
            ([result("a", Verdict.PASS), result("b", Verdict.FAIL)], Verdict.FAIL),
            ([result("a", Verdict.ERROR), result("b", Verdict.FAIL)], Verdict.FAIL),
            ([result("a", Verdict.PASS), result("b", Verdict.INCONCLUSIVE)], Verdict.INCONCLUSIVE),
        ],
    )
    def test_verdict(self, subjects: list[Result], verdict: Verdict) -> None:
        assert report(*subjects).verdict is verdict


class TestEstimate:
    @pytest.mark.parametrize("shape", [(), (3,), (2, 1)])
    def test_cannot_tell(self, shape: tuple[int, ...]) -> None:
        made = Estimate.cannot_tell(shape, "a jump")
        assert (made.value.shape, made.reason) == (shape, "a jump")
        assert np.isnan([made.value, made.bound, made.terms]).all()
        assert made.lower is made.upper is None

    def test_records_are_frozen(self) -> None:
        check = Check(quantity="dx", oracle=Oracle.SYMBOLIC, verdict=Verdict.FAIL)
        with pytest.raises(dataclasses.FrozenInstanceError):
            check.verdict = Verdict.PASS  # type: ignore[misc]
        assert math.isnan(check.residual)
