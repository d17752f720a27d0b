"""Offers the layers of `reference_net` as subjects. The one module that imports `reference_net`."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
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
        line=inspect.getsourcelines(offer.layer)[1],
        reproduce=f"gradcheck verify --seed {seed}",
    )


def _shape(letters: Sequence[int | str], sizes: Mapping[str, int]) -> tuple[int, ...]:
    return tuple(size if isinstance(size, int) else sizes[size] for size in letters)


def _file(layer: type) -> str:
    """Return where the class stands, from its package on: the same on every machine."""
    return f"{reference_net.__name__}/{Path(inspect.getfile(layer)).name}"
