"""What goes in for an argument of a constructor that is no size: rules, tried in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.students.images import NAMED, filled_with, of_image
from gradcheck.students.naming import is_optimizer, plain, words
from gradcheck.students.stock import PlainDescent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.students.arguments import Argument
    from gradcheck.students.setting import Sizes
    from gradcheck.students.stock import Stock

Maker = Callable[[], Any]
"""Returns what goes in, fresh each time."""

FIXED: dict[str, Any] = {
    "seed": 0, "randomstate": 0, "name": "layer", "momentum": 0.9, "dropout": 0.5,
    "p": 0.5, "keepprob": 0.5, "dropoutrate": 0.5, "rate": 0.5, "prob": 0.5, "eps": 1e-5,
    "epsilon": 1e-5, "slope": 0.1, "alpha": 0.1, "negativeslope": 0.1, "scale": 0.5,
    "weightscale": 0.5, "std": 0.5, "kernelsize": 3, "filtersize": 3, "stride": 1,
    "strides": 1, "padding": 0, "pad": 0, "poolsize": 2, "inchannels": 3, "outchannels": 2,
    "numfilters": 2, "nfilters": 2, "outputchannels": 2, "inputchannels": 3, "dropoutratio": 0.5,
    "dtype": np.float64, "weightdecaylambda": 0.0, "l2": 0.0, "reg": 0.0, "weightdecay": 0.0,
    "lambd": 0.0, "usebias": True, "bias": True, "verbose": False, "epochs": 1,
}  # fmt: skip
"""What goes in for an argument of this name."""

NETWORKS = ("structure", "architecture", "topology", "layout")
SIZE_LISTS = ("sizes", "layersizes", "layerdims", "dims", "shape", "layersize", "nodes", "neurons",
              *NETWORKS)  # fmt: skip
"""Names of lists of sizes: those of `NETWORKS` are nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """An argument, and what there is to answer it with.

    Attributes
    ----------
    argument : Argument
    sizes : Sizes
    stock : Stock
    reading : str
        Which of the readings of `gradcheck.students.construct.proposals` it is.
    functions : sequence of Argument
        Those of the same constructor that are named as functions.
    """

    argument: Argument
    sizes: Sizes
    stock: Stock
    reading: str
    functions: Sequence[Argument]

    @property
    def flat(self) -> str:
        """Return the argument's name in lower case, letters and digits only."""
        return plain(self.argument.name)

    @property
    def tokens(self) -> set[str]:
        """Return the words of the argument's name."""
        return set(words(self.argument.name))


def value_for(asked: Asked) -> Maker | None:
    """Return what makes a value for an argument that is no size; None where no rule knows it."""
    return next((make for rule in RULES if (make := rule(asked)) is not None), None)


def always(value: Any) -> Maker:
    """Return what gives one value each time: for what nobody changes."""
    return lambda: value


def _image(asked: Asked) -> Maker | None:
    if asked.reading != "image" or asked.flat not in NAMED:
        return None
    return partial(of_image, asked.flat)


def _fixed(asked: Asked) -> Maker | None:
    if asked.flat == "batchsize":
        return always(asked.sizes.batch)
    return always(FIXED[asked.flat]) if asked.flat in FIXED else None


def _generator(asked: Asked) -> Maker | None:
    return (lambda: np.random.default_rng(0)) if asked.flat in ("rng", "generator") else None


def _rate(asked: Asked) -> Maker | None:
    return always(1.0) if asked.argument.kind == "rate" else None


def _optimizer(asked: Asked) -> Maker | None:
    if asked.argument.kind != "optimizer" and not is_optimizer(asked.argument.name):
        return None
    return asked.stock.optimizers[0] if asked.stock.optimizers else PlainDescent


def _training(asked: Asked) -> Maker | None:
    return always(value=True) if asked.argument.kind == "training" else None


def _function(asked: Asked) -> Maker | None:
    """Return F, F', or the name of an activation."""
    stock, functions = asked.stock, asked.functions
    if asked.argument not in functions:
        return None
    if asked.reading == "lists":
        return lambda: ["relu", "identity"]
    if len(functions) >= 2:
        return always(stock.pair[1 if _is_derivative(asked.argument.name) else 0])
    if stock.activations:
        return next(iter(stock.activations.values()))
    return always("tanh")


def _array(asked: Asked) -> Maker | None:
    sizes, flat = asked.sizes, asked.flat
    if flat in ("w", "weights", "weight", "kernel", "w0"):
        return partial(filled_with, sizes.inputs, sizes.outputs)
    if flat in ("b", "biases", "b0"):
        return partial(filled_with, sizes.outputs)
    if flat in ("gamma", "beta") and asked.argument.required:
        return partial(filled_with, sizes.inputs)
    return None


def _layers(asked: Asked) -> Maker | None:
    if not asked.tokens & {"layers", "modules", "blocks"} or asked.reading == "swapped":
        return None
    if asked.reading == "names" and asked.stock.layers is not None:
        return partial(asked.stock.layers, asked.sizes)
    return _listed(asked.sizes)


def _structure(asked: Asked) -> Maker | None:
    flat = asked.flat
    telling = "sizes" in flat or "dims" in flat or flat in NETWORKS
    if flat in SIZE_LISTS and (telling or asked.reading in ("tuple", "swapped")):
        return _listed(asked.sizes)
    return None


def _listed(sizes: Sizes) -> Maker:
    return lambda: [sizes.inputs, sizes.hidden, sizes.outputs]


def _loss(asked: Asked) -> Maker | None:
    stock = asked.stock
    if not asked.tokens & {"loss", "cost", "criterion"}:
        return None
    if _is_derivative(asked.argument.name) and stock.loss_pair is not None:
        return always(stock.loss_pair[1])
    if stock.loss is not None:
        return stock.loss
    return always(stock.loss_pair[0]) if stock.loss_pair is not None else None


def _is_derivative(name: str) -> bool:
    flat, tokens = plain(name), set(words(name))
    return bool(tokens & {"prime", "derivative", "deriv", "grad", "gradient", "backward"}) or (
        flat[:1] == "d" and len(flat) <= 6
    )


RULES: tuple[Callable[[Asked], Maker | None], ...] = (
    _image, _fixed, _generator, _rate, _optimizer, _training, _function, _array, _layers,
    _structure, _loss,
)  # fmt: skip
"""The first that knows an argument answers."""
