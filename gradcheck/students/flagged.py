"""One function for F and F': what the call with the flag takes, the function does not say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gradcheck.students.following import RecipeInstance
from gradcheck.students.placed import Placed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.students.recipe import Recipe


def at_outputs(placed: Sequence[Placed]) -> list[Placed]:
    """Return each F of which nothing says what its F' takes, with F' called with the output.

    They are subjects behind others, as a loss behind a layer is: looked at only where F' is wrong
    at the input.
    """
    return [
        _at_output(one, one.recipe)
        for one in placed
        if one.recipe is not None and one.description.facts.get("either_point")
    ]


def _at_output(one: Placed, recipe: Recipe) -> Placed:
    assert recipe.backward is not None  # noqa: S101 - F' is a call of its own
    arguments = tuple(
        ("y", None) if slot == ("input", 0) else slot for slot in recipe.backward.arguments
    )
    again = replace(recipe, backward=replace(recipe.backward, arguments=arguments))
    name = one.description.name
    description = replace(
        one.description,
        name=f"{name} → {name}",
        facts={
            **{key: fact for key, fact in one.description.facts.items() if key != "either_point"},
            "chain": [name, name],
        },
    )
    return Placed(description=description, maker=lambda rate: RecipeInstance(again, rate))
