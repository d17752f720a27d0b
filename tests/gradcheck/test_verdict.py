"""Many readings of one quantity become one check; the given point counts most."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gradcheck.account import Account
from gradcheck.contracts import CONTRACTS
from gradcheck.readings import Reading
from gradcheck.records import Check, Evidence, Oracle, Verdict, Worst
from gradcheck.subject import Subject, from_functions
from gradcheck.verdict import contract_checks, value_checks

if TYPE_CHECKING:
    from collections.abc import Sequence

PASS, FAIL, UNTOLD = Verdict.PASS, Verdict.FAIL, Verdict.INCONCLUSIVE
SUBJECT: Subject = from_functions(
    lambda x, W: x @ W, lambda g, x, W: (g @ W.T, x.T @ g), [np.ones((2, 3)), np.ones((3, 4))]
)


def reading(verdict: Verdict, residual: float = 0.5, **more: object) -> Reading:
    fields: dict[str, object] = {"quantity": "dx", "oracle": Oracle.COMPLEX_STEP, **more}
    return Reading(verdict=verdict, residual=residual, **fields)  # type: ignore[arg-type]


def checks_of(*readings: Reading, silent: int = 0) -> list[Check]:
    regimes = ["point", *[f"regime {k}" for k in range(1, len(readings))]]
    seconds = {Oracle.COMPLEX_STEP: 1.0, Oracle.FINITE_DIFFERENCE: 3.0}
    return value_checks(SUBJECT, list(zip(regimes, readings, strict=True)), silent, seconds)


def check_of(*readings: Reading, silent: int = 0) -> Check:
    (check,) = checks_of(*readings, silent=silent)
    return check


class TestVerdict:
    @pytest.mark.parametrize(
        ("verdicts", "verdict"),
        [
            ([PASS], PASS),
            ([FAIL], FAIL),
            ([UNTOLD], UNTOLD),
            ([PASS, UNTOLD, UNTOLD], PASS),
            ([PASS, PASS, FAIL], FAIL),
            ([UNTOLD, FAIL], FAIL),
            ([UNTOLD, PASS], UNTOLD),
            ([UNTOLD, PASS, PASS], PASS),
            ([UNTOLD, PASS, UNTOLD], UNTOLD),
            ([PASS, Verdict.ERROR], Verdict.ERROR),
            ([FAIL, Verdict.ERROR], FAIL),
        ],
        ids=lambda value: value if isinstance(value, str) else "-".join(value),
    )
    def test_of_many_points(self, verdicts: Sequence[Verdict], verdict: Verdict) -> None:
        check = check_of(*[reading(each) for each in verdicts])
        assert check.verdict is verdict
        assert check.evidence is (Evidence.TESTED if verdict is PASS else None)

    def test_a_pass_elsewhere_says_what_was_the_matter_at_the_given_point(self) -> None:
        check = check_of(reading(UNTOLD, reason="it overflows"), reading(PASS), reading(PASS))
        assert check.reason == "not at the given point, where it overflows"

    def test_the_reason_of_a_fail_is_that_of_the_point_that_failed(self) -> None:
        check = check_of(reading(UNTOLD, reason="a kink"), reading(FAIL, reason="too large"))
        assert check.reason == "too large"
        assert check_of(reading(UNTOLD, reason="a kink")).reason == "a kink"


class TestWorst:
    def test_is_the_largest_residual_of_those_with_the_verdict(self) -> None:
        worst = Worst(index=(1, 2), got=1.0, oracle=2.0, bound=0.1)
        check = check_of(
            reading(PASS, 0.25),
            reading(PASS, 0.75, worst=worst),
            reading(PASS, math.nan),
            reading(UNTOLD, 9.0),
        )
        assert (check.residual, check.regime, check.worst) == (0.75, "regime 1", worst)

    def test_of_a_fail_is_no_residual_of_a_pass(self) -> None:
        check = check_of(reading(PASS, 0.9), reading(FAIL, 5.0), reading(FAIL, 7.0))
        assert (check.residual, check.regime) == (7.0, "regime 2")

    def test_nothing_measured_is_nan(self) -> None:
        check = check_of(reading(UNTOLD, math.nan))
        assert math.isnan(check.residual)
        assert check.worst is None


class TestCounts:
    def test_points_are_counted(self) -> None:
        check = check_of(reading(PASS), reading(UNTOLD), reading(PASS), silent=4)
        assert check.points == {"judged": 2, "no-evidence": 4, "inconclusive": 1}

    def test_shapes_are_the_inputs(self) -> None:
        assert SUBJECT.shapes == {"x": (2, 3), "W": (3, 4)}
        assert check_of(reading(PASS)).shapes == SUBJECT.shapes

    def test_what_is_visible_is_kept(self) -> None:
        assert check_of(reading(PASS, visible=0.25)).visible == 0.25

    def test_seconds_are_shared(self) -> None:
        one, two = checks_of(reading(PASS), reading(PASS, oracle=Oracle.FINITE_DIFFERENCE))
        assert (one.seconds, two.seconds) == (0.5, 1.5)


class TestAgreement:
    def test_oracles_with_the_same_verdict_agree(self) -> None:
        complex_step, differences, symbolic, other = checks_of(
            reading(FAIL),
            reading(FAIL, oracle=Oracle.FINITE_DIFFERENCE),
            reading(PASS, oracle=Oracle.SYMBOLIC),
            reading(FAIL, quantity="dW", oracle=Oracle.SYMBOLIC),
        )
        assert complex_step.agree == (Oracle.FINITE_DIFFERENCE,)
        assert differences.agree == (Oracle.COMPLEX_STEP,)
        assert symbolic.agree == ()
        assert other.agree == ()

    def test_who_cannot_tell_agrees_with_nobody(self) -> None:
        checks = checks_of(reading(UNTOLD), reading(UNTOLD, oracle=Oracle.FINITE_DIFFERENCE))
        assert [check.agree for check in checks] == [(), ()]


def test_nothing_read_is_no_check() -> None:
    assert value_checks(SUBJECT, [], 0, {}) == []


class TestContracts:
    def test_what_was_not_looked_at_is_no_check(self) -> None:
        account = Account(y=np.ones(2), looked_at={"zero", "shape"})
        checks = contract_checks(SUBJECT, account, 7.0)
        assert [(c.contract, c.verdict, c.quantity) for c in checks] == [
            ("shape", PASS, "backward"),
            ("zero", PASS, "backward"),
        ]
        assert all(c.oracle is Oracle.CONTRACT and c.evidence is Evidence.TESTED for c in checks)
        assert sum(c.seconds for c in checks) == pytest.approx(2 * 7.0 / len(CONTRACTS))

    def test_the_first_breach_is_the_reason(self) -> None:
        account = Account(y=np.ones(2))
        account.broken("purity", "mutates-input", "x", "forward changes x")
        account.broken("purity", "mutates-input", "x", "again")
        account.broken("purity", "mutates-output", "y", "backward changes y")
        assert [breach.message for breach in account.breaches] == [
            "forward changes x",
            "backward changes y",
        ]
        (check,) = contract_checks(SUBJECT, account, 0.0)
        assert (check.verdict, check.quantity, check.reason, check.evidence) == (
            FAIL,
            "x",
            "forward changes x",
            None,
        )
