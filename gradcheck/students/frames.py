"""A few arrays as bytes: a short table of what they are, and their raw data.

Both sides of the wall use it, and neither trusts the other's tables: dtypes come from a fixed list,
ranks and sizes are bounded, and the number of bytes must be exactly what the shapes ask for.
"""

from __future__ import annotations

import builtins
from math import prod
from struct import Struct, unpack_from
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcheck.students.wire import DATA, TABLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcheck.records import Array

# A private copy: in the student's process they may be replaced, as may the functions of modules.
__builtins__ = dict(vars(builtins))  # type: ignore[assignment,unused-ignore]

TYPES = ("?", "b", "B", "h", "H", "i", "I", "l", "L", "q", "Q", "e", "f", "d", "F", "D")
"""What crosses the wall. A long is 4 or 8 bytes; both processes run on one machine."""

INPUT, UPSTREAM, OUTPUT, GRADIENT, NOTHING, FOREIGN, SEEDS, GRAPH = range(8)
"""What an entry is. `NOTHING` is a gradient that is None, `FOREIGN` one that is no array of
numbers: its bytes are the name of its type. `GRAPH` is the bytes of a run on symbols."""

READ_ONLY, STRIDED, FORTRAN, NOISY, FIXED = 1, 2, 4, 8, 16
"""How an array lies in memory, whether it is `gradcheck.noisy.Noisy`, and whether it stays the
numbers that it is in a run on symbols."""

RANK = 16
"""Most dimensions of an array."""

ENTRIES = 4096
"""Most arrays in a frame."""

PAYLOAD = DATA
"""Most bytes of all arrays of a frame."""

LARGEST = 4 * 1024**2
"""Most bytes of one array of an answer: the inputs are small, and what is computed from y is not
bounded by anything else."""

REMEMBERED = 4096
"""Most tables that are remembered, with what they mean."""


class FrameError(ValueError):
    """Bytes that are not what they must be."""


class Entry(NamedTuple):
    """One array of a frame: what it is, for which input, how it lies in memory."""

    role: int
    number: int
    flags: int
    array: Array


_SPEC = Struct("<BHBBB")
_DTYPES = tuple(np.dtype(char) for char in TYPES)
_CODES = {char: code for code, char in enumerate(TYPES)}
_SPECS: dict[tuple[Any, ...], bytes] = {}
_PLANS: dict[bytes, tuple[list[tuple[Any, ...]], int]] = {}
_ndarray, _asarray = np.ndarray, np.asarray
_BOOL, _BYTE = np.dtype("?"), np.dtype("B")


def encode(entries: Iterable[Entry]) -> tuple[bytes, bytes]:
    """Return the table and the raw data of some plain arrays of native byte order.

    Raises
    ------
    FrameError
        Where a dtype is not one of `TYPES`, or there are too many dimensions.
    """
    specs, data = [], []
    for role, index, flags, array in entries:
        key = (role, index, flags, array.dtype.char, array.shape)
        spec = _SPECS.get(key)
        if spec is None:
            spec = _spec(*key)
        specs.append(spec)
        data.append(array.tobytes())
    return b"".join(specs), b"".join(data)


def _spec(role: int, index: int, flags: int, char: str, shape: tuple[int, ...]) -> bytes:
    code = _CODES.get(char)
    if code is None or len(shape) > RANK or index > 0xFFFF:
        raise FrameError(f"an array of type {char!r} and shape {shape} does not go into a frame")
    spec = _SPEC.pack(role, index, flags, code, len(shape)) + Struct(f"<{len(shape)}Q").pack(*shape)
    if len(_SPECS) >= REMEMBERED:
        _SPECS.clear()
    _SPECS[role, index, flags, char, shape] = spec
    return spec


def decode(table: bytes, data: bytes) -> list[Entry]:
    """Return the arrays of a frame, each with memory of its own.

    Raises
    ------
    FrameError
        Where the table is not one, or the data is not as long as it says.
    """
    known = _PLANS.get(table)
    if known is None:
        known = _plan(table)
    plan, total = known
    if len(data) != total:
        raise FrameError(f"{len(data)} bytes of data, must be {total}")
    entries = []
    for role, index, flags, dtype, shape, offset in plan:
        array = _ndarray(shape, dtype, data, offset)
        if dtype is _BOOL:
            # Bytes that are neither 0 nor 1 are no truth values.
            array = _asarray(_ndarray(shape, _BYTE, data, offset) != 0)
        array = array.copy()
        entries.append(Entry(role, index, flags, array))
    return entries


def _plan(table: bytes) -> tuple[list[tuple[Any, ...]], int]:
    if len(table) > TABLE:
        raise FrameError(f"a table of {len(table)} bytes, must be at most {TABLE}")
    plan: list[tuple[Any, ...]] = []
    position, total = 0, 0
    while position < len(table):
        if position + _SPEC.size > len(table) or len(plan) == ENTRIES:
            raise FrameError("the table is cut short, or too long")
        role, index, flags, code, rank = _SPEC.unpack_from(table, position)
        position += _SPEC.size
        if role > GRAPH or flags > 31 or code >= len(TYPES) or rank > RANK:
            raise FrameError(f"no array has role {role}, flags {flags}, type {code}, rank {rank}")
        if position + 8 * rank > len(table):
            raise FrameError("the table is cut short")
        shape = unpack_from(f"<{rank}Q", table, position)
        position += 8 * rank
        size = prod(shape) * _DTYPES[code].itemsize
        # NumPy multiplies the other sides of an empty array, too.
        if prod(side or 1 for side in shape) * _DTYPES[code].itemsize > PAYLOAD:
            raise FrameError(f"an array of shape {shape}, must have at most {PAYLOAD} bytes")
        plan.append((role, index, flags, _DTYPES[code], shape, total))
        total += size
    if total > PAYLOAD:
        raise FrameError(f"{total} bytes of arrays, must be at most {PAYLOAD}")
    if len(_PLANS) >= REMEMBERED:
        _PLANS.clear()
    _PLANS[table] = plan, total
    return plan, total


def layout(array: Array) -> int:
    """Return the flags of how an array lies in memory."""
    flags = array.flags
    if flags.carray:
        return 0
    kind = 0 if flags.c_contiguous else FORTRAN if flags.f_contiguous else STRIDED
    return kind if flags.writeable else kind | READ_ONLY


def laid_out(array: Array, flags: int) -> Array:
    """Return an equal array that lies in memory as the flags of `layout` say."""
    if flags & FORTRAN:
        array = array.copy("F")
    elif flags & STRIDED and array.ndim:
        wide = np.zeros((*array.shape[:-1], 2 * array.shape[-1]), array.dtype)
        wide[..., ::2] = array
        array = wide[..., ::2]
    if flags & READ_ONLY:
        array.setflags(write=False)
    return array
