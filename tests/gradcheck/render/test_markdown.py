from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from handmade import KINK, dense, passed, report_of, wrong

from gradcheck.records import Check, Finding, Oracle, Verdict
from gradcheck.render.markdown import report_markdown

if TYPE_CHECKING:
    from gradcheck.records import Result

GOLDEN = """\
# gradcheck: fail

Reproduce with `gradcheck verify --seed 7` (seed 7).

Versions: gradcheck 0.1.0, numpy 2.3.0, platform Linux x, python 3.11.2

| planned | ran | pass | fail | inconclusive | error | not-run |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| 3 | 3 | 2 | 1 | 0 | 0 | 0 |

A residual is max |got − oracle| / (bound + allowance) over entries and points; a pass needs ≤ 1.
Points are counted once for each check; forward is not finite at those without evidence.

## Values and gradients

| layer | quantity | oracle | verdict | evidence | judged | inconclusive | without evidence | \
worst residual |
| --- | --- | --- | --- | --- | ---: | ---: | ---: | ---: |
| Dense | y | symbolic | pass | tested | 20 | 0 | 2 | 2.50e-01 |
| Dense | dW | symbolic | fail | – | 20 | 0 | 2 | 2.50e+09 |

## Contracts

| layer | contract | of | verdict | checks |
| --- | --- | --- | --- | ---: |
| Dense | purity | dx | pass | 1 |

## Shapes

| layer | file | shapes |
| --- | --- | --- |
| Dense | reference_net/dense.py | x (4, 2), W (3, 4), b (3, 1) |

## Findings

- **Dense**, dW: `factor`: 2 \\| 3 of &lt;b>. Hint: divide
- **Dense**, dx: remark `kink-value`: at x = 0 the code returns g'(0) = 1
- **Dense**, dW symbolic: fail: differs from every oracle of its own forward
"""


def small() -> Result:
    factor = Finding(code="factor", quantity="dW", message="2 | 3\nof <b>", hint="divide")
    return replace(
        dense(findings=(factor, KINK)),
        checks=(
            passed("y", Oracle.SYMBOLIC),
            wrong("dW", Oracle.SYMBOLIC),
            passed("dx", Oracle.CONTRACT, contract="purity"),
        ),
    )


def masked(markdown: str) -> str:
    text = re.sub(r"\| (\d\.\d\de[+-]\d\d|inf|–) \|$", "| # |", markdown, flags=re.M)
    return re.sub(r"^Versions: .*$", "Versions: #", text, flags=re.M)


def test_golden() -> None:
    assert report_markdown(report_of(small())) == GOLDEN


def test_only_residuals_and_versions_differ_between_machines() -> None:
    result = small()
    other = replace(
        result,
        line=99,
        checks=tuple(
            replace(check, residual=check.residual * 0.9, regime="scales", worst=None, seconds=9.0)
            for check in result.checks
        ),
    )
    report = report_of(other)
    moved = replace(report, tool={**report.tool, "numpy": "9.9"})
    assert report_markdown(moved) != report_markdown(report_of(result))
    assert masked(report_markdown(moved)) == masked(report_markdown(report_of(result)))


def test_a_verdict_is_seen_through_the_mask() -> None:
    result = dense()
    faulty = dense(wrong("dW", Oracle.SYMBOLIC, residual=0.25))
    assert masked(report_markdown(report_of(result))) != masked(report_markdown(report_of(faulty)))


def test_several_shapes_share_a_row() -> None:
    check = passed("dW", Oracle.SYMBOLIC, 0.1)
    other = replace(check, shapes={"x": (1, 1)}, residual=0.9, points={"judged": 5})
    result = replace(dense(), checks=(check, other))
    page = report_markdown(report_of(result))
    assert "| Dense | dW | symbolic | pass | tested | 25 | 0 | 2 | 9.00e-01 |\n" in page
    assert "x (4, 2), W (3, 4), b (3, 1); x (1, 1) |" in page


def test_nothing_found_is_said() -> None:
    assert report_markdown(report_of(dense())).endswith("## Findings\n\nNone.\n")


def test_a_planned_check_that_is_missing_spoils_a_pass() -> None:
    report = report_of(dense(), planned=13)
    assert report_markdown(report).startswith("# gradcheck: not-run\n")
    assert report_markdown(report_of(dense())).startswith("# gradcheck: pass\n")


def test_a_result_without_checks_has_its_row() -> None:
    result = replace(dense(), checks=(), file="")
    page = report_markdown(report_of(result))
    assert page.startswith("# gradcheck: not-run\n")
    assert "| Dense | – | – |\n" in page


def test_an_unknown_does_not_hide_behind_a_pass() -> None:
    unknown = Check(quantity="dW", oracle=Oracle.SYMBOLIC, verdict=Verdict.NOT_RUN)
    result = replace(dense(), checks=(passed("dW", Oracle.SYMBOLIC), unknown))
    page = report_markdown(report_of(result))
    assert "| Dense | dW | symbolic | not-run | – |" in page
