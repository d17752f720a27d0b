from __future__ import annotations

import io
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from handmade import KINK, dense, passed, report_of, wrong
from rich.console import Console

from gradcheck.records import Check, Evidence, Oracle, Verdict
from gradcheck.render.terminal import print_report

if TYPE_CHECKING:
    from gradcheck.records import Report, Result

GOLDEN = """\
worst residual of each oracle; a pass needs ≤ 1
                   finite   complex
layer          difference      step  symbolic  evidence  verdict
─────────────────────────────────────────────────────────────────
Dense                                                    pass
  y                                  2.50e-01  tested    pass
  dx             2.50e-01  2.50e-01  2.50e-01  tested    pass
  dW             2.50e-01  2.50e-01  2.50e-01  tested    pass
  db             2.50e-01  2.50e-01  2.50e-01  tested    pass
  2 contracts                                  tested    pass
remark [kink-value] Dense, dx: at x = 0 the code returns g'(0) = 1
PASS: 1 layer, 12 checks planned, 12 ran: 12 pass; seed 7
"""


def printed(report: Report, *, terminal: bool = False) -> str:
    stream = io.StringIO()
    system = "standard" if terminal else "auto"
    console = Console(file=stream, width=80, force_terminal=terminal, color_system=system)
    print_report(report, console)
    text = stream.getvalue()
    return text if terminal else "".join(f"{line.rstrip()}\n" for line in text.splitlines())


def test_golden() -> None:
    assert printed(report_of(dense(findings=(KINK,)))) == GOLDEN


def test_the_output_stands_before_its_gradients() -> None:
    result = dense()
    turned = replace(result, checks=(*result.checks[1:], result.checks[0]))
    assert printed(report_of(turned)) == printed(report_of(result))


def test_no_colour_without_a_terminal(faulty: Result) -> None:
    assert "\x1b" not in printed(report_of(faulty))
    assert "\x1b[1;31m" in printed(report_of(faulty), terminal=True)


def test_what_did_not_pass_is_explained_below_the_table(faulty: Result, unclear: Result) -> None:
    text = printed(report_of(dense(), faulty, unclear))
    assert str(faulty) in text
    assert str(unclear) in text
    assert str(dense()) not in text
    summary = "FAIL: 3 layers, 36 checks planned, 36 ran: 30 pass, 3 fail, 3 inconclusive; seed 7"
    assert text.splitlines()[-1] == summary


def test_the_widest_words_are_not_cut() -> None:
    proved = {"evidence": Evidence.PROVED_ON_REGIONS}
    unknown = [
        Check(quantity="dx", oracle=oracle, verdict=Verdict.INCONCLUSIVE)
        for oracle in (Oracle.COMPLEX_STEP, Oracle.FINITE_DIFFERENCE, Oracle.SYMBOLIC)
    ]
    result = replace(
        dense(),
        name="MeanSquaredError",
        checks=(*unknown, passed("dy", Oracle.PROOF, **proved)),
    )
    lines = printed(report_of(result)).splitlines()
    table = lines[: next(k for k, line in enumerate(lines) if line.startswith("INCONCLUSIVE"))]
    assert max(map(len, table)) <= 80
    assert not any("…" in line for line in table)
    assert sum("MeanSquaredError" in line for line in table) == 1


def test_a_fail_without_a_number_is_a_word() -> None:
    text = printed(report_of(dense(wrong("dW", Oracle.SYMBOLIC, residual=math.nan))))
    row = next(line for line in text.splitlines() if line.startswith("  dW "))
    assert row.split() == ["dW", "2.50e-01", "2.50e-01", "fail", "fail"]


def test_markup_in_names_is_text() -> None:
    result = replace(dense(), name="[red]Dense[/nonsense]")
    assert "[red]Dense[/nonsense]" in printed(report_of(result))


def test_nothing_checked_is_no_success() -> None:
    text = printed(report_of(planned=3))
    assert text == "NOT-RUN: 0 layers, 3 checks planned, 0 ran: nothing; seed 7\n"


def test_a_result_without_contracts_has_no_row_of_them() -> None:
    result = replace(dense(), checks=(passed("dW", Oracle.SYMBOLIC),))
    assert "contract" not in printed(report_of(result))


def test_missing_checks_are_no_pass() -> None:
    text = printed(report_of(dense(), planned=13))
    assert "NOT-RUN: 1 layer, 13 checks planned, 12 ran: 12 pass" in text
