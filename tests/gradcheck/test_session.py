from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from handmade import dense

from gradcheck import asserting, session
from gradcheck.check import assert_gradients, check_functions
from gradcheck.records import Check, Evidence, Oracle, Verdict
from gradcheck.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

X = np.array([0.5, -1.5])


@pytest.fixture
def inner() -> Iterator[Session]:
    """A session inside of the one that runs this test."""
    own = Session(seed=5)
    session.begin(own)
    yield own
    session.end(own)


def square(x: np.ndarray) -> np.ndarray:
    return x**2


def slope(g: np.ndarray, x: np.ndarray) -> np.ndarray:
    return 2 * g * x


def test_its_seed_is_that_of_checks_that_are_given_none(inner: Session) -> None:
    assert check_functions(square, slope, X, regimes="point").seed == 5
    assert check_functions(square, slope, X, regimes="point", seed=3).seed == 3


def test_it_hears_what_was_checked_once(inner: Session) -> None:
    result = check_functions(square, slope, X, regimes="point")
    assert_gradients(square, slope, X, regimes="point")
    heard = inner.take()
    assert heard[0] is result
    assert len(heard) == 2
    assert inner.take() == []


def test_what_pictures_are_drawn_from_is_gathered_where_reports_are_written(
    inner: Session,
) -> None:
    assert check_functions(square, slope, X, regimes="point").pictured is None
    inner.pictured = True
    assert check_functions(square, slope, X, regimes="point").pictured is not None


def test_what_began_inside_ends_with_it() -> None:
    outer, inside = Session(), Session()
    before = session.current()
    session.begin(outer)
    session.begin(inside)
    assert session.current() is inside
    session.end(outer)
    assert session.current() is before


class TestEvidence:
    @pytest.fixture(autouse=True)
    def proved(self, inner: Session) -> None:
        inner.evidence = session.PROVED

    def test_a_proof_settles_it(self) -> None:
        result = check_functions(square, slope, X, regimes="point")
        assert Evidence.PROVED in {check.evidence for check in result.checks}
        assert asserting.failure(result) == ""

    def test_none_was_tried(self) -> None:
        lacking = asserting.unproved(dense())
        assert set(lacking.values()) == {"no proof was tried"}
        assert "NOT PROVED Dense: " in asserting.failure(dense())

    def test_a_proof_of_some_regions_is_none_for_all(self) -> None:
        proof = Check(
            quantity="dx",
            oracle=Oracle.PROOF,
            verdict=Verdict.PASS,
            evidence=Evidence.PROVED_ON_REGIONS,
            reason="one region at a time",
        )
        one = replace(dense(), checks=(proof,))
        assert asserting.unproved(one) == {"dx": "one region at a time"}
        whole = replace(one, checks=(replace(proof, evidence=Evidence.PROVED),))
        assert asserting.unproved(whole) == {}


def test_tested_needs_no_proof(inner: Session) -> None:
    assert asserting.unproved(dense()) == {}
