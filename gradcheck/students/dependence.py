"""Find a layer's parameters: the arrays in the object on which y depends."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.students.arrays import get, groups, name_of, put, reachable
from gradcheck.students.chance import built, one_entropy, start_again
from gradcheck.students.draw import drawn
from gradcheck.students.naming import is_optimizer, plain, symbol_of, words
from gradcheck.students.parameters import named_parameters
from gradcheck.students.vocabulary import BUFFERS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from gradcheck.records import Array
    from gradcheck.students.arrays import Found, Place
    from gradcheck.students.fit import Fit

MOVED = 0.37
"""By how much an array is moved to see whether forward depends on it."""


def with_parameters(fit: Fit, root: Any, lazy: Sequence[Found]) -> Fit:
    """Return the fit with the arrays on which y depends; forward is run for each.

    Parameters
    ----------
    fit : Fit
    root : object
        An object that ran forward.
    lazy : sequence of Found
        Arrays that were not there before that.
    """
    lazy_places = {one.place for one in lazy}
    found = [group for group in groups(reachable(root)) if _may_be_parameter(group)]
    found = [group for group in found if not _is_view(group, found, lazy_places)]
    kept: list[tuple[tuple[Place, ...], Array]] = []
    warm = None
    baseline = None
    for group in found:
        if baseline is None:
            # Run twice, as the other is: a training step changes the parameters by itself.
            fresh = _Trial(fit)
            fresh.run()
            baseline = fresh.output()
        same = _Trial(fit)
        same.run()
        target = get(same.root, group[0].place)
        if not isinstance(target, np.ndarray) or target.shape != group[0].array.shape:
            continue
        if not target.flags.writeable:
            continue
        # Not by one number for all: a softmax does not see that.
        target += MOVED * drawn(target.shape, 13)
        moved = same.output()
        if moved.shape == baseline.shape and np.array_equal(moved, baseline, equal_nan=True):
            continue
        if any(one.place in lazy_places for one in group):
            warm = fit.given
        kept.append((tuple(one.place for one in group), group[0].array))
    kept += [((one.place,), one.array) for one in _numbers(fit, root)]
    return replace(fit, warm=warm, parameters=named_parameters(kept))


def _numbers(fit: Fit, root: Any) -> list[Found]:
    """Return the weights and biases that are numbers, and no arrays: b = 0.0."""
    found = [
        one
        for one in reachable(root, scalars=True)
        if one.array.ndim == 0 and symbol_of(name_of(one.place)) in ("W", "b") and _no_buffer(one)
    ]
    kept = []
    for one in found:
        before, after = _Trial(fit), _Trial(fit)
        before.run()
        after.run()
        value = get(after.root, one.place)
        if isinstance(value, np.ndarray) or not put(after.root, one.place, value + MOVED):
            continue
        was, now = before.output(), after.output()
        if was.shape != now.shape or not np.array_equal(was, now, equal_nan=True):
            kept.append(one)
    return kept


def _is_view(group: Sequence[Found], found: Sequence[Sequence[Found]], lazy: set[Place]) -> bool:
    """Say whether forward made this array as a view of another one, which is the parameter."""
    if not all(one.place in lazy for one in group):
        return False
    array = group[0].array
    return any(
        other is not group
        and np.may_share_memory(array, other[0].array)
        and (
            not all(one.place in lazy for one in other)
            # Both were made by forward: the one that owns the numbers is the parameter.
            or (array.base is not None and other[0].array.base is None)
        )
        for other in found
    )


def _may_be_parameter(group: Sequence[Found]) -> bool:
    array = group[0].array
    if array.ndim == 0 or array.dtype.kind != "f" or array.size == 0:
        return False
    return all(_no_buffer(one) for one in group)


def _no_buffer(one: Found) -> bool:
    name = name_of(one.place)
    if symbol_of(name) in ("W", "b"):
        return not set(words(name)) & {"grad", "gradient", "running", "moving", "old", "prev"}
    if any(is_optimizer(str(step)) for kind, step in one.place if kind == "attr"):
        return False
    return not set(words(name)) & BUFFERS or plain(name) in ("gamma", "beta")


class _Trial:
    """One object of a fit, run on its x."""

    def __init__(self, fit: Fit) -> None:
        self.fit = fit
        start_again(())
        self.root, self._chances = built(fit.build, fit.forward.function)

    def run(self) -> Any:
        fit = self.fit
        start_again(self._chances)
        with one_entropy():
            return fit.forward.function(self.root)(
                *map(self._value, fit.forward.arguments),
                **{name: self._value(slot) for name, slot in fit.forward.keywords.items()},
            )

    def _value(self, slot: tuple[str, Any]) -> Any:
        kind, detail = slot
        if kind == "input":
            return self.fit.given[detail].copy()
        return 1.0 if kind == "rate" else detail

    def output(self) -> Array:
        fit = self.fit
        returned = self.run()
        return np.array(get(returned if fit.output.kind == "forward" else self.root,
                            fit.output.place))  # fmt: skip
