"""What a gallery is made of: a layer, a case drawn from it, and a rule that spoils its backward."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Function = Callable[..., Any]
Pair = tuple[Function, Function]
Inputs = tuple[Any, ...]
Domain = Mapping[str, tuple[float, float]]
Draw = Callable[[np.random.Generator], Inputs]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The arguments of one check: forward(*inputs), backward(upstream, *inputs)."""

    forward: Function
    backward: Function
    inputs: Inputs
    domain: Domain | None = None
    names: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A forward with its right backward, and how to draw its inputs."""

    forward: Function
    backward: Function
    draw: Draw
    domain: Domain | None = None
    names: tuple[str, ...] | None = None

    def case(self, rng: np.random.Generator) -> Case:
        return Case(
            forward=self.forward,
            backward=self.backward,
            inputs=self.draw(rng),
            domain=self.domain,
            names=self.names,
        )

    def at(self, draw: Draw) -> Layer:
        """Return this layer with other inputs."""
        return replace(self, draw=draw)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A wrong backward pass, the findings that name it, and its right near neighbour.

    `codes` are the acceptable findings, most specific first; one of them must be found.
    `shows` says where the values differ from the truth: "generic" (at the rule's own inputs),
    "region" (only in the part of the input space named by `where`) or "contract" (the values of a
    first call are right everywhere; only the contract named by `where` is broken).
    """

    name: str
    make: Callable[[np.random.Generator], Case]
    correct: Callable[[np.random.Generator], Case]
    codes: tuple[str, ...]
    verdicts: frozenset[str] = frozenset({"fail"})
    shows: str = "generic"
    where: str = ""


def normal(*shapes: tuple[int, ...], scale: float = 1.0) -> Draw:
    """Draw standard normal arrays of these shapes, times `scale`."""
    return lambda rng: tuple(scale * rng.standard_normal(shape) for shape in shapes)


def uniform(low: float, high: float, *shapes: tuple[int, ...]) -> Draw:
    """Draw arrays of these shapes, uniform between `low` and `high`."""
    return lambda rng: tuple(rng.uniform(low, high, shape) for shape in shapes)


def fixed(*arrays: Any) -> Draw:
    """Draw fresh copies of these arrays."""
    return lambda _rng: tuple(np.array(array) for array in arrays)


def elementwise(f: Function, df: Function, draw: Draw | None = None, **more: Any) -> Layer:
    """Return the layer y = f(x) with dx = g·f'(x)."""
    return Layer(
        forward=f,
        backward=lambda g, x: g * df(x),
        draw=draw or normal((3, 4)),
        names=("x",),
        **more,
    )


def rule(
    name: str,
    layer: Layer,
    backward: Function,
    *codes: str,
    region: str = "",
    contract: str = "",
) -> Rule:
    """Return the rule that puts the pure function `backward` in the place of the layer's own."""
    return stateful(
        name, layer, lambda: (layer.forward, backward), *codes, region=region, contract=contract
    )


def stateful(
    name: str,
    layer: Layer,
    build: Callable[[], Pair],
    *codes: str,
    region: str = "",
    contract: str = "",
) -> Rule:
    """Return the rule whose forward and backward are built afresh, with their state, each time."""

    def make(rng: np.random.Generator) -> Case:
        forward, backward = build()
        return replace(layer.case(rng), forward=forward, backward=backward)

    shows = "contract" if contract else "region" if region else "generic"
    return Rule(
        name=name,
        make=make,
        correct=layer.case,
        codes=tuple(dict.fromkeys(codes)),
        shows=shows,
        where=contract or region,
    )


def spoil(layer: Layer, which: str, change: Function) -> Function:
    """Return the layer's backward with the gradient of the input `which` sent through `change`.

    `change` is called with (gradient, upstream, *inputs).
    """
    index = (layer.names or ()).index(which)

    def backward(g: Any, *inputs: Any) -> Any:
        gradients = layer.backward(g, *inputs)
        if not isinstance(gradients, tuple):
            return change(gradients, g, *inputs)
        spoilt = list(gradients)
        spoilt[index] = change(gradients[index], g, *inputs)
        return tuple(spoilt)

    return backward


def scaled(factor: float) -> Function:
    """Return the change that multiplies a gradient by `factor`."""
    return lambda d, *_: factor * d


@dataclass(frozen=True, slots=True, kw_only=True)
class Right:
    """A right but nasty case: never `fail`. `remarks` are the findings that it may have."""

    name: str
    make: Callable[[np.random.Generator], Case]
    remarks: tuple[str, ...] = ()


def right(name: str, layer: Layer, draw: Draw | None = None, *, remarks: str = "") -> Right:
    """Return the case of a right layer, with the inputs of `draw` where that is given."""
    made = layer.at(draw) if draw else layer
    return Right(name=name, make=made.case, remarks=tuple(remarks.split()))
