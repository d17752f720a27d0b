"""Interrupt foreign code that takes too long, where the system has a timer for that.

Only the main thread of a POSIX process can be interrupted; elsewhere the clock of the other process
is all there is. Code that waits inside of C is interrupted when it comes back.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from gradcheck.errors import SubjectError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

AGAIN = 0.05
"""Seconds after which code that has caught the interruption is interrupted again."""

_DEADLINES: list[float] = []


class TooLong(BaseException):
    """The code has had its time; what catches errors must not catch it."""


def available() -> bool:
    """Say whether code can be interrupted here."""
    return hasattr(signal, "setitimer") and (threading.current_thread() is threading.main_thread())


@contextmanager
def limit(seconds: float) -> Iterator[None]:
    """Raise `TooLong` in a block after some seconds, or when a block around it must end."""
    if not available():
        yield
        return
    before = signal.signal(signal.SIGALRM, _interrupt)
    now = monotonic() + seconds
    try:
        _DEADLINES.append(min(now, _DEADLINES[-1]) if _DEADLINES else now)
        _arm()
        yield
    finally:
        _DEADLINES.pop()
        signal.setitimer(signal.ITIMER_REAL, 0.0)
        signal.signal(signal.SIGALRM, before or signal.SIG_DFL)
        _arm()


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Raise a SubjectError where a block takes longer.

    Raises
    ------
    SubjectError
    """
    try:
        with limit(seconds):
            yield
    except TooLong:
        raise SubjectError(f"it took longer than {seconds:g} s") from None


def _arm() -> None:
    if _DEADLINES:
        left = max(_DEADLINES[-1] - monotonic(), 1e-3)
        signal.setitimer(signal.ITIMER_REAL, left, AGAIN)


def _interrupt(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - as handlers are
    if _DEADLINES:
        raise TooLong
