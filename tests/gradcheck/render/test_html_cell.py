from __future__ import annotations

from html.parser import HTMLParser

import pytest
from student_report import HOSTILE, hostile, report, right, softmax, unread, unwritten

from gradcheck.records import FileNote
from gradcheck.render.html_cell import report_html, result_html

GOLDEN = (
    '<div><span style="color:#2a8a3e;font-weight:bold;white-space:nowrap">✓ pass</span> '
    "<b>Dense</b> dense <small>layers.py:21</small><div>Y dX dW db right (tested)</div></div>"
)


TAGS = {"div", "span", "b", "small", "table", "tr", "th", "td", "code", "br"}


class Tags(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        assert {name for name, _ in attrs} <= {"style"}
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_golden() -> None:
    assert result_html(right()) == GOLDEN
    assert right()._repr_html_() == GOLDEN


def test_a_fail_says_what_and_how_to_get_it_again() -> None:
    page = Tags(result_html(softmax()))
    assert page.open == []
    for part in ("✗ FAIL", "Softmax.backward", "dX (5, 1)", "diagonal-only", "should be 0.0243"):
        assert part in page.text
    assert "reproduce: gradcheck check layers.py --only Softmax --seed 7" in page.text


def test_a_report_has_a_row_a_subject_and_the_counts() -> None:
    absent, note = unread()
    files = (FileNote(path="layers.py"), note)
    one = report(right(), softmax(), unwritten(), absent, files=files)
    page = Tags(report_html(one))
    assert page.tags.count("tr") == 5
    assert "✗ FAIL 3 subjects: 1 pass, 1 FAIL, 1 not run; seed 7" in page.text
    assert "it is no Python" in page.text
    assert one._repr_html_() == report_html(one)


def test_a_long_report_is_bounded() -> None:
    page = report_html(report(*(right(f"D{k}") for k in range(500))))
    assert "… and 300 more" in page
    assert len(page) < 2**17


@pytest.mark.parametrize("make", [result_html, lambda r: report_html(report(r))])
def test_hostile_text_is_text(make) -> None:
    page = make(hostile())
    parsed = Tags(page)
    assert parsed.open == []
    assert set(parsed.tags) <= {
        "div",
        "span",
        "b",
        "small",
        "table",
        "tr",
        "th",
        "td",
        "code",
        "br",
    }
    assert "<script>" in parsed.text
    assert "\x1b" not in page
    assert "\x00" not in page


def test_a_hostile_file_is_text() -> None:
    note = FileNote(path=HOSTILE, error=HOSTILE)
    assert "<script" not in report_html(report(files=(note,)))
