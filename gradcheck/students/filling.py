"""Fill the containers of a file with its own layers, and meet them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.students.arguments import arguments_of
from gradcheck.students.construct import build_at
from gradcheck.students.fitting import fits
from gradcheck.students.layers import recipe_of
from gradcheck.students.methods import ADDERS, method_of
from gradcheck.students.naming import words
from gradcheck.students.recipe import NotPlaced
from gradcheck.students.stock import Sizes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from gradcheck.students.candidate import Candidate
    from gradcheck.students.known import Known
    from gradcheck.students.placed import Placed
    from gradcheck.students.recipe import Recipe
    from gradcheck.students.setting import Setting
    from gradcheck.students.stock import Stock


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """Layers of a file with which its containers are filled.

    Attributes
    ----------
    dense, activation : Placed or None
    arguments : mapping or None
        Of the dense layer's constructor, as a configuration names them.
    stock : Stock or None
    """

    dense: Placed | None = None
    activation: Placed | None = None
    arguments: Mapping[str, Any] | None = None
    stock: Stock | None = None

    @property
    def names(self) -> list[str]:
        """Return the names of the layers."""
        chosen = (self.dense, self.activation)
        return [one.description.name for one in chosen if one is not None]

    def compositions(self) -> list[Callable[[Sizes], list[Any]]]:
        """Return ways to fill a container: a dense layer and an activation, then one more layer."""
        activations = [self.activation] if self.activation is not None else []
        if self.dense is None:
            return [lambda _sizes: [_object(p) for p in activations * 2]] if activations else []

        def short(sizes: Sizes) -> list[Any]:
            return [self._layer(sizes.inputs, sizes.outputs), *(_object(p) for p in activations)]

        def long(sizes: Sizes) -> list[Any]:
            first = self._layer(sizes.inputs, sizes.hidden)
            last = self._layer(sizes.hidden, sizes.outputs)
            return [first, *(_object(p) for p in activations), last]

        return [short, long]

    def _layer(self, inputs: int, outputs: int) -> Any:
        dense, stock = self.dense, self.stock
        assert dense is not None and stock is not None  # noqa: S101, PT018 - see `compositions`
        assert dense.candidate is not None and dense.fit is not None  # noqa: S101, PT018 - chosen so
        sizes = Sizes(inputs=inputs, outputs=outputs)
        thing, reading = dense.candidate.thing, dense.fit.reading
        return build_at(thing, sizes, stock, reading, self.arguments)


def filling_of(placed: Sequence[Placed], known: Known) -> Filling:
    """Return the layers that containers are filled with: the first dense one and an activation."""
    layers = [p for p in placed if p.candidate is not None and p.fit is not None and p.fit.kind]
    dense = [p for p in layers if p.description.role == "dense" and _matches(p, known.setting)]
    smooth = {"tanh": 0, "sigmoid": 1, "activation": 2, "relu": 3, "leaky_relu": 3}
    activations = [p for p in layers if p.description.role in smooth]
    activations.sort(key=lambda p: smooth[p.description.role])
    chosen = dense[0].candidate if dense else None
    return Filling(
        dense=next(iter(dense), None),
        activation=next(iter(activations), None),
        arguments=known.options(chosen.name).get("arguments") if chosen is not None else None,
        stock=known.stock,
    )


def _object(placed: Placed) -> Any:
    assert placed.fit is not None  # noqa: S101 - chosen so
    return placed.fit.build()


def _matches(placed: Placed, setting: Setting) -> bool:
    return placed.fit is not None and placed.fit.setting.orientation == setting.orientation


def place_container(
    candidate: Candidate, setting: Setting, stock: Stock, *, zeroing: bool
) -> tuple[Recipe, dict[str, str]]:
    """Return the recipe of a container, filled with layers of its file.

    Raises
    ------
    NotPlaced
        Where the file has no layers for it, or it does not run.
    """
    if stock.layers is None:
        raise NotPlaced("no layer of this file could be placed to fill it with")
    constructor = _filled_by_adding(candidate.thing, stock, setting.sizes)
    fit = next(
        iter(fits(constructor, candidate.forward, [setting], stock, sized=False, images=False))
    )
    return recipe_of(fit, candidate.backward, words_of_zeroing=zeroing)


def _filled_by_adding(kind: type, stock: Stock, sizes: Sizes) -> Callable[..., Any]:
    """Return the constructor, or one that adds the layers, where the class wants them added."""
    adder = method_of(kind, ADDERS)
    arguments = [a for a in arguments_of(kind) or [] if a.required]
    takes = any(set(words(a.name)) & {"layers", "modules", "blocks"} for a in arguments)
    layers = stock.layers
    if not adder or takes or layers is None:
        return kind

    def made() -> Any:
        container = kind()
        for layer in layers(sizes):
            getattr(container, adder)(layer)
        return container

    return made
