"""Meet each subject once more at other sizes: a size that stands there as a number shows then."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from gradcheck.students import alarm
from gradcheck.students.following import RecipeInstance
from gradcheck.students.meeting import met
from gradcheck.students.setting import ORIENTATIONS, Setting
from gradcheck.students.stock import Sizes
from gradcheck.students.texts import source_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from gradcheck.students.adapter import Description, Input
    from gradcheck.students.filling import Filling
    from gradcheck.students.known import Known
    from gradcheck.students.placed import Placed
    from gradcheck.students.recipe import Source

    Shapes = tuple[tuple[int, ...], ...]

OTHER = Sizes(inputs=3, outputs=6, hidden=5, batch=4)
"""Each differs from what it is in `Sizes`, by a ratio of its own."""

SQUARE = Sizes(inputs=5, outputs=5, hidden=5, batch=4)
"""Layers in a container fit each other in any order then: a wrong one shows in the numbers."""

BRIEFLY = 1.0
"""Seconds for meeting one subject again: what takes longer is looked at in one shape."""

LEAST = 3
"""The smallest number in a file that may be a size: 1 and 2 stand in every formula."""

LARGEST, FEW = 64, 2
"""The largest number that is tried as a size, and how many in one backward."""

_NUMBER = re.compile(r"(?<![\w.])\d{1,6}(?![\w.])")


def resized(placed: Sequence[Placed], known: Known, filling: Filling) -> list[Placed]:
    """Return the subjects of a file that run forward at other sizes too, as they are met there.

    Where a file fixes the sizes of its data, as by weights that it makes itself, there is nothing
    to be returned.

    Parameters
    ----------
    placed : sequence of Placed
        The subjects as they were met first.
    known : Known
    filling : Filling
        Layers for containers.
    """
    numbers = sorted(number for number in set(_numbers(known.text)) if number >= LEAST)
    again: list[Placed] = []
    groups: list[tuple[str, list[Placed]]] = []
    for index, first in enumerate(placed):
        if index == 0 or placed[index - 1].candidate is not first.candidate:
            container = first.description.role == "sequential"
            tried = [(SQUARE if container else OTHER, ""),
                     *((sizes, "number") for sizes in _written(first))]  # fmt: skip
            groups = [(why, _met(first, known, filling, sizes)) for sizes, why in tried]
        shapes: set[Shapes] = set()
        for why, group in groups:
            matching = [one for one in group if _alike(first, one)]
            if matching and _shapes(matching[0]) not in shapes:
                shapes.add(_shapes(matching[0]))
                facts = {"sizes of": index, "numbers": numbers, "sizes by": why}
                again.append(_again(first, matching[0], facts))
    return again


def _numbers(text: str) -> list[int]:
    return [int(number) for number in _NUMBER.findall(text)]


def _written(first: Placed) -> list[Sizes]:
    """Return sizes at which backward would be right if the numbers in it were sizes."""
    candidate = first.candidate
    backward = None if candidate is None else candidate.backward
    if isinstance(backward, str):
        backward = getattr(candidate and candidate.thing, backward, None)
    numbers = [k for k in _numbers(source_of(backward)) if 1 < k <= LARGEST] if backward else []
    if not any(number >= LEAST for number in numbers):
        return []
    found = [
        replace(OTHER, **{role: k})
        for k in [k for k in dict.fromkeys(numbers) if k >= LEAST][:FEW]
        for role in ("batch", "outputs", "inputs")
    ]
    for a, b in list(dict.fromkeys(pairwise(numbers)))[:FEW]:
        # Of a shape: that of what comes in or that of what goes out.
        found += [
            replace(OTHER, batch=a, inputs=b, outputs=b + 1),
            replace(OTHER, batch=a, inputs=b + 1, outputs=b),
        ]
    return found


def _met(first: Placed, known: Known, filling: Filling, sizes: Sizes) -> list[Placed]:
    orientation = first.description.convention.get("orientation", "")
    images = first.fit is not None and not first.fit.kind
    if first.candidate is None or orientation not in ORIENTATIONS or images:
        return []
    setting = Setting(orientation=orientation, sizes=sizes)
    try:
        with alarm.within(BRIEFLY):
            return met(replace(known, setting=setting, settled=True), first.candidate, filling)
    except Exception:  # noqa: BLE001 - foreign code: then its sizes are its own
        return []


def _alike(first: Placed, other: Placed) -> bool:
    """Say whether two are one subject, taken in the same way, at different sizes."""
    one, two = first.recipe, other.recipe
    if one is None or two is None or one.parameters != two.parameters:
        return False
    if (first.fit and first.fit.reading) != (other.fit and other.fit.reading):
        return False
    mine, others = first.description, other.description
    return (
        _shapes(first) != _shapes(other)
        and mine.role == others.role
        and [_kind(one) for one in mine.inputs] == [_kind(one) for one in others.inputs]
    )


def _shapes(placed: Placed) -> Shapes:
    return tuple(one.shape for one in placed.description.inputs)


def _kind(one: Input) -> Input:
    return replace(one, shape=(0,) * len(one.shape), classes=0, constant=False)


def _found(sources: Sequence[Source | None]) -> int:
    return sum(source is not None for source in sources)


def _again(first: Placed, other: Placed, facts: Mapping[str, Any]) -> Placed:
    """Return a subject at other sizes, its gradients taken from where a trial found them.

    Of the two trials of backward, one may have failed for its sizes: it found fewer.
    """
    assert first.recipe is not None and other.recipe is not None  # noqa: S101, PT018 - see `_alike`
    constants = [one.constant for one in first.description.inputs]
    inputs = tuple(
        replace(one, constant=constant)
        for one, constant in zip(other.description.inputs, constants, strict=True)
    )
    sources = max(first.recipe.gradients, other.recipe.gradients, key=_found)
    recipe = replace(other.recipe, inputs=inputs, gradients=sources)
    description: Description = replace(
        first.description,
        name=f"{first.description.name} → other sizes",
        inputs=inputs,
        facts={**first.description.facts, **facts},
    )
    return replace(
        other,
        description=description,
        recipe=recipe,
        maker=lambda rate: RecipeInstance(recipe, rate),
    )
