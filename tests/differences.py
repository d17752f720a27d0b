"""A judge of its own: whether backward differs from high-precision differences of its forward.

It shares nothing with the package: central differences in float64 at three steps, extrapolated
twice (Richardson). It says "differs" only where that is far above its own error, and where a
step that is smaller by a thousand says so too: then no kink lies between.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.subject import Subject

STEP = 2.0**-9
SMALL = 2.0**-19
SURE = 1e-6
"""Of the largest entry: below it nothing is said; a constant that is off by 0.1 % is 1e-3."""

SMALL_SURE = 1e-4

MARGIN = 8 * STEP
"""From the ends of a domain."""

RANGE = 3.0


def point(subject: Subject, rng: np.random.Generator) -> tuple[list[Any], Any] | None:
    """Return random inputs of both signs and an upstream gradient; None where forward has no y."""
    inputs = []
    for name, array in zip(subject.names, subject.inputs, strict=True):
        low, high = subject.domain.get(name, (-RANGE, RANGE))
        drawn = rng.uniform(low + MARGIN, high - MARGIN, array.shape)
        inputs.append(array.copy() if name in subject.constants else drawn)
    y = forward(subject, inputs)
    return (
        None
        if y is None
        else (inputs, rng.uniform(0.25, 2, y.shape) * rng.choice([-1, 1], y.shape))
    )


def forward(subject: Subject, inputs: Sequence[Any]) -> Any:
    """Return a fresh instance's y; None where it is not finite."""
    y = np.array(subject.make().forward(*[a.copy() for a in inputs]), dtype=float)
    return y if np.isfinite(y).all() else None


def backward(subject: Subject, inputs: Sequence[Any], upstream: Any) -> list[Any]:
    """Return the gradients, None for one that is not finite, is not there or has another shape."""
    instance = subject.make()
    instance.forward(*[a.copy() for a in inputs])
    found = []
    for got, array in zip(instance.backward(upstream.copy()), inputs, strict=True):
        given = None if got is None else np.array(got, dtype=float)
        fits = given is not None and given.shape == array.shape and np.isfinite(given).all()
        found.append(given if fits else None)
    return found


def differs(subject: Subject, k: int, inputs: Sequence[Any], upstream: Any, got: Any) -> bool:
    """Say whether the gradient of the k-th input is certainly another than forward's derivative."""
    slopes = [slope(subject, k, place, inputs, upstream) for place in np.ndindex(*got.shape)]
    size = max([np.abs(got).max(initial=0), *(abs(value) for value, _ in slopes), 1e-3])
    for place, value, (best, error) in zip(np.ndindex(*got.shape), got.flat, slopes, strict=True):
        # Written so that NaN, where forward has no value, is no difference.
        if abs(value - best) > SURE * size + 20 * error:
            small = _central(subject, k, place, inputs, upstream, SMALL)
            if abs(value - small) > SMALL_SURE * size:
                return True
    return False


def slope(
    subject: Subject, k: int, place: tuple[Any, ...], inputs: Sequence[Any], upstream: Any
) -> tuple[float, float]:
    """Return Σ upstream · y's derivative in one entry, and an estimate of its error."""
    wide = [_central(subject, k, place, inputs, upstream, STEP / 2**j) for j in range(3)]
    first, second = ((4 * fine - coarse) / 3 for coarse, fine in pairwise(wide))
    best = (16 * second - first) / 15
    return best, abs(best - second)


def _central(
    subject: Subject,
    k: int,
    place: tuple[Any, ...],
    inputs: Sequence[Any],
    upstream: Any,
    step: float,
) -> float:
    """Return the central difference in one entry; NaN where there is no y."""
    values = []
    for sign in (1, -1):
        moved = [a.copy() for a in inputs]
        moved[k][place] += sign * step
        y = forward(subject, moved)
        fits = y is not None and y.shape == upstream.shape
        values.append(float((upstream * y).sum()) if fits else np.nan)
    return (values[0] - values[1]) / (2 * step)
