"""What a proof may cost, and how it is given up."""

from __future__ import annotations

from contextvars import ContextVar
from time import perf_counter, thread_time

NODES = 400_000
"""Nodes of a graph; one takes some 250 bytes, so that this is 100 MB."""

TERMS = 60_000
"""Terms of one polynomial."""

BETWEEN = 1_000
"""Terms between two looks at the clock, which costs as much as some ten of them."""

SECONDS = 2.0
"""For one subject."""


refusals: ContextVar[list[str] | None] = ContextVar("refusals", default=None)
"""While code under test runs on symbols, why it cannot: a bare `except` does not hide it."""


class GivenUp(BaseException):
    """No proof was found, and none was refuted: the text says why.

    Not an Exception: code under test that catches those must not go on where its symbols end.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        noted = refusals.get()
        if noted is not None:
            noted.append(reason)


class Unmodelled(GivenUp):
    """The code does something that has no meaning on symbols."""


class Budget:
    """Counts what a proof uses.

    Parameters
    ----------
    seconds : float
        Of this thread's processor time, from now on: on a busy machine no proof is lost.
    nodes, terms : int
        Of a graph, and of one polynomial.
    """

    def __init__(self, seconds: float = SECONDS, nodes: int = NODES, terms: int = TERMS) -> None:
        self.nodes, self.terms = nodes, terms
        self._end = thread_time() + seconds
        self._end_by_clock = perf_counter() + seconds
        self._unseen = BETWEEN
        self.seconds = seconds

    def count(self, nodes: int) -> None:
        """Look at the number of nodes, and now and then at the time.

        Raises
        ------
        GivenUp
            Where there are too many, or the time is over.
        """
        if nodes >= self.nodes:
            raise GivenUp(f"the expressions have more than {self.nodes} nodes")
        if not nodes % 256:
            self.look()

    def spend(self, terms: int) -> None:
        """Look at the number of terms of a polynomial, and at the time.

        Raises
        ------
        GivenUp
            Where there are too many, or the time is over.
        """
        if terms > self.terms:
            raise GivenUp(f"a polynomial has more than {self.terms} terms")
        self._unseen += terms + 1
        if self._unseen > BETWEEN:
            self._unseen = 0
            self.look()

    def left(self) -> float:
        """Return the seconds that are left; at least a little."""
        return max(0.01, self._end - thread_time())

    def look(self) -> None:
        """Raise GivenUp where the time is over."""
        # Processor time is costly to ask for, and never more than time by the clock.
        if perf_counter() > self._end_by_clock and thread_time() > self._end:
            raise GivenUp(f"it takes more than {self.seconds:g} s")
