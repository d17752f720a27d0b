"""Seeded points and cotangents, and the regimes in which a backward pass is looked at.

A regime is a function of a generator and the given inputs that returns points: the values vary,
shapes and dtypes do not (but for the regime `float32`). What each is for:

========================  =====================================================================
point                     the given inputs
signs                     ordinary values of both signs
kinks, units              exact zeros of both signs; entries of 1 and -1, and close beside them
near-kinks                within 1e-9 to 1e-3 of zero
magnitudes                eight bands from 0.01 to 30, each with both signs
overflow                  1000 and 800, where exp overflows unless it is shifted
tiny, huge                1e-8 and 1e8 times ordinary values
ties, equal               repeated entries; inputs of one shape equal to each other (y = t)
offset                    a large number added to all entries
float32                   the given inputs in single precision
read-only, strided        the given inputs, not writable; as non-contiguous views
========================  =====================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gradcheck.records import Array
    from gradcheck.subject import Subject

    Generator = np.random.Generator
    Maker = Callable[[Generator, tuple[int, ...]], list[Array]]

BANDS = tuple(np.geomspace(0.01, 30.0, 9))
"""Edges of the eight bands of magnitude; at ±30 alone a tanh' of 0 looks like the truth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One point: the regime that it is for, and one array an input."""

    regime: str
    inputs: tuple[Array, ...]


def _signs(rng: Generator, shape: tuple[int, ...]) -> list[Array]:
    return [rng.standard_normal(shape) for _ in range(2)]


def _kinks(rng: Generator, shape: tuple[int, ...]) -> list[Array]:
    """Return half zeros, of both signs; the second point is the first one's complement."""
    zero = rng.random(shape) < 0.5
    zeros = np.where(rng.random(shape) < 0.5, 0.0, -0.0)
    return [np.where(mask, zeros, rng.standard_normal(shape)) for mask in (zero, ~zero)]


def _units(rng: Generator, shape: tuple[int, ...]) -> list[Array]:
    ones = np.asarray(rng.choice([1.0, -1.0], shape))
    beside = 10 ** rng.uniform(-9, -3, shape) * rng.choice([1.0, -1.0], shape)
    return [ones, -ones * (1 + beside)]


def _near_kinks(rng: Generator, shape: tuple[int, ...]) -> list[Array]:
    points = 10 ** rng.uniform(-9, -3, shape) * rng.choice([1.0, -1.0], shape)
    return [points, -points[..., ::-1] if shape else -points]


def _magnitudes(rng: Generator, shape: tuple[int, ...]) -> list[Array]:
    """Return one point a band; both signs of each where an array has one or two entries."""
    points = []
    for low, high in pairwise(BANDS):
        size = np.exp(rng.uniform(np.log(low), np.log(high), shape))
        sign = rng.choice([1.0, -1.0], shape)
        points.append(sign * size)
        if size.size <= 2:
            points.append(-sign * size)
    return points


def _overflow(rng: Generator, shape: tuple[int, ...]) -> list[Array]:
    points = rng.choice([1000.0, -1000.0, 800.0, -800.0], shape)
    return [points, -points] if points.size <= 2 else [points]


def _scaled(scale: float) -> Maker:
    return lambda rng, shape: [scale * rng.standard_normal(shape)]


def _ties(rng: Generator, shape: tuple[int, ...]) -> list[Array]:
    """Return entries drawn from three values, and then a single value everywhere."""
    return [rng.choice(rng.standard_normal(3), shape), np.full(shape, rng.standard_normal())]


def _offset(rng: Generator, shape: tuple[int, ...]) -> list[Array]:
    return [1e4 + rng.standard_normal(shape)]


_DRAWN: Mapping[str, Maker] = {
    "signs": _signs,
    "kinks": _kinks,
    "near-kinks": _near_kinks,
    "units": _units,
    "magnitudes": _magnitudes,
    "overflow": _overflow,
    "tiny": _scaled(1e-8),
    "huge": _scaled(1e8),
    "ties": _ties,
    "equal": lambda rng, shape: [rng.standard_normal(shape)],
    "offset": _offset,
}

REGIMES = ("point", *_DRAWN, "float32", "read-only", "strided")
"""The names of all regimes, in the order in which they are run."""


def regime_names(regimes: str | Sequence[str]) -> tuple[str, ...]:
    """Return the regimes that are asked for; the given point is always among them.

    Raises
    ------
    UsageError
        Where a name is not one of `REGIMES`, "all" or "point".
    """
    if isinstance(regimes, str):
        regimes = REGIMES if regimes == "all" else (regimes,)
    unknown = [name for name in regimes if name not in REGIMES]
    if unknown or not regimes:
        raise UsageError(
            f"regimes={unknown[0] if unknown else regimes!r}, must be 'all', 'point' or a list of "
            f"names among {', '.join(REGIMES)}"
        )
    return tuple(name for name in REGIMES if name == "point" or name in regimes)


def cotangent(rng: Generator, y: Array) -> Array:
    """Return a random upstream gradient of y's shape and dtype; no entry is near 0."""
    sign = 1.0 - 2.0 * rng.integers(0, 2, y.shape)
    return np.asarray(rng.uniform(0.3, 2.0, y.shape) * sign, dtype=y.dtype)


