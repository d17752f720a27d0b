"""What one run on symbols gave, as expressions of the entries of the inputs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.expression import PI
from gradcheck.proof.limits import Unmodelled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from fractions import Fraction

    from gradcheck.proof.expression import Expression, Pool

UPSTREAM = "dY"
"""Name of the variables of the upstream gradient."""

UNWRITTEN = "unwritten"
"""Begin of the names of the entries of np.empty that nobody has written."""

_OURS = re.compile(rf"{UPSTREAM}|{PI}|{UNWRITTEN}\d{{1,6}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Graph:
    """What one run on symbols gave.

    Attributes
    ----------
    pool : Pool
        Makes every node below, and what a proof adds.
    y : tuple of Expression
        Entries of the output, in C order.
    gradients : tuple of (tuple of Expression or None)
        One an input, entries in C order; None where there is none.
    variables : mapping of str to tuple of str
        Names of an input's entries in C order, "x[0,1]"; of the upstream gradient under `UPSTREAM`.
        Inputs that are constants have none.
    shapes : mapping of str to tuple of int
        Of each input, and of the upstream gradient, which is y's.
    literals : mapping of str to Fraction
        Float literals that were read as another number than they are, and as which.
    conditions : tuple of (Expression, bool)
        Comparisons that were decided at the run's point: the region for which it speaks.
    """

    pool: Pool
    y: tuple[Expression, ...]
    gradients: tuple[tuple[Expression, ...] | None, ...]
    variables: Mapping[str, tuple[str, ...]]
    shapes: Mapping[str, tuple[int, ...]]
    literals: Mapping[str, Fraction] = field(default_factory=dict)
    conditions: tuple[tuple[Expression, bool], ...] = ()

    def upstream(self) -> list[Expression]:
        """Return the variables of the upstream gradient, in C order."""
        return [self.pool.variable(one) for one in self.variables[UPSTREAM]]


def variables_of(name: str, shape: Sequence[int]) -> tuple[str, ...]:
    """Return the names of an array's entries in C order."""
    return tuple(
        f"{name}[{','.join(map(str, place))}]" if place else name for place in np.ndindex(*shape)
    )


def must_be_free(names: Sequence[str]) -> None:
    """Refuse inputs that are called as one of gradcheck's own variables.

    Raises
    ------
    Unmodelled
        Where one is.
    """
    for name in names:
        if _OURS.fullmatch(name):
            raise Unmodelled(f"an input called {name}")


def is_unwritten(name: Any) -> bool:
    """Say whether a variable is an entry that nobody has written."""
    return isinstance(name, str) and name.startswith(UNWRITTEN) and bool(_OURS.fullmatch(name))


def by_input(
    handed: tuple[Any, ...], names: Sequence[str], active: Sequence[bool]
) -> tuple[Any, ...]:
    """Return what backward handed back, one an input: it may leave out those without a gradient.

    Parameters
    ----------
    handed : tuple
        One an input, or one for each that is active.
    names : sequence of str
    active : sequence of bool
        Whether an input gets a gradient.

    Raises
    ------
    Unmodelled
        Where there are more or fewer.
    """
    if len(handed) == len(names):
        return handed
    if len(handed) != sum(active):
        raise Unmodelled(f"backward gives {len(handed)} gradients for {', '.join(names)}")
    found = iter(handed)
    return tuple(next(found) if one else None for one in active)
