"""A number in the place of a size shows at two shapes, and a factor that is no size stays one."""

from __future__ import annotations

import pytest

from gradcheck.diagnosis import size_hard_coded
from gradcheck.diagnosis.sizes import written_for
from gradcheck.records import Check, Finding, Oracle, Result, Verdict

SIZES = {"N": (3, 4), "n": (5, 6), "n·N": (15, 24)}


def result(*findings: Finding, side: int = 3) -> Result:
    wrong = Verdict.FAIL if findings else Verdict.PASS
    check = Check(
        quantity="dy", oracle=Oracle.COMPLEX_STEP, verdict=wrong, shapes={"y": (side, side)}
    )
    return Result(name="mse", role="mse", checks=(check,), findings=findings, seed=0)


def of(code: str, quantity: str = "dy", **numbers: float) -> Finding:
    return Finding(code=code, quantity=quantity, message=f"{code} it is", numbers=numbers)


@pytest.mark.parametrize(
    ("one", "other", "number", "size"),
    [
        (1.0, 4 / 3, 3, "N"),
        (3 / 10, 4 / 10, 10, "N"),
        (5 / 10, 6 / 10, 10, "n"),
        (15 / 10, 24 / 10, 10, "n·N"),
        (-15 / 10, -24 / 10, 10, "n·N"),
        (10 / 3, 10 / 4, 10, "N"),
    ],
)
def test_a_number_and_the_size_in_whose_place_it_stands(
    one: float, other: float, number: int, size: str
) -> None:
    written = written_for(one, other, SIZES, [10])
    assert written is not None
    assert (written.number, written.size) == (number, size)


@pytest.mark.parametrize(
    ("one", "other"),
    [(2.0, 2.0), (3.0, 4.0), (1 / 3, 1 / 4), (3 / 2, 4 / 2), (6.0, 8.0), (2 / 3, 3 / 4),
     (3 / 7, 4 / 7), (0.1, 0.1)],
    ids=["two", "N", "1/N", "N/2", "2N", "(N-1)/N", "a number that is not there", "a tenth"],
)  # fmt: skip
def test_a_factor_that_is_no_written_size(one: float, other: float) -> None:
    assert written_for(one, other, SIZES, [10]) is None


def test_a_factor_at_both_shapes() -> None:
    one, other = of("factor", factor=0.3), of("factor", factor=0.4)
    (found,) = size_hard_coded(result(one), result(other, side=4), SIZES, [10])
    assert (found.code, found.quantity) == ("size-hard-coded", "dy")
    assert found.numbers == {"factor1": 0.3, "factor2": 0.4, "number": 10.0}
    assert "c = 0.3 at y (3, 3), and 0.4 at y (4, 4)" in found.message
    assert "the number 10 stands where N does" in found.message


def test_a_factor_that_the_same_word_explains_stays_one() -> None:
    one, other = of("factor", factor=3.0), of("factor", factor=4.0)
    assert size_hard_coded(result(one), result(other), SIZES, [3, 10]) == []


def test_right_at_the_first_shape_and_wrong_at_the_second() -> None:
    (found,) = size_hard_coded(result(), result(of("unlisted"), side=4), SIZES)
    assert found.message.endswith("right at y (3, 3), and wrong at y (4, 4)")
    (found,) = size_hard_coded(result(), result(of("crash"), side=4), SIZES)
    assert found.message.endswith("and wrong at y (4, 4): crash it is")


def test_wrong_at_the_first_shape_and_right_at_the_second() -> None:
    (found,) = size_hard_coded(result(of("crash")), result(side=4), SIZES)
    assert "wrong at y (3, 3), and right at y (4, 4): crash it is" in found.message


@pytest.mark.parametrize("quantity", ["y", "loss", "forward"])
def test_forward_says_nothing_of_backward(quantity: str) -> None:
    assert size_hard_coded(result(), result(of("crash", quantity)), SIZES) == []


def test_wrong_at_both_shapes_is_another_bug() -> None:
    assert size_hard_coded(result(of("sign")), result(of("sign")), SIZES) == []
    assert size_hard_coded(result(of("factor", factor=0.2)), result(of("sign")), SIZES) == []
