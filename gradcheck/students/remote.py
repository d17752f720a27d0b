"""An instance behind the wall: each call is one question and one answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.errors import SandboxError, SubjectError
from gradcheck.noisy import Noisy
from gradcheck.stochastic import current
from gradcheck.students import frames, wire
from gradcheck.students.answers import cleaned, failure
from gradcheck.students.frames import Entry, FrameError
from gradcheck.subject import as_output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.records import Array
    from gradcheck.students.process import Sandbox


class RemoteInstance:
    """One instance in the student's process; it is made there at its first call.

    Arrays that the code changed there are changed here as well: the inputs and the upstream
    gradient that it was handed, and the y that it handed out.

    Parameters
    ----------
    sandbox : Sandbox
    subject : int
    rate : float
        The part of the usual learning rate.
    seeded : bool
        Seed the global generators before making it.

    Attributes
    ----------
    inner_forwards : int
        How often the last backward called forward, where the adapter counts it.
    """

    __slots__ = (
        "_flags",
        "_generation",
        "_inputs",
        "_output",
        "_rate",
        "_sandbox",
        "_slot",
        "_subject",
        "inner_forwards",
    )

    def __init__(self, sandbox: Sandbox, subject: int, rate: float, *, seeded: bool) -> None:
        self._slot = -1
        sandbox.ready(subject)
        self._sandbox, self._subject, self._rate = sandbox, subject, rate
        self._generation = sandbox.generation
        self._flags = wire.MAKE | wire.SEEDED if seeded else wire.MAKE
        self._inputs: tuple[Array, ...] = ()
        self._output: Array | None = None
        self.inner_forwards = 0
        self._slot = sandbox.free.pop() if sandbox.free else sandbox.slots
        if self._slot == sandbox.slots:
            sandbox.slots += 1

    def __del__(self) -> None:
        # Its place there is taken by the next instance.
        if self._slot >= 0 and self._generation == self._sandbox.generation:
            self._sandbox.free.append(self._slot)

    def forward(self, *inputs: Array) -> Array:
        """Return y.

        Raises
        ------
        SubjectError
            Where the code raises or returns no array of numbers; SandboxError where its process
            does not answer.
        """
        self._inputs = inputs
        entries = self._call(
            wire.FORWARD,
            "forward",
            [
                Entry(frames.INPUT, k, _flags(array), np.asarray(array))
                for k, array in enumerate(inputs)
            ],
        )
        if not entries or entries[0].role != frames.OUTPUT:
            raise self._sandbox.not_understood("forward", "it holds no y")
        y = entries[0].array
        self._output = y
        for entry in entries[1:]:
            self._take("forward", entry)
        return y.view(Noisy) if entries[0].flags & frames.NOISY else y

    def backward(self, upstream: Array) -> tuple[Any, ...]:
        """Return one gradient an input, None where there is none.

        Raises
        ------
        SubjectError
            As `forward`.
        """
        sent = Entry(frames.UPSTREAM, 0, _flags(upstream), np.asarray(upstream))
        gradients: list[Any] = []
        for entry in self._call(wire.BACKWARD, "backward", [sent]):
            role, _, flags, array = entry
            if role == frames.GRADIENT:
                gradients.append(array.view(Noisy) if flags & frames.NOISY else array)
            elif role == frames.NOTHING:
                gradients.append(None)
            elif role == frames.FOREIGN:
                gradients.append(_foreign(array))
            elif role == frames.UPSTREAM:
                self._put("backward", upstream, entry)
            else:
                self._take("backward", entry)
        return tuple(gradients)

    def step(self) -> tuple[Array, ...]:
        """Let the code update its parameters; return all inputs as they are after it.

        Raises
        ------
        SubjectError
            As `forward`.
        """
        return tuple(entry.array for entry in self._call(wire.STEP, "the update", []))

    def _call(self, what: int, doing: str, sent: list[Entry]) -> list[Entry]:
        sandbox = self._sandbox
        if self._generation != sandbox.generation:
            raise SandboxError(sandbox.ended or "the process of this instance has ended")
        stream = current()
        noise = (0.0, 0) if stream is None else stream.split()
        try:
            table, data = frames.encode(sent)
        except FrameError as error:
            raise SubjectError(str(error)) from error
        answer = sandbox.call(
            what, doing, self._flags, self._subject, self._slot, self._rate, noise, table, data
        )
        if answer.kind == wire.FAILED:
            if answer.inner:
                self._flags = 0
            message, file, line = failure(answer.table)
            raise SubjectError(message, file=file, line=line)
        self._flags = 0
        self.inner_forwards = answer.inner
        try:
            entries = frames.decode(answer.table, answer.data)
            for entry in entries:
                _small(entry)
        except FrameError as error:
            raise sandbox.not_understood(doing, error) from None
        return entries

    def _take(self, doing: str, entry: Entry) -> None:
        """Change an input, or y, as it was changed there."""
        if entry.role == frames.OUTPUT and self._output is not None:
            self._put(doing, self._output, entry)
        elif entry.role == frames.INPUT and entry.number < len(self._inputs):
            self._put(doing, self._inputs[entry.number], entry)
        else:
            raise self._sandbox.not_understood(doing, f"it changes entry {entry.number}")

    def _put(self, doing: str, array: Array, entry: Entry) -> None:
        new = entry.array
        if new.dtype != array.dtype:
            raise SubjectError(f"{doing} changes the dtype of what it was handed to {new.dtype}")
        try:
            array.setflags(write=True)
            if new.shape != array.shape:
                array.resize(new.shape, refcheck=False)
            array[...] = new
        except (ValueError, RuntimeError) as error:
            raise SubjectError(f"{doing} changes what it was handed: {error}") from error
        array.setflags(write=not entry.flags & frames.READ_ONLY)


class RemoteRows:
    """Forward for many values of one input, of a fresh instance each, in one question.

    Parameters
    ----------
    sandbox : Sandbox
    subject : int
    seeded : bool
        Seed the global generators before making each.
    """

    def __init__(self, sandbox: Sandbox, subject: int, *, seeded: bool) -> None:
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
            _small(entry, len(rows))
        except ValueError as error:
            raise sandbox.not_understood("forward", error) from None
        return list(as_output(entry.array))

    def _single(self, inputs: Sequence[Array]) -> Array | SubjectError:
        try:
            instance = RemoteInstance(self._sandbox, self._subject, 1.0, seeded=self._seeded)
            return as_output(instance.forward(*[array.copy() for array in inputs]))
        except SubjectError as error:
            return error


def _small(entry: Entry, rows: int = 1) -> None:
    if entry.array.nbytes > rows * frames.LARGEST:
        raise FrameError(
            f"an array of {entry.array.nbytes} bytes, must be at most {frames.LARGEST}"
        )


def _flags(array: Array) -> int:
    flags = frames.layout(array)
    return flags | frames.NOISY if isinstance(array, Noisy) else flags


def _foreign(array: Array) -> object:
    """Return an object that is no array of numbers, of a type with the name that was told."""
    name = cleaned(array.tobytes()[:80].decode(errors="replace"), 40)
    return type(name if name.isidentifier() else "object", (), {})()
