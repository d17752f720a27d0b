"""The student's side of the wall: a loop that turns arrays into arrays.

It runs in a process of its own, started by `gradcheck.students.process`. Whatever the loop uses it
has taken hold of before the student's file is loaded, which may replace the functions of any
module. What it sends is believed by nobody: the other side checks every byte.
"""

from __future__ import annotations

import builtins
import importlib
import json
import os
import random
import signal
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.exceptions import ComplexWarning

from gradcheck.errors import LoadError
from gradcheck.execution import described
from gradcheck.stochastic import perturbed
from gradcheck.students import frames, wire
from gradcheck.students.calls import (
    Held,
    Refusal,
    backward,
    forward,
    forwards,
    noisy_runs,
    packed,
    refusal_of,
    step,
    told,
)
from gradcheck.students.limits import Limits, apply, stay
from gradcheck.students.output import ROOM, Beginning, say_with

if TYPE_CHECKING:
    from gradcheck.students.adapter import Adapter
    from gradcheck.students.frames import Entry

# A private copy: the student's file may replace them.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment,unused-ignore]

_REQUEST, _ANSWER, _MAGIC = wire.REQUEST, wire.ANSWER, wire.MAGIC
_HEAD, _CHUNK = _REQUEST.size, wire.CHUNK
_read, _write, _exit = os.read, os.write, os._exit
_decode, _described = frames.decode, described
_perturbed, _generator = perturbed, np.random.default_rng
_seed, _seed_numpy, _quiet = random.seed, np.random.seed, np.seterr
_limit, _set_limit = sys.getrecursionlimit, sys.setrecursionlimit
_trace, _set_trace, _profile, _set_profile = (
    sys.gettrace,
    sys.settrace,
    sys.getprofile,
    sys.setprofile,
)
_json = json.JSONEncoder().encode


