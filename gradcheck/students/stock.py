"""What there is to build layers with: sizes, and what a file offers for its constructors."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Pairwise different, so that a transpose or a factor shows what it is."""

    inputs: int = 2
    outputs: int = 5
    hidden: int = 4
    batch: int = 3

    def swapped(self) -> Sizes:
        """Return the sizes with inputs and outputs exchanged: (out, in) constructors."""
        return Sizes(inputs=self.outputs, outputs=self.inputs, hidden=self.hidden, batch=self.batch)


def _tanh() -> tuple[Callable[..., Any], Callable[..., Any]]:
    # Whoever reads the settings of a file does so before NumPy is there.
    import numpy as np

    return np.tanh, lambda x: 1 - np.tanh(x) ** 2


@dataclass(slots=True, kw_only=True)
class Stock:
    """What a file offers for the arguments of its constructors.

    Attributes
    ----------
    optimizers : list of callable
        Each makes one with a learning rate of 1.
    pair : (F, F')
        An activation and its derivative: the file's own, or tanh.
    loss : object or None
    loss_pair : (value, gradient) or None
    layers : callable or None
        layers(sizes) → fresh list of layer objects of the file.
    activations : mapping of str to object
        Classes of activations by name, for arguments called "activation".
    """

    optimizers: list[Callable[[], Any]] = field(default_factory=list)
    pair: tuple[Callable[..., Any], Callable[..., Any]] = field(default_factory=_tanh)
    pair_name: str = ""
    loss: Callable[[], Any] | None = None
    loss_pair: tuple[Callable[..., Any], Callable[..., Any]] | None = None
    layers: Callable[[Sizes], list[Any]] | None = None
    activations: Mapping[str, Callable[[], Any]] = field(default_factory=dict)


class PlainDescent:
    """Gradient descent with a learning rate of 1, for layers that want an optimiser."""

    def __init__(self) -> None:
        self.lr = self.learning_rate = 1.0

    def update(self, param: Any, grad: Any) -> Any:
        """Return the parameter less the gradient; the array itself is left as it is."""
        return param - self.lr * grad

    apply = step = __call__ = update
