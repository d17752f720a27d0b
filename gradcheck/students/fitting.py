"""Build a layer and run it forward, by the names of its arguments and by shapes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.arguments import arguments_of, arrays_among, filled
from gradcheck.students.arrays import get, reachable
from gradcheck.students.construct import needed_arguments, proposals
from gradcheck.students.dependence import with_parameters
from gradcheck.students.draw import drawn
from gradcheck.students.fit import Fit
from gradcheck.students.images import is_pooling, pictures
from gradcheck.students.places import output_of, state_of
from gradcheck.students.recipe import Call, NotPlaced, method
from gradcheck.students.starting import start, ways_to_start
from gradcheck.students.telling import told_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.construct import Proposal
    from gradcheck.students.setting import Setting
    from gradcheck.students.stock import Stock


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
        Try data of more dimensions where nothing else fits.

    Raises
    ------
    NotPlaced
        Where nothing fits; the text is the last error.
    """
    errors: list[str] = []
    any_fit = False
    for setting in settings:
        for k, proposal in enumerate(proposals(constructor, setting.sizes, stock, given)):
            widths = (setting.sizes.inputs, setting.sizes.outputs)
            for features in widths if sized else widths[::-1]:
                shape = setting.shape(features)
                fit = _tried(constructor, proposal, forward, setting, shape, errors)
                if fit is not None and _consistent(fit, sized=sized):
                    any_fit = True
                    yield replace(fit, reading=k)
    if images and not any_fit:
        for fit in _of_stacks(constructor, forward, settings[0], stock, given, errors, sized=sized):
            any_fit = True
            yield fit
    if images and not any_fit:
        for fit in _of_images(constructor, forward, settings[0], stock, given, errors):
            any_fit = True
            yield fit
    if not any_fit:
        raise NotPlaced(told_error(errors) or "its constructor's arguments are not understood")


def _of_stacks(
    constructor: Callable[..., Any],
    forward: str,
    setting: Setting,
    stock: Stock,
    given: Mapping[str, Any] | None,
    errors: list[str],
    *,
    sized: bool,
) -> Iterator[Fit]:
    """Yield the ways in which a layer runs on a stack of columns, or of sequences."""
    sizes = setting.sizes
    own = (sizes.inputs, sizes.outputs)
    for k, proposal in enumerate(proposals(constructor, sizes, stock, given)):
        for features in own if sized else own[::-1]:
            for axis, shape in ((1, (sizes.batch, features, 1)), (2, (sizes.batch, 4, features))):
                fit = _tried(constructor, proposal, forward, setting, shape, errors)
                if fit is None or len(fit.y) != len(shape) or fit.y[0] != shape[0]:
                    continue
                if not sized or (fit.y[axis] in own and fit.y[axis] != features):
                    yield replace(fit, kind="", reading=k)


def _of_images(
    constructor: Callable[..., Any],
    forward: str,
    setting: Setting,
    stock: Stock,
    given: Mapping[str, Any] | None,
    errors: list[str],
) -> Iterator[Fit]:
    names = [a.name for a in needed_arguments(constructor, stock) or []]
    pooling = is_pooling(getattr(constructor, "__name__", "")) or any(map(is_pooling, names))
    for picture in pictures(names, pooling=pooling):
        for proposal in proposals(constructor, setting.sizes, stock, given, picture=picture):
            fit = _tried(constructor, proposal, forward, setting, picture.shape, errors)
            if fit is not None and len(fit.y):
                yield replace(fit, kind="")


def _tried(
    constructor: Callable[..., Any],
    proposal: Callable[[], Proposal],
    forward: str,
    setting: Setting,
    shape: tuple[int, ...],
    errors: list[str],
) -> Fit | None:
    """Return the layer as it runs on data of this shape, or None; then the errors have one more."""

    for way in ways_to_start(constructor):

        def build(way: str = way) -> Any:
            positional, keywords = proposal()
            made = constructor(*positional, **keywords)
            start(made, shape, way)
            return made

        try:
            return try_on(build, forward, setting, drawn(shape))
        except Exception as error:  # noqa: BLE001 - foreign code
            errors.append(f"{type(error).__name__}: {error}")
    return None


def try_on(build: Callable[[], Any], forward: str, setting: Setting, x: Array) -> Fit:
    """Run forward on x, once for the output and once for each array that it may depend on.

    Raises
    ------
    NotPlaced
        Where its arguments or its output are not understood.
    Exception
        What the code raises.
    """
    root = build()
    arguments = arguments_of(getattr(root, forward)) or []
    arrays = arrays_among(arguments)
    if len(arrays) > 1:
        raise NotPlaced(f"{forward} takes {len(arrays)} arrays")
    name = arrays[0].name if arrays else (arguments[0].name if arguments else "")
    slots = filled(arguments, {name: ("input", 0)} if name else {}, size=setting.batch)
    if slots is None:
        raise NotPlaced(f"an argument of {forward} is not understood")
    call = Call(function=method(forward), arguments=slots[0] or (("input", 0),), keywords=slots[1])
    early = {one.place for one in reachable(root)}
    before = state_of(root)
    given = x.copy()
    returned = getattr(root, forward)(
        *[given if slot == ("input", 0) else slot[1] for slot in call.arguments],
        **{key: slot[1] for key, slot in call.keywords.items()},
    )
    output = output_of(returned, root, before)
    if output is None:
        raise NotPlaced(f"{forward} returns nothing and leaves nothing new in the object")
    y = np.asarray(get(returned if output.kind == "forward" else root, output.place))
    if y.dtype.kind not in "fiub":
        raise NotPlaced(f"{forward} gives {y.dtype}, no numbers")
    lazy = [one for one in reachable(root) if one.place not in early]
    fit = Fit(
        build=build,
        setting=setting,
        given=(x,),
        y=y.shape,
        forward=call,
        output=output,
        kind=setting.layout,
        coarse=y.dtype in (np.float32, np.float16),
    )
    return with_parameters(fit, root, lazy)


def _consistent(fit: Fit, *, sized: bool) -> bool:
    """Say whether y is laid out as x is; of a dense layer also that it has the sizes asked for."""
    x, y, setting = fit.x.shape, fit.y, fit.setting
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
