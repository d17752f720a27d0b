"""Offers the layers of `reference_net` as subjects. The one module that imports `reference_net`."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

import reference_net
from gradcheck.notes.formulas import FORMULAS
from gradcheck.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcheck.records import Array
    from gradcheck.subject import Instance

Sizes = dict[str, int]

SMALL = 4
"""Every size up to here is proved."""

DEEPEST = 4
"""Layers of a model that is proved for every choice of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """A class of `reference_net`, the formula that it implements, and the sizes to check it at."""

    formula: str
    layer: type
    make: Callable[[Sizes], Instance]
    sizes: tuple[Sizes, ...]


class LayerInstance:
    """An Instance made of a layer and the names of its parameters, in the order of the inputs."""

    def __init__(self, layer: reference_net.Layer, parameters: Sequence[str] = ()) -> None:
        self._layer = layer
        self._parameters = tuple(parameters)

    def forward(self, *inputs: Array) -> Any:
        """Return layer.forward(X) for the inputs X and the parameters, put into the layer first."""
        X, *parameters = inputs
        for name, array in zip(self._parameters, parameters, strict=True):
            self._layer.parameters[name] = array
        return self._layer.forward(X)

    def backward(self, upstream: Array) -> tuple[Any, ...]:
        """Return dX and the gradient of each parameter."""
        downstream = self._layer.backward(upstream)
        return (downstream, *(self._layer.gradients[name] for name in self._parameters))


class CostInstance:
    """An Instance made of the cost function, or of a model with the cost function behind it.

    The last input is the target, which gets no gradient: None stands in its place.
    """

    def __init__(self, model: LayerInstance | None = None) -> None:
        self._model = model
        self._cost = reference_net.MeanSquaredError()

    def forward(self, *inputs: Array) -> Any:
        """Return the cost of the prediction, or of what the model makes of the other inputs."""
        *others, target = inputs
        prediction = self._model.forward(*others) if self._model else others[0]
        return self._cost.forward(prediction, target)

    def backward(self, upstream: Array) -> tuple[Any, ...]:
        """Return the gradient of each input but the target, and None for that."""
        downstream = self._cost.backward(upstream)
        gradients = self._model.backward(downstream) if self._model else (downstream,)
        return (*gradients, None)


def _dense(sizes: Sizes) -> Instance:
    return LayerInstance(_new_dense(sizes["i"], sizes["j"]), ("W", "b"))


def _new_dense(inputs: int, outputs: int) -> reference_net.Dense:
    # The first W is never used: every forward of an instance brings its own.
    return reference_net.Dense(inputs, outputs, np.random.default_rng(0))


def _sequential(sizes: Sizes) -> Instance:
    model = reference_net.Sequential(
        [
            _new_dense(sizes["i"], sizes["h"]),
            reference_net.ReLU(),
            _new_dense(sizes["h"], sizes["n"]),
            reference_net.Softmax(),
        ]
    )
    return CostInstance(LayerInstance(model, ("W1", "b1", "W2", "b2")))


# Pairwise different sizes tell a transpose and a factor 1/N from 1/n; N = 1 is the notes' case;
# a size of 1 is where broadcasting hides an error. Small, for the symbolic oracle's sake.
_COLUMNS: tuple[Sizes, ...] = ({"n": 4, "N": 1}, {"n": 3, "N": 2}, {"n": 1, "N": 1})

_OFFERS = (
    _Offer(
        formula="dense",
        layer=reference_net.Dense,
        make=_dense,
        sizes=(
            {"i": 4, "j": 3, "N": 1},
            {"i": 3, "j": 5, "N": 2},
            {"i": 1, "j": 1, "N": 1},
        ),
    ),
    _Offer(
        formula="sigmoid",
        layer=reference_net.Sigmoid,
        make=lambda _: LayerInstance(reference_net.Sigmoid()),
        sizes=_COLUMNS,
    ),
    _Offer(
        formula="tanh",
        layer=reference_net.Tanh,
        make=lambda _: LayerInstance(reference_net.Tanh()),
        sizes=_COLUMNS,
    ),
    _Offer(
        formula="relu",
        layer=reference_net.ReLU,
        make=lambda _: LayerInstance(reference_net.ReLU()),
        sizes=_COLUMNS,
    ),
    _Offer(
        formula="softmax",
        layer=reference_net.Softmax,
        make=lambda _: LayerInstance(reference_net.Softmax()),
        sizes=_COLUMNS,
    ),
    _Offer(
        formula="mse",
        layer=reference_net.MeanSquaredError,
        make=lambda _: CostInstance(),
        sizes=_COLUMNS,
    ),
    _Offer(
        formula="sequential",
        layer=reference_net.Sequential,
        make=_sequential,
        sizes=(
            {"i": 3, "h": 4, "n": 2, "N": 1},
            {"i": 5, "h": 4, "n": 3, "N": 2},
            {"i": 1, "h": 1, "n": 2, "N": 1},
        ),
    ),
)


