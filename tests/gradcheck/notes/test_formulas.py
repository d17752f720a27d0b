"""The formulas are clean data, and say in SymPy what plain NumPy says."""

import subprocess
import sys
from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import sympy

from gradcheck.notes.formulas import FORMULAS


def relu(x):
    return np.maximum(0.0, x)


def softmax(x):
    powers = np.exp(x - x.max(axis=0))
    return powers / powers.sum(axis=0)


def mse(y, t):
    return np.mean((t - y) ** 2)


PLAIN = {
    "dense": lambda x, W, b: W @ x + b,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    "tanh": np.tanh,
    "relu": relu,
    "softmax": softmax,
    "mse": mse,
    "sequential": lambda x, W1, b1, W2, b2, t: mse(softmax(W2 @ relu(W1 @ x + b1) + b2), t),
}

SIZES = {
    "3-4-2-2": {"i": 3, "j": 4, "h": 4, "n": 2, "N": 2},
    "one-column": {"i": 2, "j": 3, "h": 3, "n": 3, "N": 1},
    "all-one": {"i": 1, "j": 1, "h": 1, "n": 1, "N": 1},
}


def shapes_of(letters, sizes):
    return tuple(tuple(sizes.get(letter, letter) for letter in shape) for shape in letters)


@pytest.fixture(params=FORMULAS.values(), ids=FORMULAS)
def formula(request):
    return request.param


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_formula_agrees_with_plain_numpy(formula, sizes):
    rng = np.random.default_rng(7)
    for _ in range(3):
        arrays = [rng.normal(size=shape) for shape in shapes_of(formula.shapes, sizes)]
        y = formula.forward(*map(sympy.Matrix, arrays))
        got = np.array(y.evalf(30).tolist(), dtype=float)
        oracle = PLAIN[formula.name](*arrays)
        if formula.output == ():
            assert y.shape == (1, 1)
            got = got[0, 0]
        np.testing.assert_allclose(got, oracle, rtol=1e-14, atol=1e-15)


def test_every_layer_of_the_notes_is_there():
    assert set(FORMULAS) == set(PLAIN)


def test_data_are_consistent(formula):
    assert FORMULAS[formula.name] is formula
    assert len(formula.shapes) == len(formula.inputs) == len(set(formula.inputs))
    assert set(formula.constants) < set(formula.inputs)
    assert formula.heading
    assert formula.equation
    letters = {letter for shape in formula.shapes for letter in shape}
    assert set(formula.output) <= letters
    assert len(formula.output) in {0, 2}


def test_only_the_target_is_a_constant(formula):
    gradients = tuple(name for name in formula.inputs if name != "t")
    assert formula.differentiable == gradients


def test_formulas_cannot_be_changed(formula):
    with pytest.raises(FrozenInstanceError):
        formula.name = "other"
    with pytest.raises(TypeError):
        FORMULAS["other"] = formula


def test_relu_takes_the_first_branch_at_the_kink():
    x = sympy.Symbol("x", real=True)
    (y,) = FORMULAS["relu"].forward(sympy.Matrix([[x]]))
    assert y == sympy.Piecewise((0, x <= 0), (x, True))
    assert sympy.diff(y, x).subs(x, 0) == 0


def test_a_softmax_of_one_entry_keeps_its_terms():
    x = sympy.Symbol("x", real=True)
    (y,) = FORMULAS["softmax"].forward(sympy.Matrix([[x]]))
    assert y.has(x)
    assert y.doit() == 1


def test_import_does_not_load_sympy():
    code = "import sys, gradcheck.notes.formulas; sys.exit('sympy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
