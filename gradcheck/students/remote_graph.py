"""The graph of a student's code, from its process: data, of which nothing is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import SubjectError
from gradcheck.proof.graph import UPSTREAM
from gradcheck.proof.limits import GivenUp
from gradcheck.proof.transport import unpacked
from gradcheck.students import frames, wire
from gradcheck.students.answers import failure
from gradcheck.students.frames import Entry, FrameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.proof.graph import Graph
    from gradcheck.proof.limits import Budget
    from gradcheck.records import Array
    from gradcheck.students.dialogue import Dialogue


class RemoteTracer:
    """Runs one subject on symbols in its own process.

    Parameters
    ----------
    sandbox : Dialogue
    subject : int
    names : sequence of str
        Its inputs.
    numbers : frozenset of str
        Inputs that stay the numbers that they are.
    """

    def __init__(
        self, sandbox: Dialogue, subject: int, names: Sequence[str], numbers: frozenset[str]
    ) -> None:
        self._sandbox, self._subject = sandbox, subject
        self._names, self._numbers = tuple(names), numbers

    def __call__(
        self,
        inputs: Sequence[Array],
        upstream: Array,
        merging: bool,  # noqa: FBT001 - a Tracer's signature
        budget: Budget,
    ) -> Graph:
        """Return the graph of one run: see `gradcheck.proof.tracing.traced`.

        Raises
        ------
        GivenUp
            Where the code cannot be run on symbols, or what its process sends is no graph.
        """
        sent = [
            Entry(frames.INPUT, k, frames.FIXED * (name in self._numbers), np.asarray(array))
            for k, (name, array) in enumerate(zip(self._names, inputs, strict=True))
        ]
        sent.append(Entry(frames.UPSTREAM, 0, 0, np.asarray(upstream)))
        shapes = {name: array.shape for name, array in zip(self._names, inputs, strict=True)}
        shapes[UPSTREAM] = upstream.shape
        data = self._asked(sent, budget, merging=merging)
        return unpacked(data, self._names, shapes, self._numbers, budget)

    def _asked(self, sent: list[Entry], budget: Budget, *, merging: bool) -> bytes:
        sandbox = self._sandbox
        flags = wire.SEEDED | (wire.MERGING if merging else 0)
        try:
            sandbox.ready(self._subject)
            table, data = frames.encode(sent)
            answer = sandbox.call(
                wire.GRAPH, "a run on symbols", flags, self._subject, 0, budget.left(), (0.0, 0),
                table, data,
            )  # fmt: skip
            if answer.kind == wire.FAILED:
                raise GivenUp(failure(answer.table)[0])
            (entry,) = frames.decode(answer.table, answer.data)
        except (SubjectError, FrameError, ValueError) as error:
            raise GivenUp(str(error)) from None
        if entry.role != frames.GRAPH or entry.array.dtype.char != "B":
            raise GivenUp("the process sent no graph")
        return entry.array.tobytes()
