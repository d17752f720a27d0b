"""The pages: well formed, self-contained, readable, linked both ways; nothing foreign is markup."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from posixpath import dirname, join, normpath
from time import process_time

import pytest
from drawn import entries, with_pictures
from handmade import KINK, dense, report_of, wrong
from student_report import HOSTILE, crashed, hostile, report, right, softmax, unread, untold

from gradcheck.evidence import Pictured
from gradcheck.records import Check, Evidence, FileNote, Oracle, Proof, Verdict
from gradcheck.render.html.environment import sentence
from gradcheck.render.html.matrix import headline, matrix
from gradcheck.render.html.pages import report_page, report_pages
from gradcheck.render.json import report_json
from gradcheck.render.load import report_from

VOID = {"meta", "link", "br", "img", "hr", "input"}


class Page(HTMLParser):
    """What a page holds; raises where its tags are not balanced."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.ids, self.links, self.attributes = [], [], [], []
        self.tags, self.words, self.headings = [], [], []
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        held = dict(attrs)
        self.attributes += [(tag, name, value) for name, value in attrs]
        if "id" in held:
            self.ids.append(held["id"])
        if tag == "a":
            self.links.append(held["href"])
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if not {"style"} & set(self.open):
            self.words.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.words).split())


REFUTED = Check(
    quantity="dx", oracle=Oracle.PROOF, verdict=Verdict.FAIL, shapes={"x": (5, 1)},
    proof=Proof(residual="dx₀ − true = y₀", point={"x₀": "1/2"}, got="3", true="4"),
)  # fmt: skip
PROVED = Check(
    quantity="dx", oracle=Oracle.PROOF, verdict=Verdict.PASS, evidence=Evidence.PROVED_ON_REGIONS,
    shapes={"x": (2,)}, residual=0.0,
    proof=Proof(claims=("backward is the derivative",), sizes="x 2", regions=4,
                conditions=("x > 0",), literals={"0.01": "1/100"}),
)  # fmt: skip
DRAWN = with_pictures(softmax())
REPORTS = {
    "right": report(right()),
    "wrong": report(right(), DRAWN),
    "refuted": report(replace(DRAWN, checks=(*DRAWN.checks, REFUTED))),
    "proved": report(softmax(checks=(PROVED,), findings=())),
    "crashed": report(crashed()),
    "untold": report(untold()),
    "unread": report(unread()[0], files=(unread()[1],)),
    "nothing": report_of(),
    "verify": report_of(dense(findings=(KINK,))),
    "network": report_of(
        dense(wrong("dW", Oracle.SYMBOLIC), *(wrong(f"dW{k}", Oracle.SYMBOLIC) for k in (1, 2)))
    ),
}


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_is_well_formed_and_asks_for_nothing(name):
    text = report_page(REPORTS[name])
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>")
    assert ("html", "lang", "en") in page.attributes
    assert len(set(page.ids)) == len(page.ids)
    assert not {"script", "iframe", "object", "embed", "img"} & set(page.tags)
    for _, key, value in page.attributes:
        assert not key.startswith("on")
        if key in ("src", "href", "xlink:href"):
            assert value == "data:," or value.startswith("#"), value
    assert "url(" not in re.sub(r"url\(#[^)]*\)", "", text)
    assert "@import" not in text
    targets = [value[1:] for _, key, value in page.attributes if key == "href" and value[:1] == "#"]
    assert set(targets) <= set(page.ids)


@pytest.mark.parametrize("name", REPORTS)
def test_a_page_is_read_out_in_order(name):
    page = Page(report_page(REPORTS[name]))
    assert page.headings[0] == 1
    assert page.headings.count(1) == 1
    assert all(
        later - one <= 1 for one, later in zip(page.headings, page.headings[1:], strict=False)
    )
    headers = [value for tag, key, value in page.attributes if (tag, key) == ("th", "scope")]
    assert len(headers) == page.tags.count("th")
    assert set(headers) <= {"row", "col"}


@pytest.mark.parametrize("name", REPORTS)
def test_every_page_is_the_same_from_the_json_alone(name):
    if name in ("nothing", "verify", "network"):
        assert report_page(report_from(report_json(REPORTS[name]))) == report_page(REPORTS[name])
    assert report_page(REPORTS[name]) == report_page(REPORTS[name])


