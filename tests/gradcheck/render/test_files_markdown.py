from __future__ import annotations

from student_report import HOSTILE, KINK, hostile, report, right, softmax, unread, unwritten

from gradcheck.records import FileNote
from gradcheck.render.markdown import MEBIBYTE, report_markdown

GOLDEN = """\
## What is wrong

| | file | subject | gradient | code | what |
| --- | --- | --- | --- | --- | --- |
| ✗ FAIL | layers.py:31 | Softmax.backward | dX | diagonal-only | worst \\[2, 0\\]: got 0.0915, \
should be 0.0243 ± 2e-17; 5 of 5 entries wrong<br>looks like: the terms for k ≠ i are missing: \
−yᵢ Σₖ≠ᵢ yₖ gₖ<br>hint: line 31 multiplies by the diagonal; dX needs the terms off the diagonal \
too.<br>in the notes: Softmax, softmax-short<br>three oracles agree: finite differences, \
complex step, SymPy |
| – not run | layers.py | Tanh |  |  | forward is not written yet |
| – not run | broken.py | | | | it is no Python |

## Subjects

| file | subject | taken for | verdict | right | evidence |
| --- | --- | --- | --- | --- | --- |
| layers.py:21 | Dense | dense | pass | Y dX dW db | tested |
| layers.py:31 | Softmax | softmax | fail | Y | tested |
| layers.py | Tanh | tanh | not-run | – | – |

## Remarks

- layers.py:21 **Dense**: kink-value: dX: at x = 0 the code returns g'(0) = 1

## Notes

- layers.py: matplotlib is not here
- layers.py: it printed when it was loaded: one two
"""


def test_golden() -> None:
    absent, note = unread()
    noted = FileNote(path="layers.py", notes=("matplotlib is not here",), output="one\ntwo\n")
    results = (right("Dense", "layers.py", KINK), softmax(), unwritten(), absent)
    page = report_markdown(report(*results, files=(noted, note)))
    assert page.startswith("# gradcheck: fail\n")
    assert "\nReproduce with `gradcheck check layers.py --seed 7` (seed 7).\n" in page
    assert page[page.index("## What is wrong") :] == GOLDEN


def test_nothing_wrong_is_said() -> None:
    page = report_markdown(report(right()))
    assert "## What is wrong\n\nNothing.\n" in page


def test_hostile_text_stays_in_its_cell() -> None:
    note = FileNote(path=HOSTILE, notes=(HOSTILE,), output=HOSTILE, error=HOSTILE)
    page = report_markdown(report(hostile(), files=(note,)))
    for line in page[page.index("## What is wrong") :].splitlines():
        if line.startswith("| "):
            bars = line.replace("\\|", "").count("|")
            assert bars == 7
    assert "<script" not in page
    assert "\x1b" not in page
    assert "##[" not in page


def test_a_long_page_is_cut_with_a_note() -> None:
    results = [softmax(name=f"Softmax{k}") for k in range(4000)]
    page = report_markdown(report(*results))
    assert len(page.encode()) <= MEBIBYTE
    assert page.endswith("All of it is in report.json.**\n")
    assert page.rstrip().splitlines()[-3].endswith(" |")
