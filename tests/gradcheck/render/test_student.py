from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from handmade import FACTOR, KINK, ORACLES, dense, wrong
from rich.console import Console
from student_report import (
    HOSTILE,
    crashed,
    hostile,
    mutating,
    report,
    right,
    softmax,
    unread,
    untold,
    unwritten,
)

from gradcheck.records import FileNote, Finding, Report
from gradcheck.render.student import print_student

GOLDEN = """\
layers.py: 3 subjects found

✓ Dense  dense  Y dX dW db right (tested)
– Tanh   tanh   not run: forward is not written yet

✗ Softmax.backward  dX  (5, 1)  FAIL  diagonal-only  layers.py:31
    worst [2, 0]: got 0.0915, should be 0.0243 ± 2e-17; 5 of 5 entries wrong
    looks like: the terms for k ≠ i are missing: −yᵢ Σₖ≠ᵢ yₖ gₖ
    hint: line 31 multiplies by the diagonal; dX needs the terms off the
      diagonal too.
    in the notes: Softmax, softmax-short
    three oracles agree: finite differences, complex step, SymPy
    Y right (tested)
    reproduce: gradcheck check layers.py --only Softmax --seed 7

FAIL: 1 of 3 subjects wrong, 1 right, 1 not run; 0.4 s; seed 7
"""

SEVERAL = """\
✓ a.py  1 subject right: Dense
    remark kink-value: Dense dX: at x = 0 the code returns g'(0) = 1

layers.py: 1 subject found

✗ Softmax.backward  dX  (5, 1)  FAIL  diagonal-only  layers.py:31
    worst [2, 0]: got 0.0915, should be 0.0243 ± 2e-17; 5 of 5 entries wrong
    looks like: the terms for k ≠ i are missing: −yᵢ Σₖ≠ᵢ yₖ gₖ
    three oracles agree: finite differences, complex step, SymPy
    Y right (tested)
    reproduce: gradcheck check layers.py --only Softmax --seed 7

broken.py: nothing could be checked
– not run: it is no Python

what is wrong
✗ layers.py  Softmax  dX  diagonal-only

FAIL: 1 of 2 subjects wrong, 1 right; 1 finding; 3 files, 1 of them wrong, 1 not
    checked; 1.5 s; seed 7
"""


def printed(one: Report, *, width: int = 80, terminal: bool = False, **options: object) -> str:
    stream = io.StringIO()
    console = Console(file=stream, width=width, force_terminal=terminal, legacy_windows=False)
    print_student(one, console, **options)  # type: ignore[arg-type]
    return stream.getvalue()


def test_golden() -> None:
    assert printed(report(softmax(), right(), unwritten())) == GOLDEN


def test_several_files() -> None:
    absent, note = unread()
    files = (FileNote(path="a.py"), FileNote(path="layers.py"), note)
    one = report(right("Dense", "a.py", KINK), softmax(), absent, files=files)
    assert printed(one, hints=0, seconds=1.5) == SEVERAL


def test_a_contract_has_a_sentence_and_no_entry() -> None:
    text = printed(report(mutating()))
    assert "✗ Softmax.backward  dX  (5, 1)  FAIL  mutates-upstream  layers.py:31\n" in text
    assert "    dL/dY belongs to the caller\n    hint: do not write.\n" in text
    assert "worst" not in text
    assert "looks like" not in text


def test_a_body_that_is_not_written_is_called_so() -> None:
    lines = printed(report(crashed())).splitlines()
    assert lines[2] == "! Softmax.backward  ERROR  crash  layers.py:31"
    said = " ".join(line.strip() for line in lines[3:5])
    assert said.startswith("not written yet (backward raised NotImplementedError (layers.py:33))")
    assert lines[-1].startswith("ERROR: 1 of 1 subject with an error")


def test_what_cannot_be_told_says_why() -> None:
    text = printed(report(untold()))
    assert "? Softmax.backward  dX  (5, 1)  inconclusive  layers.py:31\n" in text
    assert "    forward is not finite at any point that was tried\n" in text


def test_only_the_most_specific_finding_unless_all_are_asked_for() -> None:
    second = Finding(code="unlisted", quantity="dx", message="dL/dX is wrong")
    one = report(softmax(findings=(second, *softmax().findings)))
    text = printed(one)
    assert "FAIL  diagonal-only" in text
    assert "FAIL  unlisted" not in text
    assert "    1 finding more: --all\n" in text
    assert "FAIL  unlisted" in printed(one, everything=True)


