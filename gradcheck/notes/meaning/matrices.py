"""What dots stand for, in a sum and in a matrix: the terms and entries that are not printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.errors import NotesError
from gradcheck.notes.latex.dots import Layout, Run, run_of
from gradcheck.notes.latex.nodes import Dots, Grid, Index, Node, Term
from gradcheck.notes.meaning.arithmetic import added, signed
from gradcheck.notes.meaning.values import Misfit, Table, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.notes.meaning.evaluator import Evaluator

Value = Any
"""A SymPy expression or a `Table`."""


def going_on(terms: Sequence[Term], evaluation: Evaluator) -> Value:
    """Return the sum of terms with dots among them."""
    from sympy import Add

    places = [k for k, term in enumerate(terms) if isinstance(term.body, Dots)]
    at = places[0]
    if len(places) > 1 or not 0 < at < len(terms) - 1:
        raise NotesError("dots must stand once in a sum, between two terms")
    before, after = terms[at - 1], terms[at + 1]
    run = run_of(before.body, after.body)
    if run is None:
        raise _no_rule()
    regular = run.consistent and before.sign == terms[at].sign == after.sign
    size = evaluation.index(Index(run.letter))
    front = [
        term
        for k, term in enumerate(terms[:at])
        if not isinstance(size, int) or run.start - (at - 1 - k) <= size
    ]
    values = [signed(t.sign, evaluation.value(t.body)) for t in front]
    values += [signed(t.sign, evaluation.value(t.body)) for t in terms[at + 2 :]]
    if not isinstance(size, int):
        if not regular:
            raise _no_rule()
        return Add(*values) + before.sign * _hidden_sum(run, size, evaluation)
    for k in range(run.start + 1, size + 1):
        if k < size and not regular:
            raise _no_rule()
        body = run.at(k) if k < size else after.body
        values.append(signed(after.sign, evaluation.value(body)))
    return added(values)


def _hidden_sum(run: Run, size: Any, evaluation: Evaluator) -> Value:
    from sympy import Symbol

    # Once with an index that is known to lie beyond the start, for what the braces claim.
    beyond = Symbol("s", integer=True, positive=True) + run.start
    evaluation.value(run.at(beyond))
    known = len(evaluation.cases)
    total = evaluation.world.total(lambda k: evaluation.value(run.at(k)), size, run.start + 1)
    del evaluation.cases[known:]
    return total


def _no_rule() -> Misfit:
    return Misfit("what the dots stand for", "between terms that follow no rule", "the next terms")


def table(node: Grid, evaluation: Evaluator) -> Table:
    """Return a printed matrix: at each place the cell that stands there, or that dots stand for."""
    layout = Layout(node)
    rows, columns = (
        size if isinstance(size, int) or size is None else evaluation.index(Index(size))
        for size in (layout.rows, layout.columns)
    )
    rows, columns = (columns if rows is None else rows), (rows if columns is None else columns)
    if rows is None:
        raise NotesError("nothing tells how large the matrix is")
    if evaluation.world.concrete:

        def entry(row: Any, column: Any) -> Value:
            where = f"entry {row}" if columns == 1 else f"entry ({row}, {column})"
            return _cell(layout.cell(row, column, rows, columns), evaluation, where)

        return Table(rows, columns, entry)
    return Table(rows, columns, _uniform(layout, rows, columns, evaluation))


def _cell(cell: Node, evaluation: Evaluator, where: str = "an entry") -> Value:
    value = evaluation.value(cell)
    if isinstance(value, Table):
        if value.shape != (1, 1):
            raise Misfit(where, f"a block of {shown(value.shape)}", "1 × 1")
        return value.entry(1, 1)
    return value


def _uniform(
    layout: Layout, rows: Any, columns: Any, evaluation: Evaluator
) -> Callable[[Any, Any], Value]:
    """Return the entry at any place, having claimed that each printed cell is such a one."""
    from sympy import Integer, KroneckerDelta

    def entry(row: Any, column: Any) -> Value:
        cell, diagonal = layout.general(row, column)
        value = _cell(cell, evaluation)
        if diagonal is not None and rows == columns:
            other = _cell(layout.general(row, row)[0], evaluation)
            value += KroneckerDelta(row, column) * (_cell(diagonal, evaluation) - other)
        return value

    # What is printed last is no earlier cell: where it is one, the sizes are small numbers.
    apart = {
        KroneckerDelta(number, size): Integer(0)
        for size in (rows, columns)
        if not isinstance(size, int)
        for number in (1, 2)
    }
    for row, column, cell in layout.explicit(rows, columns):
        pair = (_cell(cell, evaluation).xreplace(apart), entry(row, column).xreplace(apart))
        evaluation.claim(f"entry ({row}, {column})", *pair)
    return entry
