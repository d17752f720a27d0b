"""What is said of an equation of the notes, in words: every view of the audit is made of these."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.notes.audit import Standing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.notes.audit import Audited, Counterexample

SYMBOLS = {
    Standing.HOLDS: "✓",
    Standing.REMARK: "✓",
    Standing.MISPRINT: "✗",
    Standing.UNDECIDABLE: "?",
}
"""What stands before the word."""

_COUNTED = {
    Standing.HOLDS: ("holds", "hold"),
    Standing.REMARK: ("holds with a remark", "hold with a remark"),
    Standing.MISPRINT: ("is misprinted", "are misprinted"),
    Standing.UNDECIDABLE: ("is not decidable", "are not decidable"),
}


def example(counterexample: Counterexample) -> str:
    """Return "at i = 2, j = 1, with x_1 = 1: the brace says 1, and it is 0"."""
    parts = [f"at {_listed(counterexample.sizes)}"] if counterexample.sizes else []
    if counterexample.indices:
        parts.append(f"for {_listed(counterexample.indices)}")
    if counterexample.numbers:
        parts.append(f"with {_listed(counterexample.numbers)}")
    where = counterexample.where or "it"
    said = f"{where} is printed as {counterexample.printed}, and is {counterexample.oracle}"
    return f"{', '.join(parts)}: {said}" if parts else said


def _listed(values: Mapping[str, object]) -> str:
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def reason(one: Audited) -> str:
    """Return how the verdict is known, in one sentence or two."""
    parts = [one.remark] if one.remark else []
    if one.counterexample is not None:
        parts.append(example(one.counterexample))
    return "; ".join([*parts, one.reason])


def counts(found: Sequence[Audited]) -> str:
    """Return "48 equations: 36 hold, 5 hold with a remark, 7 are misprinted"."""
    verdicts = [one.verdict for one in found]
    parts = [
        f"{number} {_COUNTED[standing][number > 1]}"
        for standing in Standing
        if (number := verdicts.count(standing))
    ]
    equations = "1 equation" if len(found) == 1 else f"{len(found)} equations"
    return f"{equations}: {', '.join(parts) or 'nothing was looked at'}"


def by_heading(found: Sequence[Audited]) -> dict[str, list[Audited]]:
    """Return the equations under their headings, in the notes' order."""
    groups: dict[str, list[Audited]] = {}
    for one in found:
        groups.setdefault(one.equation.heading, []).append(one)
    return groups
