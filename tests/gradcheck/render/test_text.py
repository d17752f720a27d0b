from __future__ import annotations

import math
import subprocess
import sys
from dataclasses import replace

import pytest
from handmade import dense, untold

from gradcheck.records import Check, Evidence, Finding, Oracle, Result, Verdict, Worst
from gradcheck.render.summary import residual_figure, worst_figures
from gradcheck.render.text import result_text

PASS = """\
PASS Dense: y, dx, dW, db are right (reference_net/dense.py:21)
  tested by symbolic, finite-difference, complex-step; largest residual 2.50e-01 (y, symbolic), \
must be ≤ 1
  contracts kept: shape, purity
  12 checks: 12 pass; 20 points judged, 2 without evidence (forward is not finite there)
  seed 7; reproduce: gradcheck verify --seed 7"""

FAIL = """\
FAIL Dense: dW is wrong (reference_net/dense.py:21)
  [factor] dW: dW is 2 · dL/dW in every entry at every probe
    hint: dL/dW = dL/dY Xᵀ has no factor
    in the notes: Dense Layer, dense-weight-entry
  quantity   oracle             verdict  residual  worst entry  got        oracle ± bound  regime
  dW (3, 4)  finite-difference  fail     2.50e+09  [2, 1]       1.5000012  0.75 ± 3.0e-10  \
both signs
  dW (3, 4)  complex-step       fail     2.50e+09  [2, 1]       1.5000012  0.75 ± 3.0e-10  \
both signs
  dW (3, 4)  symbolic           fail     2.50e+09  [2, 1]       1.5000012  0.75 ± 3.0e-10  \
both signs
  why (dW finite-difference, dW complex-step, dW symbolic): differs from every oracle of its own \
forward
  12 checks: 9 pass, 3 fail; 20 points judged, 2 without evidence (forward is not finite there)
  seed 7; reproduce: gradcheck verify --seed 7"""

INCONCLUSIVE = """\
INCONCLUSIVE Dense: dx could not be judged (reference_net/dense.py:21)
  quantity   oracle             verdict
  dx (4, 2)  finite-difference  inconclusive
  dx (4, 2)  complex-step       inconclusive
  dx (4, 2)  symbolic           inconclusive
  why (dx finite-difference, dx complex-step, dx symbolic): the imaginary part does not survive \
np.abs
  12 checks: 9 pass, 3 inconclusive; 20 points judged, 17 inconclusive, 2 without evidence \
(forward is not finite there)
  seed 7; reproduce: gradcheck verify --seed 7"""


def bare(*checks: Check, role: str = "other", findings: tuple[Finding, ...] = ()) -> Result:
    return Result(name="f", role=role, checks=checks, findings=findings, seed=0)


def check(quantity: str, verdict: Verdict, residual: float = math.nan, **more: object) -> Check:
    evidence = Evidence.TESTED if verdict is Verdict.PASS else None
    fields: dict[str, object] = {"oracle": Oracle.SYMBOLIC, **more}
    return Check(quantity=quantity, verdict=verdict, residual=residual, evidence=evidence, **fields)


def contract(quantity: str, verdict: Verdict, name: str) -> Check:
    return check(quantity, verdict, oracle=Oracle.CONTRACT, contract=name)


def test_a_pass(right: Result) -> None:
    assert result_text(right) == PASS
    assert str(right) == PASS


def test_a_fail_names_quantity_values_and_how_to_reproduce(faulty: Result) -> None:
    assert result_text(faulty) == FAIL


def test_what_could_not_be_judged_says_why(unclear: Result) -> None:
    assert result_text(unclear) == INCONCLUSIVE


@pytest.mark.parametrize(
    ("checks", "headline"),
    [
        ((), "NOT-RUN f: nothing was checked"),
        ((check("dx", Verdict.NOT_RUN),), "NOT-RUN f: dx not checked"),
        ((check("dx", Verdict.PASS), check("dW", Verdict.NOT_RUN)), "NOT-RUN f: dW not checked"),
        ((check("dx", Verdict.ERROR),), "ERROR f: dx could not be measured"),
        ((check("dx", Verdict.PASS),), "PASS f: dx is right"),
        ((contract("dx", Verdict.PASS, "purity"),), "PASS f: every contract is kept"),
        ((contract("dx", Verdict.FAIL, "purity"),), "FAIL f: broken contract: purity (dx)"),
        (
            (contract("dx", Verdict.FAIL, "shape"), check("dW", Verdict.FAIL, 3.0)),
            "FAIL f: dW is wrong; broken contract: shape (dx)",
        ),
        (
            (check("dx", Verdict.FAIL, 2.0), check("dW", Verdict.FAIL, 3.0)),
            "FAIL f: dx, dW are wrong",
        ),
    ],
)
def test_the_first_line_says_what_is_known(checks: tuple[Check, ...], headline: str) -> None:
    assert result_text(bare(*checks)).splitlines()[0] == headline


