"""The notes' activation layer: one function, applied to each entry, and its derivative.

"We need a nonlinear activation Function, otherwise our network just computes a linear combination
of the input": `ReLU` is the notes' own, `Sigmoid` and `Tanh` are the other two usual ones. Each is
written so that it also holds for complex numbers beside the real line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reference_net.layer import Layer
from reference_net.validation import require_columns, require_shape

if TYPE_CHECKING:
    from collections.abc import Callable

    from reference_net.validation import Array


class Activation(Layer):
    """The element-wise map Y = F(X).

    Parameters
    ----------
    function : callable
        F, from an (i, N) array to an (i, N) array of the same dtype, entry by entry.
    derivative : callable
        F', likewise.

    Raises
    ------
    TypeError
        If `function` or `derivative` cannot be called.

    Notes
    -----
    Heading "Activation Layer".
    """

    def __init__(
        self, function: Callable[[Array], Array], derivative: Callable[[Array], Array]
    ) -> None:
        super().__init__()
        for name, value in (("function", function), ("derivative", derivative)):
            if not callable(value):
                raise TypeError(
                    f"{name}={value!r}, must be callable; pass a function from array to array"
                )
        self.function = function
        self.derivative = derivative

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def forward(self, X: Array) -> Array:
        """Compute Y = F(X), entry by entry.

        Parameters
        ----------
        X : (i, N) floating or complex
            N examples, one in each column.

        Returns
        -------
        (i, N) array of the dtype of X
            Y.

        Raises
        ------
        TypeError
            If X, or what F gave, is not a floating or complex array.
        ValueError
            If X is not (i, N), is empty or not finite; or if F gave another shape, or entries
            that are not finite.

        Notes
        -----
        Heading "Activation Layer": "Y = F(X)".
        """
        require_columns("X", X)
        Y = self.function(X)
        require_shape("F(X)", Y, X.shape, like="the input's", fix="make F element-wise")
        self._keep(X, output=Y)
        return Y

    def backward(self, upstream: Array) -> Array:
        """Compute ∂L/∂X = ∂L/∂Y ⊙ F'(X).

        Parameters
        ----------
        upstream : (i, N) floating or complex
            ∂L/∂Y at the output of the last `forward`.

        Returns
        -------
        (i, N) array
            ∂L/∂X, in the dtype that `upstream` and X have in common.

        Raises
        ------
        RuntimeError
            If `forward` was not called before.
        TypeError
            If `upstream`, or what F' gave, is not a floating or complex array.
        ValueError
            If the shape of `upstream`, or of what F' gave, is not the output's, or an entry is
            not finite.

        Notes
        -----
        Heading "Activation Layer": "∂L/∂X = ∂L/∂Y ⊙ F'(X)", the Hadamard product.
        """
        X = self._recall(upstream)
        slope = self.derivative(X)
        require_shape("F'(X)", slope, X.shape, like="the input's", fix="make F' element-wise")
        downstream: Array = upstream * slope
        return downstream


class ReLU(Activation):
    """The rectifier g(x) = max(0, x), with g'(0) = 0.

    Notes
    -----
    Heading "Activation Layer", "ReLU": g(x) = max(0, x); g'(x) = 0 if x ≤ 0, else 1. Takes and
    gives (i, N) arrays, floating or complex, and raises what `Activation` raises. A complex
    entry is kept or dropped by its real part, and so g is analytic on either side of 0.
    """

    def __init__(self) -> None:
        super().__init__(_relu, _relu_derivative)


class Sigmoid(Activation):
    """The logistic function σ(x) = 1 / (1 + e⁻ˣ).

    Notes
    -----
    Heading "Activation Layer", with F = σ and F'(x) = σ(x) (1 − σ(x)); the notes do not name it.
    Takes and gives (i, N) arrays, floating or complex, and raises what `Activation` raises. Both
    are written with e^(−|x|), which cannot overflow, and without 1 − σ, which loses all its
    digits when σ is near 1.
    """

    def __init__(self) -> None:
        super().__init__(_sigmoid, _sigmoid_derivative)


class Tanh(Activation):
    """The hyperbolic tangent.

    Notes
    -----
    Heading "Activation Layer", with F = tanh and F'(x) = 1 − tanh²(x); the notes do not name it.
    Takes and gives (i, N) arrays, floating or complex, and raises what `Activation` raises. F' is
    written as 4 e^(−2|x|) / (1 + e^(−2|x|))², which is equal to 1 − tanh² and keeps its digits
    when tanh is near ±1.
    """

    def __init__(self) -> None:
        super().__init__(np.tanh, _tanh_derivative)


def _relu(X: Array) -> Array:
    # The product keeps a subclass of ndarray, which np.where would turn into a plain array.
    Y: Array = X * (X.real > 0)
    return Y


def _relu_derivative(X: Array) -> Array:
    return (X.real > 0).astype(X.dtype)


def _sigmoid(X: Array) -> Array:
    Y: Array = np.exp(_lower(X)) / (1 + _decay(X))
    return Y


def _sigmoid_derivative(X: Array) -> Array:
    E = _decay(X)
    slope: Array = E / (1 + E) ** 2
    return slope


def _tanh_derivative(X: Array) -> Array:
    E = _decay(X) ** 2
    slope: Array = 4 * E / (1 + E) ** 2
    return slope


def _decay(X: Array) -> Array:
    # e^(−|x|); np.abs is not analytic and would drop the imaginary part.
    lower = _lower(X)
    E: Array = np.exp(lower - (X - lower))
    return E


def _lower(X: Array) -> Array:
    # min(x, 0). One rule for both signs of zero: it has to side with the same half everywhere.
    lower: Array = X * (X.real < 0)
    return lower
