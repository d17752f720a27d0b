"""Say what is wrong: a code for each gradient that is, where the numbers confirm it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.execution import place
from gradcheck.records import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.account import Account, Breach
    from gradcheck.errors import SubjectError
    from gradcheck.readings import Kink, Outcome, Reading
    from gradcheck.records import Array
    from gradcheck.subject import Subject

SIDE = 1e-3
"""Part of the gap between the sides of a kink within which a value is one of them."""

LEFT = "the derivative from the left"
NOTES_KINK = ("relu", "leaky_relu")
"""Roles whose kink the notes settle: g'(x) = 0 for x ≤ 0."""

NONLINEAR = "upstream-nonlinear"
STALE = "stale-cache"
KNOWN_CAUSE = (STALE, "updated-before-use")
"""Contracts whose breach is why the values are wrong: nothing else is said of them."""

SHRINKS = 1 / 50
"""Of the error at the half of the learning rate, what is left of it at 2⁻¹⁰ of the rate at most, if
it tends to 0 as the rate does; it is 1/512 of it."""


def findings(subject: Subject, account: Account, outcomes: Sequence[Outcome]) -> list[Finding]:
    """Return one finding for each contract broken, and one for each gradient that is wrong.

    Parameters
    ----------
    subject : Subject
    account : Account
        Of the contracts.
    outcomes : sequence of Outcome
        Of all points, the given one first.
    """
    wrong = [
        k
        for k, name in enumerate(subject.names)
        if any(outcome.failed(f"d{name}") for outcome in outcomes)
    ]
    if not wrong and not account.breaches:
        return []
    found = [_of_breach(subject, account, breach, outcomes) for breach in account.breaches]
    causes = {(f.code, f.quantity) for f in found}
    for k in wrong:
        quantity = f"d{subject.names[k]}"
        if (STALE, quantity) in causes and _explained(subject, account, outcomes, k):
            found = [f for f in found if (f.code, f.quantity) != (STALE, quantity)]
        elif any((code, quantity) in causes for code in KNOWN_CAUSE):
            continue
        named = _named(subject, account, outcomes, k)
        if "bits" in named.numbers:
            # What is rounded too coarsely is not linear either, for the same reason.
            found = [f for f in found if (f.code, f.quantity) != (NONLINEAR, quantity)]
        found.append(named)
    from gradcheck.diagnosis.network import reordered, skipped
    from gradcheck.diagnosis.ranking import ordered

    broken = {finding.quantity for finding in found}
    return ordered(reordered(subject, skipped(subject, found, broken), outcomes))


def said(
    subject: Subject,
    code: str,
    quantity: str,
    detail: str = "",
    numbers: Mapping[str, float] | None = None,
    entry: str = "",
    *,
    remark: bool = False,
) -> Finding:
    """Return a finding in the words of the catalogue.

    Parameters
    ----------
    subject : Subject
    code, quantity : str
    detail : str
        What is confirmed, in the notes' symbols.
    numbers : mapping
    entry : str
        The worst entry, in words.
    remark : bool
    """
    from gradcheck.diagnosis.codes import catalogue

    words = catalogue()
    return Finding(
        code=code,
        quantity=quantity,
        message=words.sentence(code, quantity, detail, numbers) + entry,
        numbers=dict(numbers or {}),
        hint=words.hint(code, quantity, role=subject.role, line=subject.line),
        remark=remark,
    )


def _of_breach(
    subject: Subject, account: Account, breach: Breach, outcomes: Sequence[Outcome]
) -> Finding:
    """Return the finding of a broken contract; of a wrong shape, by what its values are."""
    code, detail, numbers = breach.code, breach.message, dict(breach.numbers)
    positions = {f"d{name}": k for k, name in enumerate(subject.names)}
    k = positions.get(breach.quantity, -1)
    if code == "wrong-shape" and k in account.misshapen and outcomes and k in outcomes[0].truth:
        from gradcheck.diagnosis.network import before_first
        from gradcheck.diagnosis.shapes import named

        got, truth = account.misshapen[k], outcomes[0].truth[k].value
        layer = before_first(subject, got, truth, outcomes[0])
        told = named(got, truth, outcomes[0])
        if layer:
            code, detail = "order", f"the layer of {layer} is skipped ({detail})"
        elif told is not None:
            code, detail = told.code, told.detail
            numbers.update(told.numbers)
    if code == "updated-before-use" and k in account.by_rate:
        known = outcomes[0].truth.get(k) if outcomes else None
        if known is None or not _tends(account.by_rate[k], known.value):
            code, detail = "unlisted", f"it changes with the learning rate: {detail}"
    return said(subject, code, breach.quantity, detail, numbers)


def _explained(subject: Subject, account: Account, outcomes: Sequence[Outcome], k: int) -> bool:
    """Say whether a gradient fits the earlier point by chance, and take the breach back if so."""
    from gradcheck.diagnosis.naming import exact

    if not exact(subject, outcomes, k):
        return False
    quantity = f"d{subject.names[k]}"
    account.breaches = [
        breach for breach in account.breaches if (breach.code, breach.quantity) != (STALE, quantity)
    ]
    return True


