from __future__ import annotations

import math
from dataclasses import replace

import pytest
from student_report import check, softmax

from gradcheck.records import Finding, Verdict, Worst
from gradcheck.render.words import (
    agreement,
    figures,
    plain,
    plain_code,
    sharpest,
    symbol,
    told,
    who,
    worst_line,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a  b\n\tc", "a b c"),
        ("\x1b[31mred\x00", "�[31mred�"),
        ("::error::x", ": :error::x"),
        ("a ::warning::b", "a : :warning::b"),
        ("y[::-1]", "y[::-1]"),
        ("##[error]x", "## [error]x"),
        ("\u202eevil", "�evil"),
        ("x" * 600, "x" * 499 + "…"),
    ],
)
def test_foreign_text_is_made_harmless(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_code_keeps_its_spaces() -> None:
    assert plain_code("  a = 1   # b\x1b") == "  a = 1   # b�"


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [("dx", "dX"), ("dy", "dY"), ("y", "Y"), ("dW1", "dW1"), ("dx1", "dX1"), ("loss", "loss"),
     ("db", "db"), ("dxy", "dxy")],
)  # fmt: skip
def test_symbols_are_the_notes(quantity: str, expected: str) -> None:
    assert symbol(quantity) == expected


@pytest.mark.parametrize(
    ("got", "oracle", "digits"),
    [(0.0915, 0.0243, 4), (1.0, 1.0 + 2e-8, 10), (1.0, 1.0, 4), (math.nan, 1.0, 4),
     (math.inf, 1.0, 4), (1.0, 1.0 + 2**-52, 17)],
)  # fmt: skip
def test_figures_show_that_they_differ(got: float, oracle: float, digits: int) -> None:
    assert figures(got, oracle) == digits
    if 0 < abs(got - oracle) < math.inf:
        assert f"{got:.{digits}g}" != f"{oracle:.{digits}g}"


def test_the_check_with_the_smallest_bound_is_shown() -> None:
    chosen = sharpest(softmax(), "dx")
    assert chosen is not None
    assert chosen.worst is not None
    assert chosen.worst.bound == 2e-17
    assert sharpest(softmax(), "dW") is None


def test_zero_has_no_sign_and_another_regime_is_named() -> None:
    worst = Worst(index=(), got=-0.0, oracle=2.0, bound=1e-9, wrong=1, entries=1)
    one = check("loss", Verdict.FAIL, worst=worst, regime="magnitudes")
    assert worst_line(one) == "worst: got 0, should be 2 ± 1e-09; at inputs from 0.01 to 30"


@pytest.mark.parametrize("bound", [math.nan, math.inf])
def test_a_bound_that_is_no_number_is_not_shown(bound: float) -> None:
    worst = Worst(index=(), got=math.nan, oracle=2.0, bound=bound)
    assert (
        worst_line(check("dx", Verdict.FAIL, worst=worst))
        == "worst: got nan, should be a finite number"
    )
    worst = replace(worst, got=1.0)
    assert (
        worst_line(check("dx", Verdict.FAIL, worst=worst))
        == "worst: got 1, should be 2, within no known bound"
    )


def test_who_says_it() -> None:
    chosen = sharpest(softmax(), "dx")
    assert chosen is not None
    assert agreement(chosen) == "three oracles agree: finite differences, complex step, SymPy"
    assert agreement(replace(chosen, agree=())) == "by SymPy alone"
    assert agreement(replace(chosen, quantity="y")) == "compared with the notes' formula"


@pytest.mark.parametrize(
    ("convention", "quantity", "expected"),
    [
        ({"because": "named S, with fwd and bwd", "dx": "what bwd returns"}, "dx", "S.bwd"),
        ({"because": "named S, with fwd and bwd"}, "y", "S.fwd"),
        ({"because": "S and S_prime", "dy": "what S_prime returns"}, "dy", "S_prime"),
        ({"because": "S and S_prime", "dy": "what S_prime returns"}, "loss", "S"),
        ({"because": "fit takes data", "dW1": "what fit returns, ['W1']"}, "dW1", "S.fit"),
        ({"because": "x", "dx": "self.dinputs after back"}, "dx", "S.back"),
        ({"because": "x", "dx": "self.dinputs after back", "dW": "not found"}, "dW", "S.back"),
        ({}, "dx", "S"),
        ({"because": "named S, with fwd and bwd"}, "process", "S"),
    ],
)
def test_what_computes_it_is_named_as_the_code_names_it(
    convention: dict[str, str], quantity: str, expected: str
) -> None:
    assert who(softmax(name="S", convention=convention), quantity) == expected


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("wrong; worst entry dx[0, 1]: got -1.2, oracle 3 ± 2e-15", "wrong"),
        (
            "right (twice; worst entry dx[0]: got 1, oracle 2 ± 1e-9)",
            "right (twice)",
        ),
        (
            "no formula: entry [1, 3] is 0.07, must be 0.3 (regime point); judged as it is",
            "no formula: judged as it is",
        ),
        (
            "dx has shape (1, 5), must match x's (1, 4)",
            "dX has shape (1, 5), must match x's (1, 4)",
        ),
        ("self.dx and 'dx' are names", "self.dx and 'dx' are names"),
    ],
)
def test_figures_are_not_said_twice(message: str, expected: str) -> None:
    finding = Finding(code="factor", quantity="dx", message=message)
    assert told(finding, softmax()) == expected
