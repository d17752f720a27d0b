"""Count the calls of a code's own forward inside of its backward: that takes differences."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Calls:
    """How many calls were seen."""

    number = 0


@contextmanager
def calls_of(
    function: Callable[..., Any] | None, but: Callable[..., Any] | None = None
) -> Iterator[Calls]:
    """Count the calls of a Python function, by its code, while the block runs.

    Parameters
    ----------
    function : callable or None
        With None, and where a profiler is at work already, nothing is counted.
    but : callable, optional
        Where it is the same code, as with a flag that asks for the derivative, nothing is counted.
    """
    calls = Calls()
    code = code_of(function)
    if code is None or code is code_of(but) or sys.getprofile() is not None:
        yield calls
        return

    def seen(frame: Any, event: str, argument: object) -> None:  # noqa: ARG001 - as profilers are
        if event == "call" and frame.f_code is code:
            calls.number += 1

    sys.setprofile(seen)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def code_of(function: Callable[..., Any] | None) -> Any:
    """Return the code of a function or method, None where it has none."""
    return getattr(getattr(function, "__func__", function), "__code__", None)
