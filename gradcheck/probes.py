"""Which entries of an input are moved together, so that few evaluations show many derivatives.

A probe is a tangent of one input. `EntryProbes` looks at every entry: entries that act on different
outputs are moved by one probe (as in the colouring of sparse Jacobians: Curtis, Powell and Reid,
"On the estimation of sparse Jacobian matrices", 1974). `BlockProbes` adds up entries with random
weights where there are too many of them. A *reading* is what a probe shows of a gradient: the entry
itself, or the weighted sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcheck.records import Array

    Shape = tuple[int, ...]

Target = tuple[Any, Any]
"""An index into the array that `view` returns, and the weight to put there."""


@dataclass(frozen=True)
class EntryProbes:
    """Every entry on its own, by as few probes as the matched axes allow.

    Attributes
    ----------
    shape, output : tuple of int
        Shapes of the input and of y.
    matched : tuple of (int, int)
        Pairs (axis of the input, axis of y): entry k along the one acts on y only at k along the
        other, so that one probe moves all k at once.
    """

    shape: Shape
    output: Shape
    matched: tuple[tuple[int, int], ...] = ()

    @cached_property
    def free(self) -> Shape:
        """Return the axes of the input that are not matched."""
        taken = {axis for axis, _ in self.matched}
        return tuple(axis for axis in range(len(self.shape)) if axis not in taken)

    @cached_property
    def count(self) -> int:
        """Return the number of probes."""
        return prod(self.shape[axis] for axis in self.free)

    def view(self, array: Array) -> Array:
        """Return the array with its free axes first; writing to it writes to the array."""
        if not self.matched:
            return array
        return array.transpose(*self.free, *[axis for axis, _ in self.matched])

    def targets(self) -> Iterator[Target]:
        """Yield where each probe goes."""
        for index in product(*[range(self.shape[axis]) for axis in self.free]):
            yield index, 1.0

    def read(self, gradient: Array) -> Array:
        """Return the readings of a gradient: its entries."""
        return gradient

    def total(self, sizes: Array) -> Array:
        """Return the readings of errors, which do not cancel."""
        return sizes

    def owners(self) -> Array:
        """Return the number of the probe that shows each reading."""
        matched = [self.shape[axis] for axis, _ in self.matched]
        number = np.arange(self.count).reshape(-1, *[1] * len(matched))
        return self.arrange(np.broadcast_to(number, (self.count, *matched)))

    def reduce(self, rows: Array, cotangent: Array) -> Array:
        """Contract derivatives of y with a cotangent.

        Parameters
        ----------
        rows : (P, *output) float64
            dy along P consecutive probes.
        cotangent : (*output,) float64

        Returns
        -------
        (P, *matched sizes) float64
        """
        if not self.matched:
            return np.asarray(rows.reshape(len(rows), -1) @ cotangent.reshape(-1))
        kept = [axis for _, axis in self.matched]
        others = tuple(1 + axis for axis in range(len(self.output)) if axis not in kept)
        summed = (rows * cotangent).sum(axis=others)
        order = [sorted(kept).index(axis) for axis in kept]
        return np.asarray(summed.transpose(0, *[1 + place for place in order]))

    def arrange(self, reduced: Array) -> Array:
        """Return what `reduce` gave for all probes as readings, an array of the input's shape."""
        if not self.matched:
            return reduced.reshape(self.shape)
        sizes = [self.shape[axis] for axis in (*self.free, *[axis for axis, _ in self.matched])]
        back = np.argsort([*self.free, *[axis for axis, _ in self.matched]])
        return reduced.reshape(sizes).transpose(back)

    def steps(self, scale: Array) -> tuple[Array, Array]:
        """Return by how much each entry is moved, and how much each reading is, for a step of 1."""
        return scale, scale

    def visible(self, error: Array, size: Array) -> float:  # noqa: ARG002 - as of blocks
        """Return 0: every entry is looked at on its own."""
        return 0.0


