"""Run a layer forward once, and see what goes in, what comes out and what y depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.arguments import arguments_of, arrays_among, filled
from gradcheck.students.arrays import get, reachable
from gradcheck.students.dependence import with_parameters
from gradcheck.students.draw import drawn
from gradcheck.students.fit import Fit
from gradcheck.students.naming import is_target
from gradcheck.students.places import output_of, state_of
from gradcheck.students.recipe import Call, NotPlaced, method
from gradcheck.students.trials import call_with

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.recipe import Slot
    from gradcheck.students.setting import Setting


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
    if len(arrays) > 1 and any(is_target(a.name) for a in arrays):
        raise NotPlaced(f"{forward} takes {len(arrays)} arrays")
    names = [a.name for a in arrays or arguments[:1]]
    data: dict[str, Slot] = {name: ("input", k) for k, name in enumerate(names)}
    slots = filled(arguments, data, size=setting.batch)
    if slots is None:
        raise NotPlaced(f"an argument of {forward} is not understood")
    call = Call(function=method(forward), arguments=slots[0] or (("input", 0),), keywords=slots[1])
    early = {one.place for one in reachable(root)}
    before = state_of(root)
    given = (x, *(drawn(x.shape, 20 + k) for k in range(1, len(names))))
    returned = call_with(call, root, given)
    output = output_of(returned, root, before)
    if output is None:
        raise NotPlaced(f"{forward} returns nothing and leaves nothing new in the object")
    y = np.asarray(get(returned if output.kind == "forward" else root, output.place))
    if y.dtype.kind not in "fiub":
        raise NotPlaced(f"{forward} gives {y.dtype}, no numbers")
    if not y.size:
        raise NotPlaced(f"{forward} gives an array of shape {y.shape}, with nothing in it")
    lazy = [one for one in reachable(root) if one.place not in early]
    fit = Fit(
        build=build,
        setting=setting,
        given=given,
        names=tuple(names[1:]),
        y=y.shape,
        forward=call,
        output=output,
        kind=setting.layout,
        coarse=y.dtype in (np.float32, np.float16),
    )
    return with_parameters(fit, root, lazy)
