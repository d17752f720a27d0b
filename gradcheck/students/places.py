"""Where y, dx and the gradients of parameters come out: by names and shapes, never by values.

Three things are looked at after backward: what was returned, what is new or changed in the object's
state, and which parameters changed. A name tells first, then a position, then a shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.arrays import Place, name_of, reachable
from gradcheck.students.naming import number_of, plain, same_thing, stem_of_gradient, words
from gradcheck.students.recipe import Source
from gradcheck.students.vocabulary import GRADIENT_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.arrays import Found
    from gradcheck.students.parameters import Parameter

INPUTS = {
    "x", "input", "inputs", "in", "aprev", "prev", "a", "h", "inputgradient", "values", "data",
    "aprevious", "xs", "input_", "previous", "lower", "i", "bottom", "downstream", "inp",
    "entrada", "entradas", "eingabe",
}  # fmt: skip
"""Stems of the gradient of a layer's input."""

OUTPUTS = ("output", "outputs", "out", "y", "a", "z", "Y", "A", "Z", "activations", "activation",
           "result", "value", "h", "H", "probs", "loss", "cost")  # fmt: skip
"""Attributes in which a forward that returns nothing leaves y, the likeliest first."""


State = Mapping[Place, tuple[int, bytes]]


def state_of(root: Any) -> State:
    """Return every reachable array's identity and bytes, and every number's, by its place."""
    found = reachable(root, scalars=True)
    return {one.place: (id(one.array), one.array.tobytes()) for one in found}


def changed(root: Any, before: State, *, scalars: bool = False) -> list[Found]:
    """Return the arrays that are new, or whose bytes are not what they were."""
    return [
        one
        for one in reachable(root, scalars=scalars)
        if one.place not in before or before[one.place][1] != one.array.tobytes()
    ]


def output_of(returned: Any, root: Any, before: State) -> Source | None:
    """Return where forward leaves y: in what it returned, first of a tuple, or in an attribute."""
    if returned is None:
        new = {one.place: one for one in changed(root, before)}
        for name in OUTPUTS:
            if (("attr", name),) in new:
                return Source(kind="state", place=(("attr", name),))
        direct = [place for place in new if len(place) == 1]
        return Source(kind="state", place=direct[-1]) if direct else None
    if (
        isinstance(returned, tuple | list)
        and len(returned)
        and _is_numeric(returned[0])
        and (isinstance(returned, tuple) or isinstance(returned[0], np.ndarray))
    ):
        return Source(kind="forward", place=(("item", 0),))
    return Source(kind="forward")


def _is_numeric(value: Any) -> bool:
    return isinstance(value, np.ndarray | np.generic | float | int)


def gradients_of(
    returned: Any,
    names: Sequence[str],
    root: Any,
    before: State,
    x: Array | None,
    parameters: Sequence[Parameter],
) -> list[Source | None]:
    """Return where the gradients are: of x first (if there is one), then of each parameter.

    Parameters
    ----------
    returned : object
        What backward returned.
    names : sequence of str
        The names in backward's ``return a, b, c``, as far as they can be read.
    root : object
        The object, after backward.
    before : State
        Of the object before backward.
    x : Array or None
        The input, where its gradient is wanted.
    parameters : sequence of Parameter
    """
    given = _returned(returned, names)
    new = changed(root, before)
    own = {place for parameter in parameters for place in parameter.places}
    sources: list[Source | None] = []
    taken: set[Place] = set()
    if x is not None:
        dx = _of_input(given, new, x, len(parameters))
        sources.append(dx)
        if dx is not None and dx.kind == "backward":
            taken.add(dx.place)
    rest = [(stem, one) for stem, one in given if one.place not in taken]
    by_position = _in_order(rest, parameters)
    for k, parameter in enumerate(parameters):
        found = (
            _named(rest, parameter)
            or by_position.get(k)
            or _in_state([one for one in new if one.place not in own], parameter)
        )
        single = parameter.array.ndim == 0
        moved_ones = changed(root, before, scalars=True) if single else new
        if found is None and any(one.place in parameter.places for one in moved_ones):
            moved = next(one.place for one in moved_ones if one.place in parameter.places)
            found = Source(kind="update", place=moved)
        if found is None:
            everything = [one for one in reachable(root) if one.place not in own]
            found = _in_state(everything, parameter)
        if found is None:
            # Summed over everything, it is a number: no array, and of a wrong shape.
            numbers = [one for one in reachable(root, scalars=True) if one.array.ndim == 0]
            found = _in_state(numbers, parameter)
        if found is None and len(parameters) == 1:
            found = _alone([one for one in new if one.place not in own], parameter)
        sources.append(found)
    return sources


def _returned(returned: Any, names: Sequence[str]) -> list[tuple[str, Found]]:
    """Return the arrays in what was returned, each with what its name says it is a gradient of."""
    found = []
    several = isinstance(returned, tuple | list) and len(names) == len(returned)
    for one in reachable(returned, scalars=True, kinds="fciub"):
        name = ""
        if several and one.place and one.place[0][0] == "item":
            name = names[one.place[0][1]]
        keys = [str(step) for kind, step in one.place if kind != "item"]
        stem = stem_of_gradient(name) if name else ""
        if keys:
            stem = stem_of_gradient(keys[-1]) or plain(keys[-1])
        number = number_of(keys[-1] if keys else name)
        found.append((f"{stem}{number}" if stem and not number_of(stem) else stem, one))
    return found