def test_it_opens_with_the_verdict_and_the_matrix_and_what_is_wrong():
    words = Page(report_page(REPORTS["wrong"])).text
    order = ["✗ FAIL 1 of 2 subjects is wrong: Softmax (dX).", "Softmax softmax ✓ pass tested",
             "Looks like: the terms for k ≠ i are missing", "Worst [2, 0]: got 0.0915",
             "Hint line 31 multiplies by the diagonal", "dX: got against oracle",
             "the gradient is wrong, not the step", "✓ pass Dense"]  # fmt: skip
    places = [words.index(one) for one in order]
    assert places == sorted(places)


def test_the_notes_and_their_jacobian_are_shown_as_mathml():
    text = report_page(REPORTS["wrong"])
    assert text.count("<math") >= 8
    assert "softmax-short" in text
    assert "Its Jacobian, derived by SymPy" in text


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("right", "It is right: 12 checks, every one of them passed."),
     ("untold", "1 of 1 subject could not be decided: Softmax."),
     ("nothing", "Nothing could be checked."), ("unread", "Nothing could be checked.")],
)  # fmt: skip
def test_the_sentence(name, sentence):
    assert headline(REPORTS[name]) == sentence


def test_a_gradient_of_the_wrong_shape_is_wrong_in_the_matrix_too():
    """No oracle has anything to compare with it: the contract is what is broken."""
    shape = Check(
        quantity="dx", oracle=Oracle.CONTRACT, contract="shape", verdict=Verdict.FAIL,
        shapes={"x": (5, 1)},
    )  # fmt: skip
    unread = Check(quantity="dx", oracle=Oracle.COMPLEX_STEP, verdict=Verdict.INCONCLUSIVE)
    for checks, verdict in (((unread, shape), Verdict.FAIL), ((unread,), Verdict.INCONCLUSIVE)):
        _, (line,) = matrix([softmax(checks=checks)], ["s1"])
        assert line.cells[0].verdict is verdict


@pytest.mark.parametrize(
    ("text", "said"),
    [("worst [2]: got", "Worst [2]: got"), ("dL/dW is", "dL/dW is"), ("dX is", "dX is"),
     ("y differs", "y differs"), ("", "")],
)  # fmt: skip
def test_a_symbol_is_no_word_to_be_written_with_a_capital(text, said):
    assert sentence(text) == said


def test_a_plan_that_was_not_kept_is_no_success():
    assert headline(report_of(dense(), planned=99)) == "Not all that was planned was checked."


def test_a_proof_says_regions_and_constants_as_read():
    words = Page(report_page(REPORTS["proved"])).text
    assert "in 4 regions, one at a time: x > 0" in words
    assert "read 0.01 as 1/100" in words


def test_a_refutation_has_its_certificate():
    words = Page(report_page(REPORTS["refuted"])).text
    assert "dX is refuted exactly" in words
    assert "Replayed at x₀ = 1/2: got 3, and it is 4." in words


def test_of_a_large_array_it_is_said_what_is_shown():
    large = entries(shape=(40, 60), rows=(0, 39), columns=(0, 30, 59))
    drawn = replace(softmax(), pictured=Pictured(entries=(large,)))
    words = Page(report_page(report(drawn))).text
    assert "Shown are 2 of 40 rows and 3 of 60 columns, evenly spaced." in words
    assert "Shown are" not in Page(report_page(REPORTS["wrong"])).text


FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "$x^2$", "{{ 7*7 }}", "]]>", "javascript:alert(1)")


@pytest.mark.parametrize("text", [HOSTILE, *FORMULAS], ids=["all", *FORMULAS])
def test_hostile_text_is_shown_and_does_nothing(text):
    given = hostile() if text == HOSTILE else softmax(name=text, role=text, reproduce=text)
    foreign = with_pictures(replace(given, file=text))
    strange = Pictured(entries=(entries(text),), studies=foreign.pictured.studies)
    note = FileNote(path=text, notes=(text,), output=text, error=text)
    both = report(foreign, replace(foreign, pictured=strange), files=(note,))
    page = Page(report_page(both))
    other = softmax(file="other.py")
    several = report_pages(report(foreign, other, files=(note, FileNote(path="other.py"))))
    for one in (report_page(both), *several.values()):
        seen = Page(one)
        assert not {"script", "red", "iframe"} & set(seen.tags)
        assert not any(mark in one for mark in ("\x1b", "\x00", "\r"))
        hrefs = [value for _, key, value in seen.attributes if key == "href"]
        assert not any(":" in one.replace("data:,", "") for one in hrefs)
    if text in FORMULAS:
        assert text in page.text


