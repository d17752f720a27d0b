"""What was proved, in sentences: one for all quantities that rest on the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.records import Evidence, Oracle, Verdict
from gradcheck.render.words import plain, symbol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.records import Check, Proof, Result

COVERS = (
    "exactly, for all real inputs of the shapes that were checked; rounding, overflow and state "
    "are tested"
)
"""Said once, beneath all that was proved."""

SHOWN = 6
"""Literals, or conditions of a region, in one sentence."""


def proof_sentences(result: Result) -> list[str]:
    """Return what was proved of a subject, the widest first, and what was not and why."""
    proofs = [check for check in result.checks if check.oracle is Oracle.PROOF]
    everywhere = {check.quantity for check in proofs if not check.shapes and _passed(check)}
    told = [c for c in proofs if not c.shapes or c.quantity not in everywhere]
    groups: dict[tuple[object, ...], list[Check]] = {}
    for check in told:
        groups.setdefault(_key(check), []).append(check)
    return [_sentence(group) for group in groups.values() if group[0].verdict is not Verdict.FAIL]


def noteworthy(result: Result) -> list[str]:
    """Return what the word "proved" alone would not say: regions, literals, and what is not."""
    told: dict[str, list[str]] = {}
    wrong = {check.quantity for check in result.checks if check.verdict is Verdict.FAIL}
    for check in result.checks:
        if check.oracle is Oracle.PROOF and check.verdict is not Verdict.FAIL:
            if check.quantity in wrong:
                continue
            for text in _noteworthy(check):
                told.setdefault(text, []).append(symbol(check.quantity))
    return [f"{' '.join(dict.fromkeys(names))} {text}" for text, names in told.items()]


def _noteworthy(check: Check) -> list[str]:
    proof = check.proof
    if proof is None or not _passed(check):
        return [f"not proved: {plain(check.reason, 200)}"] if check.reason else []
    texts = []
    if check.evidence is not Evidence.PROVED:
        number = f" {_number(proof)}" if proof.regions else ""
        texts.append(f"{check.evidence}{number}")
    if proof.literals:
        texts.append(f"proved with {_literals(proof.literals)}")
    return texts


def any_proved(results: Sequence[Result]) -> bool:
    """Say whether there is anything of which `COVERS` must be said."""
    return any(
        check.oracle is Oracle.PROOF and _passed(check)
        for result in results
        for check in result.checks
    )


def _passed(check: Check) -> bool:
    return check.verdict is Verdict.PASS


def _key(check: Check) -> tuple[object, ...]:
    proof = check.proof
    if proof is None or not _passed(check):
        return (check.verdict, check.reason)
    return (check.evidence, not check.shapes, proof.regions)


def _sentence(group: Sequence[Check]) -> str:
    names = ", ".join(dict.fromkeys(symbol(check.quantity) for check in group))
    check = group[0]
    proofs = [one.proof for one in group if one.proof is not None]
    if not proofs or not _passed(check):
        return f"{names} tested, not proved: {check.reason}"
    claims = dict.fromkeys(claim for proof in proofs for claim in proof.claims)
    sizes = dict.fromkeys(proof.sizes for proof in proofs)
    parts = [f"{names} {check.evidence}: {'; '.join(claims)}", f"for {'; '.join(sizes)}"]
    if proofs[0].regions:
        parts.append(_regions(proofs[0]))
    exceptions = dict.fromkeys(e for proof in proofs for e in proof.exceptions)
    if exceptions:
        parts.append(f"except {', '.join(exceptions)}")
    literals = {text: value for proof in proofs for text, value in proof.literals.items()}
    if literals:
        parts.append(f"read {_literals(literals)}")
    return "; ".join(parts)


def _regions(proof: Proof) -> str:
    number = _number(proof)
    bounds = " and ".join(proof.conditions[:SHOWN])
    more = " …" if len(proof.conditions) > SHOWN else ""
    return f"{number}: {bounds}{more}" if bounds else number


def _number(proof: Proof) -> str:
    if proof.regions == 1:
        return "in 1 region"
    return f"in {proof.regions} regions, one at a time"


def _literals(literals: Mapping[str, str]) -> str:
    shown = [f"{text} as {value}" for text, value in [*literals.items()][:SHOWN]]
    return ", ".join(shown) + (" …" if len(literals) > SHOWN else "")