def reference_subjects(seed: int) -> list[tuple[Subject, str]]:
    """Return every layer of `reference_net` at each of its shapes.

    Parameters
    ----------
    seed : int
        Draws the inputs: standard normal numbers, float64.

    Returns
    -------
    list of (Subject, str)
        A subject, and the key of its formula in `gradcheck.notes.formulas.FORMULAS`. Subjects of
        one layer are neighbours and share their name.
    """
    rng = np.random.default_rng(seed)
    return [
        (_subject(offer, sizes, rng, seed), offer.formula)
        for offer in _OFFERS
        for sizes in offer.sizes
    ]


def small_subjects(seed: int) -> list[tuple[Subject, str | None]]:
    """Return every layer at every size up to `SMALL`, and models of up to `DEEPEST` dense layers.

    W and b of a dense layer are free, and so are its output and its Jacobian at any input: what is
    proved of such a model holds for every choice of layers that have a derivative.

    Returns
    -------
    list of (Subject, str or None)
        As `reference_subjects`; a model of dense layers alone has no formula.
    """
    rng = np.random.default_rng(seed)
    subjects: list[tuple[Subject, str | None]] = []
    for offer in _OFFERS:
        if offer.formula == "sequential":
            continue
        letters = [*offer.sizes[0]]
        for numbers in product(range(1, SMALL + 1), repeat=len(letters)):
            sizes = dict(zip(letters, numbers, strict=True))
            subjects.append((_subject(offer, sizes, rng, seed), offer.formula))
    return subjects + [(_composition(depth, rng), None) for depth in range(1, DEEPEST + 1)]


def _composition(depth: int, rng: np.random.Generator) -> Subject:
    """Return a model of dense layers, whose sizes alternate between 2 and 3."""
    sizes = [2 + k % 2 for k in range(depth + 1)]
    names = ["x", *(f"{letter}{k}" for k in range(1, depth + 1) for letter in "Wb")]
    shapes = [(sizes[0], 1)]
    for inside, outside in pairwise(sizes):
        shapes += [(outside, inside), (outside, 1)]

    def make() -> Instance:
        layers = [_new_dense(inside, outside) for inside, outside in pairwise(sizes)]
        return LayerInstance(reference_net.Sequential(layers), names[1:])

    return Subject(
        name=reference_net.Sequential.__name__,
        role="sequential",
        names=tuple(names),
        inputs=tuple(rng.standard_normal(shape) for shape in shapes),
        parameters=frozenset(names[1:]),
        make=make,
        file=_file(reference_net.Sequential),
        line=_line(reference_net.Sequential),
    )


def _subject(offer: _Offer, sizes: Sizes, rng: np.random.Generator, seed: int) -> Subject:
    formula = FORMULAS[offer.formula]
    return Subject(
        name=offer.layer.__name__,
        role=offer.formula,
        names=formula.inputs,
        inputs=tuple(rng.standard_normal(_shape(letters, sizes)) for letters in formula.shapes),
        constants=frozenset(formula.constants),
        parameters=frozenset(name for name in formula.inputs if name[0] in "Wb"),
        make=lambda: offer.make(sizes),
        file=_file(offer.layer),
        line=_line(offer.layer),
        reproduce=f"gradcheck verify --seed {seed}",
    )


def _shape(letters: Sequence[int | str], sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(size if isinstance(size, int) else sizes[size] for size in letters)


@lru_cache
def _line(layer: type) -> int:
    return inspect.getsourcelines(layer)[1]


def _file(layer: type) -> str:
    """Return where the class stands, from its package on: the same on every machine."""
    return f"{reference_net.__name__}/{Path(inspect.getfile(layer)).name}"
