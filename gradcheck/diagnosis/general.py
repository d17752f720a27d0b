"""Hypotheses that fit a gradient of any layer: factors, transposes, sums, what was left out."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.hypothesis import Hypothesis, Named
from gradcheck.diagnosis.probe import CLOSE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcheck.diagnosis.ask import Ask
    from gradcheck.diagnosis.hypothesis import Predict
    from gradcheck.diagnosis.probe import Probe
    from gradcheck.records import Array


def _zero(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001 - as all predictions
    return np.zeros_like(probe.got)


def _upstream(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    return probe.g if probe.y.size > 1 else None


def _without_upstream(probe: Probe, ask: Ask) -> Array | None:
    """Return the true gradient for an upstream gradient of ones."""
    outcome = probe.outcome
    if probe.truth is not None and (probe.y.size == 1 or ask.elementwise()):
        return probe.truth / probe.g if probe.y.size > 1 else probe.truth / probe.g.item()
    inputs = list(outcome.sample.inputs)
    return probe.columns(ask.truth(inputs, np.ones_like(outcome.upstream)))


def _negative(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    return None if probe.truth is None else -probe.truth


def _truth(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    return probe.truth


def _transpose(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    square = probe.got.ndim == 2 and probe.got.shape[0] == probe.got.shape[1]
    return probe.truth.T if square and probe.truth is not None else None


FIRST = (
    Hypothesis(code="missing", predict=_zero, detail="it is zero everywhere"),
    Hypothesis(code="sign", predict=_negative),
    Hypothesis(code="transposed", predict=_transpose),
)
"""What is asked before the formulas of a layer."""

PASSED = (
    Hypothesis(code="pass-through", predict=_upstream),
    Hypothesis(code="upstream-ignored", predict=_without_upstream),
)


def reductions() -> Iterator[Hypothesis]:
    """Yield the ways to add up or average a gradient once too often."""
    ways = (
        ("summed over {axes}", np.sum),
        ("averaged over {axes}", np.mean),
    )
    for (words, reduce), axis in product(ways, (None, 0, 1)):
        axes = "everything" if axis is None else f"axis {axis}"
        detail = words.format(axes=axes)
        yield Hypothesis(code="summed-wrong", predict=_reduced(reduce, axis), detail=detail)
    yield Hypothesis(
        code="summed-wrong", predict=_bias(np.sum), detail="Σ over the outputs for Σ over the batch"
    )


def _reduced(reduce: object, axis: int | None) -> Predict:
    def predict(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
        truth = probe.truth
        if truth is None or truth.size < 2 or (axis is not None and truth.ndim != 2):
            return None
        if axis is not None and truth.shape[axis] == 1:
            return None
        value = reduce(truth, axis=axis, keepdims=True)  # type: ignore[operator]
        return np.broadcast_to(value, truth.shape)

    return predict


def _bias(reduce: object) -> Predict:
    def predict(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
        if probe.g.ndim != 2 or probe.symbols.get("b") != probe.name:
            return None
        value = reduce(probe.g, axis=0)  # type: ignore[operator]
        return value.reshape(probe.got.shape) if value.size == probe.got.size else None

    return predict


def factor(probes: Sequence[Probe], ask: Ask) -> Named | None:
    """Return the finding of a constant factor, in words where sizes explain it."""
    from gradcheck.diagnosis.hypothesis import confirmed

    several = probes[0].got.size >= 3 or len(probes) > 1
    if probes[0].truth is None or not several:
        return _of_one_point(probes)
    scaled = Hypothesis(code="factor", predict=_truth, scaled=True)
    numbers = confirmed(scaled, probes, ask) if probes[0].got.size >= 3 else None
    if numbers is None:
        numbers = _by_hand(probes)
    if numbers is None or abs(numbers["factor"] - 1) < CLOSE:
        return None
    words = in_words(numbers["factor"], probes[0])
    detail = f"A = {numbers['factor']:.6g}·T{words}"
    return Named(code="factor", detail=detail, numbers=numbers)


def _of_one_point(probes: Sequence[Probe]) -> Named | None:
    numbers = _by_hand(probes)
    if numbers is None or abs(numbers["factor"] - 1) < CLOSE:
        return None
    words = in_words(numbers["factor"], probes[0])
    return Named(code="factor", detail=f"A = {numbers['factor']:.6g}·T{words}", numbers=numbers)


def _by_hand(probes: Sequence[Probe]) -> dict[str, float] | None:
    """Return the factor of a gradient of one or two entries."""
    constant: float | None = None
    for probe in probes:
        if probe.truth is None or not np.isfinite(probe.got).all():
            continue
        truth = np.nan_to_num(probe.truth)
        size = np.abs(truth).max(initial=0.0)
        if size == 0:
            continue
        part = truth / size
        if constant is None:
            constant = float((probe.got / size * part).sum() / (part * part).sum())
        known = np.isfinite(probe.truth)
        gap = np.abs(probe.got - constant * truth)[known]
        if np.any(gap > probe.tolerance * size):
            return None
    return None if constant is None else {"factor": constant}


def in_words(factor: float, probe: Probe) -> str:
    """Return the factor in words, where a number of entries explains it."""
    sizes = [(name, size) for name, size in probe.sizes().items() if size > 1]
    if len(sizes) == 2:
        (_, n), (_, N) = sizes
        sizes = [*reversed(sizes), ("n·N", n * N)]
    gradient = probe.got
    if not sizes:
        sizes = [("the number of entries", gradient.size)] if gradient.size > 1 else []
        if gradient.ndim > 1:
            sizes += [(f"the size of axis {k}", n) for k, n in enumerate(gradient.shape) if n > 1]
    for words, size in sizes:
        for text, value in (
            (f"{words} = {size}", size),
            (f"1/{words}, {words} = {size}", 1 / size),
            (f"{words}/2, {words} = {size}", size / 2),
            (f"2/{words}, {words} = {size}", 2 / size),
        ):
            if value not in (0.5, 1, 2) and abs(abs(factor) - value) < CLOSE * value:
                return f" ({'−' if factor < 0 else ''}{text})"
    return ""
