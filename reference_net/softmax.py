"""The notes' softmax: the activation whose outputs all depend on all of its inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reference_net.layer import Layer
from reference_net.validation import require_columns

if TYPE_CHECKING:
    from reference_net.validation import Array


class Softmax(Layer):
    """The map y_i = e^(x_i) / Σ_j e^(x_j) of each column to proportions that sum to 1.

    Notes
    -----
    Heading "Activation Layer", "Softmax".
    """

    def __repr__(self) -> str:
        return "Softmax()"

    def forward(self, X: Array) -> Array:
        """Compute y_i = e^(x_i) / Σ_j e^(x_j) in each column.

        Parameters
        ----------
        X : (n, N) floating or complex
            N examples, one in each column.

        Returns
        -------
        (n, N) array of the dtype of X
            Y; each column sums to 1.

        Raises
        ------
        TypeError
            If X is not a floating or complex array.
        ValueError
            If X is not (n, N), is empty, or is not finite.

        Notes
        -----
        Heading "Activation Layer", "Softmax". The largest entry of the column is subtracted
        first: it divides out, and no power of e can then overflow.
        """
        require_columns("X", X)
        powers = np.exp(X - X.real.max(axis=0, keepdims=True))
        Y: Array = powers / powers.sum(axis=0, keepdims=True)
        self._keep(Y, output=Y)
        return Y

    def backward(self, upstream: Array) -> Array:
        """Compute ∂L/∂x = (A ⊙ (I − Aᵀ)) · ∂L/∂y in each column.

        Parameters
        ----------
        upstream : (n, N) floating or complex
            ∂L/∂Y at the output of the last `forward`.

        Returns
        -------
        (n, N) array
            ∂L/∂X, in the dtype that `upstream` and Y have in common.

        Raises
        ------
        RuntimeError
            If `forward` was not called before.
        TypeError
            If `upstream` is not a floating or complex array.
        ValueError
            If its shape is not the output's, or it is not finite.

        Notes
        -----
        Heading "Activation Layer", "Softmax": "(A ⊙ (I − Aᵀ)) · ∂L/∂y". A is the n × n matrix
        with y in every column. (As printed, its first row is y₁ y₂ … yₙ; the line before it,
        with y₁(1 − y₁), −y₁y₂, …, needs y₁ y₁ … y₁.) With g = ∂L/∂y, row i of the product is::

            Σ_j y_i (δ_ij − y_j) g_j  =  y_i (g_i − Σ_j y_j g_j)

        and so the result is y ⊙ (g − Σ y g): the same numbers, for all columns at once. It is
        also good numerically: no n × n matrix is built, there is no 1 − y_i to lose its digits
        when y_i is near 1, and the rounding error of row i shrinks with y_i.
        """
        Y = self._recall(upstream)
        weighted_mean = (Y * upstream).sum(axis=0, keepdims=True)
        downstream: Array = Y * (upstream - weighted_mean)
        return downstream
