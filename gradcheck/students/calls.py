"""Call the student's code with arrays that came through the wall, and pack what it gives.

What it changed that was not its own goes back, too: inputs, the upstream gradient, y. Whatever is
used here was taken hold of before the student's file is loaded.
"""

from __future__ import annotations

import builtins
import importlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.errors import GradcheckError
from gradcheck.execution import described
from gradcheck.noisy import Noisy
from gradcheck.stochastic import perturbed
from gradcheck.students import frames, wire
from gradcheck.students.frames import Entry
from gradcheck.students.source import place

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from gradcheck.records import Array
    from gradcheck.subject import Instance

# A private copy: the student's file may replace them.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment,unused-ignore]

MESSAGE = 1000
"""Characters of an exception's text."""

_ndarray, _asarray, _noisy, _entry = np.ndarray, np.asarray, Noisy, Entry
_perturbed, _generator = perturbed, np.random.default_rng
_encode, _laid_out, _described = frames.encode, frames.laid_out, described
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


def forward(held: Held, entries: list[Entry], data: bytes) -> list[Entry]:
    """Call forward; return y, and the inputs that it changed."""
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
    except BaseException as error:  # noqa: BLE001 - foreign code may raise anything
        raise refusal_of("forward", error) from None
    held.output = array if watched else None
    held.shown = array.tobytes() if watched else b""
    answer = [_entry(frames.OUTPUT, 0, frames.NOISY if type(y) is _noisy else 0, array)]
    return answer + _changed(held) if watched else answer


def forwards(make: Callable[[], Held], k: int, entries: list[Entry]) -> list[Entry]:
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
        except BaseException as error:  # noqa: BLE001 - foreign code may raise anything
            raise refusal_of("forward", error) from None
        kinds.append((array.dtype, array.shape))
        results.append(array.tobytes())
        if kinds[-1] != kinds[0]:
            raise Refusal("forward returned arrays of several shapes or dtypes")
    dtype, shape = kinds[0]
    return [_entry(frames.OUTPUT, 0, 0, _ndarray((len(rows), *shape), dtype, b"".join(results)))]


def noisy_runs(make: Callable[[], Held], eps: float, entries: list[Entry]) -> list[Entry]:
    """Return y, and the gradients if there is an upstream, of a run for each seed."""
    seeds, *given = entries
    answer: list[Entry] = []
    for seed in seeds.array.tolist():
        with _perturbed(eps, _generator(seed)):
            held = make()
            arrays = [
                entry.array.copy().view(_noisy) if entry.flags else entry.array.copy()
                for entry in given
            ]
            upstream = arrays.pop() if given[-1].role == frames.UPSTREAM else None
            what = "forward"
            try:
                y = held.instance.forward(*arrays)
                array = _numbers(y, "forward returned")
                noisy = frames.NOISY if type(y) is _noisy else 0
                answer.append(_entry(frames.OUTPUT, 0, noisy, array.copy()))
                what = "backward"
                if upstream is not None:
                    handed = _few(tuple(held.instance.backward(upstream)))
                    for k, one in enumerate(handed):
                        entry = _gradient(k, one)
                        answer.append(entry._replace(array=entry.array.copy()))
            except BaseException as error:  # noqa: BLE001 - foreign code may raise anything
                raise refusal_of(what, error) from None
    return answer


def backward(held: Held, entry: Entry) -> list[Entry]:
    """Call backward; return its gradients, and what it changed."""
    _, _, flags, upstream = entry
    before = upstream.tobytes()
    given = upstream.view(_noisy) if flags & frames.NOISY else upstream
    try:
        handed = tuple(held.instance.backward(given))
        answer = [_gradient(k, gradient) for k, gradient in enumerate(_few(handed))]
    except BaseException as error:  # noqa: BLE001 - foreign code may raise anything
        raise refusal_of("backward", error) from None
    if flags & frames.NOISY or held.output is None:
        return answer
    if upstream.tobytes() != before:
        answer.append(_entry(frames.UPSTREAM, 0, 0, _plain(upstream)))
    shown = held.output.tobytes()
    if shown != held.shown:
        held.shown = shown
        answer.append(_entry(frames.OUTPUT, 0, 0, held.output))
    return answer + _changed(held)


def step(held: Held) -> list[Entry]:
    """Let the code update its parameters; return all inputs as they are after it."""
    try:
        inputs = tuple(held.instance.step())  # type: ignore[attr-defined]
        arrays = [_numbers(array, "the update gave") for array in inputs]
    except BaseException as error:  # noqa: BLE001 - foreign code may raise anything
        raise refusal_of("the update", error) from None
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


def packed(answer: list[Entry]) -> tuple[bytes, bytes]:
    """Return the table and data of an answer."""
    if sum(entry.array.nbytes for entry in answer) > frames.PAYLOAD:
        raise Refusal(f"it gave more than {frames.PAYLOAD} bytes of arrays")
    return _encode(answer)


def refusal_of(what: str, error: BaseException) -> Refusal:
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


def told(refusal: Refusal) -> bytes:
    """Return what a refusal says, as bytes."""
    text = f"{refusal.line}\n{refusal.file[:MESSAGE]}\n{refusal.text[:MESSAGE]}"
    return text.encode(errors="replace")
