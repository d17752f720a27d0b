"""Messages through a pair of pipes, each with a deadline; no NumPy, so that a process starts soon.

A message is a prefix of fixed size, a table and data. Every request has a number drawn at random,
which its answer must repeat: what anyone else writes into the pipe is noticed.
"""

from __future__ import annotations

import os
import queue
import select
import threading
from contextlib import suppress
from struct import Struct
from time import monotonic
from typing import NamedTuple

MAGIC = b"gck\x01"

HELLO, SURVEY, FORWARD, BACKWARD, STEP, FORWARDS, NOISY_RUNS, GRAPH = range(8)
"""What is asked."""

ARRAYS, TEXT, FAILED, UNLOADABLE, PROGRESS = range(5)
"""What an answer is: arrays, JSON, an exception of the code under test, a file that cannot be
loaded; or the name of a subject that is looked at now, and the answer follows."""

MAKE, SEEDED, MERGING = 1, 2, 4
"""Flags of a request: make the instance first; seed the global generators before that; leave
comparisons of symbols undecided. The rate of a `GRAPH` is how many seconds it may take."""

REQUEST = Struct("<4sBBHIIQQddQ")
"""Magic, what, flags, subject, instance, bytes of table and data, number, rate, eps, seed."""

ANSWER = Struct("<4sBIQQi")
"""Magic, kind, bytes of table and data, number, forwards inside of backward."""

CHUNK = 1 << 16

TABLE, DATA = 64 * 1024, 256 * 1024**2
"""Most bytes of a table, and of data."""


class Closed(Exception):  # noqa: N818 - a state of the other side
    """The other side has gone."""


class Late(Exception):  # noqa: N818 - what happened to the pipe
    """Nothing came, or nothing was taken, before the deadline."""


class Garbled(Exception):  # noqa: N818 - what happened to the pipe
    """What came is no answer to what was asked."""


class Answer(NamedTuple):
    """What came back."""

    kind: int
    inner: int
    table: bytes
    data: bytes


class Channel:
    """The parent's side: asks, and waits for the answer.

    Parameters
    ----------
    source, sink : int
        File descriptors to read from and to write to; they are closed with the channel.
    table, data : int
        Most bytes of an answer's table and data.
    """

    def __init__(self, source: int, sink: int, *, table: int, data: int) -> None:
        self._ends = _Polled(source, sink) if hasattr(select, "poll") else _Threaded(source, sink)
        self._most_table, self._most_data = table, data
        self._rest = b""
        self._waiting: list[int] = []
        self._numbers = b""

    def ask(
        self,
        what: int,
        flags: int,
        subject: int,
        instance: int,
        rate: float,
        noise: tuple[float, int],
        table: bytes,
        data: bytes,
        seconds: float,
    ) -> None:
        """Send a request.

        Raises
        ------
        Closed, Late
        """
        if not self._numbers:
            self._numbers = os.urandom(4096)
        number = int.from_bytes(self._numbers[:8], "little")
        self._numbers = self._numbers[8:]
        self._waiting.append(number)
        head = REQUEST.pack(
            MAGIC, what, flags, subject, instance, len(table), len(data), number, rate, *noise
        )
        self._ends.write(head + table + data, seconds)

    def answer(self, seconds: float) -> Answer:
        """Return the answer to the request that has waited longest.

        Raises
        ------
        Closed, Late, Garbled
        """
        deadline = monotonic() + seconds
        come = self._rest or self._ends.read(seconds)
        while len(come) < ANSWER.size:
            come += self._ends.read(deadline - monotonic())
        magic, kind, size, amount, number, inner = ANSWER.unpack_from(come)
        if magic != MAGIC or kind > PROGRESS or number != self._waiting[0]:
            raise Garbled("it is not the answer to this request")
        if kind != PROGRESS:
            del self._waiting[0]
        if size > self._most_table or amount > self._most_data:
            raise Garbled(f"it announces {size} + {amount} bytes")
        start, end = ANSWER.size + size, ANSWER.size + size + amount
        if len(come) < end:
            parts, length = [come], len(come)
            while length < end:
                part = self._ends.read(deadline - monotonic())
                parts.append(part)
                length += len(part)
            come = b"".join(parts)
        self._rest = come[end:]
        if self._rest and not self._waiting:
            raise Garbled("more came than was asked for")
        return Answer(kind, inner, come[ANSWER.size : start], come[start:end])

    def close(self) -> None:
        """Close both ends."""
        self._ends.close()

    def hang_up(self, seconds: float) -> None:
        """Close our end, and theirs once they have: they end when they find ours closed."""
        if isinstance(self._ends, _Polled):
            self._ends.wait_for_end(seconds)
        self._ends.close()


class _Polled:
    """Two pipes where the system can wait for a pipe."""

    def __init__(self, source: int, sink: int) -> None:
        self._source, self._sink = source, sink
        os.set_blocking(sink, False)
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(source, select.POLLIN)
        self._writable.register(sink, select.POLLOUT)

    def read(self, seconds: float) -> bytes:
        if seconds <= 0 or not self._readable.poll(seconds * 1000):
            raise Late
        come = os.read(self._source, CHUNK)
        if not come:
            raise Closed
        return come

    def write(self, data: bytes, seconds: float) -> None:
        written = self._some(data)
        if written == len(data):
            return
        deadline, view = monotonic() + seconds, memoryview(data)
        while written < len(data):
            left = deadline - monotonic()
            if left <= 0 or not self._writable.poll(left * 1000):
                raise Late
            written += self._some(view[written:])

    def _some(self, data: bytes | memoryview) -> int:
        try:
            return os.write(self._sink, data)
        except BlockingIOError:
            return 0
        except OSError as error:
            raise Closed from error

    def wait_for_end(self, seconds: float) -> None:
        os.close(self._sink)
        self._sink = -1
        with suppress(Closed, Late):
            while True:
                self.read(seconds)

    def close(self) -> None:
        os.close(self._source)
        if self._sink >= 0:
            os.close(self._sink)


class _Threaded:
    """Two pipes where only threads can wait for a pipe: on Windows."""

    def __init__(self, source: int, sink: int) -> None:
        self._source, self._sink = source, sink
        self._come: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._wanted: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._written: queue.SimpleQueue[bool] = queue.SimpleQueue()
        for work in (self._keep_reading, self._keep_writing):
            threading.Thread(target=work, daemon=True).start()

    def _keep_reading(self) -> None:
        come = b"-"
        while come:
            try:
                come = os.read(self._source, CHUNK)
            except OSError:
                come = b""
            self._come.put(come)
        os.close(self._source)

    def _keep_writing(self) -> None:
        while data := self._wanted.get():
            try:
                view = memoryview(data)
                while view:
                    view = view[os.write(self._sink, view) :]
                self._written.put(True)  # noqa: FBT003
            except OSError:
                self._written.put(False)  # noqa: FBT003
        os.close(self._sink)

    def read(self, seconds: float) -> bytes:
        try:
            come = self._come.get(timeout=max(0.0, seconds))
        except queue.Empty:
            raise Late from None
        if not come:
            raise Closed
        return come

    def write(self, data: bytes, seconds: float) -> None:
        self._wanted.put(data)
        try:
            done = self._written.get(timeout=seconds)
        except queue.Empty:
            raise Late from None
        if not done:
            raise Closed

    def close(self) -> None:
        self._wanted.put(b"")
