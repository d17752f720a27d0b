"""A report from its JSON: what any other format can be made of again.

The text may come from anywhere. It is validated against the schema, and what it states of itself
(counts, verdicts) must follow from its checks.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NoReturn

from gradcheck.errors import UsageError
from gradcheck.evidence import Entries, Pictured, StepStudy, Strip
from gradcheck.records import (
    Check,
    Counterexample,
    Evidence,
    FileNote,
    Finding,
    Oracle,
    Proof,
    Report,
    Result,
    Verdict,
    Worst,
)
from gradcheck.render.counterexamples import entries_of
from gradcheck.render.json import SCHEMA, schema
from gradcheck.render.words import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MOST_BYTES = 512 * 2**20
"""Of a report: the largest that is seen, of a thousand files, is a tenth of it."""

Held = dict[str, Any]


def report_from(text: str, name: str = "report.json") -> Report:
    """Return the report that a JSON text holds.

    Parameters
    ----------
    text : str
    name : str
        Of the file: what an error begins with.

    Raises
    ------
    UsageError
        Where it is no JSON, does not follow the schema, or contradicts itself.
    """
    if len(text) > MOST_BYTES:
        _refuse(name, f"it is longer than {MOST_BYTES // 2**20} MiB")
    try:
        held = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        _refuse(name, "it is nested too deeply")
    except ValueError as error:
        _refuse(name, f"it is no JSON: {error}")
    _validated(held, name)
    try:
        report = _report(held, name)
    except OverflowError:
        _refuse(name, "a number in it is larger than any of float64")
    if report.counts != held["counts"]:
        _refuse(name, "its counts are not those of its checks")
    for result, one in zip(report.subjects, held["subjects"], strict=True):
        if result.verdict != one["verdict"]:
            what = f"the verdict of {plain(result.name, 60)} does not follow from its checks"
            _refuse(name, what)
    return report


def _report(held: Held, name: str) -> Report:
    return Report(
        tool=held["tool"],
        seed=held["seed"],
        command=held["command"],
        planned=held["counts"]["planned"],
        subjects=tuple(result_from(one, name) for one in held["subjects"]),
        files=tuple(
            FileNote(**{**one, "notes": tuple(one["notes"]), "seconds": float(one["seconds"])})
            for one in held.get("files", ())
        ),
    )


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number of JSON")


def _refuse(name: str, why: str) -> NoReturn:
    raise UsageError(
        f"{plain(name, 200)}: {plain(why, 300)}; must be a report of schema {SCHEMA}, "
        "as gradcheck check --format json writes it"
    ) from None


def _validated(held: Any, name: str) -> None:
    from jsonschema import Draft202012Validator

    stated = held.get("schema") if isinstance(held, dict) else None
    if stated != SCHEMA:
        _refuse(name, f"its schema is {stated!r}")
    try:
        # Not the best match of many: a large report that is wrong everywhere would take minutes.
        error = next(Draft202012Validator(schema()).iter_errors(held), None)
    except RecursionError:
        _refuse(name, "it is nested too deeply")
    if error is not None:
        _refuse(name, f"{error.json_path}: {error.message[:200]}")


def result_from(held: Held, name: str = "report.json") -> Result:
    """Return the result that an entry of "subjects" holds, one that follows the schema.

    Parameters
    ----------
    held : dict
    name : str
        Of the file: what an error begins with.

    Raises
    ------
    UsageError
        Where the numbers of a picture or a counterexample do not fit together.
    """
    pictured = held.get("pictured")
    return Result(
        name=held["name"],
        role=held["role"],
        checks=tuple(_check(one) for one in held["checks"]),
        findings=tuple(_finding(one, name) for one in held["findings"]),
        seed=held["seed"],
        reproduce=held["reproduce"],
        file=held["file"],
        line=held["line"],
        convention=held["convention"],
        pictured=None if pictured is None else _pictured(pictured, name),
    )


def _finding(held: Held, name: str) -> Finding:
    example = held.get("counterexample")
    return Finding(
        code=held["code"],
        quantity=held["quantity"],
        message=held["message"],
        numbers={key: _number(value) for key, value in held["numbers"].items()},
        hint=held["hint"],
        remark=held["remark"],
        counterexample=None if example is None else _counterexample(example, name),
    )


def _counterexample(held: Held, name: str) -> Counterexample:
    arrays = {key: _nested(held[key]) for key in ("upstream", "got", "oracle")}
    got, oracle = (list(entries_of(arrays[key])) for key in ("got", "oracle"))
    same = [index for index, _ in got] == [index for index, _ in oracle]
    if not (got and same and all(math.isfinite(value) for _, value in oracle)):
        _refuse(
            name, f"a counterexample of {held['quantity']} has not one oracle's number an entry"
        )
    return Counterexample(
        quantity=held["quantity"],
        inputs={key: _nested(value) for key, value in held["inputs"].items()},
        index=tuple(held["index"]),
        bound=_number(held["bound"]),
        **arrays,
    )


def _nested(held: Any) -> Any:
    return tuple(map(_nested, held)) if isinstance(held, list) else _number(held)


def _check(held: Held) -> Check:
    evidence, worst, proof = held["evidence"], held["worst"], held["proof"]
    return Check(
        quantity=held["quantity"],
        oracle=Oracle(held["oracle"]),
        verdict=Verdict(held["verdict"]),
        evidence=None if evidence is None else Evidence(evidence),
        contract=held["contract"],
        shapes={key: tuple(shape) for key, shape in held["shapes"].items()},
        residual=math.nan if held["residual"] is None else _number(held["residual"]),
        worst=None if worst is None else _worst(worst),
        regime=held["regime"],
        points=held["points"],
        visible=_number(held["visible"]),
        agree=tuple(Oracle(one) for one in held["agree"]),
        reason=held["reason"],
        proof=None if proof is None else _proof(proof),
        seconds=float(held["seconds"]),
    )


def _worst(held: Held) -> Worst:
    return Worst(
        index=tuple(held["index"]),
        got=_number(held["got"]),
        oracle=_number(held["oracle"]),
        bound=_number(held["bound"]),
        wrong=held.get("wrong", 0),
        entries=held.get("entries", 0),
    )


def _proof(held: Held) -> Proof:
    lists = ("claims", "conditions", "exceptions")
    fields: Any = {key: tuple(one) if key in lists else one for key, one in held.items()}
    return Proof(**fields)


def _pictured(held: Mapping[str, Sequence[Held]], name: str) -> Pictured:
    pictured = Pictured(
        studies=tuple(StepStudy(**_drawn(one)) for one in held["studies"]),
        entries=tuple(Entries(**_drawn(one)) for one in held["entries"]),
        strips=tuple(Strip(**_drawn(one)) for one in held["strips"]),
    )
    for entries in pictured.entries:
        rows, columns = entries.matrix
        number = len(entries.rows) * len(entries.columns)
        lengths = {len(entries.got), len(entries.oracle), len(entries.bound)}
        inside = max(entries.rows) < rows and max(entries.columns) < columns
        if lengths != {number} or not inside:
            _refuse(name, f"the entries of {entries.quantity} are not those of its shape")
    for study in pictured.studies:
        if len(study.steps) != len(study.errors):
            _refuse(name, f"the study of {study.quantity} has not one error a step")
    for strip in pictured.strips:
        if len({len(strip.x), len(strip.y), len(strip.left), len(strip.right), len(strip.got)}) > 1:
            _refuse(name, f"the strip of {strip.quantity} has not one value a place")
    return pictured


def _drawn(held: Held) -> Held:
    counted = ("index", "shape", "rows", "columns")
    return {
        key: tuple(value if key in counted else map(_number, value))
        if isinstance(value, list)
        else value
        if key in ("quantity", "regime", "reference_oracle")
        else _number(value)
        for key, value in held.items()
    }


def _number(value: float | str) -> float:
    """Return a number of the report: JSON has no NaN and no infinity, which are strings."""
    number = float(value)
    return number if isinstance(value, str) else value
