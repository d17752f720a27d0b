"""What the child says in words is bounded, and nothing but text and numbers."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from gradcheck.students.adapter import Description, Input
from gradcheck.students.answers import AnswerError, cleaned, failure, strings, surveyed

X = Input(name="x", shape=(3, 4))
ONE = Description(
    name="Dense",
    role="dense",
    inputs=(X, replace(X, name="W", parameter=True)),
    output="rows",
    convention={"rule": "R1"},
    facts={"classes": 3, "names": ["a", None, 1.5]},
)


def answer(**changes: Any) -> bytes:
    entry = {**ONE.to_dict(), **changes}
    return json.dumps(
        {"descriptions": [entry], "notes": ["a note"], "output": "epoch 1\n"}
    ).encode()


def test_a_survey_comes_as_it_went() -> None:
    found = surveyed(answer())
    assert found.descriptions == [ONE]
    assert found.notes == ["a note"]
    assert found.output == "epoch 1\n"


def changed_input(**changes: Any) -> dict[str, Any]:
    return {"inputs": [{**json.loads(json.dumps(ONE.to_dict()))["inputs"][0], **changes}]}


@pytest.mark.parametrize(
    "changes",
    [
        {"name": 3},
        {"line": -1},
        {"line": True},
        {"rate": 1},
        {"output": "sideways"},
        {"convention": {"rule": ["R1"]}},
        {"facts": {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}}},
        {"unknown": 1},
        {"inputs": {}},
        {"inputs": [ONE.to_dict()["inputs"][0]] * 2},
        changed_input(shape=[10**5, 10**5]),
        changed_input(shape=[0]),
        changed_input(shape=[2.0]),
        changed_input(shape=[1] * 9),
        changed_input(axis=2),
        changed_input(axis="0"),
        changed_input(values="lambda: 1"),
        changed_input(classes=10**9),
        changed_input(layout=None),
        changed_input(more=1),
    ],
    ids=str,
)
def test_what_is_no_description_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        surveyed(answer(**changes))


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"\xff", b"[" * 100_000, b'{"descriptions": NaN}', b'{"notes": [], "output": ""}'],
    ids=["empty", "list", "bytes", "deep", "nan", "short"],
)
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(AnswerError):
        surveyed(data)


def test_texts_cannot_steer_a_terminal() -> None:
    found = surveyed(answer(name="Dense\x1b[2J\x1b[32mPASS", reason="a\u202eb"))
    assert "\x1b" not in found.descriptions[0].name
    assert "\u202e" not in found.descriptions[0].reason
    assert strings(b'["a\\u0007b"]') == ["a\ufffdb"]
    assert cleaned("two\nlines\t.", 100) == "two\nlines\t."


def test_an_exception_is_text_file_and_line() -> None:
    assert failure(b"12\nlayers.py\nforward raised ValueError: no") == (
        "forward raised ValueError: no",
        "layers.py",
        12,
    )
    assert failure(b"PASS") == ("an exception without a text", "", 0)
    assert failure(b"\xb2\n\xff\x1b") == ("an exception without a text", "\ufffd\ufffd", 0)
