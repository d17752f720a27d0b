"""What the renderers share: checks gathered into rows, points counted, numbers as text."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.records import Evidence, Oracle, Verdict, by_quantity, of_quantity, together

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradcheck.records import Check, Report, Result, Worst

NOT_MEASURED = "–"

OUTPUTS = ("y", "loss")
"""What forward gives: it is compared first, for all else hangs on it."""

_STRENGTH = {evidence: k for k, evidence in enumerate(Evidence)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """All checks of one quantity by one oracle, or all checks of one contract.

    Attributes
    ----------
    label : str
        The quantity, or the contract's name.
    oracle : Oracle
        Who spoke.
    checks : tuple of Check
        At least one; one for each shape, as a rule.
    """

    label: str
    oracle: Oracle
    checks: tuple[Check, ...]

    @property
    def verdict(self) -> Verdict:
        """Return the verdict of all the checks together."""
        return together(self.checks)

    @property
    def evidence(self) -> Evidence | None:
        """Return the weakest evidence, or None unless the row is a pass."""
        return weakest(self.checks)

    @property
    def residual(self) -> float:
        """Return the largest residual; NaN where none was measured."""
        return worst_residual(self.checks)

    @property
    def quantities(self) -> tuple[str, ...]:
        """Return the quantities that were checked, each once, in their order."""
        return tuple(dict.fromkeys(check.quantity for check in self.checks))

    def points(self, kind: str) -> int:
        """Return how many points were "judged", "no-evidence" or "inconclusive"."""
        return sum(check.points.get(kind, 0) for check in self.checks)


def unsettled(checks: Sequence[Check]) -> list[Check]:
    """Return the checks that are no pass, of a quantity that does not pass by another oracle."""
    groups = [group for group in by_quantity(checks) if of_quantity(group) is not Verdict.PASS]
    left = [check for group in groups for check in group]
    left += [check for check in checks if check.verdict is Verdict.NOT_RUN and check not in left]
    return [check for check in left if check.verdict is not Verdict.PASS]


def report_verdict(report: Report) -> Verdict:
    """Return the verdict of a report; a check that was planned and is not in it spoils a pass."""
    verdict = Verdict.worst(together(result.checks) for result in report.subjects)
    incomplete = report.counts["ran"] < report.planned
    return Verdict.NOT_RUN if verdict is Verdict.PASS and incomplete else verdict


def weakest(checks: Sequence[Check]) -> Evidence | None:
    """Return the weakest evidence over several quantities, or None unless all are passes.

    Of one quantity at one shape the strongest oracle counts. Contracts are tested, whatever is
    proved: they count where there is nothing else.
    """
    if together(checks) is not Verdict.PASS:
        return None
    values = [check for check in checks if check.oracle is not Oracle.CONTRACT] or checks
    known = [
        min((c.evidence for c in group if c.evidence is not None), key=_STRENGTH.__getitem__)
        for group in by_quantity(values)
        if any(check.evidence is not None for check in group)
    ]
    return max(known, key=_STRENGTH.__getitem__, default=None)


def worst_residual(checks: Iterable[Check]) -> float:
    """Return the largest residual that was measured; NaN where none was."""
    return max((c.residual for c in checks if not math.isnan(c.residual)), default=math.nan)


def value_rows(result: Result) -> list[Row]:
    """Return one row for each quantity and oracle: the output first, then as they were checked."""
    groups: dict[str, dict[Oracle, list[Check]]] = {}
    for check in result.checks:
        if check.oracle is not Oracle.CONTRACT:
            groups.setdefault(check.quantity, {}).setdefault(check.oracle, []).append(check)
    return [
        Row(label=quantity, oracle=oracle, checks=tuple(checks))
        for quantity, oracles in sorted(groups.items(), key=lambda item: item[0] not in OUTPUTS)
        for oracle, checks in oracles.items()
    ]


def contract_rows(result: Result) -> list[Row]:
    """Return one row for each contract, in the order they were checked."""
    groups: dict[str, list[Check]] = {}
    for check in result.checks:
        if check.oracle is Oracle.CONTRACT:
            groups.setdefault(check.contract, []).append(check)
    return [
        Row(label=contract, oracle=Oracle.CONTRACT, checks=tuple(checks))
        for contract, checks in groups.items()
    ]


def points(result: Result, kind: str) -> int:
    """Return how many points of a kind there were, each counted once.

    The checks of one shape share their points, so that the check with the most of them tells.
    """
    most: dict[tuple[tuple[str, tuple[int, ...]], ...], int] = {}
    for check in result.checks:
        key = tuple(check.shapes.items())
        most[key] = max(most.get(key, 0), check.points.get(kind, 0))
    return sum(most.values())


def counted(number: int, noun: str) -> str:
    """Return "1 check", "2 checks"."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def tally(checks: Sequence[Check]) -> str:
    """Return how many checks had each verdict, such as "12 checks: 10 pass, 2 fail"."""
    verdicts = [check.verdict for check in checks]
    numbers = [f"{verdicts.count(v)} {v}" for v in Verdict if v in verdicts]
    return f"{counted(len(checks), 'check')}: {', '.join(numbers) or 'nothing ran'}"


def printable(text: str) -> str:
    """Return text of foreign code without what could move a terminal's cursor or its colours."""
    return "".join(c if c.isprintable() or c == "\n" else "�" for c in text)


def residual_figure(residual: float) -> str:
    """Return a residual with three significant digits."""
    return NOT_MEASURED if math.isnan(residual) else f"{residual:.2e}"


def worst_figures(worst: Worst) -> tuple[str, str]:
    """Return "got" and "oracle ± bound", with the digits that the bound leaves and one more."""
    digits = 6
    sizes = (abs(worst.oracle), abs(worst.bound))
    if all(math.isfinite(size) and size > 0 for size in sizes):
        digits = min(17, max(3, math.ceil(math.log10(sizes[0]) - math.log10(sizes[1])) + 1))
    return f"{worst.got:.{digits}g}", bounded(worst, digits, 1)


def bounded(worst: Worst, digits: int, places: int) -> str:
    """Return "oracle ± bound"; where the oracle states no bound, what is true all the same."""
    oracle = f"{worst.oracle + 0.0:.{digits}g}"
    if math.isfinite(worst.bound):
        return f"{oracle} ± {worst.bound:.{places}e}"
    return f"{oracle}, within no known bound" if math.isfinite(worst.got) else "a finite number"
