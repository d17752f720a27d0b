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
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.exceptions import ComplexWarning

from gradcheck.errors import GradcheckError, LoadError
from gradcheck.execution import described
from gradcheck.noisy import Noisy
from gradcheck.stochastic import perturbed
from gradcheck.students import frames, wire
from gradcheck.students.frames import Entry
from gradcheck.students.limits import Limits, apply, stay
from gradcheck.students.output import ROOM, Beginning, say_with
from gradcheck.students.source import place

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from gradcheck.records import Array
    from gradcheck.students.adapter import Adapter
    from gradcheck.subject import Instance

# A private copy: the student's file may replace them.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment,unused-ignore]

MESSAGE = 1000
"""Characters of an exception's text."""

_REQUEST, _ANSWER, _MAGIC = wire.REQUEST, wire.ANSWER, wire.MAGIC
_HEAD, _CHUNK = _REQUEST.size, wire.CHUNK
_read, _write, _exit = os.read, os.write, os._exit
_ndarray, _asarray, _noisy = np.ndarray, np.asarray, Noisy
_encode, _decode, _laid_out, _described = frames.encode, frames.decode, frames.laid_out, described
_perturbed, _generator, _entry = perturbed, np.random.default_rng, Entry
_seed, _seed_numpy, _quiet = random.seed, np.random.seed, np.seterr
_limit, _set_limit = sys.getrecursionlimit, sys.setrecursionlimit
_trace, _set_trace, _profile, _set_profile = (
    sys.gettrace,
    sys.settrace,
    sys.getprofile,
    sys.setprofile,
)
_json = json.JSONEncoder().encode
_WIDER = {"g": np.dtype("d"), "G": np.dtype("D")}
_LIBRARIES = [
    Path(str(module.__file__)).parent for module in (importlib.import_module("gradcheck"), np, os)
]
_OURS = tuple(str(path) + os.sep for one in _LIBRARIES for path in (one, one.resolve()))


class Refusal(Exception):  # noqa: N818 - it is the answer
    """What the answer says instead of arrays."""

    def __init__(self, text: str, file: str = "", line: int = 0, kind: int = wire.FAILED) -> None:
        super().__init__(text)
        self.text, self.file, self.line, self.kind = text, file, line, kind


class Held:
    """An instance, and what it was handed and has handed out last."""

    __slots__ = ("given", "instance", "output", "sent", "shown")

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.given: list[Array] = []
        self.sent: list[tuple[bytes, tuple[int, ...], Any, bool]] = []
        self.output: Array | None = None
        self.shown = b""


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
                table, inner = _told(refusal), int(self._made)
            except BaseException as error:  # noqa: BLE001 - a signal's handler, memory, a recursion
                kind, data, table = wire.FAILED, b"", _told(Refusal(_described(error)))
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
            return wire.ARRAYS, 0, *_packed(_forwards(make, number, _decode(table, data)))
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
        return wire.ARRAYS, inner, *_packed(answer)

    def _do(self, what: int, held: Held, entries: list[Entry], data: bytes) -> list[Entry]:
        if what == wire.FORWARD:
            return _forward(held, entries, data)
        if what == wire.BACKWARD:
            return _backward(held, entries[0])
        return _step(held)

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
            raise _refusal("making an instance", error) from None

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
        except BaseException as error:  # noqa: BLE001
            raise _refusal("loading the file", error) from None
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


def _forward(held: Held, entries: list[Entry], data: bytes) -> list[Entry]:
    held.given, held.sent = [], []
    inputs, position, watched = [], 0, True
    for _, _, flags, array in entries:
        given = _laid_out(array, flags) if flags else array
        end = position + array.nbytes
        held.given.append(given)
        held.sent.append((data[position:end], given.shape, given.dtype, given.flags.writeable))
        position = end
        if flags & frames.NOISY:
            given, watched = given.view(_noisy), False
        inputs.append(given)
    try:
        y = held.instance.forward(*inputs)
        array = _numbers(y, "forward returned")
    except BaseException as error:  # noqa: BLE001
        raise _refusal("forward", error) from None
    held.output = array if watched else None
    held.shown = array.tobytes() if watched else b""
    answer = [_entry(frames.OUTPUT, 0, frames.NOISY if type(y) is _noisy else 0, array)]
    return answer + _changed(held) if watched else answer


def _forwards(make: Callable[[], Held], k: int, entries: list[Entry]) -> list[Entry]:
    """Return y for each row of entry k in its place, stacked; of a fresh instance each."""
    rows = entries[k].array
    kinds, results = [], []
    for row in rows:
        held = make()
        inputs = [_laid_out(array.copy(), flags) for _, _, flags, array in entries[:k]]
        inputs.append(row.copy())
        inputs += [_laid_out(array.copy(), flags) for _, _, flags, array in entries[k + 1 :]]
        try:
            array = _numbers(held.instance.forward(*inputs), "forward returned")
        except BaseException as error:  # noqa: BLE001
            raise _refusal("forward", error) from None
        kinds.append((array.dtype, array.shape))
        results.append(array.tobytes())
        if kinds[-1] != kinds[0]:
            raise Refusal("forward returned arrays of several shapes or dtypes")
    dtype, shape = kinds[0]
    return [_entry(frames.OUTPUT, 0, 0, _ndarray((len(rows), *shape), dtype, b"".join(results)))]


