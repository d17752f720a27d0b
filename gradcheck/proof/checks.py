"""What a proof says, as checks of a report."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import SubjectError
from gradcheck.proof.graph import UPSTREAM
from gradcheck.proof.limits import Budget
from gradcheck.proof.prove import Prover, in_process
from gradcheck.proof.residual import symbol
from gradcheck.records import Check, Oracle, Proof, Verdict, Worst

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.proof.prove import Statement, Tracer
    from gradcheck.subject import Subject

SHOWN_CONDITIONS = 8
"""Of a region."""


def proof_checks(
    subject: Subject,
    formula: str | None,
    *,
    seconds: float,
    seed: int,
    tracer: Tracer | None = None,
) -> list[Check]:
    """Return one check for each gradient of a subject, and for y where there is a formula.

    Parameters
    ----------
    subject : Subject
    formula : str or None
        Key of `gradcheck.notes.formulas.FORMULAS` that it should be.
    seconds : float
        For all of it.
    seed : int
    tracer : callable, optional
        Runs the subject on symbols; in this process if left out.
    """
    started = perf_counter()
    budget = Budget(seconds)
    prover = Prover(subject, tracer or in_process(subject), formula, budget, seed)
    try:
        statements = prover.statements()
    except SubjectError:
        return []
    spent = perf_counter() - started
    return [_check(subject, one, spent / max(1, len(statements))) for one in statements]


def _check(subject: Subject, statement: Statement, seconds: float) -> Check:
    shapes = {n: a.shape for n, a in zip(subject.names, subject.inputs, strict=True)}
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
        residual=float("inf") if certificate is not None else float("nan"),
        worst=worst,
        reason=statement.reason,
        proof=_proof(subject, statement, [*shapes.items()]),
        seconds=seconds,
    )


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
        sizes=", ".join(f"{name} {'×'.join(map(str, shape)) or '1'}" for name, shape in shapes),
        regions=statement.regions,
        conditions=statement.conditions[:SHOWN_CONDITIONS],
        literals=statement.literals,
        exceptions=statement.exceptions,
        residual=statement.residual,
        point=point,
        got=certificate.got if certificate else "",
        true=certificate.true if certificate else "",
    )
