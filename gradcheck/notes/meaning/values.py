"""What a printed formula comes to: SymPy expressions, and tables of them of any size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.notes.equation import Expression


class Misfit(Exception):  # noqa: N818 - no error: it is what is wrong with an equation
    """What is printed does not fit together; `printed` and `oracle` say how.

    Parameters
    ----------
    where : str
    printed, oracle : str
    """

    def __init__(self, where: str, printed: str, oracle: str) -> None:
        super().__init__(f"{where}: {printed}, must be {oracle}")
        self.where, self.printed, self.oracle = where, printed, oracle


@dataclass(frozen=True, slots=True)
class Table:
    """A matrix whose entries are worked out when they are looked at.

    Attributes
    ----------
    rows, columns : int or SymPy symbol
    entry : callable
        Takes row and column, from 1.
    """

    rows: Any
    columns: Any
    entry: Callable[[Any, Any], Expression]

    @property
    def shape(self) -> tuple[Any, Any]:
        """Return (rows, columns)."""
        return self.rows, self.columns

    def transposed(self) -> Table:
        """Return the transpose."""
        return Table(self.columns, self.rows, lambda r, c: self.entry(c, r))


@dataclass(frozen=True, slots=True)
class Jacobian:
    """∂y/∂w of all y by all w: one table for each output.

    Attributes
    ----------
    outputs : int or SymPy symbol
    shape : (rows, columns)
        Of what is differentiated by.
    entry : callable
        Takes output, row and column.
    """

    outputs: Any
    shape: tuple[Any, Any]
    entry: Callable[[Any, Any, Any], Expression]


@dataclass(frozen=True, slots=True)
class Between:
    """Any value between two: what a derivative may be taken for at a kink."""

    low: Expression
    high: Expression


@dataclass(frozen=True, slots=True)
class Operator:
    """∂/∂y_1 in front of what it applies to."""

    by: Any


def shown(shape: tuple[Any, Any]) -> str:
    """Return a shape as the notes print it: j × 1."""
    return f"{shape[0]} × {shape[1]}"