@pytest.mark.parametrize(
    ("role", "start"), [("other", "PASS f: "), ("f", "PASS f: "), ("relu", "PASS f (relu): ")]
)
def test_a_role_is_named_where_it_says_something(role: str, start: str) -> None:
    assert result_text(bare(check("dx", Verdict.PASS), role=role)).startswith(start)


def test_worst_entries_come_first_and_the_table_is_short() -> None:
    checks = [check(f"d{k}", Verdict.FAIL, float(k + 2)) for k in range(14)]
    checks.insert(0, check("dz", Verdict.INCONCLUSIVE, 1e30))
    checks.insert(0, check("dn", Verdict.FAIL))
    lines = result_text(bare(*checks)).splitlines()
    shown = [line.split()[0] for line in lines[2:12]]
    assert shown == ["d13", "d12", "d11", "d10", "d9", "d8", "d7", "d6", "d5", "d4"]
    assert lines[12] == "  … and 6 more that did not pass"


def test_a_pass_says_which_oracle_could_not_tell() -> None:
    result = dense(untold("dx", Oracle.COMPLEX_STEP))
    lines = result_text(result).splitlines()
    assert lines[0].startswith("PASS Dense: y, dx, dW, db are right")
    assert lines[3] == (
        "  cannot tell (dx complex-step): the imaginary part does not survive np.abs"
    )


def test_a_pass_at_one_shape_is_none_at_another() -> None:
    other = check("dx", Verdict.INCONCLUSIVE, shapes={"x": (1, 1)})
    text = result_text(bare(check("dx", Verdict.PASS, shapes={"x": (4, 2)}), other))
    assert text.startswith("INCONCLUSIVE f: dx could not be judged")


def test_a_reason_is_said_once() -> None:
    checks = [check(f"d{k}", Verdict.INCONCLUSIVE, reason="no  oracle\nspoke") for k in range(5)]
    lines = [line for line in result_text(bare(*checks)).splitlines() if "why" in line]
    assert lines == ["  why (d0 symbolic, d1 symbolic, d2 symbolic and 2 more): no oracle spoke"]


def test_the_smallest_visible_error_is_stated() -> None:
    text = result_text(bare(check("dW", Verdict.PASS, 0.5, visible=3e-8)))
    expected = "one wrong entry shows from 3.0e-08 of the largest entry"
    assert expected in text


def test_a_remark_is_called_one() -> None:
    remark = Finding(code="kink-value", quantity="dx", message="g'(0) = 1", remark=True)
    lines = result_text(bare(check("dx", Verdict.PASS), findings=(remark,))).splitlines()
    assert lines[1] == "  [remark: kink-value] dx: g'(0) = 1"


def test_foreign_text_cannot_reach_the_terminal() -> None:
    finding = Finding(code="crash", quantity="dx", message="\x1b[2Jgone\nsecond line")
    text = result_text(bare(check("dx", Verdict.ERROR), findings=(finding,)))
    assert "\x1b" not in text
    assert "gone second line" in text


@pytest.mark.parametrize(
    ("worst", "expected"),
    [
        ((0.5 + 1e-9, 0.5, 1e-12), ("0.500000001", "0.5 ± 1.0e-12")),
        ((1.0, 2.0, 0.5), ("1", "2 ± 5.0e-01")),
        ((math.nan, 2.0, 1e-3), ("nan", "2 ± 1.0e-03")),
        ((1e-6, 0.0, 1e-12), ("1e-06", "0 ± 1.0e-12")),
        ((math.inf, math.inf, 0.0), ("inf", "inf ± 0.0e+00")),
        ((1.0, 1.0 + 2**-52, 1e-30), ("1", "1.0000000000000002 ± 1.0e-30")),
    ],
)
def test_got_and_oracle_have_the_digits_that_the_bound_leaves(
    worst: tuple[float, float, float], expected: tuple[str, str]
) -> None:
    got, oracle, bound = worst
    assert worst_figures(Worst(index=(0,), got=got, oracle=oracle, bound=bound)) == expected


@pytest.mark.parametrize(
    ("residual", "figure"),
    [(math.nan, "–"), (math.inf, "inf"), (0.0, "0.00e+00"), (1.0, "1.00e+00")],
)
def test_residuals_have_three_digits(residual: float, figure: str) -> None:
    assert residual_figure(residual) == figure


def test_the_text_needs_nothing_heavy() -> None:
    code = (
        "import sys, gradcheck.render.text; print({'rich', 'jinja2', 'sympy'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_no_control_character_of_a_name_is_printed(right: Result) -> None:
    assert "\r" not in result_text(replace(right, name="De\rnse"))
