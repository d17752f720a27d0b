"""A report is read again from its JSON, and JSON of any other kind is refused in one line."""

from __future__ import annotations

import copy
import json
import math
from dataclasses import replace

import pytest
from drawn import with_pictures
from handmade import FACTOR, KINK, ORACLES, dense, report_of, untold, wrong
from student_report import HOSTILE, softmax

from gradcheck.errors import UsageError
from gradcheck.records import (
    Check,
    Counterexample,
    Evidence,
    FileNote,
    Oracle,
    Proof,
    Report,
    Verdict,
)
from gradcheck.render.json import report_dict, report_json
from gradcheck.render.load import report_from

PROVED = Check(
    quantity="dx", oracle=Oracle.PROOF, verdict=Verdict.PASS, evidence=Evidence.PROVED_ON_REGIONS,
    shapes={"x": (2,)}, residual=0.0,
    proof=Proof(claims=("a = b",), sizes="x 2", regions=4, conditions=("x > 0",),
                literals={"0.01": "1/100"}, exceptions=("a kink",)),
)  # fmt: skip

EXAMPLE = replace(
    softmax().findings[0],
    counterexample=Counterexample(
        quantity="dx", inputs={"x": ((0.0,), (0.0,))}, upstream=((1.0,), (0.0,)),
        got=((0.25,), (0.0,)), oracle=((0.25,), (-0.25,)), index=(1, 0), bound=1e-16,
    ),
)  # fmt: skip

REPORTS = {
    "right": report_of(dense()),
    "wrong": report_of(dense(*(wrong("dW", o) for o in ORACLES), findings=(FACTOR, KINK))),
    "unclear": report_of(dense(untold("dx", ORACLES[0]))),
    "infinite": report_of(dense(wrong("dW", ORACLES[0], residual=math.inf))),
    "incomplete": report_of(dense(), planned=99),
    "nothing": report_of(),
    "pictures": report_of(with_pictures(softmax())),
    "proved": report_of(softmax(checks=(PROVED,), findings=())),
    "counterexample": report_of(softmax(findings=(EXAMPLE,))),
    "hostile": report_of(softmax(name=HOSTILE, file=HOSTILE, convention={HOSTILE: [HOSTILE, 1]})),
}


@pytest.mark.parametrize("name", REPORTS)
def test_what_is_read_is_what_was_written(name):
    text = report_json(REPORTS[name])
    assert report_json(report_from(text)) == text


def test_the_files_are_read_too():
    note = FileNote(path="layers.py", notes=("stubbed",), output="hello", error="", seconds=1.5)
    text = report_json(Report(**{**_fields(REPORTS["right"]), "files": (note,)}))
    assert report_from(text).files == (note,)


def _fields(report):
    return {
        name: getattr(report, name) for name in ("tool", "seed", "command", "planned", "subjects")
    }


def spoilt(change):
    held = copy.deepcopy(report_dict(report_of(with_pictures(softmax(findings=(EXAMPLE,))))))
    change(held)
    return json.dumps(held)


def put(*path_and_value):
    *path, last, value = path_and_value

    def change(held):
        for key in path:
            held = held[key]
        held[last] = value

    return change


DRAWN = ("subjects", 0, "pictured")
SMALL = ("subjects", 0, "findings", 0, "counterexample")
WRONG = {
    "a ragged counterexample": put(*SMALL, "oracle", [[1.0], [1.0, 2.0]]),
    "a counterexample of nothing": lambda held: (
        put(*SMALL, "got", [])(held),
        put(*SMALL, "oracle", [])(held),
    ),
    "a counterexample to infinity": put(*SMALL, "oracle", [[0.25], ["inf"]]),
    "another verdict": put("subjects", 0, "verdict", "pass"),
    "other counts": put("counts", "pass", 7),
    "another schema": put("schema", "gradcheck/2"),
    "no seed": lambda held: held.pop("seed"),
    "a key more": put("extra", 1),
    "a word for a number": put("subjects", 0, "checks", 1, "residual", "many"),
    "a number for a name": put("subjects", 0, "name", 3),
    "an unknown role": put("subjects", 0, "role", "<script>"),
    "too few entries": put(*DRAWN, "entries", 0, "got", [1.0]),
    "entries outside": put(*DRAWN, "entries", 0, "rows", [0, 7]),
    "a step without error": put(*DRAWN, "studies", 0, "errors", [1.0]),
    "a strip of two lengths": put(*DRAWN, "strips", 0, "y", []),
    "a number of 400 digits": put(*DRAWN, "studies", 0, "bound", 10**400),
    "seconds of 400 digits": put("subjects", 0, "checks", 0, "seconds", 10**400),
    "too many entries": put(*DRAWN, "entries", 0, "got", [0.0] * 401),
}


def test_unspoilt_it_is_read():
    assert report_from(spoilt(lambda _: None)).subjects[0].pictured is not None


@pytest.mark.parametrize("name", WRONG)
def test_what_contradicts_the_schema_or_itself_is_refused(name):
    with pytest.raises(UsageError) as error:
        report_from(spoilt(WRONG[name]), "x.json")
    assert str(error.value).startswith("x.json: ")
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 700


@pytest.mark.parametrize(
    "text",
    ["", "[]", "3", '"gradcheck/1"', "{", '{"schema": NaN}', "[" * 100_000, '{"a":' * 100_000,
     '{"schema": ["gradcheck/1"]}', "\x00", "\ud800", "9" * 5000],
    ids=["empty", "list", "number", "string", "cut", "nan", "deep list", "deep", "schema in a list",
         "nul", "surrogate", "long number"],
)  # fmt: skip
def test_what_is_no_report_is_refused_in_a_line(text):
    with pytest.raises(UsageError) as error:
        report_from(text, "x.json")
    assert str(error.value).startswith("x.json: ")
    assert len(str(error.value)) < 700


def test_a_hostile_name_does_not_get_into_the_message():
    held = report_dict(report_of(softmax(name=HOSTILE)))
    held["subjects"][0]["verdict"] = "pass"
    with pytest.raises(UsageError) as error:
        report_from(json.dumps(held), HOSTILE)
    assert "\x1b" not in str(error.value)
    assert "\x00" not in str(error.value)
    assert "##[" not in str(error.value)