def _tends(by_rate: tuple[Array, Array], truth: Array) -> bool:
    """Say whether the gradient tends to the truth as the learning rate tends to 0."""
    half, small = (float(np.nanmax(np.abs(got - truth), initial=0.0)) for got in by_rate)
    return half > 0 and small <= SHRINKS * half


def _named(subject: Subject, account: Account, outcomes: Sequence[Outcome], k: int) -> Finding:
    from gradcheck.diagnosis.naming import name

    quantity = "d" + subject.names[k]
    told = name(subject, account, outcomes, k)
    wrong = [outcome for outcome in outcomes if outcome.failed(quantity)]
    here = [o for o in wrong if o.sample.regime == "point"] or wrong
    reading = max(
        (
            r
            for o in here
            for r in o.readings
            if r.quantity == quantity and r.verdict is Verdict.FAIL
        ),
        key=lambda r: r.residual,
    )
    entry = ""
    if reading.worst is not None:
        worst = reading.worst
        where = f"[{', '.join(map(str, worst.index))}]" if worst.index else ""
        entry = f"; worst entry {quantity}{where}: got {worst.got:.6g}"
        if np.isfinite(worst.bound):
            entry += f", oracle {worst.oracle:.6g} ± {worst.bound:.1g}"
    return said(subject, told.code, quantity, told.detail, told.numbers, entry)


def remarks(subject: Subject, outcomes: Sequence[Outcome]) -> list[Finding]:
    """Return what is worth saying and no fault: kinks, float32 code, gradients that are zero."""
    found = []
    for k, name in enumerate(subject.names):
        quantity = f"d{name}"
        kinks = [kink for o in outcomes for kink in o.kinks if kink.quantity == quantity]
        # The notes' g'(0) = 0, the derivative from the left, is worth no remark.
        as_in_notes = subject.role in NOTES_KINK and all(_side(kink) == LEFT for kink in kinks)
        if kinks and not as_in_notes:
            sides = " or ".join(sorted({_side(kink) for kink in kinks}))
            text = f"where {quantity} has a kink, the code returns {sides}"
            found.append(_remark("kink-value", quantity, text, sides))
        seen = [o for o in outcomes if k in o.got and k in o.truth]
        if seen and all(not np.any(o.got[k]) and not np.any(o.truth[k].value) for o in seen):
            text = f"{quantity} is zero at every point: there was little to see"
            found.append(_remark("zero-gradient", quantity, text))
    given = [o for o in outcomes if o.sample.regime == "point"]
    if given and given[0].single:
        text = "the code works in float32: errors below its rounding cannot be seen"
        found.append(_remark("low-precision", "y", text))
    return found


def forward_differs(subject: Subject, reading: Reading, regime: str, detail: str = "") -> Finding:
    """Return the finding of a forward that is another function than the notes'."""
    text = detail
    if reading.worst is not None:
        worst = reading.worst
        start = f"{detail}; " if detail else ""
        text = f"{start}entry {list(worst.index)} is {worst.got:.6g}, must be {worst.oracle:.6g}"
    text += f" (regime {regime}); its backward is judged by forward as it is"
    return said(subject, "forward-differs", reading.quantity, text.strip())


def overflows(subject: Subject, quantity: str, regime: str) -> Finding:
    """Return the finding of what is not finite where the notes' formula is."""
    return said(subject, "overflow", quantity, f"not finite in the regime {regime}")


def crash(
    subject: Subject, what: str, regime: str, error: SubjectError, *, remark: bool
) -> Finding:
    """Return the finding of code that raised, with the place where it did."""
    from gradcheck.diagnosis.codes import catalogue

    file, line = place(error)
    where = f" ({file}:{line})" if file else ""
    return Finding(
        code="crash",
        quantity=what,
        message=f"{error}{where} (regime {regime})",
        numbers={"line": float(line)} if line else {},
        hint="" if remark else catalogue().hint("crash", what, role=subject.role, line=line),
        remark=remark,
    )


def _remark(code: str, quantity: str, message: str, detail: str = "") -> Finding:
    """Return a remark in the package's own words, unless others were asked for.

    A pass must not pay for reading the words of faults.
    """
    codes = sys.modules.get("gradcheck.diagnosis.codes")
    if codes is not None and codes.replaced() and code != "low-precision":
        message = codes.catalogue().sentence(code, quantity, detail)
    return Finding(code=code, quantity=quantity, message=message, remark=True)


def _side(kink: Kink) -> str:
    """Return which of the derivatives at a kink the code returned, in words."""
    part = (kink.got - kink.left) / (kink.right - kink.left)
    if abs(part) < SIDE:
        return LEFT
    return "the derivative from the right" if abs(part - 1) < SIDE else "a value between the sides"
