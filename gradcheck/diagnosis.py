"""Say what is wrong: a code for each gradient that is, where the numbers confirm it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.execution import place
from gradcheck.records import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.account import Account
    from gradcheck.errors import SubjectError
    from gradcheck.readings import Kink, Outcome, Reading
    from gradcheck.records import Array
    from gradcheck.subject import Subject

CLOSE = 1e-6
"""Relative distance at which two arrays are one formula; no rounding is near it in float64."""

SIDE = 1e-3
"""Part of the gap between the sides of a kink within which a value is one of them."""

NONLINEAR = "upstream-nonlinear"

HINTS = {
    "sign": "change the sign of {q}",
    "transposed": "return the transpose",
    "pass-through": "multiply the upstream gradient by the local derivative",
    "upstream-ignored": "multiply by the upstream gradient",
    "overflow": "rewrite it so that no intermediate result overflows",
    "low-precision": "compute it in the precision of the inputs",
    "stale-cache": "store what backward needs anew at every forward",
    "missing": "compute and return {q}; what gets no gradient is no input: call it in a lambda",
}


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
    found = [
        Finding(
            code=breach.code,
            quantity=breach.quantity,
            message=breach.message,
            numbers=breach.numbers,
            hint=HINTS.get(breach.code, "").format(q=breach.quantity),
        )
        for breach in account.breaches
    ]
    for k, name in enumerate(subject.names):
        quantity = f"d{name}"
        wrong = [outcome for outcome in outcomes if _failed(outcome, quantity)]
        stale = any(b.code == "stale-cache" and b.quantity == quantity for b in account.breaches)
        if wrong and not stale:
            named = _named(subject, wrong, k)
            if "bits" in named.numbers:
                # What is rounded too coarsely is not linear either, for the same reason.
                found = [f for f in found if (f.code, f.quantity) != (NONLINEAR, quantity)]
            found.append(named)
    return found


def remarks(subject: Subject, outcomes: Sequence[Outcome]) -> list[Finding]:
    """Return what is worth saying and no fault: kinks, float32 code, gradients that are zero."""
    found = []
    for k, name in enumerate(subject.names):
        quantity = f"d{name}"
        kinks = [kink for o in outcomes for kink in o.kinks if kink.quantity == quantity]
        if kinks:
            sides = " or ".join(sorted({_side(kink) for kink in kinks}))
            text = f"where {quantity} has a kink, the code returns {sides}"
            found.append(_remark("kink-value", quantity, text))
        seen = [o for o in outcomes if k in o.got and k in o.truth]
        if seen and all(not np.any(o.got[k]) and not np.any(o.truth[k].value) for o in seen):
            text = f"{quantity} is zero at every point: there was little to see"
            found.append(_remark("zero-gradient", quantity, text))
    given = [o for o in outcomes if o.sample.regime == "point"]
    if given and given[0].single:
        text = "the code works in float32: errors below its rounding cannot be seen"
        found.append(_remark("low-precision", "y", text))
    return found


def forward_differs(reading: Reading, regime: str) -> Finding:
    """Return the finding of a forward that is another function than the notes'."""
    text = "not the notes' formula"
    if reading.worst is not None:
        worst = reading.worst
        text += f": entry {list(worst.index)} is {worst.got:.6g}, must be {worst.oracle:.6g}"
    text += f" (regime {regime}); its backward is judged by forward as it is"
    return Finding(code="forward-differs", quantity=reading.quantity, message=text)


def forward_overflows(quantity: str, regime: str) -> Finding:
    """Return the finding of a forward that is not finite where the notes' formula is."""
    text = f"not finite in the regime {regime}, where the notes' formula is"
    return Finding(code="overflow", quantity=quantity, message=text, hint=HINTS["overflow"])


def crash(what: str, regime: str, error: SubjectError, *, remark: bool) -> Finding:
    """Return the finding of code that raised, with the place where it did."""
    file, line = place(error)
    where = f" ({file}:{line})" if file else ""
    return Finding(
        code="crash",
        quantity=what,
        message=f"{error}{where} (regime {regime})",
        numbers={"line": float(line)} if line else {},
        remark=remark,
    )


def _remark(code: str, quantity: str, message: str) -> Finding:
    return Finding(code=code, quantity=quantity, message=message, remark=True)


def _side(kink: Kink) -> str:
    """Return which of the derivatives at a kink the code returned, in words."""
    part = (kink.got - kink.left) / (kink.right - kink.left)
    if abs(part) < SIDE:
        return "the derivative from the left"
    return "the derivative from the right" if abs(part - 1) < SIDE else "a value between the sides"


def _failed(outcome: Outcome, quantity: str) -> bool:
    return any(r.quantity == quantity and r.verdict is Verdict.FAIL for r in outcome.readings)


