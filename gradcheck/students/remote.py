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

if TYPE_CHECKING:
    from gradcheck.records import Array
    from gradcheck.students.dialogue import Dialogue


class RemoteInstance:
    """One instance in the student's process; it is made there at its first call.

    Arrays that the code changed there are changed here as well: the inputs and the upstream
    gradient that it was handed, and the y that it handed out.

    Parameters
    ----------
    sandbox : Dialogue
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

    def __init__(self, sandbox: Dialogue, subject: int, rate: float, *, seeded: bool) -> None:
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
                Entry(frames.INPUT, k, flags_of(array), np.asarray(array))
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
        sent = Entry(frames.UPSTREAM, 0, flags_of(upstream), np.asarray(upstream))
        gradients: list[Any] = []
        for entry in self._call(wire.BACKWARD, "backward", [sent]):
            role = entry.role
            if role in (frames.GRADIENT, frames.NOTHING, frames.FOREIGN):
                gradients.append(gradient_of(entry))
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
                small(entry)
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


def small(entry: Entry, rows: int = 1) -> None:
    """Refuse an array that is much larger than any input.

    Raises
    ------
    FrameError
    """
    if entry.array.nbytes > rows * frames.LARGEST:
        raise FrameError(
            f"an array of {entry.array.nbytes} bytes, must be at most {frames.LARGEST}"
        )


def flags_of(array: Array) -> int:
    """Return the flags of an array in a frame."""
    flags = frames.layout(array)
    return flags | frames.NOISY if isinstance(array, Noisy) else flags


def gradient_of(entry: Entry) -> Any:
    """Return what backward handed back for one input."""
    role, _, flags, array = entry
    if role == frames.NOTHING:
        return None
    if role == frames.FOREIGN:
        return _foreign(array)
    return array.view(Noisy) if flags & frames.NOISY else array


def _foreign(array: Array) -> object:
    """Return an object that is no array of numbers, of a type with the name that was told."""
    name = cleaned(array.tobytes()[:80].decode(errors="replace"), 40)
    return type(name if name.isidentifier() else "object", (), {})()
