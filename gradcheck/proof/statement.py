"""What the proof says of one quantity: proved, refuted by a certificate, or open, and why."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from gradcheck.records import Evidence

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.proof.certificate import Certificate

DERIVATIVE = "backward = this forward's derivative"
NOTES_FORWARD = "forward = the notes' formula"
NOTES_BACKWARD = "backward = the notes' Jacobianᵀ · upstream"

GUARD = Fraction(1, 10**6)
"""Literals below are guards, such as the ends of a clip."""

MISSING = "there is no gradient of the right shape"
UNDECIDED = "the identity could be neither proved nor refuted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the proof says of one quantity.

    Attributes
    ----------
    quantity : str
    evidence : Evidence or None
        None where it is refuted, or nothing could be decided.
    claims : tuple of str
        What was proved, or is refuted.
    certificate : Certificate or None
        Of a refutation.
    residual : str
        Of a refutation: got less true, in symbols.
    reason : str
        Why nothing was decided.
    regions : int
        For how many regions it was decided, one at a time; 0 where all at once.
    conditions : tuple of str
        What bounds the first region.
    literals : mapping of str to str
        Float literals, and as which number each was read.
    exceptions : tuple of str
        Where the identity says nothing.
    """

    quantity: str
    evidence: Evidence | None = None
    claims: tuple[str, ...] = ()
    certificate: Certificate | None = None
    residual: str = ""
    reason: str = ""
    regions: int = 0
    conditions: tuple[str, ...] = ()
    literals: Mapping[str, str] = field(default_factory=dict)
    exceptions: tuple[str, ...] = ()

    @property
    def open(self) -> bool:
        """Say that it is neither proved nor refuted."""
        return self.evidence is None and self.certificate is None

    @property
    def unsettled(self) -> bool:
        """Say that regions must be looked at one by one.

        A clip to [1e-15, 1] has a region that no ordinary input comes to: what is refuted there
        alone counts as what it is elsewhere.
        """
        return self.open or (
            self.certificate is not None and any(map(_guards, self.literals.values()))
        )


def _guards(literal: str) -> bool:
    """Say whether a number is one that code puts beside 0, or 1, to keep away from it."""
    value = abs(Fraction(literal))
    return 0 < value <= GUARD or 0 < abs(1 - value) <= GUARD


def weaker(a: Evidence | None, b: Evidence | None) -> Evidence | None:
    """Return the weaker of two; None where one of them is none."""
    order = list(Evidence)
    return None if a is None or b is None else max(a, b, key=order.index)


def together(one: Statement | None, parts: Sequence[Statement]) -> Statement | None:
    """Return what several regions say together: refuted in one, or proved in each."""
    if one is not None and not one.unsettled:
        return one
    refuted = next((part for part in parts if part.certificate), None)
    if refuted is not None:
        return refuted
    if not parts or any(part.evidence is None for part in parts):
        undecided = None if one is None else replace(one, certificate=None, reason=UNDECIDED)
        return next((part for part in parts if part.reason), undecided)
    evidence = parts[0].evidence
    for part in parts:
        evidence = weaker(evidence, part.evidence)
    return replace(parts[0], evidence=evidence, regions=len(parts))
