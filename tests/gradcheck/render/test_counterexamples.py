from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from student_report import HOSTILE, softmax

from gradcheck.records import Counterexample
from gradcheck.render.counterexamples import array_text, counterexample_text
from gradcheck.render.json import schema, subject_entry
from gradcheck.render.story import story_of
from gradcheck.render.words import symbol
from gradcheck.session_reports import texts_of

ONE = Counterexample(
    quantity="dx",
    inputs={"x": ((0.0,), (0.0,))},
    upstream=((1.0,), (0.0,)),
    got=((0.25,), (0.0,)),
    oracle=((0.25,), (-0.25,)),
    index=(1, 0),
    bound=1e-17,
)
LINE = (
    "wrong already for X = [[0], [0]], g = [[1], [0]]: "
    "got [[0.25], [0]], should be [[0.25], [-0.25]]"
)


def zeros(rows: int, columns: int, **entries: float) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(entries.get(f"at{i}{j}", 0.0) for j in range(columns)) for i in range(rows))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.5, "0.5"),
        ((1.0, -2.0), "[1, -2]"),
        (-0.0, "0"),
        (zeros(4, 3), "0"),
        (zeros(4, 3, at21=2.0), "(2 at [2, 1], else 0)"),
        (tuple((1.0,) for _ in range(9)), "1 everywhere"),
        (tuple((float(k),) for k in range(9)), ""),
    ],
)
def test_an_array_in_a_sentence(value: object, text: str) -> None:
    assert array_text(value) == text


def test_the_line() -> None:
    assert counterexample_text(ONE, symbol) == LINE


def test_of_a_large_gradient_the_worst_entry() -> None:
    one = replace(ONE, got=zeros(4, 3, at21=2.0), oracle=zeros(4, 3, at21=1.0), index=(2, 1))
    assert counterexample_text(one).endswith(": got 2 at [2, 1], should be 1")


def test_what_lies_within_the_bound_is_not_shown() -> None:
    one = replace(ONE, got=(0.0, 1.0), oracle=(1e-18, 2.0), bound=1e-17)
    assert counterexample_text(one).endswith("got [0, 1], should be [0, 2]")
    far = replace(one, bound=1e-19)
    assert counterexample_text(far).endswith("should be [1e-18, 2]")


def test_what_is_too_long_is_left_out() -> None:
    many = tuple((float(k),) for k in range(9))
    assert counterexample_text(replace(ONE, inputs={"x": many})) == ""


def test_names_are_harmless() -> None:
    text = counterexample_text(replace(ONE, inputs={HOSTILE: (1.0,)}))
    assert "\x1b" not in text
    assert "::error" not in text


def test_it_stands_below_the_worst_entry() -> None:
    result = softmax()
    findings = tuple(replace(f, counterexample=ONE) for f in result.findings)
    lines = story_of(replace(result, findings=findings)).blocks[0].lines
    assert lines[0][1].startswith("worst ")
    assert lines[1] == ("", LINE)
    assert [line for line in lines if line[1] != LINE] == list(story_of(result).blocks[0].lines)


def test_the_sentence_of_a_finding_stays_what_it_looks_like() -> None:
    result = softmax()
    findings = tuple(replace(f, counterexample=ONE) for f in result.findings)
    with_it, without = (story_of(r) for r in (replace(result, findings=findings), result))
    assert with_it.blocks[0].sentence == without.blocks[0].sentence


def test_json_there_and_back() -> None:
    result = softmax()
    result = replace(
        result, findings=tuple(replace(f, counterexample=ONE) for f in result.findings)
    )
    entry = subject_entry(result)
    assert entry["findings"][0]["counterexample"]["inputs"] == {"x": [[0.0], [0.0]]}
    texts = texts_of([entry], 0, "pytest")
    again = json.loads(texts["report.json"])
    jsonschema.validate(again, schema())
    assert again["subjects"] == [json.loads(json.dumps(entry))]
    assert "counterexample" not in subject_entry(softmax())["findings"][0]
