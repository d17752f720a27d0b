"""The notes' functions of numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.errors import NotesError
from gradcheck.notes.meaning.values import Between, Misfit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.notes.latex.nodes import Applied
    from gradcheck.notes.meaning.evaluator import Evaluator

Value = Any
"""A SymPy expression, or what lies between two."""


def function(node: Applied, arguments: Sequence[Any], evaluation: Evaluator) -> Value:
    """Return a function of numbers: exp, max, the any F of the notes, or their g, which is ReLU."""
    from sympy import Derivative, Function, Max, exp

    if node.function == "exp":
        return exp(arguments[0])
    if node.function == "max":
        return Max(*arguments)
    (argument,) = arguments
    if node.function == "F":
        applied = Function("F")(argument)
        return Derivative(applied, argument) if node.primed else applied
    if evaluation.world.setting.formula != "relu":
        raise NotesError(f"the function {node.function} has no meaning here")
    return _relu(argument, evaluation, primed=node.primed)


def _relu(argument: Any, evaluation: Evaluator, *, primed: bool) -> Value:
    """Return g or g'; at the kink, where there is no derivative, what lies between."""
    world = evaluation.world
    left, right = world.sides(argument) if primed else (world.relu(argument),) * 2
    if left == right:
        return left
    if not evaluation.reading.subgradient:
        raise Misfit(f"g' at x = {argument}", "a number", f"none: {left} or {right} by side")
    return Between(left, right)
