"""Where a gradient is wrong: an inequality in x that parts wrong entries from right ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.hypothesis import Named, slack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.diagnosis.ask import Ask
    from gradcheck.diagnosis.probe import Probe
    from gradcheck.records import Array

WRONG = 1e-7
"""Relative error of an entry that is called wrong: what is smaller may be either."""

HALVINGS = 40
"""Of the gap between a right and a wrong value: it is then as narrow as six digits show."""

ORDINARY = (0.1, 2.0)
"""Values at which every formula shows what it is; at others a wrong one may be right by chance."""

MOSTLY = 0.9
"""Part of the entries of ordinary size that must be wrong for a formula to be wrong as a whole."""


def entries(probes: Sequence[Probe]) -> tuple[Array, Array]:
    """Return the values of the input and whether the gradient is wrong there, of all points."""
    points, wrong = [np.empty(0)], [np.empty(0, dtype=bool)]
    for probe in probes:
        if probe.truth is None or probe.bound is None or probe.outcome.single:
            continue
        known = np.isfinite(probe.truth) & np.isfinite(probe.bound) & np.isfinite(probe.x)
        # Where both are flat there is nothing to be seen of either.
        known &= (probe.truth != 0) | (probe.got != 0)
        truth, got = probe.truth[known], probe.got[known]
        size = np.maximum(np.abs(truth), np.abs(np.nan_to_num(got)))
        allowed = 2 * probe.bound[known] + WRONG * size + slack(probe)
        points.append(probe.x[known])
        # Written so that what is not finite is wrong.
        wrong.append(~(np.abs(got - truth) <= allowed) & probe.wrong)
    return np.concatenate(points), np.concatenate(wrong)


def ordinary_part(probes: Sequence[Probe]) -> float:
    """Return the part of the entries of ordinary size that are wrong."""
    x, wrong = entries(probes)
    size = np.abs(x)
    ordinary = (size > ORDINARY[0]) & (size < ORDINARY[1])
    return float(wrong[ordinary].mean()) if ordinary.any() else 0.0


def region(probes: Sequence[Probe], ask: Ask) -> Named | None:
    """Return the finding of a gradient that is wrong on a part of the input only.

    It is stated only where the inequality parts the entries of all points.
    """
    x, wrong = entries(probes)
    if not wrong.any() or wrong.all() or ordinary_part(probes) >= MOSTLY:
        return None
    if np.all(x[wrong] == 0) and not np.any(x[~wrong] == 0):
        return Named(code="region", detail="wrong where x = 0")
    for symbol, size in (("x", x), ("−x", -x), ("|x|", np.abs(x))):
        low, high = size[~wrong].max(), size[wrong].min()
        if low < high:
            c = _threshold(ask, low, high, symbol)
            text = f"x < {-c:.6g}" if symbol == "−x" else f"{symbol} > {c:.6g}"
            return Named(code="region", detail=f"wrong where {text}", numbers={"threshold": c})
    size = np.abs(x)
    low, high = size[wrong].max(), size[~wrong].min()
    if low < high:
        c = _nice(low, high)
        return Named(code="region", detail=f"wrong where |x| < {c:.6g}", numbers={"threshold": c})
    return _band(x, wrong)


def _band(x: Array, wrong: Array) -> Named | None:
    """Return the finding of two bounds between which all entries are wrong, and no other is."""
    for symbol, size in (("x", x), ("|x|", np.abs(x))):
        low, high = size[wrong].min(), size[wrong].max()
        inside = (size >= low) & (size <= high)
        if np.any(inside & ~wrong):
            continue
        below, above = size[~wrong & (size < low)], size[~wrong & (size > high)]
        if not below.size or not above.size:
            continue
        first, last = _nice(below.max(), low), _nice(high, above.min())
        text = f"{first:.6g} < {symbol} < {last:.6g}"
        numbers = {"threshold": first, "end": last}
        return Named(code="region", detail=f"wrong where {text}", numbers=numbers)
    return None


def _threshold(ask: Ask, low: float, high: float, symbol: str) -> float:
    """Return the number between a right and a wrong value at which one turns into the other."""
    sign = -1.0 if symbol == "−x" else 1.0
    test = _tester(ask, sign) if ask.elementwise() else None
    if test is None or test(float(low)) is not False or test(float(high)) is not True:
        return _nice(low, high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if low > 0 and high > 4 * low:
            middle = float(np.sqrt(low * high))
        answer = test(float(middle))
        if answer is None or not low < middle < high:
            break
        low, high = (low, middle) if answer else (middle, high)
    return _nice(low, high)


def _tester(ask: Ask, sign: float) -> Callable[[float], bool | None]:
    """Return the function that says whether the gradient is wrong where all entries are alike."""
    outcome, k = ask.given.outcome, ask.k

    def test(value: float) -> bool | None:
        inputs = ask.inputs
        inputs[k] = np.full_like(inputs[k], sign * value)
        upstream = np.full_like(outcome.upstream, 0.7)
        got, truth = ask.backward(inputs, upstream), ask.truth(inputs, upstream)
        if got is None or truth is None:
            return None
        error = abs(got.flat[0] - truth.flat[0])
        return not error <= WRONG * max(abs(truth.flat[0]), abs(got.flat[0])) + 1e-15

    return test


def _nice(low: float, high: float) -> float:
    """Return the number of the fewest digits in [low, high]."""
    low, high = float(low), float(high)
    if low <= 0 <= high:
        return 0.0
    if high < 0:
        return -_nice(-high, -low)
    for digits in range(1, 17):
        unit = 10.0 ** (np.floor(np.log10(high)) - digits + 1)
        value = float(np.floor(high / unit) * unit)
        if low <= value <= high:
            return float(f"{value:.12g}")
    return high
