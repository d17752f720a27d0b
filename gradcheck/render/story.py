"""What is to be said of one subject, as plain records: every view for students is made of these."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.notes.citations import cited
from gradcheck.records import Check, Finding, Oracle, Result, Verdict, together
from gradcheck.render.counterexamples import counterexample_text
from gradcheck.render.proofs import noteworthy, proof_sentences
from gradcheck.render.summary import weakest
from gradcheck.render.words import (
    UNWRITTEN,
    WHOLE,
    agreement,
    hint_text,
    not_written,
    place,
    plain,
    residual_of,
    shape_of,
    sharpest,
    symbol,
    told,
    who,
    worst_line,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

ABSENT = ("loaded",)
"""The contract of what stands in a report for a file in which nothing was checked."""


CERTAIN = ("unlisted", "forward-differs")
"""Codes whose sentence is what was seen, and no guess at what stands in the code."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One thing that is wrong, or could not be told.

    Attributes
    ----------
    who : str
        "Softmax.backward".
    quantity, shape, code : str
        "dX", "(5, 1)", "diagonal-only"; empty where there is none.
    verdict : Verdict
    lines : tuple of (label, text)
        What stands below it: the worst entry, the sentence, the hint, who says it.
    """

    who: str
    quantity: str
    shape: str
    verdict: Verdict
    code: str
    lines: tuple[tuple[str, str], ...]

    @property
    def sentence(self) -> str:
        """Return what is wrong in a sentence, or the figures where that is all there is."""
        texts = [text for label, text in self.lines if label in ("", "looks like")]
        figures = ("worst", "wrong already")
        return next((text for text in texts if not text.startswith(figures)), "".join(texts[:1]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All of one subject.

    Attributes
    ----------
    name, role, place : str
    verdict : Verdict
    right : tuple of str
        Quantities that are right.
    evidence : str
        How that is known: "tested".
    blocks : tuple of Block
        What is wrong or unknown.
    remarks : tuple of (code, text)
    proofs : tuple of str
        What was proved, for which sizes, in full.
    beside : tuple of str
        Of that, what the word "proved" does not say.
    hidden : int
        Findings that are left out.
    reproduce : str
    convention : tuple of (key, text)
    """

    name: str
    role: str
    place: str
    verdict: Verdict
    right: tuple[str, ...]
    evidence: str
    blocks: tuple[Block, ...]
    remarks: tuple[tuple[str, str], ...]
    proofs: tuple[str, ...]
    beside: tuple[str, ...]
    hidden: int
    reproduce: str
    convention: tuple[tuple[str, str], ...]

    @property
    def summary(self) -> str:
        """Return what is right of it, in a few words."""
        if self.right:
            return f"{' '.join(self.right)} right ({self.evidence})"
        return "every contract is kept" if self.verdict is Verdict.PASS else ""


def absent(result: Result) -> bool:
    """Say whether it only stands for a file in which nothing was checked."""
    return any(check.contract in ABSENT for check in result.checks)


def story_of(result: Result, *, hints: int = 2, everything: bool = False) -> Story:
    """Return what is to be said of a subject.

    Parameters
    ----------
    result : Result
    hints : int
        0 none, 1 the concept, 2 the place, 3 the formula.
    everything : bool
        Every finding; else the most specific one of each quantity.
    """
    faults = [finding for finding in result.findings if not finding.remark]
    shown = faults if everything else _chosen(faults)
    broken = _broken(result, {finding.quantity for finding in faults})
    blocks = _blocks(result, shown, hints)
    blocks += [_unnamed(result, quantity, checks) for quantity, checks in broken.items()]
    right = _right(result, {finding.quantity for finding in faults} | set(broken))
    evidence = weakest([c for c in result.checks if c.verdict is Verdict.PASS])
    return Story(
        name=plain(result.name, 100),
        role=plain(result.role, 30),
        place=place(result),
        verdict=result.verdict,
        right=tuple(map(symbol, right)),
        evidence=str(evidence or ""),
        blocks=tuple(blocks),
        remarks=tuple(_remarks(result, everything=everything)),
        proofs=tuple(plain(sentence, 600) for sentence in proof_sentences(result)),
        beside=tuple(noteworthy(result)),
        hidden=len(faults) - len(shown),
        reproduce=plain(result.reproduce),
        convention=tuple(
            (symbol(str(key)), plain(value, 300)) for key, value in result.convention.items()
        ),
    )


def _chosen(faults: Sequence[Finding]) -> Sequence[Finding]:
    if len(faults) < 2:
        return faults
    from gradcheck.diagnosis.ranking import most_specific

    return most_specific(faults)


