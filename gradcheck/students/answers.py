"""What the child says in words: read as JSON, bounded, and taken for nothing but text and numbers.

Whoever reads a description may draw arrays of its shapes and print its texts: so sizes are bounded,
and characters that steer a terminal are replaced.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import prod
from typing import Any

from gradcheck.layout import LAYOUTS
from gradcheck.students.adapter import Description, Input

REPLACED = "\N{REPLACEMENT CHARACTER}"

NAME, TEXT, OUTPUT = 200, 2000, 20_000
"""Most characters of a name, of a note or a reason, and of what was printed."""

SUBJECTS, NOTES, INPUTS = 500, 200, 200
"""Most subjects and notes of a file, and inputs of a subject."""

ENTRIES, RANK = 10**6, 8
"""Most entries and dimensions of an input."""

VALUES = ("real", "logit", "probability", "one-hot", "labels")


class AnswerError(ValueError):
    """An answer that is not what it must be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surveyed:
    """What was found in a file: the subjects, notes, and what the file printed."""

    descriptions: list[Description]
    notes: list[str]
    output: str


def cleaned(text: str, most: int) -> str:
    """Return a text without control characters but line ends and tabs, shortened."""
    text = text[:most]
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c in "\n\t" else REPLACED for c in text)


def failure(told: bytes) -> tuple[str, str, int]:
    """Return text, file and line of an exception as the child told them."""
    line, _, rest = told.decode(errors="replace").partition("\n")
    file, _, text = rest.partition("\n")
    number = int(line) if line.isascii() and line.isdigit() and len(line) < 9 else 0
    return cleaned(text, 1000) or "an exception without a text", cleaned(file, 1000), number


def strings(data: bytes) -> list[str]:
    """Return a JSON list of strings.

    Raises
    ------
    AnswerError
    """
    return [_text(one, TEXT) for one in _list(_loaded(data), NOTES)]


def surveyed(data: bytes) -> Surveyed:
    """Return the answer to a survey.

    Raises
    ------
    AnswerError
        Where it is no JSON, or a part of it has the wrong type or is too large.
    """
    answer = _mapping(_loaded(data), 3)
    return Surveyed(
        descriptions=[_description(one) for one in _list(answer.get("descriptions"), SUBJECTS)],
        notes=[_text(one, TEXT) for one in _list(answer.get("notes"), NOTES)],
        output=_text(answer.get("output"), OUTPUT),
    )


def _loaded(data: bytes) -> Any:
    try:
        return json.loads(data, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise AnswerError(f"no JSON: {str(error)[:100]}") from None


def _no_number(name: str) -> Any:
    raise AnswerError(f"{name} is no number")


def _description(entry: Any) -> Description:
    entry = _mapping(entry, 20)
    inputs = tuple(_input(one) for one in _list(entry.get("inputs"), INPUTS))
    names = [one.name for one in inputs]
    if len(set(names)) != len(names):
        raise AnswerError(f"two inputs have one name among {', '.join(names)[:NAME]}")
    fields = {
        **entry,
        "inputs": inputs,
        "name": _text(entry.get("name"), NAME),
        "role": _text(entry.get("role"), NAME),
        "file": _text(entry.get("file"), TEXT),
        "line": _number(entry.get("line"), 10**9),
        "output": _one_of(entry.get("output"), ("", *LAYOUTS)),
        "convention": {
            _text(key, NAME): _text(value, TEXT)
            for key, value in _mapping(entry.get("convention"), 100).items()
        },
        "rate": _truth(entry.get("rate")),
        "updates": tuple(_text(one, NAME) for one in _list(entry.get("updates", []), INPUTS)),
        "steps": _truth(entry.get("steps")),
        "reason": _text(entry.get("reason"), TEXT),
        "facts": _fact(_mapping(entry.get("facts"), 100), 6),
    }
    try:
        return Description(**fields)
    except TypeError as error:
        raise AnswerError(str(error)[:NAME]) from None


def _input(entry: Any) -> Input:
    entry = _mapping(entry, 20)
    shape = tuple(_number(side, ENTRIES) for side in _list(entry.get("shape"), RANK))
    if not 0 < prod(shape) <= ENTRIES:
        raise AnswerError(f"an input of shape {shape}, must have 1 to {ENTRIES} entries")
    axis = entry.get("axis")
    if type(axis) is not int or not -max(len(shape), 1) <= axis < max(len(shape), 1):
        raise AnswerError(f"an input of shape {shape} without the axis that is given")
    fields = {
        **entry,
        "shape": shape,
        "axis": axis,
        "name": _text(entry.get("name"), NAME),
        "values": _one_of(entry.get("values"), VALUES),
        "classes": _number(entry.get("classes"), ENTRIES),
        "layout": _one_of(entry.get("layout"), ("", *LAYOUTS)),
        "parameter": _truth(entry.get("parameter")),
        "constant": _truth(entry.get("constant")),
    }
    try:
        return Input(**fields)
    except TypeError as error:
        raise AnswerError(str(error)[:NAME]) from None


def _text(value: Any, most: int) -> str:
    if type(value) is not str:
        raise AnswerError(f"{type(value).__name__} is no text")
    return cleaned(value, most)


def _number(value: Any, most: int) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise AnswerError(f"a number that is no integer from 0 to {most}")
    return value


def _truth(value: Any) -> bool:
    if type(value) is not bool:
        raise AnswerError(f"{type(value).__name__} is no truth value")
    return value


def _one_of(value: Any, known: tuple[str, ...]) -> str:
    if value not in known:
        raise AnswerError(f"a word that is not one of {', '.join(map(repr, known))}")
    return str(value)


def _list(value: Any, most: int) -> list[Any]:
    if type(value) is not list or len(value) > most:
        raise AnswerError(f"not a list of at most {most}")
    return value


def _mapping(value: Any, most: int) -> dict[str, Any]:
    if type(value) is not dict or len(value) > most:
        raise AnswerError(f"not a mapping of at most {most}")
    return value


def _fact(value: Any, depth: int) -> Any:
    """Return plain data with its texts cleaned, down to some depth."""
    if isinstance(value, str):
        return cleaned(value, TEXT)
    if value is None or isinstance(value, bool | int | float):
        return value
    if depth == 0:
        raise AnswerError("facts that are nested too deeply")
    if isinstance(value, list):
        return [_fact(one, depth - 1) for one in value]
    return {cleaned(key, NAME): _fact(one, depth - 1) for key, one in _mapping(value, 1000).items()}
