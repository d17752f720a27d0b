"""A judge of its own: whether backward differs from high-precision differences of its forward.

It shares nothing with the package: central differences in float64 at three steps, extrapolated
twice (Richardson). It says "differs" only where that is far above its own error, and where a
step that is smaller by a thousand says so too: then no kink lies between.
"""

from __future__ import annotations

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
    return None if y is None else (inputs, rng.uniform(0.25, 2, y.shape) * rng.choice([-1, 1], y.shape))


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
    wide = [_slopes(subject, k, inputs, upstream, STEP / 2**j) for j in range(3)]
    first, second = ((4 * fine - coarse) / 3 for coarse, fine in zip(wide, wide[1:], strict=False))
    best = (16 * second - first) / 15
    small = _slopes(subject, k, inputs, upstream, SMALL)
    size = max(np.abs(got).max(initial=0), np.abs(best).max(initial=0), 1e-3)
    with np.errstate(invalid="ignore"):
        certain = np.abs(got - best) > SURE * size + 20 * np.abs(best - second)
        return bool((certain & (np.abs(got - small) > SMALL_SURE * size)).any())


def _slopes(subject: Subject, k: int, inputs: Sequence[Any], upstream: Any, step: float) -> Any:
    """Return central differences in every entry of an input; NaN where there is no y."""
    slopes = np.empty(inputs[k].shape)
    for place in np.ndindex(*slopes.shape):
        values = []
        for sign in (1, -1):
            moved = [a.copy() for a in inputs]
            moved[k][place] += sign * step
            y = forward(subject, moved)
            fits = y is not None and y.shape == upstream.shape
            values.append((upstream * y).sum() if fits else np.nan)
        slopes[place] = (values[0] - values[1]) / (2 * step)
    return slopes
