"""A counterexample in a line: "wrong already for x = [[1], [0]], g = [[1], [0]]: got ..."."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gradcheck.render.words import figures, plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gradcheck.records import Counterexample

SHOWN = 6
"""Entries of an array that are written out; of a larger one only those that are not 0."""

POSITIONS = 3
"""Entries of a large array that may not be 0, so that it is still a sentence."""

LONGEST = 400
"""Characters of a line that is of use."""


def counterexample_text(one: Counterexample, named: Callable[[str], str] = str) -> str:
    """Return the line, or "" where the numbers are too many to be read.

    Parameters
    ----------
    one : Counterexample
    named : callable
        How an input is written.
    """
    parts = [(named(name), value) for name, value in one.inputs.items()]
    parts.append(("g", one.upstream))
    told = [f"{name} = {text}" for name, value in parts if (text := array_text(value))]
    figures_told = _figures(one)
    line = f"wrong already for {', '.join(told)}: {figures_told}"
    return plain(line) if len(told) == len(parts) and len(line) <= LONGEST else ""


def array_text(value: Any) -> str:
    """Return an array as it is written in a sentence: "[[1], [0]]", "0", "1 at [0, 2], else 0"."""
    entries = list(entries_of(value))
    if len(entries) <= SHOWN:
        return _written(value, 4)
    others = [(index, number) for index, number in entries if number != 0]
    if not others:
        return "0"
    numbers = {number for _, number in entries}
    if len(numbers) == 1:
        return f"{_number(numbers.pop(), 4)} everywhere"
    if len(others) > POSITIONS:
        return ""
    said = ", ".join(f"{_number(number, 4)} at {list(index)}" for index, number in others)
    return f"({said}, else 0)"


def _figures(one: Counterexample) -> str:
    """Return "got [0, 1], should be [0, 2]", of the worst entry alone where there are many."""
    got, oracle = dict(entries_of(one.got)), dict(entries_of(one.oracle))
    index = one.index if one.index in got else max(got, key=lambda i: abs(got[i] - oracle[i]))
    digits = figures(got[index], oracle[index])
    if len(got) <= SHOWN:
        clean = _clean(one.oracle, one.bound)
        return f"got {_written(one.got, digits)}, should be {_written(clean, digits)}"
    right = _clean(oracle[index], one.bound)
    return f"got {_number(got[index], digits)} at {list(index)}, should be {_number(right, digits)}"


def _clean(value: Any, bound: float) -> Any:
    """Return an oracle's numbers without what lies within its bound: 1e-17 is 0."""
    if isinstance(value, tuple):
        return tuple(_clean(part, bound) for part in value)
    near = round(value)
    return float(near) if abs(value - near) <= bound else value


def entries_of(value: Any, index: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], float]]:
    """Yield each entry of nested tuples, with its index."""
    if not isinstance(value, tuple):
        yield index, float(value)
        return
    for k, part in enumerate(value):
        yield from entries_of(part, (*index, k))


def _written(value: Any, digits: int) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_written(part, digits) for part in value)}]"
    return _number(value, digits)


def _number(value: float, digits: int) -> str:
    return f"{value + 0.0:.{digits}g}"