def samples(subject: Subject, name: str, seed: int) -> Iterator[Sample]:
    """Yield the points of one regime.

    Parameters
    ----------
    subject : Subject
        Its inputs give shapes and dtypes; integer inputs keep their values.
    name : str
        One of `REGIMES`.
    seed : int
    """
    inputs = subject.inputs
    if name == "point":
        yield Sample(regime=name, inputs=tuple(array.copy() for array in inputs))
    elif name == "float32":
        if any(array.dtype == np.float64 for array in inputs):
            single = [a.astype(np.float32) if a.dtype.kind == "f" else a.copy() for a in inputs]
            if all(inside.all() for inside in _inside(subject, single)):
                yield Sample(regime=name, inputs=tuple(single))
    elif name == "read-only":
        frozen = tuple(array.copy() for array in inputs)
        for array in frozen:
            array.setflags(write=False)
        yield Sample(regime=name, inputs=frozen)
    elif name == "strided":
        yield Sample(regime=name, inputs=tuple(_strided(array) for array in inputs))
    else:
        yield from _drawn(subject, name, seed)


def earlier(subject: Subject, rng: Generator) -> list[Array]:
    """Return another point than the given one, most entries of the other sign.

    A mask or a value that is kept from it shows in the gradients.
    """
    other = []
    for name, array in zip(subject.names, subject.inputs, strict=True):
        if array.dtype.kind != "f" or name in subject.fixed:
            other.append(array.copy())
            continue
        low, high = subject.domain.get(name, (-np.inf, np.inf))
        size = float(np.abs(array).max()) or 1.0
        moved = 0.4 * size * rng.standard_normal(array.shape) - 0.8 * array
        if array.size > 1:
            # Were all signs the other ones, an inverted mask would be taken for a kept one.
            largest = np.argmax(np.abs(array))
            moved.flat[largest] = 0.8 * array.flat[largest]
        other.append(np.asarray(folded(moved, low, high), dtype=array.dtype))
    return other


def _drawn(subject: Subject, name: str, seed: int) -> Iterator[Sample]:
    rng = np.random.default_rng([seed, REGIMES.index(name)])
    free = [
        k
        for k, (label, array) in enumerate(zip(subject.names, subject.inputs, strict=True))
        if array.dtype.kind == "f" and label not in subject.fixed
    ]
    series = {k: _DRAWN[name](rng, subject.inputs[k].shape) for k in free}
    if name == "equal" and not _equalise(series, [array.dtype for array in subject.inputs]):
        return
    for index in range(max(len(points) for points in series.values())):
        inputs = [array.copy() for array in subject.inputs]
        for k, points in series.items():
            low, high = subject.domain.get(subject.names[k], (-np.inf, np.inf))
            values = folded(points[index % len(points)], low, high)
            with np.errstate(over="ignore", under="ignore"):
                inputs[k] = np.asarray(values).astype(subject.inputs[k].dtype)
        # Rounded to its dtype a value may lie on the edge, or be infinite: the given one does not.
        for k, inside in enumerate(_inside(subject, inputs)):
            inputs[k] = np.where(inside, inputs[k], subject.inputs[k])
        yield Sample(regime=name, inputs=tuple(inputs))


def _inside(subject: Subject, inputs: Sequence[Array]) -> Iterator[Array]:
    """Yield where each input is finite and inside of its domain."""
    for name, array in zip(subject.names, inputs, strict=True):
        low, high = subject.domain.get(name, (-np.inf, np.inf))
        yield np.isfinite(array) & (array > low) & (array < high)


def _equalise(series: dict[int, list[Array]], dtypes: Sequence[np.dtype[Any]]) -> bool:
    """Make inputs of one shape equal, but for some entries of a second point; say if any were."""
    found = False
    coarsest = min((dtypes[k] for k in series), key=lambda dtype: dtype.itemsize)
    for points in series.values():
        points[:] = [values.astype(coarsest).astype(np.float64) for values in points]
    for k, points in series.items():
        first = next(j for j in series if series[j][0].shape == points[0].shape)
        if first != k:
            found = True
            part = points[0].copy()
            part.reshape(-1)[::2] = series[first][0].reshape(-1)[::2]
            points[:] = [series[first][0].copy(), part]
        else:
            points[:] = [points[0], points[0]]
    return found


def folded(values: Array, low: float, high: float) -> Array:
    """Return the values mapped into the open interval (low, high), those inside unchanged."""
    if low == -np.inf and high == np.inf:
        return values
    if low == -np.inf:
        return -folded(-values, -high, np.inf)
    if high == np.inf:
        other = low + np.abs(values - low)
    else:
        phase = np.mod(values - low, 2 * (high - low))
        other = low + np.where(phase > high - low, 2 * (high - low) - phase, phase)
    other = np.where((other > low) & (other < high), other, _within(low, high))
    return np.where((values > low) & (values < high), values, other)


def _within(low: float, high: float) -> float:
    """Return some number inside of (low, high), the next one to `low` if need be."""
    middle = low + 1.0 if high == np.inf else low + (high - low) / 2
    return middle if low < middle < high else float(np.nextafter(low, high))


def _strided(array: Array) -> Array:
    """Return an equal array whose entries are not contiguous in memory."""
    if array.ndim == 0:
        return array.copy()
    wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
    wide[..., ::2] = array
    return wide[..., ::2]
