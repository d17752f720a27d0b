"""The notes' gradient descent: go a little way against the gradient."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reference_net.validation import require_positive, require_shape

if TYPE_CHECKING:
    from reference_net.layer import Layer


class GradientDescent:
    """The rule w ← w − η ∂C/∂w.

    Parameters
    ----------
    learning_rate : float
        η, finite and above 0.

    Raises
    ------
    TypeError
        If `learning_rate` is not a real number.
    ValueError
        If it is not finite and above 0.

    Notes
    -----
    Heading "Dense Layer", "Back propagation": "we want to know how to change the parameters to
    reduce the error ⇒ Gradient Descent".
    """

    def __init__(self, learning_rate: float) -> None:
        require_positive("learning_rate", learning_rate)
        # numpy's float64 would turn float32 parameters into float64; Python's float does not.
        self.learning_rate = float(learning_rate)

    def __repr__(self) -> str:
        return f"GradientDescent({self.learning_rate})"

    def step(self, layer: Layer) -> None:
        """Replace every parameter w of the layer by w − η ∂C/∂w.

        Parameters
        ----------
        layer : Layer
            One layer, or a Sequential of them, after its `backward`. The old arrays are left as
            they are; the new ones have their shapes, and their dtype if the gradient has it too.

        Raises
        ------
        RuntimeError
            If a parameter has no gradient, because `backward` was not called.
        TypeError
            If a gradient is not a floating or complex array.
        ValueError
            If a gradient has not the parameter's shape, or is not finite. No parameter has been
            changed then.

        Notes
        -----
        Heading "Steps in Machine Learning": "③ Adjust parameters of model".
        """
        stepped = {}
        for name, value in layer.parameters.items():
            if name not in layer.gradients:
                raise RuntimeError(
                    f"gradients has no {name!r}, must have one for each parameter; "
                    f"call backward before step"
                )
            gradient = layer.gradients[name]
            require_shape(
                f"gradients[{name!r}]",
                gradient,
                value.shape,
                like="the parameter's",
                fix="call forward and backward again after replacing a parameter",
            )
            stepped[name] = value - self.learning_rate * gradient
        layer.parameters.update(stepped)
