"""Hypotheses that fit a gradient of any layer: factors, transposes, sums, what was left out."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.hypothesis import (
    CANCELLED,
    LEAST,
    Hypothesis,
    Named,
    confirmed,
    natural,
    slack,
)
from gradcheck.diagnosis.probe import CLOSE, known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

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
    if probe.truth is not None and probe.y.size == 1:
        return np.asarray(probe.truth / probe.g.item())
    if probe.truth is not None and ask.elementwise():
        return probe.truth / probe.g if probe.g.shape == probe.truth.shape else None
    inputs = list(outcome.sample.inputs)
    return probe.columns(ask.truth(inputs, np.ones_like(outcome.upstream)))


def _negative(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    truth = known(probe)
    return None if truth is None else -truth


def _truth(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    return known(probe)


def _transpose(probe: Probe, ask: Ask) -> Array | None:  # noqa: ARG001
    square = probe.got.ndim == 2 and probe.got.shape[0] == probe.got.shape[1]
    truth = known(probe)
    return truth.T if square and truth is not None else None


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
        truth = known(probe)
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


KINKED = ("kinks", "ties", "equal")
"""Regimes whose points lie on kinks, where there are any."""


def factor(probes: Sequence[Probe], ask: Ask) -> Named | None:
    """Return the finding of a constant factor, in words where sizes explain it."""
    scaled = Hypothesis(code="factor", predict=_truth, scaled=True)
    numbers = confirmed(scaled, probes, ask) or _of_few_entries(probes)
    if numbers is None:
        # Where a sum has terms on their kinks, the truth is any of several values.
        smooth = [probe for probe in probes if probe.outcome.sample.regime not in KINKED]
        numbers = confirmed(scaled, smooth, ask) if len(smooth) < len(probes) else None
    if numbers is None or abs(numbers["factor"] - 1) < CLOSE:
        return None
    words = in_words(numbers["factor"], probes[0])
    numbers["explained"] = float(bool(words))
    detail = f"A = {numbers['factor']:.6g}·T{words}"
    return Named(code="factor", detail=detail, numbers=numbers)


def _of_few_entries(probes: Sequence[Probe]) -> dict[str, float] | None:
    """Return the factor of a gradient of one or two entries, the same at every point."""
    if probes[0].got.size >= LEAST:
        return None
    constant: float | None = None
    for probe in probes:
        if probe.truth is None or not np.isfinite(probe.got).all():
            continue
        truth = np.nan_to_num(probe.truth)
        size = np.abs(truth).max(initial=0.0)
        largest = max(size, np.abs(probe.got).max(initial=0.0))
        if size == 0 or largest <= CANCELLED * natural(probe):
            continue  # what is left of a sum that cancels is rounding, and tells nothing
        part = truth / size
        if constant is None:
            constant = float((probe.got / size * part).sum() / (part * part).sum())
        told = np.isfinite(probe.truth)
        gap = np.abs(probe.got - constant * truth)[told]
        if np.any(gap > probe.tolerance * size + slack(probe)):
            return None
    return None if constant is None else {"factor": constant}


def in_words(factor: float, probe: Probe) -> str:
    """Return the factor in words, where sizes explain it."""
    named = {name: size for name, size in probe.sizes().items() if size > 1}
    if not named:
        gradient = probe.got
        named = {"the number of entries": gradient.size} if gradient.size > 1 else {}
        if gradient.ndim > 1:
            axes = enumerate(gradient.shape)
            named.update({f"the size of axis {k}": n for k, n in axes if n > 1})
    for text, value, sizes in _products(named):
        if value not in (0.5, 1, 2) and abs(abs(factor) - value) < CLOSE * value:
            minus = "−" if factor < 0 else ""
            these = " and ".join(f"{name} = {named[name]}" for name in sizes)
            given = f" with {these}" if text not in sizes else ""
            return f", and {factor:.6g} = {minus}{text}{given}"
    return ""


def _products(named: Mapping[str, int]) -> Iterator[tuple[str, float, tuple[str, ...]]]:
    """Yield what a factor may be: sizes, their products and inverses, with a 2 or a half."""
    names: list[tuple[str, ...]] = [(name,) for name in named]
    if set(named) == {"n", "N"}:
        names.append(("n", "N"))
    for sizes in names:
        words, size = "·".join(sizes), float(np.prod([named[name] for name in sizes]))
        many = f"({words})" if len(sizes) > 1 else words
        yield words, size, sizes
        yield f"1/{many}", 1 / size, sizes
        yield f"{words}/2", size / 2, sizes
        yield f"2/{many}", 2 / size, sizes
        yield f"2·{words}", 2 * size, sizes
        yield f"1/(2·{words})", 1 / (2 * size), sizes
    if set(named) == {"n", "N"}:
        yield "n/N", named["n"] / named["N"], ("n", "N")
        yield "N/n", named["N"] / named["n"], ("n", "N")
