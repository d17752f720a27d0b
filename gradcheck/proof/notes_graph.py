"""The notes' formulas as graphs: y, and the gradients by SymPy's Jacobian."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.errors import OracleError
from gradcheck.layout import from_columns, to_columns
from gradcheck.notes.formulas import FORMULAS
from gradcheck.oracles import derivations
from gradcheck.proof.expression import Pool
from gradcheck.proof.graph import UPSTREAM, Graph, variables_of
from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.substitution import transplanted
from gradcheck.proof.transport import packed, unpacked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.notes.formulas import Formula
    from gradcheck.proof.expression import Expression
    from gradcheck.records import Array
    from gradcheck.subject import Subject

Shape = tuple[int, ...]


@lru_cache(maxsize=512)
def graph_of(name: str, shapes: tuple[Shape, ...]) -> Graph:
    """Return the graph of a formula of the notes, examples as columns.

    Parameters
    ----------
    name : str
        Key of `FORMULAS`.
    shapes : tuple of (rows, columns)
        One for each input of the formula, in its order.

    Raises
    ------
    GivenUp
        Where the formula cannot be written as a graph.
    OracleError
        Where the shapes are not the formula's.
    """
    formula = FORMULAS[name]
    sizes = _sizes(formula, shapes)
    named = dict(zip(formula.inputs, shapes, strict=True))
    named[UPSTREAM] = tuple(sizes[letter] for letter in formula.output)
    key = derivations.key_of("graph", name, shapes)
    kept = derivations.load(key)
    if kept is not None:
        try:
            return unpacked(kept[0].encode(), formula.inputs, named, frozenset(), Budget())
        except GivenUp:
            pass
    graph = _derived(formula, named)
    derivations.store(key, [packed(graph).decode()])
    return graph


def _sizes(formula: Formula, shapes: Sequence[Shape]) -> dict[int | str, int]:
    sizes: dict[int | str, int] = {}
    for name, letters, shape in zip(formula.inputs, formula.shapes, shapes, strict=True):
        for letter, size in zip(letters, shape, strict=True):
            wanted = sizes.setdefault(letter, letter if isinstance(letter, int) else size)
            if size != wanted:
                raise OracleError(f"{name} has shape {shape} in {formula.name}, must be {letters}")
    return sizes


def _derived(formula: Formula, shapes: Mapping[str, Shape]) -> Graph:
    """Let SymPy differentiate the formula, and write the result as a graph."""
    from sympy import Matrix

    from gradcheck.oracles.tape import Tape, symbols
    from gradcheck.proof.from_sympy import node_of

    tape, pool = Tape(), Pool()
    inputs = {name: symbols(name, shapes[name]) for name in formula.inputs}
    matrices = [Matrix(*shapes[name], inputs[name]) for name in formula.inputs]
    outputs = [tape.record(entry) for entry in formula.forward(*matrices)]
    upstream = symbols("upstream", (len(outputs), 1))
    active = [symbol for name in formula.differentiable for symbol in inputs[name]]
    reverse = tape.reverse(outputs, upstream, active)
    variables = {name: variables_of(name, shapes[name]) for name in formula.inputs}
    variables[UPSTREAM] = variables_of(UPSTREAM, shapes[UPSTREAM])
    known: dict[Any, Expression] = {}
    for name, entries in [*inputs.items(), (UPSTREAM, upstream)]:
        known.update(zip(entries, map(pool.variable, variables[name]), strict=True))
    for symbol, operation in tape.lines.items():
        known[symbol] = node_of(operation, known, pool)
    found = iter([node_of(one, known, pool) for one in reverse])
    return Graph(
        pool=pool,
        y=tuple(known[one] if one in known else node_of(one, known, pool) for one in outputs),
        gradients=tuple(
            tuple(next(found) for _ in variables[name]) if name in formula.differentiable else None
            for name in formula.inputs
        ),
        variables=variables,
        shapes=shapes,
    )


class AgainstNotes:
    """A formula's y and gradients in the variables of a subject's graph, laid out as they are.

    Parameters
    ----------
    subject : Subject
    formula : str
        Key of `FORMULAS`.
    graph : Graph
        Of the subject.

    Raises
    ------
    GivenUp
        Where the subject's inputs are not the formula's.
    """

    def __init__(self, subject: Subject, formula: str, graph: Graph) -> None:
        known = FORMULAS[formula]
        arrays = {
            name: to_columns(_nodes(subject, graph, name), subject.layout.get(name, ""))
            for name in subject.names
        }
        if [name for name in known.inputs if name not in arrays] == ["b"]:
            zero = np.empty((arrays["W"].shape[0], 1), dtype=object)
            zero.fill(graph.pool.zero)
            arrays["b"] = zero
        if set(arrays) != set(known.inputs):
            raise GivenUp(f"its inputs are not those of the notes' {formula}")
        if any(arrays[name].ndim != 2 for name in known.inputs):
            raise GivenUp(f"its inputs are not matrices, as those of the notes' {formula} are")
        try:
            notes = graph_of(formula, tuple(arrays[name].shape for name in known.inputs))
        except OracleError as error:
            raise GivenUp(str(error)) from None
        arrays[UPSTREAM] = to_columns(_nodes(subject, graph, UPSTREAM), subject.layout.get("y", ""))
        variables = {
            variable: node
            for name, names in notes.variables.items()
            for variable, node in zip(names, arrays[name].reshape(-1), strict=True)
        }
        roots = [*notes.y, *[one for part in notes.gradients if part for one in part]]
        moved = transplanted(roots, graph.pool, variables)
        laid = subject.layout
        self.y = _laid_out(moved, notes.y, notes.shapes[UPSTREAM], laid.get("y", ""))
        self.gradients = {
            name: _laid_out(moved, part, notes.shapes[name], laid.get(name, ""))
            for name, part in zip(known.inputs, notes.gradients, strict=True)
            if part is not None and name in subject.names
        }


def _nodes(subject: Subject, graph: Graph, name: str) -> Array:
    """Return the nodes of an input, or of the upstream gradient, in its own layout."""
    pool = graph.pool
    shape = graph.shapes[name]
    if name in graph.variables:
        nodes = [pool.variable(variable) for variable in graph.variables[name]]
    else:
        from gradcheck.proof.literals import exact

        values = subject.inputs[subject.names.index(name)]
        nodes = [pool.constant(exact(value)) for value in values.reshape(-1)]
    made = np.empty(math.prod(shape), dtype=object)
    for k, node in enumerate(nodes):
        made[k] = node
    return made.reshape(shape)


def _laid_out(
    moved: Mapping[int, Expression], nodes: Sequence[Expression], shape: Shape, layout: str
) -> tuple[Expression, ...]:
    made = np.empty(len(nodes), dtype=object)
    for k, node in enumerate(nodes):
        made[k] = moved[node.number]
    return tuple(from_columns(made.reshape(shape), layout).reshape(-1))
