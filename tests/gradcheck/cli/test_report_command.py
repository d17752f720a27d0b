"""``gradcheck report``: what it writes, and what it refuses."""

from __future__ import annotations

import pytest
from handmade import dense, report_of, wrong
from student_report import softmax

from gradcheck import cli
from gradcheck.records import FileNote, Oracle, Report
from gradcheck.render.html.pages import report_pages
from gradcheck.render.json import report_json
from gradcheck.render.junit import report_xml
from gradcheck.render.markdown import report_markdown

WRONG = report_of(dense(wrong("dW", Oracle.SYMBOLIC)))


@pytest.fixture
def source(tmp_path):
    place = tmp_path / "in" / "report.json"
    place.parent.mkdir()
    place.write_text(report_json(WRONG), encoding="utf-8")
    return place


def test_each_format_is_written_where_it_is_asked_for(source, tmp_path):
    out = tmp_path / "out"
    arguments = [
        "--html",
        str(out / "p.html"),
        "--md",
        str(out / "p.md"),
        "--xml",
        str(out / "p.xml"),
    ]
    assert cli.main(["report", str(source), *arguments]) == 0
    assert (out / "p.html").read_text(encoding="utf-8") == report_pages(WRONG)["report.html"]
    assert (out / "p.md").read_text(encoding="utf-8") == report_markdown(WRONG)
    assert (out / "p.xml").read_text(encoding="utf-8") == report_xml(WRONG)
    assert sorted(one.name for one in out.iterdir()) == ["p.html", "p.md", "p.xml"]


def test_output_writes_all_of_them_again(source, tmp_path):
    assert cli.main(["report", str(source), "--output", str(tmp_path / "o")]) == 0
    assert (tmp_path / "o" / "report.json").read_bytes() == source.read_bytes()
    names = ["report.html", "report.json", "report.md", "report.xml"]
    assert sorted(one.name for one in (tmp_path / "o").iterdir()) == names


def test_pages_of_several_files_go_beside_the_overview(tmp_path):
    held = softmax()
    two = Report(
        tool=WRONG.tool, seed=0, command="c", planned=2 * len(held.checks),
        subjects=(held, softmax(file="b.py")),
        files=(FileNote(path="layers.py"), FileNote(path="b.py")),
    )  # fmt: skip
    (tmp_path / "r.json").write_text(report_json(two), encoding="utf-8")
    assert cli.main(["report", str(tmp_path / "r.json"), "--html", str(tmp_path / "all.html")]) == 0
    assert (tmp_path / "all-files" / "0002-b.html").exists()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "it is no JSON"),
        ("[]", "its schema is None"),
        ('{"schema": "x"}', "its schema is 'x'"),
    ],
)
def test_what_is_no_report_is_a_usage_error(tmp_path, capsys, content, said):
    (tmp_path / "r.json").write_text(content, encoding="utf-8")
    assert cli.main(["report", str(tmp_path / "r.json"), "--md", str(tmp_path / "r.md")]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "r.md").exists()


def test_what_cannot_be_read_is_a_usage_error(tmp_path, capsys):
    assert cli.main(["report", str(tmp_path / "none.json"), "--md", "x.md"]) == 2
    (tmp_path / "b.json").write_bytes(b"\xff\xfe")
    assert cli.main(["report", str(tmp_path / "b.json"), "--md", "x.md"]) == 2
    assert "it is no UTF-8" in capsys.readouterr().err


def test_nothing_to_write_is_a_usage_error(source, capsys):
    assert cli.main(["report", str(source)]) == 2
    assert "nothing to write" in capsys.readouterr().err
    assert cli.main(["report", str(source), "--html", "page.txt"]) == 2


def test_what_cannot_be_written_is_3(source, tmp_path, capsys):
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert cli.main(["report", str(source), "--md", str(tmp_path / "file" / "r.md")]) == 3
    assert "could not be written" in capsys.readouterr().err
