"""Meet each subject once more at other sizes: a size that stands there as a number shows then."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from gradcheck.students import alarm
from gradcheck.students.following import RecipeInstance
from gradcheck.students.meeting import met
from gradcheck.students.setting import ORIENTATIONS, Setting
from gradcheck.students.stock import Sizes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.students.adapter import Description, Input
    from gradcheck.students.filling import Filling
    from gradcheck.students.known import Known
    from gradcheck.students.placed import Placed

OTHER = Sizes(inputs=3, outputs=6, hidden=5, batch=4)
"""Each differs from what it is in `Sizes`, by a ratio of its own."""

BRIEFLY = 1.0
"""Seconds for meeting one subject again: what takes longer is looked at in one shape."""

LEAST = 3
"""The smallest number in a file that may be a size: 1 and 2 stand in every formula."""

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
    numbers = sorted({int(text) for text in _NUMBER.findall(known.text) if int(text) >= LEAST})
    again: list[Placed] = []
    group: list[Placed] = []
    for index, first in enumerate(placed):
        if index == 0 or placed[index - 1].candidate is not first.candidate:
            group = _met(first, known, filling)
        matching = [one for one in group if _alike(first, one)]
        if matching:
            again.append(_second(first, matching[0], index, numbers))
    return again


def _met(first: Placed, known: Known, filling: Filling) -> list[Placed]:
    orientation = first.description.convention.get("orientation", "")
    images = first.fit is not None and not first.fit.kind
    if first.candidate is None or orientation not in ORIENTATIONS or images:
        return []
    setting = Setting(orientation=orientation, sizes=OTHER)
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
    shapes = [[one.shape for one in described.inputs] for described in (mine, others)]
    return (
        shapes[0] != shapes[1]
        and mine.role == others.role
        and [_kind(one) for one in mine.inputs] == [_kind(one) for one in others.inputs]
    )


def _kind(one: Input) -> Input:
    return replace(one, shape=(0,) * len(one.shape), classes=0, constant=False)


def _second(first: Placed, other: Placed, index: int, numbers: list[int]) -> Placed:
    """Return a subject at other sizes, its gradients taken from where they were at first.

    What a trial of backward tells there is not to be trusted: it may fail for its sizes.
    """
    assert first.recipe is not None and other.recipe is not None  # noqa: S101, PT018 - see `_alike`
    constants = [one.constant for one in first.description.inputs]
    inputs = tuple(
        replace(one, constant=constant)
        for one, constant in zip(other.description.inputs, constants, strict=True)
    )
    recipe = replace(other.recipe, inputs=inputs, gradients=first.recipe.gradients)
    description: Description = replace(
        first.description,
        name=f"{first.description.name} → other sizes",
        inputs=inputs,
        facts={**first.description.facts, "sizes of": index, "numbers": numbers},
    )
    return replace(
        other, description=description, recipe=recipe, maker=lambda rate: RecipeInstance(recipe, rate)
    )
