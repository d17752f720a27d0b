"""Where to look for a counterexample: on every side of the numbers that the code compares with."""

from __future__ import annotations

from itertools import pairwise
from math import inf, isfinite
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import INDICATORS, reached

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcheck.proof.expression import Expression

LARGEST = 2.0**10
"""Thresholds are looked for between −LARGEST and LARGEST."""

GRID = (0.0, *(2.0 ** np.arange(-12, 10.5, 0.5)))
"""Sizes at which an indicator is looked at first; each of both signs."""

HALVINGS = 30

MOST = 12
"""Points."""

INDICATED = 200
"""Indicators that are looked at."""

FINE = 2.0**20


def beside(
    roots: Sequence[Expression],
    point: Mapping[str, float],
    domain: Mapping[str, tuple[float, float]],
) -> Iterator[dict[str, float]]:
    """Yield points at which each variable that is compared with numbers lies between two of them.

    Parameters
    ----------
    roots : sequence of Expression
        In which the indicators are.
    point : mapping of str to float
        What the other variables are.
    domain : mapping of str to (low, high)
        Of variables that have one.
    """
    places = {
        name: _between(sorted(found), *domain.get(name, (-inf, inf)))
        for name, found in _thresholds(roots).items()
    }
    for k in range(min(MOST, max(map(len, places.values()), default=0))):
        moved = dict(point)
        for place, (name, values) in enumerate(places.items()):
            if values:
                value, width = values[k % len(values)]
                moved[name] = _rounded(value + width * (place % 16 - 8) / 64)
        yield moved


def _thresholds(roots: Sequence[Expression]) -> dict[str, set[float]]:
    """Return the numbers at which an indicator of one variable changes, by that variable."""
    found: dict[str, set[float]] = {}
    indicators = [node for node in reached(roots) if node.operation in INDICATORS]
    for node in indicators[:INDICATED]:
        variables = [one.value for one in reached([node]) if one.operation == "variable"]
        if len(variables) == 1:
            found.setdefault(variables[0], set()).update(_changes(node, variables[0]))
    return {name: numbers for name, numbers in found.items() if numbers}


def _changes(node: Expression, name: str) -> Iterator[float]:
    def value(x: float) -> float:
        return FloatValues({name: x}).of(node)

    sizes = [size for size in GRID if size <= LARGEST]
    numbers = [-size for size in reversed(sizes[1:])] + sizes
    known = [value(x) for x in numbers]
    for place in range(1, len(numbers)):
        if {known[place - 1], known[place]} == {0.0, 1.0}:
            low, high = numbers[place - 1], numbers[place]
            for _ in range(HALVINGS):
                middle = (low + high) / 2
                low, high = (middle, high) if value(middle) == known[place - 1] else (low, middle)
            yield float(high)


def _between(numbers: Sequence[float], start: float, stop: float) -> list[tuple[float, float]]:
    """Return a number below the first, between each two and above the last, and how wide it is.

    None is outside an interval.
    """
    ends = [end for end in (start, stop) if isfinite(end)]
    [first, *others] = sorted([*(one for one in numbers if start < one < stop), *ends]) or [0.0]
    distinct = [first]
    for number in others:
        if number - distinct[-1] > 1e-6 * max(1.0, abs(number)):
            distinct.append(number)
    below, above = (max(0.25, abs(end) / 4) for end in (distinct[0], distinct[-1]))
    inner = [((low + high) / 2, min(high - low, 1.0)) for low, high in pairwise(distinct)]
    outer = [(distinct[-1] + above, above), (distinct[0] - below, below)]
    return [one for one in [*inner, *outer] if start < one[0] < stop]


def _rounded(value: float) -> float:
    return float(np.round(value * FINE) / FINE)
