"""Of several findings of one quantity, the one that says most."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradcheck.records import Finding

UNKNOWN = 1000
"""The rank of a code that the catalogue does not hold."""


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings by quantity, the most specific of each first, and remarks last.

    Quantities stay in the order in which each is first named.
    """
    found = list(findings)
    if len(found) < 2:
        return found
    if len({finding.quantity for finding in found}) == len(found):
        return sorted(found, key=lambda finding: finding.remark)
    from gradcheck.diagnosis.codes import catalogue

    codes = catalogue().codes
    places: dict[tuple[bool, str], int] = {}
    for finding in found:
        places.setdefault((finding.remark, finding.quantity), len(places))

    def key(finding: Finding) -> tuple[bool, int, int]:
        code = codes.get(finding.code)
        place = places[finding.remark, finding.quantity]
        return finding.remark, place, code.rank if code else UNKNOWN

    return sorted(found, key=key)


def most_specific(findings: Sequence[Finding]) -> list[Finding]:
    """Return at most one finding a quantity: the most specific; a remark only beside no fault.

    Parameters
    ----------
    findings : sequence of Finding
        In any order.
    """
    chosen: dict[str, Finding] = {}
    for finding in ordered(findings):
        chosen.setdefault(finding.quantity, finding)
    return list(chosen.values())