def _backward(held: Held, entry: Entry) -> list[Entry]:
    _, _, flags, upstream = entry
    before = upstream.tobytes()
    given = upstream.view(_noisy) if flags & frames.NOISY else upstream
    try:
        handed = tuple(held.instance.backward(given))
        answer = [_gradient(k, gradient) for k, gradient in enumerate(_few(handed))]
    except BaseException as error:  # noqa: BLE001
        raise _refusal("backward", error) from None
    if flags & frames.NOISY or held.output is None:
        return answer
    if upstream.tobytes() != before:
        answer.append(_entry(frames.UPSTREAM, 0, 0, _plain(upstream)))
    shown = held.output.tobytes()
    if shown != held.shown:
        held.shown = shown
        answer.append(_entry(frames.OUTPUT, 0, 0, held.output))
    return answer + _changed(held)


def _step(held: Held) -> list[Entry]:
    try:
        inputs = tuple(held.instance.step())  # type: ignore[attr-defined]
        arrays = [_numbers(array, "the update gave") for array in inputs]
    except BaseException as error:  # noqa: BLE001
        raise _refusal("the update", error) from None
    return [_entry(frames.INPUT, k, 0, array) for k, array in enumerate(arrays)]


def _changed(held: Held) -> list[Entry]:
    """Return the inputs that are not what they were, and take them as they are from now on."""
    changed = []
    for k, (array, (data, shape, dtype, writeable)) in enumerate(
        zip(held.given, held.sent, strict=True)
    ):
        flags = array.flags
        same = array.shape == shape and array.dtype == dtype and flags.writeable == writeable
        if not same or array.tobytes() != data:
            plain = _plain(array)
            held.sent[k] = (array.tobytes(), array.shape, array.dtype, flags.writeable)
            changed.append(
                _entry(frames.INPUT, k, 0 if flags.writeable else frames.READ_ONLY, plain)
            )
    return changed


def _few(handed: tuple[Any, ...]) -> tuple[Any, ...]:
    if len(handed) > frames.ENTRIES // 2:
        raise Refusal(f"backward returned {len(handed)} gradients")
    return handed


def _gradient(k: int, gradient: Any) -> Entry:
    if gradient is None:
        return _entry(frames.NOTHING, k, 0, _ndarray(0, "?"))
    try:
        array = _numbers(gradient, "")
    except Refusal:
        name = _name(type(gradient)).encode(errors="replace")
        return _entry(frames.FOREIGN, k, 0, _ndarray(len(name), "B", name))
    return _entry(frames.GRADIENT, k, frames.NOISY if type(gradient) is _noisy else 0, array)


def _numbers(value: Any, did: str) -> Array:
    """Return foreign code's result as a plain array that can be sent.

    Raises
    ------
    Refusal
        Where it is no array of numbers, or too large.
    """
    if type(value) is not _ndarray:
        try:
            value, kind = _asarray(value), type(value)
        except BaseException as error:  # noqa: BLE001 - an object's own conversion
            text = f"{did} {_name(type(value))}, not an array: {_described(error)}"
            raise Refusal(text) from None
    else:
        kind = _ndarray
    array = _plain(value)
    if array.dtype.char not in frames.TYPES:
        raise Refusal(f"{did} {_name(kind)} of dtype {array.dtype}, must be numbers")
    if array.nbytes > frames.LARGEST or array.ndim > frames.RANK:
        raise Refusal(
            f"{did} an array of shape {array.shape}, {array.nbytes} bytes, must have at most "
            f"{frames.LARGEST}"
        )
    return array


def _plain(array: Any) -> Array:
    """Return an array of native byte order, and of a precision that every machine has."""
    if type(array) is not _ndarray:
        raise Refusal(f"{_name(type(array))} is no array")
    dtype = array.dtype
    if dtype.char in _WIDER:
        return array.astype(_WIDER[dtype.char])
    return array if dtype.isnative else array.astype(dtype.newbyteorder("="))


def _name(kind: type) -> str:
    """Return a type's own name, whatever its metaclass says."""
    return str(type.__dict__["__name__"].__get__(kind))[:40]


def _packed(answer: list[Entry]) -> tuple[bytes, bytes]:
    if sum(entry.array.nbytes for entry in answer) > frames.PAYLOAD:
        raise Refusal(f"it gave more than {frames.PAYLOAD} bytes of arrays")
    return _encode(answer)


def _refusal(what: str, error: BaseException) -> Refusal:
    """Return the answer to what foreign code raised: text, file and line."""
    if type(error) is Refusal:
        return error
    file, line = _place(error.__traceback__)
    if isinstance(error, GradcheckError):
        return Refusal(str(error), file, line)
    return Refusal(f"{what} raised {_described(error)}", file, line)


def _place(trace: TracebackType | None) -> tuple[str, int]:
    """Return file and line of the innermost frame that is neither ours nor a library's."""
    found = ("", 0)
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith(_OURS) and not file.startswith("<frozen"):
            found = (file, trace.tb_lineno or 0)
        trace = trace.tb_next
    return place(*found)


def _told(refusal: Refusal) -> bytes:
    text = f"{refusal.line}\n{refusal.file[:MESSAGE]}\n{refusal.text[:MESSAGE]}"
    return text.encode(errors="replace")


def main() -> None:
    """Serve the process that started this one; its argument is one piece of JSON."""
    task = json.loads(sys.argv.pop())
    source, sink = task["pipes"]
    if sys.platform == "win32":
        import msvcrt

        source = msvcrt.open_osfhandle(source, os.O_RDONLY)
        sink = msvcrt.open_osfhandle(sink, 0)
    builtins.exit = builtins.quit = sys.exit  # type: ignore[assignment]
    importlib.import_module(task["survey"].partition(":")[0])
    sys.dont_write_bytecode = True
    notes = apply(Limits(**task["limits"]))
    _filter_warnings()
    _quiet("ignore")
    Server(source, sink, notes).serve()