@pytest.mark.parametrize(
    ("level", "there", "missing"),
    [
        (0, "looks like", "hint:"),
        (1, "hint: Each output of softmax", "diagonal of"),
        (2, "hint: line 31 multiplies", "Σₖ gₖ yₖ)"),
        (3, "yᵢ (gᵢ − Σₖ gₖ yₖ)", "nothing"),
    ],
)
def test_hints_have_levels(level: int, there: str, missing: str) -> None:
    text = " ".join(printed(report(softmax()), hints=level).split())
    assert there in text
    assert missing not in text


def test_a_hint_is_said_once() -> None:
    both = [wrong(quantity, oracle) for quantity in ("dW", "db") for oracle in ORACLES]
    second = replace(FACTOR, quantity="db")
    text = printed(report(dense(*both, findings=(FACTOR, second))))
    assert text.count("FAIL  factor") == 2
    assert text.count("hint:") == 1
    assert "    Y dX right (tested)\n" in text


def test_conventions_are_listed() -> None:
    text = printed(report(right()), conventions=True)
    assert "    taken for  dense\n" in text
    assert "    dX         what backward returns\n" in text


def test_notes_and_output_are_bounded() -> None:
    note = FileNote(
        path="layers.py",
        notes=tuple(f"note {k}" for k in range(20)),
        output="one\n\ntwo\nthree\nfour\n" + "x" * 10**6,
    )
    text = printed(report(right(), files=(note,)))
    assert "note: note 7\n" in text
    assert "note: and 12 more\n" in text
    assert "      │ three\n      │ …\n" in text
    assert "four" not in text
    assert len(text) < 2000


@pytest.mark.parametrize("width", [40, 80, 120])
def test_lines_are_broken_between_words(width: int) -> None:
    one = report(softmax(), right(), unwritten(), mutating(), crashed(), untold())
    text = printed(one, width=width)
    lines = [line for line in text.splitlines() if "reproduce:" not in line]
    assert max(map(len, lines)) <= width
    assert text.split() == printed(one, width=1000).split()


def test_a_word_is_not_cut_though_it_is_too_long() -> None:
    name = "A" * 90
    assert name in printed(report(right(name)))


def test_symbol_and_word_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in printed(report(softmax()))
    assert "\x1b[1;31mFAIL" in printed(report(softmax()), terminal=True)
    monkeypatch.setenv("NO_COLOR", "1")
    bare = re.sub(r"\x1b\[[0-9;]*m", "", printed(report(softmax()), terminal=True))
    assert not re.search(r"\x1b\[[0-9;]*3[0-9]m", printed(report(softmax()), terminal=True))
    assert bare == printed(report(softmax()))


def test_hostile_text_is_text() -> None:
    note = FileNote(path=HOSTILE, notes=(HOSTILE,), output=HOSTILE, error=HOSTILE)
    one = report(hostile(), softmax(), files=(note, FileNote(path="layers.py")))
    for width in (30, 80):
        text = printed(one, width=width, conventions=True, everything=True)
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f]", text)
        assert "[red]x[/red]" in text
        assert not re.search(r"^\s*::", text, flags=re.MULTILINE)
        assert "##[" not in text


def test_nothing_at_all_is_no_success() -> None:
    assert printed(report()) == "NOT-RUN: 0 of 0 subjects right; 0.0 s; seed 7\n"


def test_all_right() -> None:
    text = printed(report(right("A"), right("B")))
    assert text.endswith("\n\nPASS: 2 of 2 subjects right; 0.4 s; seed 7\n")


def test_marks_in_ascii_are_not_those_of_another_verdict() -> None:
    stream = io.TextIOWrapper(io.BytesIO(), encoding="ascii", errors="replace")
    print_student(report(softmax(), right(), unwritten()), Console(file=stream, width=80))
    stream.seek(0)
    lines = stream.read().splitlines()
    assert [line[:2] for line in lines[2:6] if line] == ["+ ", "- ", "x "]
    assert "    worst [2, 0]: got 0.0915, should be 0.0243 ? 2e-17; 5 of 5 entries wrong" in lines
