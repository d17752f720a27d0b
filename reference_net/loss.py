"""The notes' cost function: how far the actual output is from the desired one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reference_net.validation import require_columns, require_numbers, require_shape

if TYPE_CHECKING:
    from reference_net.validation import Array


class MeanSquaredError:
    """The cost C = (1/n) Σ_i (y*_i − y_i)², averaged over the columns.

    Notes
    -----
    Heading "Cost Function: Mean-Squared Error".
    """

    def __init__(self) -> None:
        self._error: Array | None = None

    def __repr__(self) -> str:
        return "MeanSquaredError()"

    def forward(self, prediction: Array, target: Array) -> Any:
        """Compute C = (1/n) Σ_i (y*_i − y_i)², averaged over the columns.

        Parameters
        ----------
        prediction : (n, N) floating or complex
            Y, the actual output.
        target : (n, N) floating or complex
            Y*, the desired output.

        Returns
        -------
        scalar, float64 if both arrays are
            C, in the dtype that the two arrays have in common.

        Raises
        ------
        TypeError
            If either is not a floating or complex array.
        ValueError
            If `prediction` is not (n, N) or is empty, `target` has another shape, or either is
            not finite.

        Notes
        -----
        Heading "Cost Function: Mean-Squared Error": "C = (1/n) Σ (y*_i − y_i)²". The mean over
        N columns of a mean over n rows is the mean over all the entries.
        """
        require_columns("prediction", prediction)
        require_shape(
            "target",
            target,
            prediction.shape,
            like="the prediction's",
            fix="pass the desired output of the same examples",
        )
        self._error = prediction - target
        return (self._error * self._error).mean()

    def backward(self, upstream: complex | Array = 1.0) -> Array:
        """Compute ∂C/∂Y = (2/n) (Y − Y*), divided by the number of columns.

        Parameters
        ----------
        upstream : number or () array, default 1
            ∂L/∂C, for when the cost is one step of a longer computation of L.

        Returns
        -------
        (n, N) array of the dtype of C
            ∂L/∂Y = ∂L/∂C · ∂C/∂Y.

        Raises
        ------
        RuntimeError
            If `forward` was not called before.
        TypeError
            If `upstream` is not a number.
        ValueError
            If it is an array of more than one number, or is not finite.

        Notes
        -----
        Heading "Cost Function: Mean-Squared Error": "∂C/∂Y = (2/n)(Y − Y*)".
        """
        if self._error is None:
            raise RuntimeError(
                "MeanSquaredError.backward was called before forward, must come after it; "
                "call forward(prediction, target) first"
            )
        _require_scalar("upstream", upstream)
        downstream: Array = upstream * (2 / self._error.size * self._error)
        return downstream


def _require_scalar(name: str, value: object) -> None:
    if isinstance(value, int | float | complex | np.number) and not isinstance(value, bool):
        require_numbers(name, np.asarray(value, dtype=complex))
    else:
        require_shape(
            name, value, (), like="the cost's", fix="leave it out for the gradient of the cost"
        )
