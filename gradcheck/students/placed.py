"""A subject that was met, or could not be: what the survey of a file is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.students.adapter import Description
    from gradcheck.students.candidate import Candidate
    from gradcheck.students.fit import Fit
    from gradcheck.students.recipe import Recipe
    from gradcheck.subject import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An Adapter: a description, and how an instance is made."""

    description: Description
    maker: Callable[[float], Instance]
    recipe: Recipe | None = None
    candidate: Candidate | None = None
    fit: Fit | None = None

    def make(self, rate: float = 1.0) -> Instance:
        """Return a fresh instance."""
        return self.maker(rate)
