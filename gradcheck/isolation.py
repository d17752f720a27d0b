"""Keep what belongs to the whole process as it was while foreign code runs."""

from __future__ import annotations

import random
import sys
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.exceptions import ComplexWarning

if TYPE_CHECKING:
    from collections.abc import Iterator


_SYS = ("stdin", "stdout", "stderr", "argv", "excepthook", "displayhook", "dont_write_bytecode")


@contextmanager
def isolated() -> Iterator[None]:
    """Run a block with quiet warnings and floating-point errors, and restore global state after it.

    Restored: numpy's error state and legacy random state, `random`'s state, the warning filters,
    `sys.path`, the streams and hooks of `sys`, its recursion limit and its trace function.
    Inside, a silent loss of an imaginary part is an error, so that the complex step can see it.
    """
    attributes = {name: getattr(sys, name) for name in _SYS}
    path, argv = list(sys.path), list(sys.argv)
    limit, trace, profile = sys.getrecursionlimit(), sys.gettrace(), sys.getprofile()
    numbers, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002 - theirs, not ours
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", ComplexWarning)
            yield
    finally:
        random.setstate(numbers)
        np.random.set_state(legacy)  # noqa: NPY002
        for name, value in attributes.items():
            if getattr(sys, name, None) is not value:
                setattr(sys, name, value)
        if sys.path != path:
            sys.path[:] = path
        if sys.argv != argv:
            sys.argv[:] = argv
        if sys.getrecursionlimit() != limit:
            sys.setrecursionlimit(limit)
        if sys.gettrace() is not trace:
            sys.settrace(trace)
        if sys.getprofile() is not profile:
            sys.setprofile(profile)
