"""The notes' base layer: what every layer can do, whatever it computes."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

from reference_net.validation import require_shape

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from reference_net.validation import Array


class Layer(ABC):
    """One individual object of the network: forward gives Y, backward gives ∂L/∂X.

    Attributes
    ----------
    parameters : mutable mapping of str to array
        What training adjusts, by its name in the notes ("W", "b"). Empty if the layer has none.
        An entry may be replaced; `forward` reads it anew each time.
    gradients : mutable mapping of str to array
        ∂L/∂parameter by the same names. Empty until the first `backward`; each `backward`
        puts new arrays in place of the last ones and never adds to them.

    Notes
    -----
    Heading "Implementation Architecture": "implement every layer separately", and its
    "→ Implement Base Layer".
    """

    parameters: MutableMapping[str, Array]
    gradients: MutableMapping[str, Array]

    def __init__(self) -> None:
        self.parameters = {}
        self.gradients = {}
        self._kept: Array | None = None
        self._output_shape: tuple[int, ...] = ()

    @abstractmethod
    def forward(self, X: Array) -> Array:
        """Compute the output Y from the input X.

        Parameters
        ----------
        X : (i, N) floating or complex
            N examples, one in each column.

        Returns
        -------
        (j, N) array of the dtype of X
            The layer's output, one column for each example.

        Raises
        ------
        TypeError
            If X is not a floating or complex array.
        ValueError
            If X has a wrong shape, is empty, or is not finite.

        Notes
        -----
        Heading "Implementation Architecture", forward propagation.
        """

    @abstractmethod
    def backward(self, upstream: Array) -> Array:
        """Compute ∂L/∂X from ∂L/∂Y, and ∂L/∂parameter into `gradients`.

        Parameters
        ----------
        upstream : (j, N) floating or complex
            ∂L/∂Y at the output of the last `forward`.

        Returns
        -------
        (i, N) array
            ∂L/∂X, the upstream of the layer before.

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
        Heading "Implementation Architecture", backward propagation.
        """

    def _keep(self, value: Array, *, output: Array) -> None:
        # A copy, for the caller may write to its array before it calls backward.
        self._kept = value.copy()
        self._output_shape = output.shape

    def _recall(self, upstream: Array) -> Array:
        if self._kept is None:
            raise RuntimeError(
                f"{type(self).__name__}.backward was called before forward, must come after it; "
                f"call forward(X) first"
            )
        require_shape(
            "upstream",
            upstream,
            self._output_shape,
            like="the output's",
            fix="pass dL/dY of the last forward",
        )
        return self._kept
