"""What goes in for a constructor's argument that is no size: arrays, rates, functions, layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.students.naming import is_optimizer, plain, words
from gradcheck.students.stock import PlainDescent, Sizes, Stock

if TYPE_CHECKING:
    from gradcheck.records import Array
    from gradcheck.students.arguments import Argument
    from gradcheck.students.images import Picture

Make = Callable[[], Any]
"""Makes what goes in, anew for every instance."""

FIXED: dict[str, Any] = {
    "seed": 0, "randomstate": 0, "name": "layer", "momentum": 0.9, "dropout": 0.5,
    "keepprob": 0.5, "dropoutrate": 0.5, "rate": 0.5, "prob": 0.5, "eps": 1e-5, "epsilon": 1e-5,
    "slope": 0.1, "alpha": 0.1, "negativeslope": 0.1, "scale": 0.5, "weightscale": 0.5,
    "std": 0.5, "kernelsize": 3, "filtersize": 3, "stride": 1, "strides": 1, "padding": 0,
    "pad": 0, "poolsize": 2, "inchannels": 3, "outchannels": 2, "numfilters": 2, "nfilters": 2,
    "outputchannels": 2, "inputchannels": 3, "dropoutratio": 0.5, "dtype": np.float64,
    "weightdecaylambda": 0.0, "l2": 0.0, "reg": 0.0, "weightdecay": 0.0, "lambd": 0.0,
    "usebias": True, "bias": True, "verbose": False, "epochs": 1,
}  # fmt: skip
"""Arguments whose value does not matter, or matters little, by their plain names."""

CHOICES = ("type", "kind", "name", "act", "acttype", "activationtype", "activationname")
"""Arguments that may choose an activation by its name."""

LISTS = ("structure", "architecture", "topology", "layout", "sizes", "layersizes", "layersize",
         "layerdims", "dims")  # fmt: skip
MAYBE_LISTS = ("shape", "nodes", "neurons")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An argument that is to be given, and all that tells what it may be.

    Attributes
    ----------
    argument : Argument
    sizes : Sizes
    stock : Stock
    reading : str
        Which reading of the constructor's arguments this is: see `construct.proposals`.
    functions : sequence of Argument
        Those among its arguments that are named as functions.
    alone : bool
        Whether it is the only argument that must be given: then p is no size.
    picture : Picture or None
        The images that the layer is tried with, where they are images.
    """

    argument: Argument
    sizes: Sizes
    stock: Stock
    reading: str
    functions: Sequence[Argument]
    alone: bool = False
    picture: Picture | None = None

    @property
    def flat(self) -> str:
        """Return the argument's plain name."""
        return plain(self.argument.name)

    @property
    def tokens(self) -> set[str]:
        """Return the words of its name."""
        return set(words(self.argument.name))


def particular(asked: Asked) -> Make | None:
    """Return what makes the value of an argument that is no size, or None."""
    return next((make for rule in RULES if (make := rule(asked)) is not None), None)


def _is_derivative(name: str) -> bool:
    flat, tokens = plain(name), set(words(name))
    return bool(tokens & {"prime", "derivative", "deriv", "grad", "gradient", "backward"}) or (
        flat[:1] == "d" and len(flat) <= 6
    )


def _image(asked: Asked) -> Make | None:
    """Return what an argument is that speaks of the images."""
    picture, name = asked.picture, asked.argument.name
    if picture is None or picture.value(name) is None:
        return None
    return lambda: picture.value(name)


def _constant(asked: Asked) -> Make | None:
    if asked.flat == "batchsize":
        return lambda: asked.sizes.batch
    if asked.flat == "p" and asked.alone:
        return lambda: 0.5
    return (lambda: FIXED[asked.flat]) if asked.flat in FIXED else None


def _rate(asked: Asked) -> Make | None:
    argument, stock = asked.argument, asked.stock
    if asked.flat in ("rng", "generator"):
        return lambda: np.random.default_rng(0)
    if argument.kind in ("rate", "fraction"):
        return lambda: 1.0 if argument.kind == "rate" else 0.5
    if argument.kind == "optimizer" or is_optimizer(argument.name):
        return stock.optimizers[0] if stock.optimizers else PlainDescent
    return (lambda: True) if argument.kind == "training" else None


def _function(asked: Asked) -> Make | None:
    """Return F, F', or the name or object of an activation."""
    if asked.argument not in asked.functions:
        return None
    if asked.reading == "lists":
        return lambda: ["relu", "identity"]
    F, derivative = asked.stock.pair
    if len(asked.functions) >= 2:
        return (lambda: derivative) if _is_derivative(asked.argument.name) else (lambda: F)
    if asked.stock.activations:
        return next(iter(asked.stock.activations.values()))
    return lambda: "tanh"


def _choice(asked: Asked) -> Make | None:
    """Return the name of an activation, another one in each reading."""
    if not asked.argument.required or asked.flat not in CHOICES:
        return None
    if asked.reading == "names" and asked.flat in FIXED:
        return None
    names = {"names": "tanh", "swapped": "sigmoid", "square": "relu"}
    return lambda: names.get(asked.reading, "tanh")


def _parameter(asked: Asked) -> Make | None:
    sizes, flat = asked.sizes, asked.flat
    if flat in ("w", "weights", "weight", "kernel", "w0"):
        return lambda: _array((sizes.inputs, sizes.outputs))
    if flat in ("b", "bias", "biases", "b0"):
        return lambda: _array((sizes.outputs,))
    if flat in ("gamma", "beta") and asked.argument.required:
        return lambda: _array((sizes.inputs,))
    return None


def _layers(asked: Asked) -> Make | None:
    sizes, layers, flat = asked.sizes, asked.stock.layers, asked.flat
    several = [sizes.inputs, sizes.hidden, sizes.outputs]
    if asked.tokens & {"layers", "modules", "blocks"} and asked.reading != "swapped":
        if asked.reading == "names" and layers is not None:
            return lambda: layers(sizes)
        return lambda: list(several)
    if flat in LISTS or (flat in MAYBE_LISTS and asked.reading in ("tuple", "swapped")):
        return lambda: list(several)
    return None


def _loss(asked: Asked) -> Make | None:
    stock, pair = asked.stock, asked.stock.loss_pair
    if not asked.tokens & {"loss", "cost", "criterion"}:
        return None
    if _is_derivative(asked.argument.name) and pair is not None:
        return lambda: pair[1]
    if stock.loss is not None:
        return stock.loss
    return None if pair is None else lambda: pair[0]


RULES: tuple[Callable[[Asked], Make | None], ...] = (
    _image, _choice, _constant, _rate, _function, _parameter, _layers, _loss,
)  # fmt: skip
"""In this order: the first that knows the argument tells."""


def _array(shape: tuple[int, ...]) -> Array:
    return np.random.default_rng(0).standard_normal(shape)
