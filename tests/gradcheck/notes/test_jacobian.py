"""The Jacobian on the page is that of the formula, written in y as one writes it."""

from __future__ import annotations

import pytest
import sympy

from gradcheck.notes.formulas import FORMULAS
from gradcheck.notes.jacobian import LEFT_OUT, SIDES, jacobian, jacobians

CASES = [(name, one) for name, formula in FORMULAS.items() if name not in LEFT_OUT
         for one in formula.differentiable]  # fmt: skip


def points(formula):
    """Return each input as numbers, and by symbol: exact, none at a kink, none equal to another."""
    size, arrays, values = SIDES.get(formula.name, 2), [], {}
    for k, (name, shape) in enumerate(zip(formula.inputs, formula.shapes, strict=True)):
        rows, columns = (1 if side in ("N", 1) else size for side in shape)
        array = sympy.Matrix(
            rows,
            columns,
            lambda i, j, k=k: sympy.Rational((-1) ** (i + k) * (i + 2 * j + k + 1), 3),
        )
        arrays.append(array)
        for i in range(rows):
            for j in range(columns):
                index = f"{i + 1}{j + 1}" if columns > 1 else f"{i + 1}"
                values[sympy.Symbol(f"{name}_{index}", real=True)] = array[i, j]
    return arrays, values


@pytest.mark.parametrize(("name", "wanted"), CASES)
def test_it_is_the_slope_of_the_formula(name, wanted):
    formula = FORMULAS[name]
    arrays, values = points(formula)
    y = list(formula.forward(*arrays))
    # On the page of a layer y_1 is an entry of its output; of a loss, of its input.
    inner = {sympy.Symbol(f"y_{i + 1}", real=True): one for i, one in enumerate(y)}
    held = values if "y" in formula.inputs else {**inner, **values}
    matrix = jacobian(formula, wanted).subs(held)
    k = formula.inputs.index(wanted)
    step = sympy.Rational(1, 10**12)
    assert matrix.shape == (len(y), len(arrays[k]))
    for column in range(len(arrays[k])):
        moved = [array.copy() for array in arrays]
        moved[k][column] += step
        for row, there in enumerate(formula.forward(*moved)):
            slope = sympy.N((there - y[row]) / step, 30)
            assert abs(float(slope - matrix[row, column])) < 1e-9


def test_it_is_written_as_the_notes_write_it():
    ((_, text),) = jacobians("softmax")
    assert "y_{1} (1 - y_{1})" in text
    assert "- y_{1} y_{2}" in text


def test_there_is_none_of_what_the_notes_do_not_have():
    assert jacobians("network") == ()
    assert jacobians("sequential") == ()
