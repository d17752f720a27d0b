from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import jsonschema
import numpy as np
import pytest
from handmade import KINK, dense, report_of

from gradcheck.records import Check, Finding, Oracle, Verdict, Worst
from gradcheck.render.json import report_dict, report_json, schema, subject_entry

if TYPE_CHECKING:
    from gradcheck.records import Result


def validate(report: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator(schema()).validate(report)


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_a_report_is_valid(right: Result, faulty: Result, unclear: Result) -> None:
    text = report_json(report_of(right, faulty, unclear))
    report = json.loads(text)
    validate(report)
    assert text.endswith("}\n")
    assert report["counts"] == {
        "planned": 36,
        "ran": 36,
        "pass": 30,
        "fail": 3,
        "inconclusive": 3,
        "error": 0,
        "not-run": 0,
    }


def test_an_empty_report_is_valid() -> None:
    report = report_dict(report_of(planned=5))
    validate(report)
    assert report["counts"]["ran"] == 0


def test_the_same_report_gives_the_same_bytes(faulty: Result) -> None:
    report = report_of(faulty)
    other = replace(report, tool=dict(reversed(report.tool.items())))
    assert report_json(report) == report_json(other)


def test_a_check_holds_everything(faulty: Result) -> None:
    entry = subject_entry(faulty)
    check = next(c for c in entry["checks"] if c["verdict"] == "fail")
    assert check == {
        "quantity": "dW",
        "verdict": "fail",
        "evidence": None,
        "oracle": "finite-difference",
        "contract": "",
        "shapes": {"x": [4, 2], "W": [3, 4], "b": [3, 1]},
        "residual": 2.5e9,
        "worst": {
            "index": [2, 1],
            "got": 1.5000012,
            "oracle": 0.75,
            "bound": 3e-10,
            "wrong": 5,
            "entries": 6,
        },
        "regime": "both signs",
        "points": {"judged": 20, "no-evidence": 2, "inconclusive": 0},
        "visible": 0.0,
        "agree": ["complex-step", "symbolic"],
        "reason": "differs from every oracle of its own forward",
        "proof": None,
        "seconds": 0.5,
    }
    assert entry["findings"] == [
        {
            "code": "factor",
            "quantity": "dW",
            "message": "dW is 2 · dL/dW in every entry at every probe",
            "numbers": {"ratio": 2.0},
            "hint": "dL/dW = dL/dY Xᵀ has no factor",
            "remark": False,
            "reference": {"heading": "Dense Layer", "equation": "dense-weight-entry"},
        }
    ]
    assert {k: v for k, v in entry.items() if k not in ("checks", "findings")} == {
        "name": "Dense",
        "role": "dense",
        "file": "reference_net/dense.py",
        "line": 21,
        "convention": {},
        "verdict": "fail",
        "seed": 7,
        "reproduce": "gradcheck verify --seed 7",
    }
    assert faulty.to_dict() == entry


def test_a_remark_says_so() -> None:
    entry = subject_entry(dense(findings=(KINK,)))
    assert [finding["remark"] for finding in entry["findings"]] == [True]
    assert [finding["reference"] for finding in entry["findings"]] == [None]
    assert entry["verdict"] == "pass"


@pytest.mark.parametrize(
    ("residual", "got", "expected"),
    [
        (math.nan, math.nan, (None, "nan")),
        (math.inf, math.inf, ("inf", "inf")),
        (2.0, -math.inf, (2.0, "-inf")),
        (np.float32(0.5), np.float64(1.5), (0.5, 1.5)),
    ],
)
def test_numbers_that_json_lacks(
    residual: float, got: float, expected: tuple[object, object]
) -> None:
    check = Check(
        quantity="dx",
        oracle=Oracle.SYMBOLIC,
        verdict=Verdict.FAIL,
        shapes={"x": (np.int64(2),)},
        residual=residual,
        worst=Worst(index=(np.int64(1),), got=got, oracle=0.0, bound=0.0),
        points={"judged": np.int64(3)},
    )
    finding = Finding(code="unlisted", quantity="dx", message="m", numbers={"a": got, "n": 3})
    result = replace(dense(findings=(finding,)), checks=(check,))
    report = json.loads(report_json(report_of(result)))
    validate(report)
    entry = report["subjects"][0]
    assert (entry["checks"][0]["residual"], entry["checks"][0]["worst"]["got"]) == expected
    assert entry["findings"][0]["numbers"] == {"a": expected[1], "n": 3}


def test_a_convention_of_any_kind_becomes_json() -> None:
    convention = {
        "batch_first": True,
        "numpy": np.bool_(0),
        "axis": np.int64(1),
        "scale": math.inf,
        "names": ("W", "b"),
        "set": {"b", "a"},
        "nested": {1: None},
        "object": Verdict,
        "bytes": b"x",
    }
    entry = subject_entry(replace(dense(), convention=convention))
    assert json.loads(json.dumps(entry["convention"], allow_nan=False)) == {
        "batch_first": True,
        "numpy": False,
        "axis": 1,
        "scale": "inf",
        "names": ["W", "b"],
        "set": ["a", "b"],
        "nested": {"1": None},
        "object": "<enum 'Verdict'>",
        "bytes": "b'x'",
    }


# Where, and what stands there instead; None takes the key away.
SPOILT: dict[str, tuple[str, dict[str, Any]]] = {
    "other schema": ("report", {"schema": "gradcheck/2"}),
    "unknown key": ("report", {"more": 1}),
    "no seed": ("report", {"seed": None}),
    "no count": ("counts", {"ran": None}),
    "no version": ("tool", {"numpy": None}),
    "unknown role": ("subject", {"role": "layer"}),
    "unknown key of a subject": ("subject", {"more": 1}),
    "code of two words": ("finding", {"code": "Two Words"}),
    "unknown verdict": ("check", {"verdict": "ok"}),
    "evidence of a fail": ("check", {"verdict": "fail"}),
    "pass without evidence": ("check", {"evidence": ""}),
    "contract without a name": ("check", {"oracle": "contract"}),
    "oracle with a contract": ("check", {"contract": "purity"}),
    "negative residual": ("check", {"residual": -1}),
    "NaN residual": ("check", {"residual": "nan"}),
    "unknown points": ("check", {"points": {"seen": 1}}),
    "unknown number": ("check", {"worst": {"index": [0], "got": "NaN", "oracle": 1, "bound": 1}}),
    "an oracle twice": ("check", {"agree": ["symbolic", "symbolic"]}),
    "unknown key of a check": ("check", {"more": 1}),
}


@pytest.mark.parametrize(("place", "change"), SPOILT.values(), ids=SPOILT.keys())
def test_the_schema_is_strict(place: str, change: dict[str, Any]) -> None:
    report = report_dict(report_of(dense(findings=(KINK,))))
    validate(report)
    subject = report["subjects"][0]
    places = {
        "report": report,
        "counts": report["counts"],
        "tool": report["tool"],
        "subject": subject,
        "check": subject["checks"][0],
        "finding": subject["findings"][0],
    }
    places[place].update(change)
    if None in change.values():
        (key,) = change
        del places[place][key]
    with pytest.raises(jsonschema.ValidationError):
        validate(report)
