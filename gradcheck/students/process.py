"""A sandbox: the process in which a student's file runs, and its subjects as seen from here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.students.dialogue import Dialogue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.proof.prove import Tracer
    from gradcheck.students.remote import RemoteInstance
    from gradcheck.subject import NoisyRuns, Rows


class Sandbox(Dialogue):
    """One file, loaded in a process of its own: see `Dialogue` for its parameters."""

    def make(
        self, index: int, rate: float = 1.0, *, seeded: bool = True
    ) -> Callable[[], RemoteInstance]:
        """Return what makes instances of the subject with this number.

        Parameters
        ----------
        index : int
            Its place among the descriptions of the survey.
        rate : float
            The part of the usual learning rate that it uses.
        seeded : bool
            Seed the global generators of `random` and numpy before making one.
        """
        from gradcheck.students.remote import RemoteInstance

        return lambda: RemoteInstance(self, index, rate, seeded=seeded)

    def at_rate(self, index: int, *, seeded: bool = True) -> Callable[[float], RemoteInstance]:
        """Return what makes instances with a part of the usual learning rate."""
        from gradcheck.students.remote import RemoteInstance

        return lambda rate: RemoteInstance(self, index, rate, seeded=seeded)

    def forwards(self, index: int, *, seeded: bool = True) -> Rows:
        """Return what evaluates forward for many values of one input at once."""
        from gradcheck.students.remote_many import RemoteRows

        return RemoteRows(self, index, seeded=seeded)

    def tracer(self, index: int, names: Sequence[str], numbers: frozenset[str]) -> Tracer:
        """Return what runs the subject on symbols."""
        from gradcheck.students.remote_graph import RemoteTracer

        return RemoteTracer(self, index, names, numbers)

    def noisy(self, index: int, *, seeded: bool = True) -> NoisyRuns:
        """Return what runs forward and backward in stochastic arithmetic many times at once."""
        from gradcheck.students.remote_many import RemoteNoisyRuns

        return RemoteNoisyRuns(self, index, seeded=seeded)
