"""Build a layer and run it forward, by the names of its arguments and by shapes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.construct import needed_arguments, proposals
from gradcheck.students.draw import drawn
from gradcheck.students.images import is_pooling, pictures
from gradcheck.students.recipe import NotPlaced
from gradcheck.students.running import try_on
from gradcheck.students.starting import start, ways_to_start
from gradcheck.students.stock import Sizes
from gradcheck.students.telling import telling_of, told_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.construct import Proposal
    from gradcheck.students.fit import Fit
    from gradcheck.students.setting import Setting
    from gradcheck.students.stock import Stock

STEPS = 4
"""Length of a sequence."""

VOCABULARY, INDICES = 4, ((6,), (3, 4))
"""Rows of a table of vectors, and shapes of the indices that are looked up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layer:
    """What is to be run: see `fits`. The errors of all trials are collected."""

    constructor: Callable[..., Any]
    forward: str
    settings: Sequence[Setting]
    stock: Stock
    sized: bool
    given: Mapping[str, Any] | None
    errors: list[str] = field(default_factory=list)


def fits(
    constructor: Callable[..., Any],
    forward: str,
    settings: Sequence[Setting],
    stock: Stock,
    *,
    sized: bool,
    given: Mapping[str, Any] | None = None,
    images: bool = True,
) -> Iterator[Fit]:
    """Yield the ways in which a layer can be built and run forward, by names and shapes.

    Parameters
    ----------
    constructor : callable
    forward : str
        Name of its forward method.
    settings : sequence of Setting
        Layouts to try, the likeliest first.
    stock : Stock
    sized : bool
        A dense layer: y has other features than x, those that the constructor names.
    given : mapping, optional
        Constructor arguments that a configuration names.
    images : bool
        Try data of more dimensions, and indices, where nothing else fits.

    Raises
    ------
    NotPlaced
        Where nothing fits; the text is the error that tells most.
    """
    layer = _Layer(
        constructor=constructor,
        forward=forward,
        settings=settings,
        stock=stock,
        sized=sized,
        given=given,
    )
    for kind_of_data in (_features, _stacks, _images, _indices) if images else (_features,):
        any_fit = False
        for fit in kind_of_data(layer):
            any_fit = True
            yield fit
        if any_fit:
            return
    raise NotPlaced(telling_of(layer.errors) or "its constructor's arguments are not understood")


def _features(layer: _Layer) -> Iterator[Fit]:
    """Yield the ways in which it runs on examples with features."""
    for setting in layer.settings:
        for k, proposal in _proposals(layer, setting.sizes):
            for features in _widths(layer, setting.sizes):
                fit = _tried(layer, proposal, setting, drawn(setting.shape(features)))
                if fit is not None and _consistent(fit, sized=layer.sized):
                    yield replace(fit, reading=k)


def _stacks(layer: _Layer) -> Iterator[Fit]:
    """Yield the ways in which it runs on a stack of columns, or of sequences."""
    setting = layer.settings[0]
    sizes = setting.sizes
    for k, proposal in _proposals(layer, sizes):
        for features in _widths(layer, sizes):
            for axis, shape in (
                (1, (sizes.batch, features, 1)),
                (2, (sizes.batch, STEPS, features)),
            ):
                fit = _tried(layer, proposal, setting, drawn(shape))
                if fit is None or len(fit.y) != len(shape) or fit.y[0] != shape[0]:
                    continue
                other = fit.y[axis] != features and fit.y[axis] in (sizes.inputs, sizes.outputs)
                if other or not layer.sized:
                    yield replace(fit, kind="", reading=k)


def _images(layer: _Layer) -> Iterator[Fit]:
    """Yield the ways in which it runs on images."""
    setting = layer.settings[0]
    names = [a.name for a in needed_arguments(layer.constructor, layer.stock, images=True) or []]
    own = getattr(layer.constructor, "__name__", "")
    for alike in pictures(names, pooling=any(map(is_pooling, (own, *names)))):
        for picture in alike:
            ways = proposals(
                layer.constructor, setting.sizes, layer.stock, layer.given, picture=picture
            )
            tried = [_tried(layer, way, setting, drawn(picture.shape)) for way in ways]
            found = [replace(fit, kind="") for fit in tried if fit is not None and len(fit.y)]
            yield from found
            if found:
                break


def _indices(layer: _Layer) -> Iterator[Fit]:
    """Yield the ways in which it runs on indices: a table of vectors that are looked up."""
    if not any("integer" in error for error in layer.errors):
        return
    for shape in INDICES:
        # Some twice: what is looked up twice has the gradients of both.
        x = np.resize(np.arange(VOCABULARY), shape)
        for k, proposal in _proposals(layer, Sizes(inputs=VOCABULARY)):
            fit = _tried(layer, proposal, layer.settings[0], x)
            if fit is not None and len(fit.y) > len(shape):
                yield replace(fit, kind="", reading=k, classes=VOCABULARY)


def _proposals(layer: _Layer, sizes: Sizes) -> Iterator[tuple[int, Callable[[], Proposal]]]:
    return enumerate(proposals(layer.constructor, sizes, layer.stock, layer.given))


def _widths(layer: _Layer, sizes: Sizes) -> tuple[int, int]:
    """Return how many features x may have, the likelier number first."""
    own = (sizes.inputs, sizes.outputs)
    return own if layer.sized else own[::-1]


def _tried(
    layer: _Layer, proposal: Callable[[], Proposal], setting: Setting, x: Array
) -> Fit | None:
    """Return the layer as it runs on this data, or None; then the errors have one more."""
    for way in ways_to_start(layer.constructor):

        def build(way: str = way) -> Any:
            positional, keywords = proposal()
            made = layer.constructor(*positional, **keywords)
            start(made, x.shape, way)
            return made

        try:
            return try_on(build, layer.forward, setting, x)
        except Exception as error:  # noqa: BLE001 - foreign code
            layer.errors.append(told_error(error))
    return None


def _consistent(fit: Fit, *, sized: bool) -> bool:
    """Say whether y is laid out as x is; of a dense layer also that it has the sizes asked for."""
    x, y, setting = fit.x.shape, fit.y, fit.setting
    if len(x) == 2 and len(y) == 1 and not sized:
        return y[0] == x[1 - setting.feature_axis] and not setting.single  # a number an example
    if len(x) != len(y):
        return False
    if setting.layout == "vector":
        return not sized or y[0] != x[0] or setting.sizes.inputs == setting.sizes.outputs
    batch = 1 - setting.feature_axis
    if y[batch] != x[batch]:
        return False
    features = y[setting.feature_axis]
    own = {setting.sizes.inputs, setting.sizes.outputs}
    return not sized or (features in own and features != x[setting.feature_axis])