def _blocks(result: Result, findings: Sequence[Finding], hints: int) -> list[Block]:
    """Return one block a finding; what was said in the one before is not said again."""
    blocks: list[Block] = []
    said: set[tuple[str, str]] = set()
    for finding in findings:
        lines = [line for line in _lines(result, finding, hints) if line not in said]
        said |= {line for line in lines if line[0] in ("hint", "")}
        shape = shape_of(result, finding.quantity)
        verdict = _verdict(result, finding)
        blocks.append(
            Block(
                who=who(result, finding.quantity),
                quantity="" if finding.quantity in WHOLE else symbol(finding.quantity),
                shape="" if shape is None else str(shape),
                verdict=verdict,
                code=plain(finding.code, 60),
                lines=tuple(lines),
            )
        )
    return blocks


def _verdict(result: Result, finding: Finding) -> Verdict:
    """Return the verdict of the quantity; where nothing could be compared, that of the subject."""
    own = {check.verdict for check in result.checks if check.quantity == finding.quantity}
    return next((v for v in (Verdict.FAIL, Verdict.ERROR) if v in own), result.verdict)


def _lines(result: Result, finding: Finding, hints: int) -> list[tuple[str, str]]:
    check = sharpest(result, finding.quantity)
    sentence = told(finding, result)
    label = "" if check is None or finding.code in CERTAIN else "looks like"
    lines = [] if check is None else [("", worst_line(check))]
    example = finding.counterexample
    if example is not None and (text := counterexample_text(example, symbol)):
        lines.append(("", text))
    lines.append((label, sentence))
    exact = residual_of(result, finding.quantity)
    if exact:
        lines.append(("exactly", exact))
    hint = hint_text(finding, result, hints)
    if hint and UNWRITTEN not in sentence:
        lines.append(("hint", hint))
    equation = cited(result.role, finding.quantity, finding.code) if hints > 0 else None
    if equation is not None:
        lines.append(("in the notes", f"{equation.heading}, {equation.id}"))
    if check is not None:
        lines.append(("", agreement(check)))
    return lines


def _broken(result: Result, named: set[str]) -> dict[str, list[Check]]:
    """Return the checks by quantity that did not pass and that no finding speaks of.

    A gradient that was not looked at because another check failed is no news.
    """
    groups: dict[str, list[Check]] = {}
    for check in result.checks:
        if check.quantity not in named:
            groups.setdefault(check.quantity, []).append(check)
    left = {}
    for quantity, checks in groups.items():
        verdict = together(checks)
        follows = verdict is Verdict.NOT_RUN and bool(named)
        if verdict is not Verdict.PASS and not follows:
            left[quantity] = [c for c in checks if c.verdict is not Verdict.PASS]
    return left


def _unnamed(result: Result, quantity: str, checks: Sequence[Check]) -> Block:
    verdict = Verdict.worst(check.verdict for check in checks)
    lines = [("", worst_line(c)) for c in (sharpest(result, quantity),) if c is not None]
    reasons = dict.fromkeys(not_written(plain(check.reason)) for check in checks if check.reason)
    lines += [("", reason) for reason in reasons]
    shape = shape_of(result, quantity)
    whole = quantity in WHOLE
    return Block(
        who=plain(result.name, 100) if whole else who(result, quantity),
        quantity="" if whole else symbol(quantity),
        shape="" if shape is None else str(shape),
        verdict=verdict,
        code="",
        lines=tuple(lines),
    )


def _right(result: Result, wrong: set[str]) -> list[str]:
    groups: dict[str, list[Check]] = {}
    for check in result.checks:
        if check.oracle is not Oracle.CONTRACT and check.quantity not in wrong:
            groups.setdefault(check.quantity, []).append(check)
    known = [q for q, checks in groups.items() if together(checks) is Verdict.PASS]
    return sorted(known, key=lambda quantity: quantity not in ("y", "loss"))


def _remarks(result: Result, *, everything: bool) -> list[tuple[str, str]]:
    """Return one remark a code, with the quantities that it is of; or each of them."""
    remarks = [finding for finding in result.findings if finding.remark]
    if everything:
        return [(plain(f.code, 60), f"{symbol(f.quantity)}: {told(f, result)}") for f in remarks]
    groups: dict[str, list[Finding]] = {}
    for finding in remarks:
        groups.setdefault(finding.code, []).append(finding)
    lines = []
    for code, found in groups.items():
        names = ", ".join(dict.fromkeys(symbol(f.quantity) for f in found))
        lines.append((plain(code, 60), f"{names}: {told(found[0], result)}"))
    return lines
