"""The JSON report, schema gradcheck/1: the format of which every other is a function."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.notes.citations import cited

if TYPE_CHECKING:
    from gradcheck.evidence import Entries, Pictured, StepStudy, Strip
    from gradcheck.records import (
        Check,
        Counterexample,
        FileNote,
        Finding,
        Proof,
        Report,
        Result,
        Worst,
    )

SCHEMA = "gradcheck/1"
_FILE = "gradcheck-1.schema.json"


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the report, from the file that the package ships."""
    from importlib.resources import files

    text = files("gradcheck.render").joinpath(_FILE).read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def report_json(report: Report) -> str:
    """Return the report as JSON text in ASCII, with a newline at its end.

    Notes
    -----
    Keys keep the order of the schema, subjects and checks the order in which they ran. JSON has no
    NaN and no infinity: a residual that was not measured is null, and any other number that is not
    finite is one of the strings "inf", "-inf", "nan".
    """
    text = json.dumps(report_dict(report), indent=1, allow_nan=False) + "\n"
    # A runner takes it for a command anywhere in what a job prints; it stands in strings alone.
    return text.replace("##[", "#\\u0023[")


def report_dict(report: Report) -> dict[str, Any]:
    """Return the report as plain dicts, lists, strings and finite numbers."""
    return {
        "schema": SCHEMA,
        "tool": {str(key): str(report.tool[key]) for key in sorted(report.tool)},
        "seed": int(report.seed),
        "command": report.command,
        "counts": dict(report.counts),
        "subjects": [subject_entry(result) for result in report.subjects],
        "files": [_file(note) for note in report.files],
    }


def _file(note: FileNote) -> dict[str, Any]:
    return {
        "path": note.path,
        "notes": list(note.notes),
        "output": note.output,
        "error": note.error,
        "seconds": round(float(note.seconds), 6),
    }


def subject_entry(result: Result) -> dict[str, Any]:
    """Return one entry of "subjects"; what `result.to_dict()` gives."""
    return {
        "name": result.name,
        "role": result.role,
        "file": result.file,
        "line": int(result.line),
        "convention": {str(key): _plain(value) for key, value in result.convention.items()},
        "verdict": str(result.verdict),
        "checks": [_check(check) for check in result.checks],
        "findings": [_finding(finding, result.role) for finding in result.findings],
        "seed": int(result.seed),
        "reproduce": result.reproduce,
        **({} if result.pictured is None else {"pictured": _pictured(result.pictured)}),
    }


def _check(check: Check) -> dict[str, Any]:
    return {
        "quantity": check.quantity,
        "verdict": str(check.verdict),
        "evidence": None if check.evidence is None else str(check.evidence),
        "oracle": str(check.oracle),
        "contract": check.contract,
        "shapes": {name: [int(size) for size in shape] for name, shape in check.shapes.items()},
        "residual": None if math.isnan(check.residual) else _number(check.residual),
        "worst": None if check.worst is None else _worst(check.worst),
        "regime": check.regime,
        "points": {kind: int(number) for kind, number in check.points.items()},
        "visible": _number(check.visible),
        "agree": [str(oracle) for oracle in check.agree],
        "reason": check.reason,
        "proof": None if check.proof is None else _proof(check.proof),
        "seconds": round(float(check.seconds), 6),
    }


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "claims": list(proof.claims),
        "sizes": proof.sizes,
        "regions": int(proof.regions),
        "conditions": list(proof.conditions),
        "literals": dict(proof.literals),
        "exceptions": list(proof.exceptions),
        "residual": proof.residual,
        "point": dict(proof.point),
        "got": proof.got,
        "true": proof.true,
    }


def _worst(worst: Worst) -> dict[str, Any]:
    return {
        "index": [int(k) for k in worst.index],
        "got": _number(worst.got),
        "oracle": _number(worst.oracle),
        "bound": _number(worst.bound),
        "wrong": int(worst.wrong),
        "entries": int(worst.entries),
    }


def _finding(finding: Finding, role: str) -> dict[str, Any]:
    equation = None if finding.remark else cited(role, finding.quantity, finding.code)
    example = finding.counterexample
    return {
        "code": finding.code,
        "quantity": finding.quantity,
        "message": finding.message,
        "numbers": {name: _number(value) for name, value in finding.numbers.items()},
        "hint": finding.hint,
        "remark": bool(finding.remark),
        "reference": None
        if equation is None
        else {"heading": equation.heading, "equation": equation.id},
        **({} if example is None else {"counterexample": _counterexample(example)}),
    }


def _pictured(pictured: Pictured) -> dict[str, Any]:
    return {
        kind: [_drawn(one) for one in getattr(pictured, kind)]
        for kind in ("studies", "entries", "strips")
    }


def _drawn(record: StepStudy | Entries | Strip) -> dict[str, Any]:
    """Return a record of numbers, tuples of numbers and words as JSON can hold it."""
    held = {one.name: getattr(record, one.name) for one in fields(record)}
    return {
        name: value
        if isinstance(value, str)
        else [_number(one) for one in value]
        if isinstance(value, tuple)
        else _number(value)
        for name, value in held.items()
    }


def _counterexample(one: Counterexample) -> dict[str, Any]:
    return {
        "quantity": one.quantity,
        "inputs": {name: _nested(value) for name, value in one.inputs.items()},
        "upstream": _nested(one.upstream),
        "got": _nested(one.got),
        "oracle": _nested(one.oracle),
        "index": [int(k) for k in one.index],
        "bound": _number(one.bound),
    }


def _nested(value: Any) -> Any:
    return [_nested(part) for part in value] if isinstance(value, tuple) else _number(value)


def _number(value: float | np.number[Any]) -> float | int | str:
    if isinstance(value, int | np.integer):
        return int(value)
    number = float(value)
    return number if math.isfinite(number) else repr(number)


def _plain(value: Any) -> Any:
    """Return a value of a convention as JSON can hold it; what it cannot hold, as text."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, int | float | np.integer | np.floating):
        return _number(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(entry) for key, entry in value.items()}
    if isinstance(value, Sequence | frozenset | set) and not isinstance(value, bytes):
        entries = value if isinstance(value, Sequence) else sorted(value, key=str)
        return [_plain(entry) for entry in entries]
    return str(value)
