"""Name one wrong gradient: try what is known, the most specific first."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis import dense, elementwise, general, losses, softmax
from gradcheck.diagnosis.ask import Ask
from gradcheck.diagnosis.hypothesis import Named, first_confirmed
from gradcheck.diagnosis.probe import EXACT, placed, probes, same
from gradcheck.diagnosis.region import MOSTLY, ordinary_part, region

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcheck.account import Account
    from gradcheck.diagnosis.hypothesis import Hypothesis
    from gradcheck.diagnosis.probe import Probe
    from gradcheck.readings import Outcome
    from gradcheck.subject import Subject

NUMERICAL = 1e-3
"""Relative error below which a backward that calls forward is said to take differences."""

MOVES, NOISY = 4, 256.0
"""Neighbours of x that are looked at; and by how many units in its last place a gradient may move
from one to the next, and be that of a formula."""

COARSE = 1e-6
"""Relative error of a formula above which it is another one, and no rounding."""


def name(subject: Subject, account: Account, outcomes: Sequence[Outcome], k: int) -> Named:
    """Return the code of the gradient of input k, `unlisted` where none is confirmed.

    Parameters
    ----------
    subject : Subject
    account : Account
    outcomes : sequence of Outcome
        Of all points at which it was looked at, the given one first.
    k : int
    """
    seen = probes(subject, outcomes, k)
    wrong = [probe for probe in seen if probe.wrong]
    regimes = list(dict.fromkeys(probe.outcome.sample.regime for probe in wrong))
    if all(not np.isfinite(probe.got).all() for probe in wrong):
        given = any(probe.given for probe in wrong)
        detail = "not finite" if given else f"not finite in the regime {', '.join(regimes)}"
        return Named(code="unlisted" if given else "overflow", detail=detail)
    ask = Ask(subject, seen[0])
    told = (
        first_confirmed(_exact(seen[0]), seen, ask)
        or general.factor(seen, ask)
        or first_confirmed(_other(seen[0]), seen, ask)
        or _low(seen, ask)
        or _numerical(wrong, account)
        or _cancelling(seen, ask)
        or _single_example(seen, ask)
        or _formula(seen, ask)
        or region(seen, ask)
        or _formula(seen, ask, mostly=False)
    )
    if told is not None:
        return told
    if not wrong[0].given:
        return Named(code="region", detail=f"wrong only in the regime {', '.join(regimes)}")
    return Named(code="unlisted", numbers=_error(wrong[0]))


def exact(subject: Subject, outcomes: Sequence[Outcome], k: int) -> bool:
    """Say whether a formula gives what the code returned at every point, the right ones included.

    Then the code is not wrong because of what it kept from an earlier point.
    """
    seen = probes(subject, outcomes, k)
    ask = Ask(subject, seen[0])
    return (
        first_confirmed(_exact(seen[0]), seen, ask)
        or general.factor(seen, ask)
        or first_confirmed(_other(seen[0]), seen, ask)
    ) is not None


def _exact(given: Probe) -> Iterator[Hypothesis]:
    yield from general.FIRST
    yield from elementwise.MASKS
    yield from softmax.HYPOTHESES
    yield from softmax.FUSED
    yield from general.PASSED
    yield from dense.hypotheses(given)


def _other(given: Probe) -> Iterator[Hypothesis]:
    yield from general.reductions()
    yield from elementwise.POINTS
    yield from losses.hypotheses(given)


def _error(probe: Probe) -> dict[str, float]:
    if probe.truth is None:
        return {}
    with np.errstate(invalid="ignore"):
        gap = np.abs(probe.got - probe.truth)
    return {"error": float(np.nanmax(np.nan_to_num(gap, nan=0.0), initial=0.0))}


def _low(seen: Sequence[Probe], ask: Ask) -> Named | None:
    """Return the finding of a gradient that is right to the rounding of a lower precision only."""
    probe = seen[0]
    if not probe.wrong or probe.outcome.single or probe.truth is None:
        return None
    got, truth = probe.got, probe.truth
    size = float(np.nanmax(np.abs(truth), initial=0.0))
    error = float(np.nanmax(np.abs(got - truth), initial=0.0)) / size if size > 0 else np.inf
    for dtype, limit in ((np.float32, 1e-5), (np.float16, 5e-2)):
        parts = [(got, "")]
        if probe.g.shape == got.shape and ask.elementwise():
            parts.append((got / probe.g, " of F'"))
        for part, words in parts:
            with np.errstate(over="ignore"):
                rounded = part.astype(dtype).astype(np.float64)
            if error <= limit and same(part, rounded, 1e-15):
                numbers = {"error": error, "bits": float(np.finfo(dtype).nmant + 1)}
                detail = f"right to the rounding{words} in {np.dtype(dtype).name} only"
                return Named(code="low-precision", detail=detail, numbers=numbers)
    return None


def _numerical(wrong: Sequence[Probe], account: Account) -> Named | None:
    # Differences are wrong everywhere; an F' that calls F may be wrong in a region.
    if not account.inner_forwards or not wrong[0].given:
        return None
    worst = 0.0
    for probe in wrong:
        if probe.truth is None:
            return None
        size = float(np.nanmax(np.abs(probe.truth), initial=0.0))
        worst = max(worst, _error(probe)["error"] / size if size else np.inf)
        if not worst < NUMERICAL and probe.given:
            return None
    calls = account.inner_forwards
    detail = f"forward runs {calls} time{'s' * (calls != 1)} inside of backward"
    return Named(
        code="numerical-backward",
        detail=detail,
        numbers={"calls": float(calls), "error": _error(wrong[0])["error"]},
    )


def _cancelling(seen: Sequence[Probe], ask: Ask) -> Named | None:
    """Return the finding of a gradient whose last digits are noise, as a difference quotient's are.

    A formula for F' moves by some units in its last place where x moves by one; a difference of
    two values of F over a small step, by the unit roundoff over that step.
    """
    probe = seen[0]
    if not (probe.outcome.y.dtype == probe.x.dtype == np.float64) or probe.outcome.single:
        return None
    errors = [relative for one in seen if (relative := _relative(one)) is not None]
    if not errors or not max(errors) < NUMERICAL:
        return None
    rng = np.random.default_rng(2)
    upstream = probe.outcome.upstream
    first = ask.backward(ask.inputs, upstream)
    if first is None or not np.isfinite(first).all():
        return None
    moved = 0.0
    for _ in range(MOVES):
        inputs = ask.inputs
        again = ask.backward(inputs, upstream)
        if again is None or not np.array_equal(again, first):
            return None  # it is the calls that move it
        x = inputs[ask.k]
        inputs[ask.k] = np.nextafter(x, rng.choice([-np.inf, np.inf], x.shape))
        other = ask.backward(inputs, upstream)
        if other is None or not np.isfinite(other).all():
            return None
        moved = max(moved, float(np.abs(other - first).max(initial=0.0)))
    units = moved / (np.finfo(float).eps * float(np.abs(first).max(initial=0.0) or 1.0))
    if not units > NOISY:
        return None
    detail = f"one unit in the last place of x moves it by {units:.1g} of its own"
    numbers = {"units": units, "error": max(errors)}
    return Named(code="numerical-backward", detail=detail, numbers=numbers)


def _relative(probe: Probe) -> float | None:
    """Return the largest error at a point of ordinary size beside the largest entry."""
    if probe.truth is None or probe.outcome.sample.regime not in ("point", "signs"):
        return None
    size = float(np.nanmax(np.abs(probe.truth), initial=0.0))
    return _error(probe)["error"] / size if size > 0 else None


def _single_example(seen: Sequence[Probe], ask: Ask) -> Named | None:
    """Return the finding of a backward that is right for each example alone.

    Only where the layout says which axis the examples lie along.
    """
    probe, subject = seen[0], ask.subject
    axes = {"columns": 1, "rows": 0}
    layout, symbols = placed(subject, probe.outcome)
    parameters = {*subject.parameters, *(symbols[s] for s in ("W", "b") if s in symbols)}
    output = layout.get("y", "")
    if not probe.wrong or output not in axes or probe.truth is None or ask.elementwise():
        return None
    N = probe.outcome.y.shape[axes[output]] if probe.outcome.y.ndim == 2 else 1
    if N < 2 or layout.get(probe.name) != output or probe.name in parameters:
        return None
    right = 0
    for example in range(N):
        inputs = [
            np.take(array, [example], axis=axes[output])
            if layout.get(name) == output
            and name not in parameters
            and array.ndim == 2
            and array.shape[axes[output]] == N
            else array
            for name, array in zip(subject.names, ask.inputs, strict=True)
        ]
        g = np.take(probe.outcome.upstream, [example], axis=axes[output])
        got = ask.backward(inputs, g)
        truth = ask.truth(inputs, g)
        if got is None or truth is None or not same(got, truth, EXACT):
            return None
        right += 1
    return Named(
        code="batch-of-one",
        detail=f"each of the {N} examples alone is right",
        numbers={"examples": float(right)},
    )


def _formula(seen: Sequence[Probe], ask: Ask, *, mostly: bool = True) -> Named | None:
    """Return the finding of g·h(x) with another h than F'.

    Linear in g and entry by entry is asked of the code itself; with `mostly`, nearly all entries of
    ordinary size must be wrong, else a region says more.
    """
    probe = seen[0]
    if not probe.wrong or not ask.elementwise() or probe.truth is None:
        return None
    if mostly and ordinary_part(seen) < MOSTLY:
        return None
    if not np.isfinite(probe.got).all() or not _entrywise(ask):
        return None
    error = _error(probe)["error"]
    if not error > COARSE * float(np.nanmax(np.abs(probe.truth), initial=0.0)):
        return None
    low, high = _ratios(seen)
    if not high - low > COARSE * abs(high):
        return None
    numbers = {"error": error, "lowest": low, "highest": high}
    detail = f"A/T runs from {low:.4g} to {high:.4g}"
    return Named(code="wrong-formula", detail=detail, numbers=numbers)


def _ratios(seen: Sequence[Probe]) -> tuple[float, float]:
    """Return the range of A/T over the entries at which T is not zero."""
    ratios = [np.empty(0)]
    for probe in seen:
        if probe.truth is not None and probe.outcome.sample.regime in ("point", "signs"):
            known = np.isfinite(probe.truth) & (probe.truth != 0)
            ratios.append(probe.got[known] / probe.truth[known])
    all_of_them = np.concatenate(ratios)
    return float(np.min(all_of_them, initial=np.inf)), float(np.max(all_of_them, initial=-np.inf))


def _entrywise(ask: Ask) -> bool:
    """Say whether the code's own backward multiplies g, entry by entry, by what x gives.

    Another g gives the same quotient; entries in the reverse order, the reverse quotients.
    """
    rng = np.random.default_rng(1)
    g = ask.given.outcome.upstream
    if g.shape != ask.given.outcome.got[ask.k].shape:
        return False
    first = ask.backward(ask.inputs, g)
    other = np.asarray(g * rng.uniform(0.2, 3.0, g.shape), dtype=g.dtype)
    second = ask.backward(ask.inputs, other)
    turned = [np.flip(a).copy() if a.shape == g.shape else a for a in ask.inputs]
    third = ask.backward(turned, np.flip(g).copy())
    if first is None or second is None or third is None:
        return False
    if not same(first, ask.given.outcome.got[ask.k], EXACT):
        return False
    quotient = first / g
    return same(second / other, quotient, EXACT) and same(np.flip(third) / g, quotient, EXACT)
