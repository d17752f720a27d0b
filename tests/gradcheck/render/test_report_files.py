"""All formats are written at once, or none; each is a function of the JSON."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from handmade import dense, report_of
from student_report import report, right, softmax

from gradcheck.records import FileNote
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


def test_nothing_heavy_is_imported_with_the_names():
    assert not hasattr(files, "report_pages")
