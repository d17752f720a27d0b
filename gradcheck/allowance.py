"""The rounding error that is allowed to the code's own operations, measured where it matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.rounding import spread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from gradcheck.execution import Runner
    from gradcheck.records import Array
    from gradcheck.rounding import Spread

RMS = 8.0
"""Multiples of the measured r.m.s. that are allowed; three runs show it to about 40 %."""

RUNS, MANY_RUNS = 5, 24
"""Runs that settle nearly all; and those for what five of them leave in doubt."""

UNMEASURED = 32.0
"""Units in the last place of the largest entry, where the rounding cannot be measured."""

CAP, CAP_SINGLE = 1e-6, 1e-1
"""Of the largest entry, or of the upstream gradient if that is larger: what moves more than this is
no rounding, but code that gives another answer at every call. In float64, and in float32."""


def of_backward(
    runner: Runner,
    inputs: Sequence[Array],
    upstream: Array,
    eps: float,
    rng: np.random.Generator,
    runs: int = RUNS,
) -> list[Array | None]:
    """Return the rounding error of each gradient, one an input; None where it cannot be measured.

    Parameters
    ----------
    runner : Runner
    inputs : sequence of Array
    upstream : Array of y's shape
    eps : float
        Unit roundoff of the code's working precision: that of its inputs and of y. What the code
        loses by computing in a lower one is no rounding that is allowed.
    rng : Generator
    runs : int
        How often the code is run: two moves that cancel in every one of them are not seen.
    """
    names = runner.subject.names
    active = runner.subject.active
    plain = _matched(runner.vjp(inputs, upstream)[1], active, len(names))

    def run_of(handed: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(_matched(handed, active, len(names)))

    def run(*noisy: Array) -> tuple[Any, ...]:
        *moved, cotangent = noisy
        return run_of(runner.vjp(moved, cotangent)[1])

    baseline = [np.float64(0.0) if gradient is None else gradient for gradient in plain]
    try:
        many = _many(runner, inputs, upstream, eps, lambda _, handed: run_of(handed))
        spreads = spread(run, [*inputs, upstream], baseline, eps=eps, rng=rng, runs=runs, many=many)
    except (TypeError, ValueError):
        return [None] * len(names)
    measured: list[Array | None] = [None] * len(names)
    for k, gradient, seen in zip(active, plain, spreads, strict=True):
        if gradient is not None:
            measured[k] = _allowed(np.asarray(gradient), seen, upstream, eps)
    return measured


def _allowed(gradient: Array, seen: Spread, upstream: Array, eps: float) -> Array | None:
    if gradient.dtype.kind not in "fiu" or not np.isfinite(gradient).all():
        return None
    largest = float(np.abs(gradient).max(initial=0.0))
    if not seen.survived:
        return np.full(gradient.shape, UNMEASURED * eps * largest)
    cap = CAP_SINGLE if eps > np.finfo(np.float64).eps else CAP
    cap *= max(largest, float(np.abs(upstream).max(initial=0.0)))
    return np.minimum(RMS * np.asarray(seen.deviation, dtype=np.float64), cap)


def _matched(gradients: tuple[Any, ...], active: list[int], number: int) -> list[Any]:
    """Return one gradient for each active input."""
    if len(gradients) == number:
        return [gradients[k] for k in active]
    return [*gradients, *[None] * len(active)][: len(active)]


def of_forward(
    runner: Runner, inputs: Sequence[Array], y: Array, eps: float, rng: np.random.Generator
) -> Array | None:
    """Return the rounding error of y at float or complex inputs; None where it cannot be measured.

    For complex inputs it is that of the imaginary part.
    """
    many = _many(runner, inputs, None, eps, lambda raw, _: (raw,))
    (seen,) = spread(
        lambda *noisy: (_raw(runner, noisy),), inputs, [y], eps=eps, rng=rng, many=many
    )
    if not seen.survived:
        return None
    deviation = seen.deviation.imag if seen.deviation.dtype.kind == "c" else seen.deviation
    return RMS * np.asarray(deviation, dtype=np.float64)


def _raw(runner: Runner, inputs: Sequence[Array]) -> Any:
    runner.forwards += 1
    return runner.make().forward(*inputs)


def _many(
    runner: Runner,
    inputs: Sequence[Array],
    upstream: Array | None,
    eps: float,
    chosen: Callable[[Any, tuple[Any, ...]], tuple[Any, ...]],
) -> Callable[[Sequence[int]], list[tuple[Any, ...]]] | None:
    """Return what does many runs at once, where the subject can; of each, what is chosen."""
    noisy = runner.subject.noisy
    if noisy is None:
        return None

    def many(seeds: Sequence[int]) -> list[tuple[Any, ...]]:
        runner.forwards += len(seeds)
        if upstream is not None:
            runner.backwards += len(seeds)
        return [chosen(*one) for one in noisy(inputs, upstream, eps, seeds)]

    return many
