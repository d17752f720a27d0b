"""Name a gradient whose shape is not that of its input, from what it should have been."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.diagnosis.hypothesis import Named
from gradcheck.diagnosis.probe import CLOSE, CLOSE_SINGLE
from gradcheck.diagnosis.probe import same as within

if TYPE_CHECKING:
    from gradcheck.readings import Outcome
    from gradcheck.records import Array


def named(got: Array, truth: Array, outcome: Outcome) -> Named | None:
    """Return the code of a gradient of a wrong shape, None where no code is confirmed.

    Parameters
    ----------
    got : Array
        What the code returned.
    truth : Array
        What it should have returned.
    outcome : Outcome
        Of the point.
    """
    same = partial(within, tolerance=CLOSE_SINGLE if outcome.single else CLOSE)
    shapes = f"its shape is {got.shape}, must be {truth.shape}"
    wide = truth.ndim == 2 and min(truth.shape) > 1
    if wide and same(got, truth.T):
        return Named(code="transposed", detail=shapes)
    if got.size == truth.size and same(got.reshape(truth.shape), truth):
        return Named(code="wrong-shape", detail=shapes)
    if got.ndim == truth.ndim and _fits(got, truth) and same(got + 0 * truth, truth):
        return Named(code="wrong-shape", detail=f"one row or column for all; {shapes}")
    for axis, length in enumerate(got.shape):
        if length < 2 or got.size != truth.size * length:
            continue
        summed = got.sum(axis=axis)
        if same(summed.reshape(truth.shape), truth):
            return Named(code="not-summed", detail=shapes, numbers={"examples": float(length)})
    return _wrongly_summed(got, truth, outcome, shapes)


def _fits(got: Array, truth: Array) -> bool:
    """Say whether the one is broadcast to the shape of the other."""
    return all(m in (1, n) for m, n in zip(got.shape, truth.shape, strict=True))


def _wrongly_summed(got: Array, truth: Array, outcome: Outcome, shapes: str) -> Named | None:
    same = partial(within, tolerance=CLOSE_SINGLE if outcome.single else CLOSE)
    g = outcome.upstream
    if got.size == 1 and truth.size > 1:
        for words, value in (("sum", truth.sum()), ("mean", truth.mean())):
            if same(got.reshape(()), np.asarray(value)):
                detail = f"it is one number, the {words} of all entries; {shapes}"
                return Named(code="summed-wrong", detail=detail)
    for array, symbol in ((truth, "T"), (g.astype(np.float64), "g")):
        for axis, length in enumerate(array.shape):
            summed = array.sum(axis=axis)
            if length < 2 or summed.size != got.size:
                continue
            for words, value in (("summed", summed), ("averaged", summed / length)):
                if same(got.reshape(value.shape), value):
                    detail = f"{symbol} is {words} over axis {axis}; {shapes}"
                    return Named(code="summed-wrong", detail=detail)
    return None
