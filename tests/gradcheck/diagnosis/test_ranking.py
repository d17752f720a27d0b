"""At most one finding a quantity is shown, and it is the one that says most."""

from __future__ import annotations

import pytest

from gradcheck.diagnosis import most_specific, ordered
from gradcheck.records import Finding


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
