"""Arrays as bytes: what goes in comes out, and what is not a frame is refused."""

from __future__ import annotations

from struct import Struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from gradcheck.students import frames
from gradcheck.students.frames import Entry, FrameError, decode, encode, laid_out, layout

SPEC = Struct("<BHBBB")
DTYPES = ["?", "i1", "u8", "i4", "f2", "f4", "f8", "c8", "c16"]

arrays = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(dtype, hnp.array_shapes(min_dims=0, max_dims=4, min_side=0))
)


@settings(deadline=None, max_examples=60)
@given(st.lists(arrays, max_size=4))
def test_what_goes_in_comes_out(given_arrays: list[np.ndarray]) -> None:
    entries = [Entry(frames.INPUT, k, 0, array) for k, array in enumerate(given_arrays)]
    got = decode(*encode(entries))
    assert len(got) == len(entries)
    for one, other in zip(got, entries, strict=True):
        assert (one.role, one.number, one.flags) == (other.role, other.number, other.flags)
        assert one.array.dtype == other.array.dtype
        assert one.array.shape == other.array.shape
        assert one.array.tobytes() == other.array.tobytes()
        assert one.array.flags.owndata or one.array.size == 0
        assert one.array.flags.writeable


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=80), st.binary(max_size=64))
def test_noise_is_refused_or_is_arrays(table: bytes, data: bytes) -> None:
    try:
        entries = decode(table, data)
    except FrameError:
        return
    assert sum(entry.array.nbytes for entry in entries) == len(data)


@pytest.mark.parametrize(
    ("table", "data", "why"),
    [
        (SPEC.pack(9, 0, 0, 13, 0), b"\0" * 8, "role 9"),
        (SPEC.pack(0, 0, 99, 13, 0), b"\0" * 8, "flags 99"),
        (SPEC.pack(0, 0, 0, 99, 0), b"", "type 99"),
        (SPEC.pack(0, 0, 0, 13, 17), b"", "rank 17"),
        (SPEC.pack(0, 0, 0, 13, 2) + b"\0" * 8, b"", "cut short"),
        (SPEC.pack(0, 0, 0, 13, 0)[:-1], b"", "cut short"),
        (SPEC.pack(0, 0, 0, 13, 1) + Struct("<Q").pack(2**63), b"", "at most"),
        (SPEC.pack(0, 0, 0, 13, 2) + Struct("<2Q").pack(0, 2**40), b"", "at most"),
        (SPEC.pack(0, 0, 0, 13, 1) + Struct("<Q").pack(2), b"\0" * 15, "must be 16"),
        (SPEC.pack(0, 0, 0, 13, 0), b"\0" * 9, "must be 8"),
        ((SPEC.pack(0, 0, 0, 13, 1) + Struct("<Q").pack(2**24)) * 3, b"", "bytes of arrays"),
        (b"\0" * (2**16 + 1), b"", "must be at most"),
    ],
)
def test_what_is_no_frame_is_refused(table: bytes, data: bytes, why: str) -> None:
    with pytest.raises(FrameError, match=why):
        decode(table, data)


def test_bytes_that_are_no_truth_values_become_some() -> None:
    table, _ = encode([Entry(0, 0, 0, np.array([True, False]))])
    (entry,) = decode(table, b"\x07\x00")
    assert entry.array.tobytes() == b"\x01\x00"


def test_objects_do_not_go_in() -> None:
    with pytest.raises(FrameError, match="does not go"):
        encode([Entry(0, 0, 0, np.array([None]))])


@pytest.mark.parametrize(
    "array",
    [
        np.ones((2, 3)),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.arange(12.0).reshape(2, 6)[:, ::2],
        np.float64(3.0).reshape(()),
    ],
    ids=["plain", "fortran", "strided", "scalar"],
)
@pytest.mark.parametrize("writeable", [True, False])
def test_how_an_array_lies_in_memory_crosses(array: np.ndarray, *, writeable: bool) -> None:
    array = laid_out(array.copy("C"), layout(array))
    array.setflags(write=writeable)
    other = laid_out(array.copy("C"), layout(array))
    assert np.array_equal(array, other)
    for name in ("c_contiguous", "f_contiguous", "writeable"):
        assert getattr(other.flags, name) == getattr(array.flags, name)
