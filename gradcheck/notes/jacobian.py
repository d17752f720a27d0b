"""The Jacobian of each layer of the notes, derived by SymPy at a small size, as LaTeX."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gradcheck.notes.formulas import FORMULAS

if TYPE_CHECKING:
    from gradcheck.notes.formulas import Formula

Expression = Any
"""A SymPy expression: SymPy has no types."""

SIDES = {"mse": 3}
"""Every size at which it is written out, where it is not 2, but for N, which is 1.

It fits on a page. At 2 the 2/n of a mean is not seen.
"""

_LESS_ONE = re.compile(r"- (y_\{\d\}) \\left\(\1 - 1\\right\)")

LEFT_OUT = ("sequential",)
"""Of so many layers that no page holds it."""


@lru_cache(maxsize=32)
def jacobians(name: str) -> tuple[tuple[str, str], ...]:
    """Return ("x", LaTeX of ∂y/∂x = …) for each input that gets a gradient; () where there is none.

    Parameters
    ----------
    name : str
        Key of `FORMULAS`: a role of a subject, as a rule.
    """
    formula = FORMULAS.get(name)
    if formula is None or name in LEFT_OUT:
        return ()
    return tuple((one, _written(formula, one)) for one in formula.differentiable)


def jacobian(formula: Formula, wanted: str) -> Expression:
    """Return ∂y/∂x as a SymPy matrix: a row for each entry of y, a column for each of x.

    Parameters
    ----------
    formula : Formula
    wanted : str
        The input's name. The symbols are x_1, x_2, W_11, …; those of y stand for y's own entries.
    """
    import sympy

    arrays = {
        one: _symbols(one, shape, SIDES.get(formula.name, 2))
        for one, shape in zip(formula.inputs, formula.shapes, strict=True)
    }
    y = formula.forward(*arrays.values())
    # Row by row, as the notes number the entries of W.
    matrix = sympy.Matrix(list(y)).jacobian(sympy.Matrix(list(arrays[wanted])))
    return matrix.applyfunc(lambda entry: _short(formula, entry, arrays))


def _written(formula: Formula, wanted: str) -> str:
    import sympy

    matrix = jacobian(formula, wanted)
    output = r"\mathcal{L}" if not formula.output else "y"
    letter = sympy.latex(sympy.Symbol(wanted))
    # SymPy orders a product and a sum in its own way: -y (y - 1) is what the notes call y (1 - y).
    entries = _LESS_ONE.sub(r"\1 (1 - \1)", sympy.latex(matrix, mat_delim=""))
    return rf"\frac{{\partial {output}}}{{\partial {letter}}} = {entries}"


def _symbols(name: str, shape: tuple[str | int, str | int], size: int) -> Expression:
    import sympy

    rows, columns = (1 if side in ("N", 1) else size for side in shape)

    def symbol(i: int, k: int) -> Expression:
        index = f"{i + 1}{k + 1}" if columns > 1 else f"{i + 1}"
        return sympy.Symbol(f"{name}_{index}", real=True)

    return sympy.Matrix(rows, columns, symbol)


def _short(formula: Formula, entry: Expression, arrays: dict[str, Expression]) -> Expression:
    """Return an entry as one writes it: of softmax and sigmoid in y, as the notes do."""
    import sympy

    if formula.name not in ("softmax", "sigmoid", "tanh"):
        return sympy.factor(sympy.simplify(entry)) if not entry.has(sympy.Piecewise) else entry
    x = list(arrays["x"])
    y = [sympy.Symbol(f"y_{i + 1}", real=True) for i in range(len(x))]
    powers = [sympy.exp(one) for one in x]
    if formula.name == "tanh":
        return entry.subs({sympy.tanh(one): value for one, value in zip(x, y, strict=True)})
    if formula.name == "softmax":
        total = sympy.Symbol("S", positive=True)
        inverse = {power: value * total for power, value in zip(powers, y, strict=True)}
        written = entry.subs(sum(powers), total).subs(inverse)
    else:
        inverse = {p: value / (1 - value) for p, value in zip(powers, y, strict=True)}
        written = entry.subs(inverse)
    return sympy.factor(sympy.simplify(written.doit()))
