"""What pictures are drawn from: frozen records of a few numbers each.

They decide nothing: every verdict stands in a check. A report holds them so that each picture can
be drawn again from the report alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_ENTRIES = 400
"""Entries of one array in a report: of a larger one, evenly spaced rows and columns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStudy:
    """The error of finite differences against the step, for one entry of a gradient.

    Attributes
    ----------
    quantity : str
    index : tuple of int
        The entry: the worst one of a gradient that is wrong, else the largest.
    regime : str
    steps, errors : tuple of float
        By how much the input's entry was moved, coarse to fine, and |central difference −
        reference| there.
    chosen, bound : float
        The step that the oracle takes, and what it states of its error after extrapolation.
    reference : float
        The derivative as the best oracle knows it.
    reference_oracle : str
        Which one that is: "complex-step" or "finite-difference".
    got : float
        What the code returned for the entry.
    """

    quantity: str
    index: tuple[int, ...]
    regime: str
    steps: tuple[float, ...]
    errors: tuple[float, ...]
    chosen: float
    bound: float
    reference: float
    reference_oracle: str
    got: float

    @property
    def residual(self) -> float:
        """Return how far the code's entry is off the reference."""
        return abs(self.got - self.reference)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """What was got and what the oracle says, entry by entry, of a quantity that is wrong.

    Attributes
    ----------
    quantity, regime : str
    shape : tuple of int
        Of the whole array.
    rows, columns : tuple of int
        Which rows and columns are held, of the array laid out as a matrix: of one with more axes
        than two, all but the last are the rows; one with a single axis is a column.
    got, oracle, bound : tuple of float
        Row by row.
    """

    quantity: str
    regime: str
    shape: tuple[int, ...]
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    got: tuple[float, ...]
    oracle: tuple[float, ...]
    bound: tuple[float, ...]

    @property
    def matrix(self) -> tuple[int, int]:
        """Return the rows and columns of the whole array, laid out as a matrix."""
        return as_matrix(self.shape)

    @property
    def whole(self) -> bool:
        """Say whether every entry is held."""
        return (len(self.rows), len(self.columns)) == self.matrix


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """An activation along a line: its value, its slope on both sides, and what backward returns.

    Attributes
    ----------
    quantity : str
    x, y, left, right, got : tuple of float
        `left` and `right` are the one-sided slopes of the code's own forward; they differ at a
        kink, where any value between them is a subgradient.
    """

    quantity: str
    x: tuple[float, ...]
    y: tuple[float, ...]
    left: tuple[float, ...]
    right: tuple[float, ...]
    got: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pictured:
    """All that is drawn of one subject."""

    studies: tuple[StepStudy, ...] = ()
    entries: tuple[Entries, ...] = ()
    strips: tuple[Strip, ...] = ()

    def __bool__(self) -> bool:
        """Say whether there is anything to be drawn."""
        return bool(self.studies or self.entries or self.strips)


def as_matrix(shape: Sequence[int]) -> tuple[int, int]:
    """Return the rows and columns of an array of this shape, laid out as a matrix."""
    if len(shape) < 2:
        return (shape[0] if shape else 1), 1
    rows = 1
    for size in shape[:-1]:
        rows *= size
    return rows, shape[-1]


def shown(rows: int, columns: int, most: int = MOST_ENTRIES) -> tuple[list[int], list[int]]:
    """Return which rows and columns are held of a matrix, the first and the last among them.

    Parameters
    ----------
    rows, columns : int
    most : int
        The product of how many of each are held is no more than this.
    """
    side = max(1, int(most**0.5))
    if rows * columns <= most:
        return list(range(rows)), list(range(columns))
    if rows <= side:
        return list(range(rows)), _spread(columns, max(1, most // rows))
    if columns <= side:
        return _spread(rows, max(1, most // columns)), list(range(columns))
    return _spread(rows, side), _spread(columns, side)


def _spread(number: int, most: int) -> list[int]:
    if number <= most or most == 1:
        return list(range(number))[:most]
    return [round(k * (number - 1) / (most - 1)) for k in range(most)]
