"""The reports of a session, of entries that came from several processes as JSON."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gradcheck.records import (
    Check,
    Counterexample,
    Evidence,
    Finding,
    Oracle,
    Proof,
    Report,
    Result,
    Verdict,
    Worst,
)
from gradcheck.render.json import report_json
from gradcheck.render.markdown import report_markdown

if TYPE_CHECKING:
    from collections.abc import Sequence

Entry = dict[str, Any]

NAMES = ("report.json", "report.md")


def texts_of(entries: Sequence[Entry], seed: int, command: str) -> dict[str, str]:
    """Return the text of each report by its name.

    Parameters
    ----------
    entries : sequence of dict
        Of "subjects" in the JSON report.
    seed : int
    command : str
    """
    from gradcheck.verify import tool

    results = tuple(map(_result, entries))
    report = Report(
        tool=tool(),
        seed=seed,
        command=command,
        planned=sum(len(result.checks) for result in results),
        subjects=results,
    )
    return {"report.json": report_json(report), "report.md": report_markdown(report)}


def _result(entry: Entry) -> Result:
    kept = ("name", "role", "file", "line", "convention", "seed", "reproduce")
    return Result(
        checks=tuple(map(_check, entry["checks"])),
        findings=tuple(map(_finding, entry["findings"])),
        **{name: entry[name] for name in kept},
    )


def _check(entry: Entry) -> Check:
    evidence, worst, proof, residual = (
        entry[name] for name in ("evidence", "worst", "proof", "residual")
    )
    kept = ("quantity", "contract", "regime", "points", "reason", "seconds")
    return Check(
        oracle=Oracle(entry["oracle"]),
        verdict=Verdict(entry["verdict"]),
        evidence=None if evidence is None else Evidence(evidence),
        shapes={name: tuple(shape) for name, shape in entry["shapes"].items()},
        residual=math.nan if residual is None else float(residual),
        worst=None if worst is None else _worst(worst),
        visible=float(entry["visible"]),
        agree=tuple(map(Oracle, entry["agree"])),
        proof=None if proof is None else _proof(proof),
        **{name: entry[name] for name in kept},
    )


def _worst(entry: Entry) -> Worst:
    figures = {name: float(entry[name]) for name in ("got", "oracle", "bound")}
    return Worst(**{**entry, **figures, "index": tuple(entry["index"])})


def _proof(entry: Entry) -> Proof:
    held: Entry = {k: tuple(v) if isinstance(v, list) else v for k, v in entry.items()}
    return Proof(**held)


def _finding(entry: Entry) -> Finding:
    numbers = {name: float(value) for name, value in entry["numbers"].items()}
    kept = ("code", "quantity", "message", "hint", "remark")
    example = entry.get("counterexample")
    return Finding(
        numbers=numbers,
        counterexample=None if example is None else _counterexample(example),
        **{name: entry[name] for name in kept},
    )


def _counterexample(entry: Entry) -> Counterexample:
    arrays = {name: _nested(entry[name]) for name in ("upstream", "got", "oracle")}
    return Counterexample(
        quantity=entry["quantity"],
        inputs={name: _nested(value) for name, value in entry["inputs"].items()},
        index=tuple(entry["index"]),
        bound=float(entry["bound"]),
        **arrays,
    )


def _nested(value: Any) -> Any:
    return tuple(map(_nested, value)) if isinstance(value, list) else float(value)