def _named(
    subject: Subject,
    wrong: Sequence[Outcome],
    k: int,
) -> Finding:
    quantity = "d" + subject.names[k]
    pairs = [(o.got[k], o.truth[k].value, o) for o in wrong if k in o.truth]
    pairs = [p for p in pairs if np.isfinite(p[1]).all()]
    code, detail, numbers = _code(pairs, k, wrong)
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
        place = f"[{', '.join(map(str, worst.index))}]" if worst.index else ""
        entry = (
            f"; worst entry {quantity}{place}: got {worst.got:.6g}, oracle {worst.oracle:.6g} "
            f"± {worst.bound:.1g}"
        )
    return Finding(
        code=code,
        quantity=quantity,
        message=f"{detail}{entry}",
        numbers=numbers,
        hint=HINTS.get(code, "").format(q=quantity),
    )


def _code(
    pairs: Sequence[tuple[Array, Array, Outcome]],
    k: int,
    wrong: Sequence[Outcome],
) -> tuple[str, str, dict[str, float]]:
    regimes = list(dict.fromkeys(o.sample.regime for o in wrong))
    if "point" not in regimes:
        if all(not np.isfinite(o.got[k]).all() for o in wrong):
            return "overflow", f"not finite in the regime {', '.join(regimes)}", {}
        return "region", f"wrong only in the regime {', '.join(regimes)}", {}
    if not pairs:
        return "unlisted", "wrong", {}
    got, truth, outcome = pairs[0]
    if not np.isfinite(got).all():
        return "unlisted", "not finite", {}
    factor = _factor(pairs)
    if factor is not None:
        return factor
    named = _rearranged(pairs) or _low(got, truth, single=outcome.single)
    if named is not None:
        return named
    return "unlisted", "wrong", {"error": float(np.abs(got - truth).max(initial=0.0))}


def _rearranged(
    pairs: Sequence[tuple[Array, Array, Outcome]],
) -> tuple[str, str, dict[str, float]] | None:
    """Return the finding of a transpose, or of a factor left out, if every point confirms it."""
    got, _, outcome = pairs[0]
    if got.ndim == 2 and got.shape[0] == got.shape[1] and all(_same(a, t.T) for a, t, _ in pairs):
        return "transposed", "the transpose of the gradient", {}
    if outcome.upstream.size == 1 and all(_same(a * o.upstream, t) for a, t, o in pairs):
        return "upstream-ignored", "without the upstream gradient in it", {}
    if got.shape != outcome.upstream.shape:
        return None
    if all(_same(a, o.upstream) for a, _, o in pairs):
        text = "equal to the upstream gradient: the local derivative is left out"
        return "pass-through", text, {}
    if all(_same(a * o.upstream, t) for a, t, o in pairs):
        return "upstream-ignored", "without the upstream gradient in it", {}
    return None


def _low(got: Array, truth: Array, *, single: bool) -> tuple[str, str, dict[str, float]] | None:
    """Return the finding of a gradient that is right to the rounding of a lower precision only."""
    size = float(np.abs(truth).max(initial=0.0))
    error = float(np.abs(got - truth).max(initial=0.0)) / size if size > 0 else np.inf
    if single:
        return None
    for dtype, limit in ((np.float32, 1e-5), (np.float16, 5e-2)):
        with np.errstate(over="ignore"):
            rounded = got.astype(dtype).astype(np.float64)
        if error <= limit and _same(got, rounded, 1e-15):
            name = np.dtype(dtype).name
            numbers = {"error": error, "bits": float(np.finfo(dtype).nmant + 1)}
            return "low-precision", f"right to {name} rounding only", numbers
    return None


def _factor(
    pairs: Sequence[tuple[Array, Array, Outcome]],
) -> tuple[str, str, dict[str, float]] | None:
    """Return the finding of a constant factor, if every point confirms the same one."""
    got, truth, _ = pairs[0]
    square = float((truth * truth).sum())
    if square == 0:
        return None
    factor = float((got * truth).sum()) / square
    for a, t, _ in pairs:
        if not np.isfinite(a).all():
            continue
        if not np.all(np.abs(a - factor * t) <= CLOSE * np.abs(t).max(initial=0.0)):
            return None
    if abs(factor) < CLOSE:
        return "missing", "zero everywhere", {"factor": 0.0}
    if abs(factor + 1) < CLOSE:
        return "sign", "of the wrong sign", {"factor": -1.0}
    if abs(factor - 1) < CLOSE:
        return None
    return (
        "factor",
        f"{factor:.6g} times the gradient{_in_words(factor, got)}",
        {"factor": factor},
    )


def _in_words(factor: float, gradient: Array) -> str:
    """Return the factor in words, where a number of entries explains it."""
    sizes = [("the number of entries", gradient.size)] if gradient.size > 1 else []
    if gradient.ndim > 1:
        sizes += [(f"the size of axis {k}", n) for k, n in enumerate(gradient.shape) if n > 1]
    for words, size in sizes:
        for text, value in (
            (f"{words}, {size}", size),
            (f"1 by {words}, {size}", 1 / size),
            (f"half of {words}, {size}", size / 2),
            (f"2 by {words}, {size}", 2 / size),
        ):
            if value not in (0.5, 1, 2) and abs(factor - value) < CLOSE * value:
                return f" ({text})"
    return ""


def _same(a: Array, b: Array, tolerance: float = CLOSE) -> bool:
    if np.shape(a) != np.shape(b):
        return False
    size = np.abs(b).max(initial=0.0)
    return bool(size > 0 and np.all(np.abs(a - b) <= tolerance * size))
