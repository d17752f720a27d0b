"""What a proof says, as checks of a report."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import SubjectError
from gradcheck.proof.graph import UPSTREAM
from gradcheck.proof.limits import SECONDS, Budget
from gradcheck.proof.prove import Prover, in_process, numbers_of
from gradcheck.proof.residual import symbol
from gradcheck.records import Check, Finding, Oracle, Proof, Verdict, Worst

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.proof.prove import Tracer
    from gradcheck.proof.statement import Statement
    from gradcheck.records import Result
    from gradcheck.subject import Subject

SHOWN_CONDITIONS = 8
"""Of a region."""

SHOWN_ENTRIES = 4
"""Entries of a point in a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proving:
    """How a subject is to be proved.

    Attributes
    ----------
    seconds : float
        For one subject.
    tracer : callable or None
        Runs the subject on symbols; in this process if left out.
    """

    seconds: float = SECONDS
    tracer: Tracer | None = None


def with_proof(
    result: Result, subject: Subject, formula: str | None, proving: Proving, seed: int
) -> Result:
    """Return the result with what the proof says: one check a gradient, and of y.

    A gradient that passed in floating point and is refuted fails, with a finding of its own.

    Parameters
    ----------
    result : Result
        In floating point: where nothing could be run, nothing is proved.
    subject : Subject
    formula : str or None
        Key of `gradcheck.notes.formulas.FORMULAS` that it should be. It is left aside where y
        already differs from it.
    proving : Proving
    seed : int
    """
    if result.verdict in (Verdict.ERROR, Verdict.NOT_RUN):
        return result
    if any(finding.quantity in ("y", "loss") for finding in result.findings):
        formula = None
    checks = proof_checks(subject, formula, proving, seed)
    refuted = {check.quantity for check in checks if check.verdict is Verdict.FAIL}
    proved = {check.quantity for check in checks if check.verdict is Verdict.PASS}
    known = {finding.quantity for finding in result.findings if not finding.remark}
    findings = [_finding(c) for c in checks if c.quantity in refuted - known]
    own = tuple(
        replace(check, agree=(*check.agree, Oracle.PROOF))
        if _agrees(check, refuted, proved)
        else check
        for check in result.checks
    )
    remarks = [finding for finding in result.findings if finding.remark]
    faults = [finding for finding in result.findings if not finding.remark]
    return replace(result, checks=(*own, *checks), findings=(*faults, *findings, *remarks))


def _agrees(check: Check, refuted: set[str], proved: set[str]) -> bool:
    """Say whether the proof says the same of the quantity as an oracle does."""
    if check.oracle is Oracle.CONTRACT:
        return False
    same = {Verdict.FAIL: refuted, Verdict.PASS: proved}.get(check.verdict, set())
    return check.quantity in same


def _finding(check: Check) -> Finding:
    proof = check.proof or Proof()
    what = f": {proof.residual}" if proof.residual else ""
    return Finding(
        code="unlisted",
        quantity=check.quantity,
        message=(
            f"exactly it is not what it must be{what}; "
            f"at {_named(proof.point)} it is {proof.got} and must be {proof.true}"
        ),
    )


def _named(point: Mapping[str, str]) -> str:
    named = [f"{name} = {value}" for name, value in [*point.items()][:SHOWN_ENTRIES]]
    return ", ".join(named + ["…"] * (len(point) > SHOWN_ENTRIES))


def proof_checks(subject: Subject, formula: str | None, proving: Proving, seed: int) -> list[Check]:
    """Return one check for each gradient of a subject, and for y where there is a formula."""
    started = perf_counter()
    budget = Budget(proving.seconds)
    tracer = proving.tracer or in_process(subject)
    try:
        statements = Prover(subject, tracer, formula, budget, seed).statements()
    except SubjectError:
        return []
    spent = perf_counter() - started
    return [_check(subject, one, spent / max(1, len(statements))) for one in statements]


def _check(subject: Subject, statement: Statement, seconds: float) -> Check:
    shapes = subject.shapes
    certificate = statement.certificate
    verdict = Verdict.INCONCLUSIVE if statement.open else Verdict.PASS
    worst = None
    if certificate is not None:
        verdict = Verdict.FAIL
        shape = shapes.get(statement.quantity.removeprefix("d"), ())
        index = np.unravel_index(certificate.entry, shape) if shape else ()
        worst = Worst(
            index=tuple(map(int, index)),
            got=certificate.replayed,
            oracle=certificate.replayed - certificate.difference,
            bound=0.0,
        )
    return Check(
        quantity=statement.quantity,
        oracle=Oracle.PROOF,
        verdict=verdict,
        evidence=statement.evidence,
        shapes=shapes,
        residual=0.0 if verdict is Verdict.PASS else math.nan,
        worst=worst,
        reason=statement.reason,
        proof=_proof(subject, statement, [*shapes.items()]),
        seconds=seconds,
    )


def _sizes(subject: Subject, shapes: Sequence[tuple[str, tuple[int, ...]]]) -> str:
    """Return the shapes for which a proof holds, and the inputs that it takes as they were."""
    sizes = ", ".join(f"{name} {'×'.join(map(str, shape)) or '1'}" for name, shape in shapes)
    fixed = ", ".join(sorted(numbers_of(subject)))
    return f"{sizes}, and this {fixed}" if fixed else sizes


def _proof(
    subject: Subject, statement: Statement, shapes: Sequence[tuple[str, tuple[int, ...]]]
) -> Proof:
    certificate = statement.certificate
    sizes = {**dict(shapes), UPSTREAM: ()}
    point = {}
    if certificate is not None:
        point = {
            symbol(name, sizes): str(float(value))
            for name, value in certificate.point.items()
            if not name.startswith(f"{UPSTREAM}[") or len(certificate.point) < SHOWN_CONDITIONS
        }
    return Proof(
        claims=statement.claims,
        sizes=_sizes(subject, shapes),
        regions=statement.regions,
        conditions=statement.conditions[:SHOWN_CONDITIONS],
        literals=statement.literals,
        exceptions=statement.exceptions,
        residual=statement.residual,
        point=point,
        got=certificate.got if certificate else "",
        true=certificate.true if certificate else "",
    )
