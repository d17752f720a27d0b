"""What dots stand for: the rule that the terms before and after them have in common."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from gradcheck.errors import NotesError
from gradcheck.notes.latex.nodes import Dots, Grid, Index, Node, found, mapped

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Run:
    """Terms from one with a number to the last, with a letter: y_2 + … + y_n.

    Attributes
    ----------
    before, after : Node
    start : int
        The number of the term before the dots.
    letter : str
        The letter of the last.
    consistent : bool
        Whether they differ in nothing else.
    """

    before: Node
    after: Node
    start: int
    letter: str
    consistent: bool

    def at(self, index: Any) -> Node:
        """Return the term that the dots hide: as the one before, with the index in its place."""
        term: Node = _between(self.before, self.after, index)
        return term


def run_of(before: Node, after: Node) -> Run | None:
    """Return the run between two terms; None where no index tells it."""
    pairs = list(_differences(before, after))
    indices = [pair for pair in pairs if pair is not None]
    if not indices:
        return None
    start, letter = indices[0]
    return Run(before, after, start, letter, consistent=set(pairs) == {(start, letter)})


def _differences(before: Any, after: Any) -> Any:
    """Yield (number, letter) where one index stands for another, None for what is different."""
    if isinstance(before, Index) and isinstance(after, Index):
        if before != after:
            run = isinstance(before.value, int) and isinstance(after.value, str)
            yield (before.value, after.value) if run else None
    elif isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
        for one, other in zip(before, after, strict=True):
            yield from _differences(one, other)
    elif isinstance(before, Node) and type(before) is type(after):
        for f in fields(before):
            yield from _differences(getattr(before, f.name), getattr(after, f.name))
    elif before != after:
        yield None


def _between(before: Any, after: Any, index: Any) -> Any:
    if isinstance(before, Index):
        return before if before == after else Index(index, printed=False)
    if isinstance(before, tuple):
        return tuple(_between(*pair, index) for pair in zip(before, after, strict=True))
    if isinstance(before, Node):
        values = {f.name: getattr(before, f.name) for f in fields(before)}
        return type(before)(
            **{name: _between(v, getattr(after, name), index) for name, v in values.items()}
        )
    return before


def put(node: Node, old: int | str | None, new: Any) -> Node:
    """Return the node with one index put in place of another."""
    if old is None:
        return node
    changed: Node = mapped(node, lambda i: Index(new, printed=False) if i.value == old else i)
    return changed


class Layout:
    """A printed matrix: which cell stands where, and what the dots between the cells stand for.

    Parameters
    ----------
    grid : Grid

    Attributes
    ----------
    rows, columns : str or int or None
        How many there are: the letter of the last one, or a number; None where nothing tells.
    """

    def __init__(self, grid: Grid) -> None:
        rows = [row for row in grid.rows if not all(isinstance(cell, Dots) for cell in row)]
        self._row_dots = len(rows) < len(grid.rows)
        places = [k for k, cell in enumerate(rows[0]) if isinstance(cell, Dots)]
        dotted = [[k for k, cell in enumerate(row) if isinstance(cell, Dots)] for row in rows]
        if len({len(row) for row in grid.rows}) > 1 or any(row != places for row in dotted):
            raise NotesError("the rows of a matrix are not alike in their dots")
        self._column_dots = bool(places)
        self._cells = [[cell for k, cell in enumerate(row) if k not in places] for row in rows]
        self._above = len(rows) - 1 if self._row_dots else len(rows)
        self._left = len(self._cells[0]) - 1 if self._column_dots else len(self._cells[0])
        self.rows = self._extent(list(zip(*self._cells, strict=True)), dots=self._row_dots)
        self.columns = self._extent(self._cells, dots=self._column_dots)

    def _extent(self, lines: Any, *, dots: bool) -> str | int | None:
        if not dots:
            return len(lines[0])
        letters = [run.letter for line in lines if (run := run_of(line[-2], line[-1]))]
        if letters:
            return letters[0]
        # Without a second entry that tells it, the last one's only letter does.
        last = {
            i.value for line in lines for i in found(line[-1], Index) if isinstance(i.value, str)
        }
        first = {i.value for line in lines for i in found(line[0], Index)}
        left = sorted(last - first)
        return left[0] if len(left) == 1 else None

    def cell(self, row: Any, column: Any, rows: Any, columns: Any) -> Node:
        """Return the cell at a place of a matrix of rows × columns, printed or hidden by dots."""
        down = self._place(row, rows, self._above, dots=self._row_dots)
        right = self._place(column, columns, self._left, dots=self._column_dots)
        if down is not None and right is not None:
            return self._cells[down][right]
        if down is not None:
            return self._hidden(self._cells[down], self._left, self.columns, down, column)
        if right is not None:
            line = [cells[right] for cells in self._cells]
            return self._hidden(line, self._above, self.rows, right, row)
        return self._inner(row, column)

    def _hidden(
        self, line: Sequence[Node], start: int, letter: str | int | None, across: int, index: Any
    ) -> Node:
        """Return the cell that dots in a row or column hide, where `across` is its number.

        Where the cells beside the dots differ in more than one index, one of them lies on the
        diagonal, which has a rule of its own: the other tells the rule.
        """
        before, last = line[start - 1], line[-1]
        run = run_of(before, last)
        if run is not None and run.consistent:
            return run.at(index)
        if before == last:
            return last
        square = self._row_dots and self._column_dots
        if square and across == -1:
            return put(before, start, index)
        return put(last, letter if isinstance(letter, str) else None, index)

    def general(self, row: Any, column: Any) -> tuple[Node, Node | None]:
        """Return the cell at any place, and the one on the diagonal where that is another."""
        if not self._row_dots or not self._column_dots:
            down, right = (None if self._row_dots else 0), (None if self._column_dots else 0)
            if down is None and right is not None:
                line = [cells[right] for cells in self._cells]
                return self._hidden(line, self._above, self.rows, right, row), None
            return self._cells[0][0], None
        cell = self._upper(row, column)
        diagonal = self._diagonal(row)
        return cell, diagonal

    def explicit(self, rows: Any, columns: Any) -> list[tuple[Any, Any, Node]]:
        """Return (row, column, cell) of the cells that are printed."""
        places = [
            (*range(1, self._above + 1), rows) if self._row_dots else range(1, self._above + 1),
            (*range(1, self._left + 1), columns) if self._column_dots else range(1, self._left + 1),
        ]
        return [
            (row, column, self._cells[down][right])
            for down, row in enumerate(places[0])
            for right, column in enumerate(places[1])
        ]

    @staticmethod
    def _place(number: Any, size: Any, printed: int, *, dots: bool) -> int | None:
        """Return which printed line has this number: those in front of the dots come first."""
        if not dots or number <= printed:
            return int(number) - 1
        return -1 if number == size else None

    def _inner(self, row: Any, column: Any) -> Node:
        if row == column and (diagonal := self._diagonal(row)) is not None:
            return diagonal
        if row < column:
            return self._upper(row, column)
        lower = put(self._cells[-1][self._left - 1], self.rows, row)
        return put(lower, self._left, column)

    def _upper(self, row: Any, column: Any) -> Node:
        upper = put(self._cells[self._above - 1][-1], self._above, row)
        return put(upper, self.columns, column)

    def _diagonal(self, index: Any) -> Node | None:
        """Return the entry on the diagonal, where the printed ones follow a rule of their own."""
        run = run_of(self._cells[self._above - 1][self._left - 1], self._cells[-1][-1])
        return run.at(index) if run is not None and run.consistent else None