class Server:
    """Answers requests until there are no more."""

    def __init__(self, source: int, sink: int, notes: list[str]) -> None:
        self._source, self._sink, self._notes = source, sink, notes
        self._adapters: list[Adapter] = []
        self._held: dict[int, Held] = {}
        self._recursion = _limit()
        self._filters = list(warnings.filters)
        self._printed = Beginning()
        sys.stdout = sys.stderr = self._printed
        self._rest = b""
        self._made, self._number = False, 0

    def serve(self) -> None:
        """Answer one request after the other; the process ends with the last one."""
        while True:
            request, table, data = self._next()
            kind, inner = wire.ARRAYS, 0
            self._made, self._number = False, request[7]
            try:
                kind, inner, table, data = self._answer(request, table, data)
            except Refusal as refusal:
                kind, data = refusal.kind, b""
                table, inner = told(refusal), int(self._made)
            except BaseException as error:  # noqa: BLE001 - a signal's handler, memory, a recursion
                kind, data, table = wire.FAILED, b"", told(Refusal(_described(error)))
            self._reply(kind, table, data, inner)

    def _reply(self, kind: int, table: bytes, data: bytes = b"", inner: int = 0) -> None:
        head = _ANSWER.pack(_MAGIC, kind, len(table), len(data), self._number, inner)
        self._send(head + table + data)

    def _next(self) -> tuple[Any, bytes, bytes]:
        come = self._rest
        while len(come) < _HEAD:
            come += self._more()
        request = _REQUEST.unpack_from(come)
        start, end = _HEAD + request[5], _HEAD + request[5] + request[6]
        if len(come) < end:
            parts, length = [come], len(come)
            while length < end:
                parts.append(self._more())
                length += len(parts[-1])
            come = b"".join(parts)
        self._rest = come[end:]
        return request, come[_HEAD:start], come[start:end]

    def _more(self) -> bytes:
        come = _read(self._source, _CHUNK)
        if not come:
            _exit(0)
        return come

    def _send(self, data: bytes) -> None:
        while data:
            data = data[_write(self._sink, data) :]

    def _answer(self, request: Any, table: bytes, data: bytes) -> tuple[int, int, bytes, bytes]:
        _, what, flags, subject, number, _, _, _, rate, eps, seed = request
        if what == wire.HELLO:
            return wire.TEXT, 0, b"", json.dumps(self._notes).encode()
        if what == wire.SURVEY:
            return wire.TEXT, 0, b"", self._survey(json.loads(data)).encode()
        if _limit() != self._recursion:
            _set_limit(self._recursion)
        if what == wire.FORWARDS:
            make = partial(self._make, subject, rate, seeded=bool(flags & wire.SEEDED))
            return wire.ARRAYS, 0, *packed(forwards(make, number, _decode(table, data)))
        if what == wire.NOISY_RUNS:
            make = partial(self._make, subject, rate, seeded=bool(flags & wire.SEEDED))
            return wire.ARRAYS, 0, *packed(noisy_runs(make, eps, _decode(table, data)))
        if what == wire.GRAPH:
            return wire.ARRAYS, 0, *packed(self._graph(subject, flags, rate, table, data))
        if flags & wire.MAKE:
            self._held[number] = self._make(subject, rate, seeded=bool(flags & wire.SEEDED))
        self._made = True
        held = self._held[number]
        entries = _decode(table, data)
        inner = 0
        if eps:
            with _perturbed(eps, _generator(seed)):
                answer = self._do(what, held, entries, data)
        else:
            answer = self._do(what, held, entries, data)
        if what == wire.BACKWARD:
            inner = getattr(held.instance, "inner_forwards", 0)
            inner = inner if type(inner) is int and 0 <= inner < 2**31 else 0
        return wire.ARRAYS, inner, *packed(answer)

    def _graph(
        self, subject: int, flags: int, seconds: float, table: bytes, data: bytes
    ) -> list[Entry]:
        # It is needed after the file was loaded, and only then: what it says is checked over there.
        from gradcheck.students.on_symbols import graphed

        names = [one.name for one in self._adapters[subject].description.inputs]
        return graphed(
            lambda: self._make(subject, 1.0, seeded=bool(flags & wire.SEEDED)).instance,
            names,
            _decode(table, data),
            seconds,
            merging=bool(flags & wire.MERGING),
        )

    def _do(self, what: int, held: Held, entries: list[Entry], data: bytes) -> list[Entry]:
        if what == wire.FORWARD:
            return forward(held, entries, data)
        if what == wire.BACKWARD:
            return backward(held, entries[0])
        return step(held)

    def _make(self, subject: int, rate: float, *, seeded: bool) -> Held:
        if _trace() is not None:
            _set_trace(None)
        if _profile() is not None:
            _set_profile(None)
        if warnings.filters != self._filters:
            _filter_warnings()
        _quiet("ignore")
        if seeded:
            _seed(0)
            _seed_numpy(0)
        adapter = self._adapters[subject]
        try:
            return Held(adapter.make(rate) if rate != 1 else adapter.make())
        except BaseException as error:  # noqa: BLE001 - foreign code may raise anything
            raise refusal_of("making an instance", error) from None

    def _survey(self, task: dict[str, Any]) -> str:
        """Load the file and find its subjects; return the answer as JSON."""
        module, _, name = task["survey"].partition(":")
        try:
            say_with(lambda text: self._reply(wire.PROGRESS, str(text).encode(errors="replace")))
            found = getattr(importlib.import_module(module), name)(
                Path(task["path"]), task["settings"]
            )
            self._adapters = list(found.adapters)
            notes = [str(note) for note in found.notes]
            descriptions = [adapter.description.to_dict() for adapter in self._adapters]
        except LoadError as error:
            raise Refusal(str(error), kind=wire.UNLOADABLE) from None
        except BaseException as error:  # noqa: BLE001 - foreign code may raise anything
            raise refusal_of("loading the file", error) from None
        printed = "".join([getattr(found, "output", ""), *self._printed.kept])[:ROOM]
        answer = {"descriptions": descriptions, "notes": notes, "output": printed}
        stay()
        _filter_warnings()
        self._filters = list(warnings.filters)
        return _json(answer)


def _filter_warnings() -> None:
    """Ignore warnings; but that an imaginary part is lost is an error, for the complex step."""
    warnings.resetwarnings()
    warnings.simplefilter("ignore")
    warnings.simplefilter("error", ComplexWarning)


def _pair(pipes: list[int]) -> list[int]:
    """Return the pipes of this process; where there are two pairs, fork a process for the second.

    It is done before anything foreign is loaded, and before further processes are forbidden.
    """
    pair, other = pipes[:2], pipes[2:]
    if other:
        try:
            if not os.fork():
                pair, other = other, pair
            else:
                # Once it has ended nothing of it is kept: who ends this group waits for the last.
                signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        except OSError:
            pass  # the one who waits for it finds the pipes closed
        for end in other:
            os.close(end)
    return pair


def main() -> None:
    """Serve the process that started this one; its argument is one piece of JSON."""
    task = json.loads(sys.argv.pop())
    importlib.import_module(task["survey"].partition(":")[0])
    source, sink = _pair(task["pipes"])
    if sys.platform == "win32":
        import msvcrt

        source = msvcrt.open_osfhandle(source, os.O_RDONLY)
        sink = msvcrt.open_osfhandle(sink, 0)
    builtins.exit = builtins.quit = sys.exit  # type: ignore[assignment]
    sys.dont_write_bytecode = True
    notes = apply(Limits(**task["limits"]))
    _filter_warnings()
    _quiet("ignore")
    Server(source, sink, notes).serve()
