r"""The forward formula of each layer of the lecture notes, written once, as data.

Everything known about a layer's derivative is derived from these formulas: no gradient is typed in
here. Importing this module does not import SymPy; calling a formula's `forward` does.

How to add a formula, in ten lines::

    def _leaky_relu(x):                           # one SymPy matrix per input, in their order
        from sympy import Piecewise, Rational
        return x.applyfunc(lambda v: Piecewise((v / 100, v <= 0), (v, True)))

    Formula(name="leaky_relu", heading="Activation Layer",
            equation=BY_ID["activation-forward"].formula,
            supplement=r"F(x) = x/100 for x \leq 0, else x",
            inputs=("x",), shapes=(("n", "N"),), output=("n", "N"), forward=_leaky_relu)

and put that `Formula` into the tuple from which `FORMULAS` is made. Use exact numbers (`v / 100`,
never `0.01 * v`), write a kink as a `Piecewise` whose condition is zero at the kink, and give a
layer several inputs by naming each with its shape: equal letters are equal sizes. An input that
needs no gradient, such as a target, is named in `constants` too.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from gradcheck.notes.index import BY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Matrix = Any
"""A SymPy matrix: SymPy has no types."""

Size = str | int
"""One side of an input's shape: a letter of the notes, or a number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    r"""A layer's forward pass as the notes give it.

    Attributes
    ----------
    name : str
        Key in `FORMULAS`.
    heading : str
        The heading of the lecture notes under which the layer stands, as printed.
    equation : str
        The equation as printed in the notes, in LaTeX (the sentence, where they print none).
    supplement : str
        What the notes leave open and `forward` settles, else empty.
    inputs : tuple of str
        Names of the inputs, in the order in which `forward` takes them.
    shapes : tuple of (rows, columns)
        One for each input; equal letters are equal sizes. Examples are columns, N of them.
    output : (rows, columns) or ()
        Shape of y; () for a scalar loss.
    constants : tuple of str
        The inputs that get no gradient.
    forward : callable
        Takes one SymPy matrix per input, returns the SymPy matrix y, (1, 1) for a scalar loss.
    """

    name: str
    heading: str
    equation: str
    supplement: str = ""
    inputs: tuple[str, ...]
    shapes: tuple[tuple[Size, Size], ...]
    output: tuple[Size, ...]
    constants: tuple[str, ...] = ()
    forward: Callable[..., Matrix]

    @property
    def differentiable(self) -> tuple[str, ...]:
        """Return the names of the inputs that get a gradient, in order."""
        return tuple(name for name in self.inputs if name not in self.constants)


def _dense(x: Matrix, W: Matrix, b: Matrix) -> Matrix:
    from sympy import ones

    return W * x + b * ones(1, x.cols)


def _sigmoid(x: Matrix) -> Matrix:
    from sympy import exp

    return x.applyfunc(lambda v: exp(v) / (1 + exp(v)))


def _tanh(x: Matrix) -> Matrix:
    from sympy import tanh

    return x.applyfunc(tanh)


def _relu(x: Matrix) -> Matrix:
    from sympy import Piecewise

    return x.applyfunc(lambda v: Piecewise((0, v <= 0), (v, True)))


def _softmax(x: Matrix) -> Matrix:
    from sympy import Matrix as SympyMatrix
    from sympy import Mul, exp

    powers = x.applyfunc(exp)
    totals = [sum(powers.col(k)) for k in range(x.cols)]
    # Left alone, SymPy cancels e^x / e^x in a column of one entry, and its terms are lost.
    return SympyMatrix(
        x.rows, x.cols, lambda i, k: Mul(powers[i, k], 1 / totals[k], evaluate=False)
    )


def _mse(y: Matrix, t: Matrix) -> Matrix:
    from sympy import Integer
    from sympy import Matrix as SympyMatrix

    squares = (t - y).applyfunc(lambda v: v**2)
    return SympyMatrix([[sum(squares) / Integer(y.rows * y.cols)]])


def _sequential(x: Matrix, W1: Matrix, b1: Matrix, W2: Matrix, b2: Matrix, t: Matrix) -> Matrix:
    return _mse(_softmax(_dense(_relu(_dense(x, W1, b1)), W2, b2)), t)


FORMULAS: Mapping[str, Formula] = MappingProxyType(
    {
        formula.name: formula
        for formula in (
            Formula(
                name="dense",
                heading=BY_ID["dense-forward"].heading,
                equation=BY_ID["dense-forward"].formula,
                supplement="b is added to each of the N columns of WX",
                inputs=("x", "W", "b"),
                shapes=(("i", "N"), ("j", "i"), ("j", 1)),
                output=("j", "N"),
                forward=_dense,
            ),
            Formula(
                name="sigmoid",
                heading=BY_ID["activation-forward"].heading,
                equation=BY_ID["activation-forward"].formula,
                supplement=r"F(x) = \frac{1}{1 + e^{-x}} = \frac{e^x}{1 + e^x}",
                inputs=("x",),
                shapes=(("n", "N"),),
                output=("n", "N"),
                forward=_sigmoid,
            ),
            Formula(
                name="tanh",
                heading=BY_ID["activation-forward"].heading,
                equation=BY_ID["activation-forward"].formula,
                supplement=r"F(x) = \tanh x",
                inputs=("x",),
                shapes=(("n", "N"),),
                output=("n", "N"),
                forward=_tanh,
            ),
            Formula(
                name="relu",
                heading=BY_ID["activation-relu"].heading,
                equation=BY_ID["activation-relu"].formula,
                supplement=r"the branch x \leq 0 holds at the kink, as in the notes' g'(x)",
                inputs=("x",),
                shapes=(("n", "N"),),
                output=("n", "N"),
                forward=_relu,
            ),
            Formula(
                name="softmax",
                heading=BY_ID["softmax-forward"].heading,
                equation=BY_ID["softmax-forward"].formula,
                supplement="each of the N columns on its own",
                inputs=("x",),
                shapes=(("n", "N"),),
                output=("n", "N"),
                forward=_softmax,
            ),
            Formula(
                name="mse",
                heading=BY_ID["cost-value"].heading,
                equation=BY_ID["cost-value"].formula,
                supplement="the mean of C over the N columns; t stands for Y^*",
                inputs=("y", "t"),
                shapes=(("n", "N"), ("n", "N")),
                output=(),
                constants=("t",),
                forward=_mse,
            ),
            Formula(
                name="sequential",
                heading=BY_ID["architecture-sequential"].heading,
                equation=BY_ID["architecture-sequential"].formula,
                supplement="Dense, ReLU, Dense, Softmax and the mean-squared error, in that order",
                inputs=("x", "W1", "b1", "W2", "b2", "t"),
                shapes=(("i", "N"), ("h", "i"), ("h", 1), ("n", "h"), ("n", 1), ("n", "N")),
                output=(),
                constants=("t",),
                forward=_sequential,
            ),
        )
    }
)
"""The notes' layers by name."""
