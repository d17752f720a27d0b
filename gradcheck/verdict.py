"""Turn what was seen at all points into checks: one for each quantity and oracle."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from gradcheck.contracts import CONTRACTS
from gradcheck.records import Check, Evidence, Oracle, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.account import Account
    from gradcheck.readings import Reading
    from gradcheck.subject import Subject

ORACLES = (Oracle.SYMBOLIC, Oracle.COMPLEX_STEP, Oracle.FINITE_DIFFERENCE)


def value_checks(
    subject: Subject,
    readings: Sequence[tuple[str, Reading]],
    silent: int,
    seconds: Mapping[Oracle, float],
) -> list[Check]:
    """Return one check for each quantity and oracle that spoke of it.

    Parameters
    ----------
    subject : Subject
    readings : sequence of (regime, Reading)
        The given point first.
    silent : int
        Points at which forward was not finite: no evidence.
    seconds : mapping of Oracle to float
    """
    groups: dict[tuple[str, Oracle], list[tuple[str, Reading]]] = defaultdict(list)
    for regime, reading in readings:
        groups[reading.quantity, reading.oracle].append((regime, reading))
    shapes = subject.shapes
    checks = []
    for (quantity, oracle), group in groups.items():
        verdict, reason = _verdict(group)
        chosen = [(r, one) for r, one in group if one.verdict is verdict] or group
        if verdict is Verdict.FAIL and chosen[0][1] is group[0][1]:
            # Where the given point is wrong, that is what the reader can look up.
            chosen = chosen[:1]
        regime, worst = max(chosen, key=lambda pair: _size(pair[1]))
        told = [one for _, one in group if one.verdict is not Verdict.INCONCLUSIVE]
        checks.append(
            Check(
                quantity=quantity,
                oracle=oracle,
                verdict=verdict,
                evidence=Evidence.TESTED if verdict is Verdict.PASS else None,
                shapes=shapes,
                residual=worst.residual,
                worst=worst.worst,
                regime=regime,
                points={
                    "judged": len(told),
                    "no-evidence": silent,
                    "inconclusive": len(group) - len(told),
                },
                visible=group[0][1].visible,
                agree=_agreeing(quantity, oracle, groups),
                reason=reason,
                seconds=seconds.get(oracle, 0.0) / max(1, len(groups)),
            )
        )
    return checks


def contract_checks(subject: Subject, account: Account, seconds: float) -> list[Check]:
    """Return one check for each contract that could be looked at."""
    checks = []
    for contract in CONTRACTS:
        broken = [breach for breach in account.breaches if breach.contract == contract]
        if not broken and contract not in account.looked_at:
            continue
        checks.append(
            Check(
                quantity=broken[0].quantity if broken else "backward",
                oracle=Oracle.CONTRACT,
                contract=contract,
                verdict=Verdict.FAIL if broken else Verdict.PASS,
                evidence=None if broken else Evidence.TESTED,
                shapes=subject.shapes,
                points={"judged": 1, "no-evidence": 0, "inconclusive": 0},
                regime="point",
                reason=broken[0].message if broken else "",
                seconds=seconds / len(CONTRACTS),
            )
        )
    return checks


def missing_checks(subject: Subject, checks: Sequence[Check], silent: int) -> list[Check]:
    """Return one check for each gradient that no oracle spoke of: what it needs had failed."""
    spoken = {check.quantity for check in checks if check.oracle is not Oracle.CONTRACT}
    broken = any(check.verdict in (Verdict.FAIL, Verdict.ERROR) for check in checks)
    reason = "forward is not finite at any point that was tried"
    if broken:
        reason = "there was no gradient to compare"
    return [
        Check(
            quantity=f"d{name}",
            oracle=Oracle.COMPLEX_STEP,
            verdict=Verdict.NOT_RUN if broken else Verdict.INCONCLUSIVE,
            shapes=subject.shapes,
            points={"judged": 0, "no-evidence": silent, "inconclusive": 0},
            reason=reason,
        )
        for name in subject.names
        if name not in subject.constants and f"d{name}" not in spoken
    ]


def _verdict(group: Sequence[tuple[str, Reading]]) -> tuple[Verdict, str]:
    """Return the verdict of one quantity and oracle over all points, and its reason.

    The given point counts most: a pass elsewhere stands for it only where at least half of the
    other points could be told.
    """
    verdicts = [reading.verdict for _, reading in group]
    for verdict in (Verdict.FAIL, Verdict.ERROR):
        if verdict in verdicts:
            return verdict, next(r.reason for _, r in group if r.verdict is verdict)
    first = group[0][1]
    if first.verdict is Verdict.PASS:
        return Verdict.PASS, ""
    if 2 * verdicts.count(Verdict.PASS) > len(verdicts):
        return Verdict.PASS, f"not at the given point, where {first.reason}"
    return Verdict.INCONCLUSIVE, first.reason


def _agreeing(
    quantity: str,
    oracle: Oracle,
    groups: Mapping[tuple[str, Oracle], Sequence[tuple[str, Reading]]],
) -> tuple[Oracle, ...]:
    mine = _verdict(groups[quantity, oracle])[0]
    return tuple(
        other
        for other in ORACLES
        if other is not oracle
        and (quantity, other) in groups
        and mine in (Verdict.PASS, Verdict.FAIL)
        and _verdict(groups[quantity, other])[0] is mine
    )


def _size(reading: Reading) -> float:
    return reading.residual if reading.residual == reading.residual else -1.0