def several():
    results = (softmax(), right("Dense", "b/layers.py"), softmax(file="c<d>&.py"),
               replace(untold(), file="e.py"))  # fmt: skip
    absent, note = unread()
    notes = [FileNote(path=result.file, seconds=k) for k, result in enumerate(results)]
    return report(*results, absent, files=(*notes, note))


def test_several_files_have_an_overview_and_a_page_each_with_links_both_ways():
    pages = report_pages(several())
    assert next(iter(pages)) == "report.html"
    assert len(pages) == 6
    assert all(re.fullmatch(r"report-files/\d{4}(-[A-Za-z0-9-]+)?\.html", n) for n in [*pages][1:])
    reached = set()
    for name, text in pages.items():
        for link in Page(text).links:
            if not link.startswith("#"):
                target = normpath(join(dirname(name), link))
                assert target in pages
                reached.add((name, target))
    for name in [*pages][1:]:
        assert ("report.html", name) in reached
        assert (name, "report.html") in reached


def test_the_overview_says_what_is_frequent_slow_and_unchecked():
    words = Page(report_pages(several())["report.html"]).text
    assert words.index("2 of 5 files have a wrong gradient, 1 is right, 2 could not be decided.")
    assert "diagonal-only 2 the terms for k ≠ i are missing" in words
    assert re.search(r"What could not be checked.*e\.py.*broken\.py : it is no Python", words)
    assert re.search(r"Slowest file seconds e\.py 3\.00", words)


def test_another_name_gives_other_names_throughout():
    pages = report_pages(several(), "over.html")
    assert "over.html" in pages
    assert 'href="../over.html"' in pages["over-files/0001-layers.html"]


def test_no_subject_is_lost_with_a_note_that_is_not_there_or_is_there_twice():
    notes = (FileNote(path="layers.py"), FileNote(path="layers.py"))
    pages = report_pages(report(softmax(), right(file="b.py"), files=notes))
    assert [*pages] == [
        "report.html",
        "report-files/0001-layers.html",
        "report-files/0002-b.html",
    ]
    assert "Dense" in pages["report-files/0002-b.html"]
    assert "1 of 2 files has a wrong gradient, 1 is right." in pages["report.html"]


@pytest.mark.slow
def test_two_hundred_files_take_less_than_a_minute_and_the_overview_is_small():
    results, notes = [], []
    for k in range(200):
        path = f"students/{k:03d}/layers.py"
        wrong_one = replace(with_pictures(softmax()), file=path)
        results += [wrong_one, *(right(name, path) for name in ("Dense", "Tanh", "mse"))]
        notes.append(FileNote(path=path, seconds=k))
    started = process_time()
    pages = report_pages(report(*results, files=tuple(notes)))
    assert process_time() - started < 60
    assert len(pages) == 201
    assert len(pages["report.html"].encode()) < 5e6


def test_one_file_is_one_page():
    assert list(report_pages(report(softmax()))) == ["report.html"]


def colours(css):
    return dict(re.findall(r"--([\w-]+):(#[0-9a-f]{3,6})\b", css))


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * one for one in colour[1:])
    parts = [int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_of_text_has_enough_contrast(theme):
    css = report_page(REPORTS["nothing"])
    light, dark = re.findall(r":root\{([^}]*)\}", css)[:2]
    held = colours(light if theme == "light" else dark)
    pairs = [(name, ground) for name in ("ink", "dim", "wrong", "right", "open", "mark")
             for ground in ("paper", "soft")]  # fmt: skip
    pairs += [(f"heat-ink-{k}", f"heat-{k}") for k in range(5)]
    for ink, ground in pairs:
        assert contrast(held[ink], held[ground]) >= 4.5, (ink, ground)


def test_contrast_is_measured():
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777", "#fff") < 4.5
