"""All formats are written at once, or none; each is a function of the JSON."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from drawn import entries, study
from handmade import dense, report_of
from student_report import HOSTILE, report, right, softmax

from gradcheck.evidence import Pictured
from gradcheck.records import (
    Check,
    Evidence,
    FileNote,
    Finding,
    Oracle,
    Proof,
    Report,
    Result,
    Verdict,
    Worst,
)
from gradcheck.render import files
from gradcheck.render.files import NAMES, report_texts, save, written
from gradcheck.render.load import report_from

TWO = report(
    softmax(), right(file="b.py"), files=(FileNote(path="layers.py"), FileNote(path="b.py"))
)


def found(directory):
    return sorted(p.relative_to(directory).as_posix() for p in directory.rglob("*") if p.is_file())


def test_every_format_is_written_and_the_directory_is_made(tmp_path):
    places = written(report_of(dense()), tmp_path / "a" / "b")
    assert places == [tmp_path / "a" / "b" / name for name in NAMES]
    assert found(tmp_path / "a" / "b") == sorted(NAMES)


def test_every_format_is_a_function_of_the_json():
    given = dense()
    # Digits that the JSON does not have.
    odd = tuple(replace(check, seconds=(k + 1) / 7e5) for k, check in enumerate(given.checks))
    texts = report_texts(report_of(replace(given, checks=odd)))
    assert report_texts(report_from(texts["report.json"])) == texts


def test_pages_of_several_files_stand_in_a_folder_and_stale_ones_go(tmp_path):
    written(TWO, tmp_path)
    pages = ["report-files/0001-layers.html", "report-files/0002-b.html"]
    assert found(tmp_path) == sorted([*NAMES, *pages])
    (tmp_path / "report-files" / "0003-c.html").write_text("old", encoding="utf-8")
    (tmp_path / "report-files" / "mine.html").write_text("mine", encoding="utf-8")
    written(TWO, tmp_path)
    assert found(tmp_path) == sorted([*NAMES, *pages, "report-files/mine.html"])
    written(report(softmax()), tmp_path)
    assert found(tmp_path) == sorted([*NAMES, "report-files/mine.html"])


def test_where_one_cannot_be_written_none_is(tmp_path, monkeypatch):
    write = Path.write_text

    def full(path, text, **more):
        if "report.xml" in path.name:
            raise OSError(28, "No space left on device")
        return write(path, text, **more)

    (tmp_path / "report.json").write_text("old", encoding="utf-8")
    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space"):
        written(report_of(dense()), tmp_path)
    assert found(tmp_path) == ["report.json"]
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == "old"


def test_a_folder_of_pages_that_is_a_link_is_left_alone(tmp_path):
    (tmp_path / "else").mkdir()
    (tmp_path / "else" / "0001-x.html").write_text("theirs", encoding="utf-8")
    (tmp_path / "report-files").symlink_to(tmp_path / "else", target_is_directory=True)
    save(tmp_path, {"report.html": "new"})
    assert (tmp_path / "else" / "0001-x.html").exists()


def hostile_throughout(text, *, of_files):
    """Return a report in which every text that can be foreign is this one."""
    proof = Proof(
        claims=(text,), sizes=text, regions=2, conditions=(text,), literals={text: text},
        exceptions=(text,), residual=text, point={text: text}, got=text, true=text,
    )  # fmt: skip
    common = {"quantity": text, "shapes": {text: (2, 2)}, "regime": text, "reason": text}
    failed = Check(
        oracle=Oracle.PROOF, verdict=Verdict.FAIL, proof=proof,
        worst=Worst(index=(0, 0), got=1.0, oracle=2.0, bound=0.0), **common,
    )  # fmt: skip
    passed = Check(oracle=Oracle.PROOF, verdict=Verdict.PASS, evidence=Evidence.PROVED, proof=proof,
                   **{**common, "quantity": "y"})  # fmt: skip
    broken = Check(oracle=Oracle.CONTRACT, contract=text, verdict=Verdict.ERROR, **common)
    finding = Finding(code=text, quantity=text, message=text, hint=text, numbers={text: 1.0})
    drawn = Pictured(studies=(study(text, regime=text),), entries=(entries(text, regime=text),))
    result = Result(
        name=text, role=text, file=text, line=1, checks=(failed, passed, broken), seed=0,
        findings=(finding, replace(finding, remark=True)), reproduce=text,
        convention={text: {text: [text]}}, pictured=drawn,
    )  # fmt: skip
    note = FileNote(path=text, notes=(text,), output=text, error=text)
    files = (note, FileNote(path="b.py")) if of_files else ()
    return Report(
        tool={text: text}, seed=0, command=text, planned=3, subjects=(result,), files=files
    )


def uncoded(markdown):
    """Return Markdown without what stands in backticks, which is shown as it is."""
    return re.sub(r"`[^`\n]*`", "", markdown.replace("\\`", ""))


@pytest.mark.parametrize("of_files", [False, True])
def test_text_of_the_code_under_test_does_nothing_in_any_format(of_files):
    for name, text in report_texts(hostile_throughout(HOSTILE, of_files=of_files)).items():
        assert not any(mark in text for mark in ("\x1b", "\x00", "\r", "##[error]")), name
        # At the beginning of a line it would be a command to a runner of GitHub.
        assert not any(line.lstrip().startswith("::") for line in text.split("\n")), name
        markup = uncoded(text) if name == "report.md" else text
        assert name == "report.json" or "<script" not in markup, name


@pytest.mark.parametrize("of_files", [False, True])
def test_markdown_keeps_foreign_text_in_its_cells_and_backticks(of_files):
    bare = report_texts(hostile_throughout("x", of_files=of_files))["report.md"]
    full = report_texts(hostile_throughout("a|b`c<i>[d](e)", of_files=of_files))["report.md"]
    assert len(full.splitlines()) == len(bare.splitlines())
    for one, other in zip(full.splitlines(), bare.splitlines(), strict=True):
        bars = one.replace("\\|", "").count("|") - one.count("`a|b'c")
        assert bars == other.count("|"), one
    assert "<i>" not in uncoded(full)


def test_nothing_heavy_is_imported_with_the_names():
    assert not hasattr(files, "report_pages")
