"""A correct layer with the shapes of its inputs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Alone:
    """An instance under test whose backward may return a single array, for the first input."""

    def __init__(self, layer: Any, number: int) -> None:
        self.layer, self.number = layer, number

    def forward(self, *inputs: Any) -> Any:
        return self.layer.forward(*inputs)

    def backward(self, upstream: Any) -> tuple[Any, ...]:
        gradients = self.layer.backward(upstream)
        gradients = gradients if isinstance(gradients, tuple) else (gradients,)
        return (*gradients, *[None] * (self.number - len(gradients)))


@dataclass(frozen=True, kw_only=True)
class Written:
    """A correct layer.

    Attributes
    ----------
    layer : type
    shapes : mapping of str to tuple of int
        Of each input, by name.
    domain : mapping of str to (low, high)
        Open interval of an input.
    constants : mapping of str to array
        Inputs without a gradient, after the others.
    """

    layer: type
    shapes: Mapping[str, tuple[int, ...]]
    domain: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.layer.__name__

    def subject(self, layer: Callable[[], Any] | None = None, seed: int = 0) -> Subject:
        """Return the layer as a subject, or another in its place."""
        make, rng = layer or self.layer, np.random.default_rng(seed)
        inputs = [
            rng.uniform(*self.domain[name], shape)
            if name in self.domain
            else rng.normal(size=shape)
            for name, shape in self.shapes.items()
        ]
        constants = {name: np.array(value) for name, value in self.constants.items()}
        names = (*self.shapes, *constants)
        return Subject(
            name=self.name,
            names=names,
            inputs=(*inputs, *constants.values()),
            constants=frozenset(constants),
            fixed=frozenset(constants),
            domain=self.domain,
            make=lambda: Alone(make(), len(names)),
        )


def written(layer: type, **shapes: tuple[int, ...]) -> Written:
    """Return a layer of real inputs."""
    return Written(layer=layer, shapes=shapes)
