"""The student's side of a proof: run the code on symbols and send the graph as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.tracing import traced
from gradcheck.proof.transport import packed
from gradcheck.students import frames
from gradcheck.students.calls import Refusal
from gradcheck.students.frames import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.subject import Instance


def graphed(
    make: Callable[[], Instance],
    names: Sequence[str],
    entries: Sequence[Entry],
    seconds: float,
    *,
    merging: bool,
) -> list[Entry]:
    """Return the graph of one run on symbols, as an array of bytes.

    Parameters
    ----------
    make : callable
        Returns a fresh instance.
    names : sequence of str
        The inputs of the subject.
    entries : sequence of Entry
        The inputs, and the upstream gradient last.
    seconds : float
    merging : bool
        See `gradcheck.proof.tracing.Trace`.

    Raises
    ------
    Refusal
        Where the code cannot be run on symbols, with the reason and where.
    """
    *inputs, upstream = entries
    numbers = frozenset(
        name for name, one in zip(names, inputs, strict=True) if one.flags & frames.FIXED
    )
    try:
        graph = traced(
            make,
            names,
            [one.array.copy() for one in inputs],
            numbers,
            upstream.array.copy(),
            Budget(seconds),
            merging=merging,
        )
        data = packed(graph)
    except GivenUp as error:
        raise Refusal(str(error)) from None
    return [Entry(frames.GRAPH, 0, 0, np.frombuffer(data, dtype="B"))]
