"""Estimate the rounding error of foreign NumPy code by running it in stochastic arithmetic.

Every rounded operation on a `Noisy` array moves its result in the last place, at random; how far
the outputs of a few such runs lie from those of the plain run is the size of the rounding error.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.isolation import isolated
from gradcheck.noisy import Noisy
from gradcheck.stochastic import TABLE_SIZE, perturbed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.records import Array

    Generator = np.random.Generator

__all__ = ["Noisy", "Spread", "perturbed", "spread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """How far stochastic arithmetic moved one output.

    Attributes
    ----------
    deviation : Array
        Per entry, the r.m.s. over the runs of the distance from the plain result; float64, or
        complex128 with one r.m.s. a part where that result is complex. NaN where `survived` is
        False; inf where a run and the plain result are not both finite and not equal.
    survived : bool
        Whether the arithmetic reached this output: it came out `Noisy`, or some runs differ.
    tainted : bool
        Whether it came out `Noisy` from every run. If not, but `survived`, the code went on with
        plain arrays at some step, and the roundings after that step are not in `deviation`.
    reason : str
        Why it did not survive, else empty.
    """

    deviation: Array
    survived: bool
    tainted: bool
    reason: str = ""


def spread(
    run: Callable[..., tuple[Any, ...]],
    inputs: Sequence[Array],
    baseline: Sequence[Any],
    *,
    eps: float,
    rng: np.random.Generator,
    runs: int = 5,
    many: Callable[[Sequence[int]], Sequence[tuple[Any, ...]]] | None = None,
) -> tuple[Spread, ...]:
    """Run foreign code in stochastic arithmetic and measure how far its outputs move.

    Parameters
    ----------
    run : callable
        run(*inputs) → tuple of array-likes, as the code gave them: a conversion by `np.asarray`
        would hide that they are `Noisy`. Whatever it raises becomes a reason.
    inputs : sequence of Array
        The point; every run gets fresh copies of the same values, float and complex ones `Noisy`.
    baseline : sequence of array-like
        The outputs of the plain run.
    eps, rng :
        As in `perturbed`.
    runs : int
        How often to run; at least 1. With 5, 8 times `deviation` was less than the error in 0.1 %
        of the entries of 1 - 1/(1 + exp(-x)), the worst case known; with 3 in 1.8 %.
    many : callable, optional
        Does all runs at once elsewhere: takes a seed for each, and returns what `run` would.

    Returns
    -------
    tuple of Spread
        One for each output in `baseline`.
    """
    plain = [np.asarray(y) for y in baseline]
    try:
        if many is None:
            tries = [_once(run, inputs, eps, rng) for _ in range(runs)]
        else:
            seeds = rng.integers(TABLE_SIZE, size=runs).tolist()
            tries = [list(map(_value, outputs)) for outputs in many(seeds)]
    except Exception as error:  # noqa: BLE001 - foreign code may raise anything
        return _lost(plain, f"it raised {type(error).__name__}: {error}")
    for values in tries:
        if len(values) != len(plain):
            return _lost(plain, f"it gave {len(values)} outputs, and {len(plain)} without noise")
    return tuple(
        _measure(y, [value for value, _ in seen], all(noisy for _, noisy in seen))
        for y, seen in zip(plain, zip(*tries, strict=True), strict=True)
    )


def _once(
    run: Callable[..., tuple[Any, ...]], inputs: Sequence[Array], eps: float, rng: Generator
) -> list[tuple[Array, bool]]:
    """Return each output of one run, and whether it came out `Noisy`."""
    with isolated(), perturbed(eps, rng):
        return list(map(_value, run(*map(_noisy_copy, inputs))))


def _value(y: Any) -> tuple[Array, bool]:
    return np.array(y), isinstance(y, Noisy)


def _noisy_copy(value: Array) -> Array:
    copy = np.array(value)
    return copy.view(Noisy) if copy.dtype.kind in "fc" else copy


def _lost(plain: list[Array], reason: str) -> tuple[Spread, ...]:
    return tuple(
        Spread(deviation=np.full(y.shape, np.nan), survived=False, tainted=False, reason=reason)
        for y in plain
    )


def _measure(plain: Array, values: list[Array], tainted: bool) -> Spread:  # noqa: FBT001
    for value in values:
        kinds = {value.dtype.kind, plain.dtype.kind}
        if value.shape != plain.shape or not kinds <= set("fciub"):
            got, had = (f"shape {y.shape} and dtype {y.dtype}" for y in (value, plain))
            return _lost([plain], f"it gave {got}, and {had} without noise")[0]
        if value.dtype.kind == "c" and plain.dtype.kind != "c":
            return _lost([plain], "it gave complex numbers, and real ones without noise")[0]
    if not tainted and all(np.array_equal(v, values[0], equal_nan=True) for v in values):
        return _lost([plain], "the code went on with plain arrays, and nothing moved")[0]
    if plain.dtype.kind == "c":
        deviation = np.empty(plain.shape, np.complex128)
        deviation.real = _rms(plain.real, [value.real for value in values])
        deviation.imag = _rms(plain.imag, [value.imag for value in values])
    else:
        deviation = _rms(plain, values)
    return Spread(deviation=deviation, survived=True, tainted=tainted)


def _rms(plain: Array, values: list[Array]) -> Array:
    centre = plain.astype(np.float64)
    with np.errstate(all="ignore"):
        distances = np.abs(np.stack([value.astype(np.float64) for value in values]) - centre)
        same = [(v == centre) | (np.isnan(v) & np.isnan(centre)) for v in values]
        distances[np.stack(same)] = 0
        distances[np.isnan(distances)] = np.inf
        # A sum of squares would underflow: parts of a complex step are as small as 1e-30.
        total: Array = np.hypot.reduce(distances, axis=0)
        return np.asarray(total / math.sqrt(len(values)))
