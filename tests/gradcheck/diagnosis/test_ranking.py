"""At most one finding a quantity is shown, and it is the one that says most."""

from __future__ import annotations

import pytest

from gradcheck.diagnosis import most_specific, ordered, size_hard_coded
from gradcheck.records import Finding, Result


def of(code: str, quantity: str = "dx", *, remark: bool = False, **numbers: float) -> Finding:
    return Finding(code=code, quantity=quantity, message=code, remark=remark, numbers=numbers)


@pytest.mark.parametrize(
    ("cause", "consequence"),
    [
        ("updated-before-use", "upstream-nonlinear"),
        ("updated-before-use", "unlisted"),
        ("stale-cache", "region"),
        ("stale-parameter", "unlisted"),
        ("shared-state", "unlisted"),
        ("accumulates", "factor"),
        ("non-deterministic", "upstream-nonlinear"),
        ("mask-from-upstream", "upstream-nonlinear"),
        ("mask-from-upstream", "mutates-upstream"),
        ("wrong-point", "upstream-nonlinear"),
        ("upstream-ignored", "upstream-nonlinear"),
        ("upstream-nonlinear", "region"),
        ("upstream-nonlinear", "wrong-formula"),
        ("upstream-nonlinear", "unlisted"),
        ("sign", "mutates-upstream"),
        ("order", "wrong-shape"),
        ("transposed", "wrong-shape"),
        ("region", "unlisted"),
        ("unlisted", "not-a-code"),
    ],
)
def test_a_cause_comes_before_its_consequence(cause: str, consequence: str) -> None:
    for found in ([of(cause), of(consequence)], [of(consequence), of(cause)]):
        assert [f.code for f in ordered(found)] == [cause, consequence]
        assert [f.code for f in most_specific(found)] == [cause]


def test_quantities_stay_in_their_order_and_remarks_come_last() -> None:
    found = [
        of("kink-value", "dx", remark=True),
        of("unlisted", "dW"),
        of("sign", "dx"),
        of("transposed", "dW"),
        of("low-precision", "y", remark=True),
    ]
    assert [(f.quantity, f.code) for f in ordered(found)] == [
        ("dW", "transposed"),
        ("dW", "unlisted"),
        ("dx", "sign"),
        ("dx", "kink-value"),
        ("y", "low-precision"),
    ]
    shown = [(f.quantity, f.code) for f in most_specific(found)]
    assert shown == [("dW", "transposed"), ("dx", "sign"), ("y", "low-precision")]


def test_nothing_found() -> None:
    assert ordered([]) == []
    assert most_specific([]) == []


def result(*findings: Finding) -> Result:
    return Result(name="mse", role="mse", checks=(), findings=findings, seed=0)


class TestSizes:
    def test_a_factor_that_changes_with_the_shape(self) -> None:
        one, two = of("factor", "dy", factor=0.3), of("factor", "dy", factor=0.5)
        (found,) = size_hard_coded([result(one), result(two)])
        assert (found.code, found.quantity) == ("size-hard-coded", "dy")
        assert found.numbers == {"factor1": 0.3, "factor2": 0.5}
        assert "c = 0.3, 0.5 at 2 shapes" in found.message

    def test_right_at_one_shape(self) -> None:
        (found,) = size_hard_coded([result(), result(of("factor", "dy", factor=0.5))])
        assert found.numbers == {"factor1": 1.0, "factor2": 0.5}

    @pytest.mark.parametrize(
        ("one", "two"),
        [
            (of("factor", factor=2.0), of("factor", factor=2.0)),
            (of("factor", factor=0.2, explained=1.0), of("factor", factor=0.5, explained=1.0)),
            (of("factor", factor=0.2), of("unlisted")),
            (of("sign"), of("sign")),
        ],
        ids=["constant", "a-size", "not-a-factor", "sign"],
    )
    def test_what_is_none(self, one: Finding, two: Finding) -> None:
        assert size_hard_coded([result(one), result(two)]) == []

    def test_one_shape_shows_nothing(self) -> None:
        assert size_hard_coded([result(of("factor", factor=2.0))]) == []
