"""The notes' dense layer, "aka Fully Connected": each input node meets each output node."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from reference_net.layer import Layer
from reference_net.validation import (
    require_columns,
    require_count,
    require_generator,
    require_shape,
)

if TYPE_CHECKING:
    from reference_net.validation import Array


class Dense(Layer):
    """The affine map Y = WX + b.

    Parameters
    ----------
    inputs : int
        i, the number of input nodes.
    outputs : int
        j, the number of output nodes.
    rng : numpy.random.Generator
        Draws the first W.

    Attributes
    ----------
    parameters : dict
        "W" is (j, i) float64, "b" is (j, 1) float64. Either may be replaced by an array of its
        shape with any floating or complex dtype.
    gradients : dict
        After `backward`: "W" (j, i) is ∂L/∂W, "b" (j, 1) is ∂L/∂b.

    Raises
    ------
    TypeError
        If `inputs` or `outputs` is not an integer, or `rng` not a Generator.
    ValueError
        If `inputs` or `outputs` is below 1.

    Notes
    -----
    Heading "Dense Layer". The notes do not say where training starts: W is drawn from the normal
    distribution with variance 2/i (He et al. 2015, "Delving Deep into Rectifiers", eq. 10) and
    b is zero.
    """

    def __init__(self, inputs: int, outputs: int, rng: np.random.Generator) -> None:
        super().__init__()
        require_count("inputs", inputs)
        require_count("outputs", outputs)
        require_generator("rng", rng)
        self._shapes = {"W": (outputs, inputs), "b": (outputs, 1)}
        self.parameters["W"] = rng.normal(0.0, np.sqrt(2.0 / inputs), size=(outputs, inputs))
        self.parameters["b"] = np.zeros((outputs, 1))

    def __repr__(self) -> str:
        outputs, inputs = self._shapes["W"]
        return f"Dense({inputs}, {outputs})"

    def forward(self, X: Array) -> Array:
        """Compute Y = WX + b, with b added to every column.

        Parameters
        ----------
        X : (i, N) floating or complex
            N examples, one in each column.

        Returns
        -------
        (j, N) array
            Y, in the dtype that X, W and b have in common.

        Raises
        ------
        TypeError
            If X, "W" or "b" is not a floating or complex array.
        ValueError
            If X is not (i, N), is empty or not finite; the same of "W" (j, i) and "b" (j, 1).
        KeyError
            If a parameter is missing from `parameters`, or has an unknown name.

        Notes
        -----
        Heading "Dense Layer", "Forward Propagation": "Matrix Equation: Y = WX + b".
        """
        self._require_parameters()
        W, b = self.parameters["W"], self.parameters["b"]
        require_columns("X", X, rows=W.shape[1])
        Y: Array = W @ X + b
        self._keep(X, output=Y)
        return Y

    def backward(self, upstream: Array) -> Array:
        """Compute ∂L/∂X = Wᵀ ∂L/∂Y; ∂L/∂W and ∂L/∂b go into `gradients`.

        Parameters
        ----------
        upstream : (j, N) floating or complex
            ∂L/∂Y at the output of the last `forward`.

        Returns
        -------
        (i, N) array
            ∂L/∂X, in the dtype that `upstream` and W have in common.

        Raises
        ------
        RuntimeError
            If `forward` was not called before.
        TypeError
            If `upstream`, "W" or "b" is not a floating or complex array.
        ValueError
            If the shape of `upstream` is not the output's, or it is not finite; the same of
            "W" (j, i) and "b" (j, 1).
        KeyError
            If a parameter is missing from `parameters`, or has an unknown name.

        Notes
        -----
        Heading "Dense Layer", "Back propagation", its three results::

            ∂L/∂W = ∂L/∂Y Xᵀ        "∂C/∂w_ji = ∂C/∂y_j x_i"
            ∂L/∂b = ∂L/∂Y           summed over the columns, since all of them share one b
            ∂L/∂X = Wᵀ ∂L/∂Y

        Over N columns the product ∂L/∂Y Xᵀ is the sum of the N products of the notes.
        """
        X = self._recall(upstream)
        self._require_parameters()
        W = self.parameters["W"]
        self.gradients["W"] = upstream @ X.T
        self.gradients["b"] = upstream.sum(axis=1, keepdims=True)
        downstream: Array = W.T @ upstream
        return downstream

    def _require_parameters(self) -> None:
        known = " and ".join(repr(name) for name in self._shapes)
        for name in self.parameters:
            if name not in self._shapes:
                raise KeyError(
                    f"parameters has the unknown name {name!r}, must have {known}; "
                    f"delete parameters[{name!r}]"
                )
        for name, shape in self._shapes.items():
            if name not in self.parameters:
                raise KeyError(
                    f"parameters lacks {name!r}, must have {known}; "
                    f"assign a {shape} array to parameters[{name!r}]"
                )
            require_shape(
                f"parameters[{name!r}]",
                self.parameters[name],
                shape,
                like=f"{self!r}'s",
                fix=f"assign a {shape} array",
            )
