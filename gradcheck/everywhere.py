"""The exact proof of the reference layers at all small sizes, as one check a quantity."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gradcheck.proof.checks import Proving, proof_checks
from gradcheck.records import Check, Evidence, Oracle, Proof, Verdict
from gradcheck.reference import DEEPEST, SMALL, small_subjects

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.subject import Subject


def proved_everywhere(seed: int, proving: Proving) -> dict[str, list[Check]]:
    """Return, for each layer of `reference_net`, one check a quantity over all small sizes.

    Parameters
    ----------
    seed : int
    proving : Proving
        Of each subject.
    """
    found: dict[str, dict[str, list[Check]]] = {}
    subjects: dict[str, Subject] = {}
    numbers: dict[str, int] = {}
    for subject, formula in small_subjects(seed):
        name = subject.name
        subjects.setdefault(name, subject)
        numbers[name] = numbers.get(name, 0) + 1
        for check in proof_checks(subject, formula, proving, seed):
            # Of a model, every W is one quantity and every b another, however many layers it has.
            quantity = check.quantity.rstrip("0123456789")
            found.setdefault(name, {}).setdefault(quantity, []).append(check)
    return {
        name: [
            _together(quantity, checks, numbers[name], subjects[name])
            for quantity, checks in quantities.items()
        ]
        for name, quantities in found.items()
    }


def _together(quantity: str, checks: Sequence[Check], number: int, subject: Subject) -> Check:
    """Return one check of a quantity: proved where it is proved at each size."""
    worst = min(checks, key=_standing)
    evidence = [check.evidence for check in checks if check.evidence is not None]
    told = [check.proof for check in checks if check.proof is not None]
    proof = worst.proof or Proof()
    sizes = f"every size from 1 to {SMALL}: {number} shapes"
    if subject.role == "sequential":
        sizes = f"up to {DEEPEST} layers, whatever differentiable layers they are"
    passed = worst.verdict is Verdict.PASS
    if not passed:
        sizes = proof.sizes
    return Check(
        quantity=quantity,
        oracle=Oracle.PROOF,
        verdict=worst.verdict,
        evidence=max(evidence, key=list(Evidence).index) if passed else None,
        residual=worst.residual,
        worst=worst.worst,
        reason=worst.reason,
        proof=replace(
            proof,
            sizes=sizes,
            regions=max((one.regions for one in told), default=0),
            conditions=(),
            literals={k: v for one in told for k, v in one.literals.items()},
            exceptions=tuple(dict.fromkeys(e for one in told for e in one.exceptions)),
        ),
        seconds=sum(check.seconds for check in checks),
    )


def _standing(check: Check) -> int:
    order = (Verdict.FAIL, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.NOT_RUN, Verdict.PASS)
    return order.index(check.verdict)
