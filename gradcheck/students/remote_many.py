"""Many calls of a student's code in one question."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.errors import SandboxError, SubjectError
from gradcheck.noisy import Noisy
from gradcheck.students import frames, wire
from gradcheck.students.answers import failure
from gradcheck.students.frames import Entry
from gradcheck.students.remote import RemoteInstance, gradient_of, small
from gradcheck.subject import as_output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.records import Array
    from gradcheck.students.dialogue import Dialogue


class RemoteRows:
    """Forward for many values of one input, of a fresh instance each, in one question.

    Parameters
    ----------
    sandbox : Dialogue
    subject : int
    seeded : bool
        Seed the global generators before making each.
    """

    def __init__(self, sandbox: Dialogue, subject: int, *, seeded: bool) -> None:
        self._sandbox, self._subject, self._seeded = sandbox, subject, seeded

    def __call__(
        self, inputs: Sequence[Array], k: int, rows: Array
    ) -> Sequence[Array | SubjectError]:
        """Return y for each row in the place of input k, or what forward raised."""
        results: list[Array | SubjectError] = []
        done = 0
        try:
            self._sandbox.ready(self._subject)
            while done < len(rows):
                part = rows[done : done + self._sandbox.at_once()]
                results.extend(self._part(inputs, k, part))
                done += len(part)
        except SandboxError as error:
            results.extend([error] * (len(rows) - len(results)))
        return results

    def _part(self, inputs: Sequence[Array], k: int, rows: Array) -> Sequence[Array | SubjectError]:
        sandbox = self._sandbox
        sent = [
            Entry(frames.INPUT, j, 0 if j == k else frames.layout(array), array)
            for j, array in enumerate(inputs)
        ]
        sent[k] = Entry(frames.INPUT, k, 0, rows)
        flags = wire.SEEDED if self._seeded else 0
        table, data = frames.encode(sent)
        answer = sandbox.call(
            wire.FORWARDS, "forward", flags, self._subject, k, 1.0, (0.0, 0), table, data
        )
        sandbox.pace /= len(rows)
        if answer.kind == wire.FAILED:
            # One of them raised, or gave another shape: each is asked for on its own.
            return [self._single([*inputs[:k], row, *inputs[k + 1 :]]) for row in rows]
        try:
            (entry,) = frames.decode(answer.table, answer.data)
            if entry.role != frames.OUTPUT or entry.array.shape[:1] != rows.shape[:1]:
                raise sandbox.not_understood("forward", "it holds no y for each row")
            small(entry, len(rows))
        except ValueError as error:
            raise sandbox.not_understood("forward", error) from None
        return list(as_output(entry.array))

    def _single(self, inputs: Sequence[Array]) -> Array | SubjectError:
        try:
            instance = RemoteInstance(self._sandbox, self._subject, 1.0, seeded=self._seeded)
            return as_output(instance.forward(*[array.copy() for array in inputs]))
        except SubjectError as error:
            return error


class RemoteNoisyRuns:
    """Forward and backward of fresh instances in stochastic arithmetic, in one question.

    Parameters
    ----------
    sandbox : Dialogue
    subject : int
    seeded : bool
        Seed the global generators before making each instance.
    """

    def __init__(self, sandbox: Dialogue, subject: int, *, seeded: bool) -> None:
        self._sandbox, self._subject, self._seeded = sandbox, subject, seeded

    def __call__(
        self, inputs: Sequence[Array], upstream: Array | None, eps: float, seeds: Sequence[int]
    ) -> Sequence[tuple[Any, tuple[Any, ...]]]:
        """Return y and the gradients of each run.

        Raises
        ------
        SubjectError
            Where one of them raises; SandboxError where the process does not answer.
        """
        self._sandbox.ready(self._subject)
        results: list[tuple[Any, tuple[Any, ...]]] = []
        while len(results) < len(seeds):
            part = seeds[len(results) : len(results) + max(1, self._sandbox.at_once() // 4)]
            results.extend(self._part(inputs, upstream, eps, part))
        return results

    def _part(
        self, inputs: Sequence[Array], upstream: Array | None, eps: float, seeds: Sequence[int]
    ) -> Sequence[tuple[Any, tuple[Any, ...]]]:
        sandbox = self._sandbox
        sent = [Entry(frames.SEEDS, 0, 0, np.array(seeds, dtype=np.int64))]
        sent += [_noisy(frames.INPUT, k, array) for k, array in enumerate(inputs)]
        if upstream is not None:
            sent.append(_noisy(frames.UPSTREAM, 0, upstream))
        table, data = frames.encode(sent)
        flags = wire.SEEDED if self._seeded else 0
        answer = sandbox.call(
            wire.NOISY_RUNS, "a noisy run", flags, self._subject, 0, 1.0, (eps, 0), table, data
        )
        if answer.kind == wire.FAILED:
            message, file, line = failure(answer.table)
            raise SubjectError(message, file=file, line=line)
        try:
            entries = frames.decode(answer.table, answer.data)
            results = _grouped(entries)
        except ValueError as error:
            raise sandbox.not_understood("a noisy run", error) from None
        if len(results) != len(seeds):
            raise sandbox.not_understood("a noisy run", "it holds another number of runs")
        return results


def _noisy(role: int, number: int, array: Array) -> Entry:
    return Entry(role, number, frames.NOISY if array.dtype.kind in "fc" else 0, np.asarray(array))


def _grouped(entries: list[Entry]) -> list[tuple[Any, tuple[Any, ...]]]:
    """Return y and gradients of each run; a y begins a run."""
    runs: list[tuple[Any, list[Any]]] = []
    for entry in entries:
        small(entry)
        if entry.role == frames.OUTPUT:
            y = entry.array.view(Noisy) if entry.flags & frames.NOISY else entry.array
            runs.append((y, []))
        elif not runs or entry.role in (frames.INPUT, frames.UPSTREAM):
            raise frames.FrameError("an array that is neither y nor a gradient")
        else:
            runs[-1][1].append(gradient_of(entry))
    return [(y, tuple(gradients)) for y, gradients in runs]
