"""What to hand to a constructor, from the names of its arguments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.students.arguments import Argument, arguments_of, takes_varargs
from gradcheck.students.vocabulary import HIDDEN, INSIZE, OUTSIZE, has, is_optimizer, plain, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from gradcheck.records import Array

CHANNELS, FILTERS, SIDE, KERNEL = 3, 2, 5, 3
"""Of images: channels in and out, height and width, and those of a kernel."""

_OF_IMAGES = {
    "w", "weights", "weight", "kernel", "w0", "b", "bias", "biases", "inputshape", "imageshape",
    "shape", "inshape", "depth", "inputdepth", "numchannels", "channels", "poolh", "poolw",
    "poolsize", "size", "kernelsize", "filtersize", "kernel_size", "pool",
}  # fmt: skip


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
    pair: tuple[Callable[..., Any], Callable[..., Any]] = (
        np.tanh,
        lambda x: 1 - np.tanh(x) ** 2,
    )
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


Proposal = tuple[tuple[Any, ...], dict[str, Any]]


def proposals(
    constructor: Callable[..., Any],
    sizes: Sizes,
    stock: Stock,
    given: Mapping[str, Any] | None = None,
    *,
    images: bool = False,
) -> Iterator[Callable[[], Proposal]]:
    """Yield ways to fill a constructor's arguments, the likeliest first.

    Each is a function, for what it hands in must be fresh for every instance.

    Parameters
    ----------
    constructor : callable
    sizes : Sizes
    stock : Stock
    given : mapping, optional
        Arguments that a configuration names.
    images : bool
        Arrays and shapes are those of images: see `IMAGE`.
    """
    if given:
        yield lambda: ((), dict(given))
        return
    arguments = arguments_of(constructor)
    if arguments is None:
        yield lambda: ((), {})
        return
    needed = [a for a in arguments if a.required or _wanted(a, stock)]
    many = takes_varargs(constructor)
    if not needed:
        if many and stock.layers is not None and _like_layers(many):
            layers = stock.layers
            yield lambda: (tuple(layers(sizes)), {})
            yield lambda: ((sizes.inputs, sizes.hidden, sizes.outputs), {})
        yield lambda: ((), {})
        return
    for reading in ("image",) if images else ("names", "swapped", "square", "tuple", "lists"):
        chosen = _fill(needed, sizes, stock, reading)

        def made(chosen: dict[str, Callable[[], Any]] = chosen) -> Proposal:
            return (), {name: make() for name, make in chosen.items()}

        yield made


def _wanted(argument: Argument, stock: Stock) -> bool:
    """Say whether an argument with a default of None had better be given."""
    return argument.default is None and argument.kind == "optimizer" and bool(stock.optimizers)


def _like_layers(name: str) -> bool:
    return bool(set(words(name)) & {"layers", "modules", "layer", "blocks", "args", "steps"})


def _fill(
    needed: Sequence[Argument], sizes: Sizes, stock: Stock, reading: str
) -> dict[str, Callable[[], Any]]:
    """Return a maker for each argument."""
    values: dict[str, Callable[[], Any]] = {}
    unknown = []
    pairs = [a for a in needed if like_function(a.name)]
    for argument in needed:
        make = _special(argument, sizes, stock, reading, pairs)
        if make is not None:
            values[argument.name] = make
        else:
            unknown.append(argument)
    ins = [a for a in unknown if _is_in(a.name)]
    outs = [a for a in unknown if _is_out(a.name) and a not in ins]
    hidden = [a for a in unknown if has(a.name, HIDDEN) and a not in ins and a not in outs]
    rest = [a for a in unknown if a not in ins and a not in outs and a not in hidden]
    if reading == "image":
        numbers = {a.name: CHANNELS if a in ins else FILTERS for a in unknown}
    elif reading == "square":
        numbers = {a.name: sizes.outputs for a in unknown}
    else:
        first, last = sizes.inputs, sizes.outputs
        if reading == "swapped":
            first, last = last, first
        numbers = {a.name: first for a in ins} | {a.name: last for a in outs}
        numbers |= {a.name: sizes.hidden for a in hidden}
        free = [s for s, taken in ((first, ins), (last, outs)) if not taken]
        if len(rest) == 1 and not ins and not outs:
            free = [sizes.outputs if reading == "names" else sizes.inputs]
        for k, argument in enumerate(rest):
            numbers[argument.name] = free[k] if k < len(free) else sizes.hidden
    for name, number in numbers.items():
        listed = {"list", "sizes", "dims", "layers"} & set(words(name)) or (
            reading == "lists" and has(name, HIDDEN | {"neurons", "units", "nodes"})
        )
        if listed:
            last = [] if [a for a in outs if a.name != name] else [sizes.outputs]
            values[name] = lambda last=last: [sizes.hidden, *last]
            continue
        shaped = "shape" in words(name) or reading == "tuple"
        values[name] = (lambda n=number: (n,)) if shaped else (lambda n=number: n)
    return values


def _is_in(name: str) -> bool:
    tokens = set(words(name))
    return bool(tokens & INSIZE or plain(name) in INSIZE) and not tokens & {"out", "output"}


def _is_out(name: str) -> bool:
    return has(name, OUTSIZE)


def like_function(name: str) -> bool:
    """Say whether an argument is named as a function: an activation, or its derivative."""
    tokens = set(words(name))
    flat = plain(name)
    return flat in ("f", "fprime", "df", "func", "fn", "g", "gprime", "dfunc", "phi") or bool(
        tokens & {"activation", "function", "func", "derivative", "prime", "act"}
    )


def _is_derivative(name: str) -> bool:
    flat, tokens = plain(name), set(words(name))
    return bool(tokens & {"prime", "derivative", "deriv", "grad", "gradient", "backward"}) or (
        flat[:1] == "d" and len(flat) <= 6
    )


def _special(
    argument: Argument, sizes: Sizes, stock: Stock, reading: str, functions: Sequence[Argument]
) -> Callable[[], Any] | None:
    """Return a maker for an argument that is no size, or None."""
    name, kind = argument.name, argument.kind
    tokens, flat = set(words(name)), plain(name)
    if reading == "image" and flat in _OF_IMAGES:
        return lambda: _of_image(flat)
    fixed: dict[str, Any] = {
        "seed": 0, "randomstate": 0, "name": "layer", "momentum": 0.9, "dropout": 0.5,
        "p": 0.5, "keepprob": 0.5, "dropoutrate": 0.5, "rate": 0.5, "prob": 0.5, "eps": 1e-5,
        "epsilon": 1e-5, "slope": 0.1, "alpha": 0.1, "negativeslope": 0.1, "scale": 0.5,
        "weightscale": 0.5, "std": 0.5, "kernelsize": 3, "filtersize": 3, "stride": 1,
        "strides": 1, "padding": 0, "pad": 0, "poolsize": 2, "inchannels": 3, "outchannels": 2,
        "numfilters": 2, "nfilters": 2, "outputchannels": 2, "inputchannels": 3, "dropoutratio": 0.5, "dtype": np.float64,
        "weightdecaylambda": 0.0, "l2": 0.0, "reg": 0.0, "weightdecay": 0.0, "lambd": 0.0,
        "usebias": True, "bias": True, "verbose": False, "epochs": 1, "batchsize": sizes.batch,
    }  # fmt: skip
    if flat == "alpha" and kind == "rate" and len(functions) == 0 and argument.required:
        return lambda: 0.1
    if flat in fixed:
        return lambda: fixed[flat]
    if flat in ("rng", "generator"):
        return lambda: np.random.default_rng(0)
    if kind == "rate":
        return lambda: 1.0
    if kind == "optimizer" or is_optimizer(name):
        return stock.optimizers[0] if stock.optimizers else PlainDescent
    if kind == "training":
        return lambda: True
    if argument in functions and reading == "lists":
        return lambda: ["relu", "identity"]
    if argument in functions:
        return _function(name, stock, functions)
    if flat in ("w", "weights", "weight", "kernel", "w0"):
        return lambda: _array((sizes.inputs, sizes.outputs))
    if flat in ("b", "bias", "biases", "b0"):
        return lambda: _array((sizes.outputs,))
    if flat in ("gamma", "beta") and argument.required:
        return lambda: _array((sizes.inputs,))
    if tokens & {"layers", "modules", "blocks"} and reading != "swapped":
        layers = stock.layers
        if reading == "names" and layers is not None:
            return lambda: layers(sizes)
        return lambda: [sizes.inputs, sizes.hidden, sizes.outputs]
    if flat in ("sizes", "layersizes", "layerdims", "dims", "structure", "architecture", "topology",
                "shape", "layout", "layersize", "nodes", "neurons") and (
        "sizes" in flat or "dims" in flat or reading in ("tuple", "swapped")
        or flat in ("structure", "architecture", "topology", "layout")
    ):  # fmt: skip
        return lambda: [sizes.inputs, sizes.hidden, sizes.outputs]
    if tokens & {"loss", "cost", "criterion"}:
        if _is_derivative(name) and stock.loss_pair is not None:
            pair = stock.loss_pair
            return lambda: pair[1]
        if stock.loss is not None:
            return stock.loss
        if stock.loss_pair is not None:
            pair = stock.loss_pair
            return lambda: pair[0]
    return None


def _function(name: str, stock: Stock, functions: Sequence[Argument]) -> Callable[[], Any]:
    if len(functions) >= 2 and _is_derivative(name):
        return lambda: stock.pair[1]
    if len(functions) >= 2:
        return lambda: stock.pair[0]
    if stock.activations:
        return next(iter(stock.activations.values()))
    return lambda: "tanh"


def _of_image(flat: str) -> Any:
    """Return what goes in for an argument of a layer of images."""
    if flat.startswith(("w", "kernel")) and flat not in ("kernelsize",):
        return _array((FILTERS, CHANNELS, KERNEL, KERNEL))
    if flat.startswith("b"):
        return _array((FILTERS,))
    if "shape" in flat:
        return (CHANNELS, SIDE, SIDE)
    if flat in ("inputdepth", "numchannels", "channels"):
        return CHANNELS
    if flat == "depth":
        return FILTERS
    return 2 if "pool" in flat or flat == "size" else KERNEL


def _array(shape: tuple[int, ...]) -> Array:
    return np.random.default_rng(0).standard_normal(shape)


def build_at(
    constructor: Callable[..., Any],
    sizes: Sizes,
    stock: Stock,
    reading: int,
    given: Mapping[str, Any] | None = None,
) -> Any:
    """Return an object of other sizes, by the same reading of its constructor's arguments.

    Raises
    ------
    Exception
        What the constructor raises.
    """
    ways = list(proposals(constructor, sizes, stock, given))
    positional, keywords = ways[min(reading, len(ways) - 1)]()
    return constructor(*positional, **keywords)
