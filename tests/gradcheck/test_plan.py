"""What a gradient is worth is counted, or timed where a forward is slow; structures are kept."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from gradcheck.plan import (
    BLOCKS_ELSEWHERE,
    BLOCKS_GIVEN,
    CALL,
    SLOW,
    SPEED,
    STUDY,
    WORK_ELSEWHERE,
    WORK_GIVEN,
    Plans,
)
from gradcheck.probes import BlockProbes, EntryProbes


def point_of(*sizes: int, given: bool = True, seconds: float = 0.0, output: Any = (3,)) -> Any:
    inputs = tuple(np.ones(size) for size in sizes)
    return SimpleNamespace(inputs=inputs, given=given, seconds=seconds, cotangent=np.ones(output))


@pytest.fixture
def plans() -> Plans:
    return Plans(np.random.default_rng(0))


class TestCost:
    @pytest.mark.parametrize("given", [True, False])
    @pytest.mark.parametrize("sizes", [(1,), (100, 50), (10**6,)])
    def test_is_counted_in_numbers(
        self, plans: Plans, sizes: tuple[int, ...], *, given: bool
    ) -> None:
        most = int((WORK_GIVEN if given else WORK_ELSEWHERE) // (sum(sizes) + CALL))
        point = point_of(*sizes, given=given)
        assert plans.studies(point) == max(BLOCKS_ELSEWHERE, most // STUDY)

    def test_a_forward_that_is_not_slow_is_not_timed(self, plans: Plans) -> None:
        assert plans.studies(point_of(5, seconds=SLOW)) == plans.studies(point_of(5))

    def test_a_slow_one_is(self, plans: Plans) -> None:
        seconds = 0.01
        assert plans.studies(point_of(5, seconds=seconds)) == int(
            WORK_GIVEN // (SPEED * seconds) // STUDY
        )

    def test_what_goes_in_counts_where_it_costs_more(self, plans: Plans) -> None:
        size = 10**7
        assert plans.studies(point_of(size, seconds=2e-3)) == plans.studies(point_of(size))

    @pytest.mark.parametrize("given", [True, False])
    def test_a_few_are_always_affordable(self, plans: Plans, *, given: bool) -> None:
        assert plans.studies(point_of(5, seconds=1e6, given=given)) == BLOCKS_ELSEWHERE


class TestProbes:
    def test_every_entry_where_that_is_affordable(self, plans: Plans) -> None:
        probes = EntryProbes(shape=(100,), output=(3,))
        assert plans.affordable(point_of(100), 0, probes) is probes

    @pytest.mark.parametrize(("given", "count"), [(True, BLOCKS_GIVEN), (False, BLOCKS_ELSEWHERE)])
    def test_blocks_where_it_is_not(self, plans: Plans, count: int, *, given: bool) -> None:
        point = point_of(200_000, given=given)
        probes = plans.affordable(point, 0, EntryProbes(shape=(200_000,), output=(3,)))
        assert isinstance(probes, BlockProbes)
        assert probes.count == count

    def test_fewer_blocks_of_a_slow_forward(self, plans: Plans) -> None:
        probes = EntryProbes(shape=(1000,), output=(3,))
        slow = point_of(1000, seconds=0.03)
        assert plans.affordable(slow, 0, probes).count == int(WORK_GIVEN // (SPEED * 0.03))
        slowest = point_of(1000, seconds=100.0)
        assert plans.affordable(slowest, 0, probes).count == BLOCKS_ELSEWHERE

    def test_blocks_are_kept(self, plans: Plans) -> None:
        point = point_of(50, 50)
        kept = plans.blocks(point, 0, 4)
        assert plans.blocks(point, 0, 4) is kept
        assert plans.blocks(point, 0, 5).count == 5
        assert plans.blocks(point, 1, 4) is not kept


class TestStructure:
    def respond(self, tangent: Any) -> Any:
        self.calls = getattr(self, "calls", 0) + 1
        return tangent != 0

    def test_is_detected_once_for_each_kind(self, plans: Plans) -> None:
        point = point_of(40, output=(40,))
        kept = plans.structure(point, 0, self.respond, "complex")
        assert kept.matched == ((0, 0),)
        calls = self.calls
        assert plans.structure(point, 0, self.respond, "complex") is kept
        assert self.calls == calls
        plans.structure(point, 0, self.respond, "real")
        assert self.calls > calls

    def test_is_forgotten_for_one_kind(self, plans: Plans) -> None:
        point = point_of(40, output=(40,))
        for kind in ("complex", "real"):
            plans.structure(point, 0, self.respond, kind)
        plain = plans.forget(point, 0, "real")
        assert (plain.matched, plain.count) == ((), 40)
        assert plans.structure(point, 0, self.respond, "real") is plain
        assert plans.structure(point, 0, self.respond, "complex").matched == ((0, 0),)
