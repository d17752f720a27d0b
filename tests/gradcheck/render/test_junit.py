"""JUnit as GitLab and GitHub read it: counts, unique names, text in the body, no success untold."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from dataclasses import replace

from handmade import KINK, dense, report_of
from student_report import HOSTILE, crashed, hostile, report, right, softmax, unread, untold

from gradcheck.records import Check, FileNote, Oracle, Verdict
from gradcheck.render.junit import report_xml


def parsed(given):
    return ET.fromstring(report_xml(given))  # noqa: S314 - ours


def cases(given):
    return {case.get("name"): case for case in parsed(given).iter("testcase")}


def test_a_wrong_gradient_is_a_failure_with_its_story():
    root = parsed(report(right(), softmax()))
    assert (root.get("failures"), root.get("errors"), root.get("skipped")) == ("1", "0", "0")
    case = cases(report(right(), softmax()))["Softmax dX"]
    assert case.get("file") == "layers.py"
    assert case.get("line") == "31"
    assert float(case.get("time")) >= 0
    failure = case.find("failure")
    assert failure.get("type") == "diagonal-only"
    assert failure.get("message").startswith("the terms for k ≠ i are missing")
    assert "worst [2, 0]: got 0.0915, should be 0.0243" in failure.text
    assert "reproduce: gradcheck check layers.py --only Softmax --seed 7" in failure.text


def test_a_right_one_is_no_failure_and_tells_its_evidence():
    case = cases(report(right(), softmax()))["Softmax Y"]
    assert [one.tag for one in case] == ["properties"]
    assert case.find("properties/property").get("value") == "tested"


def test_a_remark_makes_no_failure():
    root = parsed(report_of(dense(findings=(KINK,))))
    assert (root.get("failures"), root.get("errors")) == ("0", "0")


def test_counts_are_those_of_the_cases():
    root = parsed(report(right(), softmax(), crashed(), untold()))
    for suite in [root, *root.iter("testsuite")]:
        found = list(suite.iter("testcase"))
        assert int(suite.get("tests")) == len(found)
        for key, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
            assert int(suite.get(key)) == sum(case.find(tag) is not None for case in found)


def test_what_could_not_be_told_is_an_error_and_never_a_success():
    for given in (untold(), unread()[0], crashed()):
        assert int(parsed(report(given)).get("errors")) >= 1


def test_what_did_not_run_because_another_is_wrong_is_skipped():
    waiting = Check(quantity="db", oracle=Oracle.COMPLEX_STEP, verdict=Verdict.NOT_RUN,
                    reason="there was no gradient to compare")  # fmt: skip
    given = softmax()
    case = cases(report(replace(given, checks=(*given.checks, waiting))))["Softmax db"]
    assert case.find("skipped").get("message") == "there was no gradient to compare"
    alone = replace(given, checks=(given.checks[0], waiting), findings=())
    assert cases(report(alone))["Softmax db"].find("error") is not None


def test_names_are_unique_and_do_not_change_with_other_files():
    two = report(softmax(), softmax(), softmax(file="other.py"))
    names = [case.get("name") for case in parsed(two).iter("testcase")]
    assert len(set(names)) == len(names) == 6
    assert "other.py: Softmax dX" in names
    more = report(right(file="a.py"), softmax(), softmax(), softmax(file="other.py"))
    assert set(names) <= set(cases(more))


def test_hostile_text_stays_text():
    note = FileNote(path=HOSTILE, notes=(HOSTILE,), output=HOSTILE, error=HOSTILE)
    text = report_xml(report(hostile(), unread(HOSTILE, HOSTILE)[0], files=(note, note)))
    root = ET.fromstring(text)  # noqa: S314 - ours
    tags = {one.tag for one in root.iter()}
    assert tags <= {"testsuites", "testsuite", "testcase", "properties", "property", "failure",
                    "error", "skipped", "system-out"}  # fmt: skip
    for mark in ("\x00", "\x1b", "<script", "::error", "##[error"):
        assert mark not in text, mark


def test_what_begins_a_formula_or_a_cdata_is_kept_as_it_is():
    for name in ("=1+1", "+cmd", "-2", "@x", "]]>", "<!--", "&amp;", '"'):
        assert any(one.startswith(f"{name} ") for one in cases(report(softmax(name=name))))


def test_it_is_the_same_bytes_for_the_same_report():
    assert report_xml(report(softmax())) == report_xml(report(softmax()))