@dataclass(frozen=True)
class BlockProbes:
    """Runs of consecutive entries, added up with random weights.

    Attributes
    ----------
    shape : tuple of int
        Shape of the input.
    weights : (size,) float64
        One an entry, from ±[0.5, 2]: no error of a single entry is hidden by its weight.
    count : int
    """

    shape: Shape
    weights: Array
    count: int

    @cached_property
    def starts(self) -> Array:
        """Return where each block starts in the flattened input."""
        return np.linspace(0, self.weights.size, self.count + 1).astype(int)[:-1]

    def view(self, array: Array) -> Array:
        """Return an array in C order flattened; writing to it writes to the array."""
        return array.reshape(-1)

    def targets(self) -> Iterator[Target]:
        """Yield where each probe goes."""
        ends = [*self.starts[1:].tolist(), self.weights.size]
        for start, end in zip(self.starts.tolist(), ends, strict=True):
            yield slice(start, end), self.weights[start:end]

    def read(self, gradient: Array) -> Array:
        """Return the readings of a gradient: (count,) weighted sums."""
        return np.add.reduceat(gradient.reshape(-1) * self.weights, self.starts)

    def total(self, sizes: Array) -> Array:
        """Return the readings of errors, which do not cancel."""
        return np.add.reduceat(sizes.reshape(-1) * np.abs(self.weights), self.starts)

    def owners(self) -> Array:
        """Return the number of the probe that shows each reading."""
        return np.arange(self.count)

    def reduce(self, rows: Array, cotangent: Array) -> Array:
        """Contract (P, *output) derivatives of y with a cotangent: (P,)."""
        return np.asarray(rows.reshape(len(rows), -1) @ cotangent.reshape(-1))

    def arrange(self, reduced: Array) -> Array:
        """Return what `reduce` gave for all probes as readings."""
        return reduced

    def steps(self, scale: Array) -> tuple[Array, Array]:
        """Return one size for all: the weights of a block must not be changed by its steps."""
        size = median(scale)
        return np.full(self.shape, size), np.full(self.count, size)

    def visible(self, error: Array, size: Array) -> float:
        """Return the smallest error of one entry that shows, relative to the largest entry.

        Parameters
        ----------
        error : (count,) float64
            Bound and allowance of each reading.
        size : (*shape,) float64
            The gradient.
        """
        largest = float(np.abs(size).max(initial=0.0))
        least = float(np.abs(self.weights).min())
        return float(error.max()) / least / largest if largest > 0 else 0.0


Probes = EntryProbes | BlockProbes


def median(sizes: Array) -> float:
    """Return the median of finite numbers, without `numpy.ma`, which that of NumPy imports."""
    ordered = np.sort(sizes, axis=None)
    return float(ordered[[(ordered.size - 1) // 2, ordered.size // 2]].mean())


def blocks(rng: np.random.Generator, shape: Shape, count: int) -> BlockProbes:
    """Return at most `count` random-weight blocks."""
    size = prod(shape)
    weights = rng.uniform(0.5, 2.0, size) * rng.choice([1.0, -1.0], size)
    return BlockProbes(shape=shape, weights=weights, count=min(count, size))


def detect(
    respond: Callable[[Array], Array], shape: Shape, output: Shape, rng: np.random.Generator
) -> EntryProbes:
    """Find the matched axes of an input and y by moving parts of the input.

    Parameters
    ----------
    respond : callable
        Takes a tangent of the input's shape; returns the boolean array, of y's shape, of the
        outputs that it moves.
    shape, output : tuple of int
        Shapes of the input and of y.
    rng : Generator

    Notes
    -----
    Axes a and o match where moving any half of the entries along a moves no output beyond the same
    half along o. Halves by the bits of the index, and their complements, part every two indices;
    a random half comes first, which refutes nearly all that do not match.
    """
    matched: list[tuple[int, int]] = []
    tangent: Array | None = None
    left = prod(shape)
    for axis, size in enumerate(shape):
        for other, length in enumerate(output):
            cost = 1 + 2 * (size - 1).bit_length()
            if length != size or size < 2 or left <= cost + left // size:
                continue
            if tangent is None:
                tangent = rng.uniform(0.5, 2.0, shape) * rng.choice([1.0, -1.0], shape)
            if other not in {o for _, o in matched} and _matches(
                respond, tangent, axis, other, rng, len(output)
            ):
                matched.append((axis, other))
                left //= size
                break
    return EntryProbes(shape=shape, output=output, matched=tuple(matched))


def _matches(
    respond: Callable[[Array], Array],
    tangent: Array,
    axis: int,
    other: int,
    rng: np.random.Generator,
    dimensions: int,
) -> bool:
    size = tangent.shape[axis]
    for half in _halves(size, rng):
        part = half.reshape([-1 if k == axis else 1 for k in range(tangent.ndim)])
        allowed = half.reshape([-1 if k == other else 1 for k in range(dimensions)])
        if np.any(respond(tangent * part) & ~allowed):
            return False
    return True


def _halves(size: int, rng: np.random.Generator) -> Iterator[Array]:
    yield rng.permutation(size) < size // 2
    index = np.arange(size)
    for bit in range((size - 1).bit_length()):
        half = (index >> bit) & 1 == 1
        yield half
        yield ~half