def _of_input(
    given: Sequence[tuple[str, Found]], new: Sequence[Found], x: Array, parameters: int
) -> Source | None:
    if len(given) == 1 and not given[0][1].place:
        return Source(kind="backward")
    named = [one for stem, one in given if stem in INPUTS]
    if named:
        return Source(kind="backward", place=named[0].place)
    unnamed = [one for stem, one in given if not stem or stem in ("data", "z", "y")]
    alike = [one for one in unnamed if one.array.shape == x.shape]
    if alike:
        return Source(kind="backward", place=alike[0].place)
    if unnamed and len(given) > parameters:
        return Source(kind="backward", place=unnamed[0].place)
    if given and not new and len(given) == 1:
        return Source(kind="backward", place=given[0][1].place)
    named = [one for one in new if stem_of_gradient(one.name) in INPUTS]
    named.sort(key=lambda one: (len(one.place), one.array.shape != x.shape))
    if named:
        return Source(kind="state", place=named[0].place)
    alike = [
        one
        for one in new
        if one.array.shape == x.shape
        and len(one.place) == 1
        and set(words(one.name)) & (GRADIENT_WORDS | {"dinputs"})
    ]
    return Source(kind="state", place=alike[0].place) if len(alike) == 1 else None


def _signature(place: Place, name: str = "") -> tuple[str, tuple[str, ...]]:
    """Return what a parameter's place says it is: its stem, and its numbers on the way."""
    last = name or name_of(place)
    numbers = [str(step) for kind, step in place if kind == "item"]
    return last, (*numbers, *filter(None, [number_of(last)]))


def _named(given: Sequence[tuple[str, Found]], parameter: Parameter) -> Source | None:
    name, numbers = _signature(parameter.place)
    best: tuple[int, Found] | None = None
    for stem, one in given:
        if not stem or not same_thing(stem, name):
            continue
        items = [str(step) for kind, step in one.place if kind == "item"]
        own = [*items, *filter(None, [number_of(stem)])]
        fits = _numbers_fit(own, numbers)
        if not fits:
            continue
        score = fits + (one.array.shape == parameter.array.shape)
        if best is None or score > best[0]:
            best = (score, one)
    return Source(kind="backward", place=best[1].place) if best else None


def _numbers_fit(own: Sequence[str], wanted: Sequence[str]) -> int:
    """Return 0 where the numbers of a gradient contradict those of a parameter, else 1 or 2."""
    if not wanted:
        return 1
    if own[-len(wanted) :] == list(wanted):
        return 2
    # A single gradient in a tuple carries the number of its position, which says nothing.
    return 1 if len(own) <= 1 and len(wanted) == 1 and not own else 0


def _in_order(
    rest: Sequence[tuple[str, Found]], parameters: Sequence[Parameter]
) -> dict[int, Source]:
    """Match what has no telling name with the parameters: by position, or by shapes that differ."""
    free = [one for stem, one in rest if not stem]
    if len(free) != len(parameters) or not free:
        return {}
    shapes = [parameter.array.shape for parameter in parameters]
    if len(set(shapes)) == len(shapes) and {one.array.shape for one in free} == set(shapes):
        free = sorted(free, key=lambda one: shapes.index(one.array.shape))
    return {k: Source(kind="backward", place=one.place) for k, one in enumerate(free)}


def _in_state(candidates: Sequence[Found], parameter: Parameter) -> Source | None:
    name, _ = _signature(parameter.place)
    best: tuple[tuple[int, ...], Place] | None = None
    for one in candidates:
        stem = _stem_in_state(one.place, parameter.place)
        if not stem or not same_thing(stem, name):
            continue
        common = _common(one.place, parameter.place)
        items = [step for kind, step in one.place if kind == "item"]
        wanted = [step for kind, step in parameter.place if kind == "item"]
        number, own = number_of(name), number_of(name_of(one.place))
        if number and own and number != own:
            continue
        score = (
            int(items == wanted or not wanted),
            common,
            int(one.array.shape == parameter.array.shape),
            int(number == own),
            -len(one.place),
        )
        if best is None or score > best[0]:
            best = (score, one.place)
    if best is None or not best[0][0]:
        return None
    return Source(kind="state", place=best[1])


def _stem_in_state(place: Place, parameter: Place) -> str:
    """Return what an array in the state is a gradient of, by its name and its container's."""
    names = [str(step) for kind, step in place if kind != "item"]
    if not names:
        return ""
    last = names[-1]
    if plain(last) in ("grad", "gradient", "g", "d", "delta", "derivative", "grads", "diff"):
        if len(names) > 1 and place[: len(place) - 1] == parameter[: len(place) - 1]:
            return plain(names[-2])
        if place[-1][0] == "item" and parameter[-1] == place[-1]:
            return plain(name_of(parameter))
        if len(names) > 1:
            return plain(names[-2])
        return ""
    stem = stem_of_gradient(last)
    if stem:
        return stem
    containers = [set(words(name)) & (GRADIENT_WORDS | {"dparams"}) for name in names[:-1]]
    return plain(last) if any(containers) else ""


def _common(place: Place, other: Place) -> int:
    """Return how many steps two places share from the root on."""
    count = 0
    for one, two in zip(place, other, strict=False):
        if one != two:
            break
        count += 1
    return count


def _alone(new: Sequence[Found], parameter: Parameter) -> Source | None:
    alike = [
        one
        for one in new
        if one.array.shape == parameter.array.shape and set(words(one.name)) & GRADIENT_WORDS
    ]
    return Source(kind="state", place=alike[0].place) if len(alike) == 1 else None
