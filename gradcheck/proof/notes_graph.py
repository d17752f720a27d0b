"""The notes' formulas in the same graph: what SymPy derived, run on exact scalars."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.layout import from_columns, to_columns
from gradcheck.oracles.derivations import checked
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, scalar
from gradcheck.proof.ufuncs import tanh

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gradcheck.oracles.symbolic import SymbolicOracle
    from gradcheck.proof.expression import Expression
    from gradcheck.proof.graph import Graph
    from gradcheck.records import Array


class _Selects(ast.NodeTransformer):
    """Write ``a if condition else b`` as ``select(condition, a, b)``, which takes symbols."""

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:  # noqa: N802 - ast's name
        self.generic_visit(node)
        return ast.Call(
            func=ast.Name(id="select", ctx=ast.Load()),
            args=[node.test, node.body, node.orelse],
            keywords=[],
        )


def _select(condition: Any, a: Any, b: Any) -> Any:
    if not isinstance(condition, Scalar):
        return a if condition else b
    return condition.pool.select(condition, scalar(a), scalar(b))


def _called(name: str) -> Any:
    return lambda a: scalar(a).pool.call(name, scalar(a))


_FUNCTIONS: Mapping[str, Any] = {
    "exp": _called("exp"),
    "log": _called("log"),
    "sqrt": _called("sqrt"),
    "tanh": lambda a: tanh(scalar(a)),
    "mpf": lambda a: scalar(a),
    "select": _select,
    "__builtins__": {},
}


def _function(text: str) -> Any:
    """Return the function of a derivation's text, on exact scalars."""
    tree = ast.fix_missing_locations(_Selects().visit(checked(text)))
    names = dict(_FUNCTIONS)
    exec(compile(tree, "<derivation>", "exec"), names)  # noqa: S102 - arithmetic: see `checked`
    (name,) = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    return names[name]


class NotesGraph:
    """y and the gradients that the notes give, entry by entry, laid out as the subject's are.

    Parameters
    ----------
    oracle : SymbolicOracle
        Of the formula, at the subject's shapes as the notes write them.
    graph : Graph
        Of the subject: its variables are used.
    names : sequence of str
        The subject's inputs.
    layout : mapping of str to str
        See `gradcheck.layout`.
    constants : mapping of str to Array
        Inputs that are numbers.

    Raises
    ------
    Unmodelled
        Where the derivation uses a function that the graph has not.
    """

    def __init__(
        self,
        oracle: SymbolicOracle,
        graph: Graph,
        layout: Mapping[str, str],
        constants: Mapping[str, Array],
    ) -> None:
        decide, forward, backward = map(_function, oracle.texts)
        self._layout = layout
        self._graph = graph
        formula = oracle.formula
        point: list[Expression] = []
        for name, shape in zip(formula.inputs, oracle.shapes, strict=True):
            point += self._input(name, shape, constants)
        upstream = self._columns("g", graph.shapes["y"], "y")
        try:
            _, sides = decide(*point)
            sides = [scalar(side) for side in sides]
            y, _ = forward(*point, *sides)
            gradients, _ = backward(*point, *upstream, *sides)
        except (TypeError, KeyError, NameError) as error:
            raise Unmodelled(f"the notes' formula: {error}") from None
        self.y = self._laid_out([scalar(one) for one in y], oracle.output, "y")
        self.gradients: dict[str, tuple[Expression, ...]] = {}
        start = 0
        for name, shape in zip(formula.inputs, oracle.shapes, strict=True):
            if name in formula.differentiable:
                end = start + int(np.prod(shape))
                found = [scalar(one) for one in gradients[start:end]]
                self.gradients[name] = self._laid_out(found, shape, name)
                start = end

    def _input(
        self, name: str, shape: tuple[int, ...], constants: Mapping[str, Array]
    ) -> Sequence[Expression]:
        if name in constants:
            array = to_columns(constants[name], self._layout.get(name, ""))
            return [scalar(one) for one in array.reshape(-1).tolist()]
        if name not in self._graph.variables:
            return [self._graph.pool.zero] * int(np.prod(shape))
        return self._columns(name, self._graph.shapes[name], name)

    def _columns(self, name: str, shape: tuple[int, ...], layout: str) -> Sequence[Expression]:
        made = np.empty(len(self._graph.variables[name]), dtype=object)
        for k, variable in enumerate(self._graph.variables[name]):
            made[k] = self._graph.pool.variable(variable)
        array = to_columns(made.reshape(shape), self._layout.get(layout, ""))
        return list(array.reshape(-1))

    def _laid_out(
        self, found: Sequence[Expression], shape: tuple[int, ...], name: str
    ) -> tuple[Expression, ...]:
        made = np.empty(len(found), dtype=object)
        for k, one in enumerate(found):
            made[k] = one
        return tuple(from_columns(made.reshape(shape), self._layout.get(name, "")).reshape(-1))
