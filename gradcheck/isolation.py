"""Keep what belongs to the whole process as it was while foreign code runs."""

from __future__ import annotations

import io
import os
import random
import sys
import warnings
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import numpy as np
from numpy.exceptions import ComplexWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

# Making a Mersenne Twister takes ten times as long as seeding one; one for each depth of nesting.
_TWISTERS: list[tuple[np.random.MT19937, np.random.RandomState]] = []
_DEPTH = [0]


class _Sink(io.TextIOBase):
    """Takes what foreign code prints, some hundred times over, and drops it."""

    def write(self, text: str) -> int:
        return len(text)


_SINK = _Sink()

_SYS = ("stdin", "stdout", "stderr", "excepthook", "displayhook", "dont_write_bytecode")


@contextmanager
def isolated() -> Iterator[None]:
    """Run a block with quiet warnings and floating-point errors, and restore global state after it.

    Inside, `random` and numpy's legacy generator start from a fixed seed; after it they go on where
    they were. Restored too: numpy's error state, the warning filters, `sys.path` and `sys.argv`,
    the working folder, numpy's print options,
    the streams and hooks of `sys`, its recursion limit, and its trace and profile functions.
    What is printed inside is dropped.
    A silent loss of an imaginary part is an error inside, so that the complex step can see it.
    """
    attributes = [(name, getattr(sys, name)) for name in _SYS]
    path, argv = sys.path, sys.argv
    entries, arguments = list(path), list(argv)
    called = np.geterrcall()
    limit, trace, profile = sys.getrecursionlimit(), sys.gettrace(), sys.getprofile()
    numbers, folder, printing = random.getstate(), _folder(), np.get_printoptions()
    legacy = np.random.get_bit_generator()  # type: ignore[attr-defined]
    # It may hold the second of a pair of normal numbers, which exchanging the generator drops.
    state = np.random.get_state(legacy=False)  # noqa: NPY002 - theirs
    np.random.set_bit_generator(_seeded(_DEPTH[0]))  # type: ignore[attr-defined]
    _DEPTH[0] += 1
    random.seed(0)
    sys.stdout = sys.stderr = _SINK
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", ComplexWarning)
            yield
    finally:
        # Before numpy 2 `errstate` leaves the function that is called on an error.
        np.seterrcall(called)
        random.setstate(numbers)
        if np.get_printoptions() != printing:
            np.set_printoptions(**printing)
        if _folder() != folder:
            with suppress(OSError):
                os.chdir(folder)
        _DEPTH[0] -= 1
        np.random.set_bit_generator(legacy)  # type: ignore[attr-defined]
        if state.get("has_gauss"):
            np.random.set_state(state)  # noqa: NPY002 - theirs
        for name, value in attributes:
            if getattr(sys, name, None) is not value:
                setattr(sys, name, value)
        path[:], argv[:] = entries, arguments
        sys.path, sys.argv = path, argv
        if sys.getrecursionlimit() != limit:
            sys.setrecursionlimit(limit)
        if sys.gettrace() is not trace:
            sys.settrace(trace)
        if sys.getprofile() is not profile:
            sys.setprofile(profile)


def _folder() -> str:
    """Return the working folder, empty where it was removed."""
    try:
        return os.getcwd()  # noqa: PTH109 - ten times as fast
    except OSError:
        return ""


def _seeded(depth: int) -> np.random.MT19937:
    if depth == len(_TWISTERS):
        bits = np.random.MT19937()
        _TWISTERS.append((bits, np.random.RandomState(bits)))
    bits, legacy = _TWISTERS[depth]
    legacy.seed(0)
    return bits
