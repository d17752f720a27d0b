"""Where a file's code runs: behind the wall, or in this process where it is trusted."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import Any

    from gradcheck.proof.prove import Tracer
    from gradcheck.students.adapter import Adapter, Description
    from gradcheck.students.limits import Limits
    from gradcheck.students.process import Sandbox
    from gradcheck.subject import Instance, NoisyRuns, Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How files are checked.

    Attributes
    ----------
    seed : int
    only : tuple of str
        Names of subjects; empty for all.
    settings : mapping
        The ``[tool.gradcheck]`` table.
    limits : Limits or None
    in_process : bool
        Run the code in this process: only for code that is trusted.
    proof_seconds : float
        For the exact proof of one subject; 0 for none.
    pictured : bool
        Gather what pictures are drawn from too.
    """

    seed: int = 0
    only: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    limits: Limits | None = None
    in_process: bool = False
    proof_seconds: float = 2.0
    pictured: bool = False


class Host(Protocol):
    """Where a file's code runs."""

    remote: bool
    """Whether that is another process."""

    @property
    def twin(self) -> Host | None:
        """Return a second one with the same file, where it was asked for."""
        ...

    @property
    def ended(self) -> str:
        """Return why the process ended during the subject at hand, or ""."""
        ...

    def descriptions(self) -> tuple[list[Description], list[str], str]:
        """Load the file; return what was found, notes, and what it printed."""
        ...

    def make(self, index: int) -> Callable[[], Instance]:
        """Return what makes instances of one subject."""
        ...

    def at_rate(self, index: int) -> Callable[[float], Instance]:
        """Return what makes instances of one subject at a part of the usual learning rate."""
        ...

    def forwards(self, index: int) -> Rows | None:
        """Return what gives y for several values of one input, where that is worth it."""
        ...

    def noisy(self, index: int) -> NoisyRuns | None:
        """Return what runs stochastic arithmetic many times, where that is worth it."""
        ...

    def tracer(self, index: int, names: Sequence[str], numbers: frozenset[str]) -> Tracer | None:
        """Return what runs the subject on symbols elsewhere; None where it can be run here."""
        ...

    def renew(self) -> None:
        """Go on with another subject."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def started(path: Path, options: Options, *, twice: bool = False) -> Host:
    """Start the process in which a file is loaded, without waiting for it.

    Parameters
    ----------
    path : Path
    options : Options
    twice : bool
        Start a second one that may share the subjects, where that may save time.
    """
    if options.in_process:
        return InProcess(path, options.settings)
    from gradcheck.students.process import Sandbox

    sandbox = Sandbox(path, dict(options.settings), options.limits)
    sandbox.start(twice=twice and not options.only and (os.cpu_count() or 1) > 1)
    return Behind(sandbox)


class Behind:
    """A file in a process of its own, which starts at once and loads while we do other things."""

    remote = True

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self.twin: Host | None = None if sandbox.twin is None else Behind(sandbox.twin)

    @property
    def ended(self) -> str:
        """Return why the process ended during the subject at hand, or ""."""
        return self._sandbox.ended

    def descriptions(self) -> tuple[list[Description], list[str], str]:
        """Wait for the survey."""
        found = self._sandbox.survey()
        notes = [*found.notes, *self._sandbox.notes]
        return list(found.descriptions), notes, found.output

    def make(self, index: int) -> Callable[[], Instance]:
        """Return what makes instances of one subject."""
        return self._sandbox.make(index)

    def at_rate(self, index: int) -> Callable[[float], Instance]:
        """Return what makes them at a part of the usual learning rate."""
        return self._sandbox.at_rate(index)

    def forwards(self, index: int) -> Rows | None:
        """Return what gives y for several values of one input."""
        return self._sandbox.forwards(index)

    def noisy(self, index: int) -> NoisyRuns | None:
        """Return what runs stochastic arithmetic many times in one question."""
        return self._sandbox.noisy(index)

    def tracer(self, index: int, names: Sequence[str], numbers: frozenset[str]) -> Tracer | None:
        """Return what runs the subject on symbols in its process."""
        return self._sandbox.tracer(index, names, numbers)

    def renew(self) -> None:
        """Go on with another subject."""
        self._sandbox.renew()

    def close(self) -> None:
        """End the process."""
        self._sandbox.close()


class InProcess:
    """A file in this process: for code that is trusted."""

    remote = False
    twin: Host | None = None

    @property
    def ended(self) -> str:
        """Return "": here nothing ends but all."""
        return ""

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self._path = path
        self._settings = settings
        self._adapters: list[Adapter] = []

    def descriptions(self) -> tuple[list[Description], list[str], str]:
        """Load the file here."""
        from gradcheck.students.survey import survey

        found = survey(self._path, self._settings)
        self._adapters = found.adapters
        return [adapter.description for adapter in found.adapters], found.notes, found.output

    def make(self, index: int) -> Callable[[], Instance]:
        """Return what makes instances of one subject."""
        return self._adapters[index].make

    def at_rate(self, index: int) -> Callable[[float], Instance]:
        """Return what makes them at a part of the usual learning rate."""
        return self._adapters[index].make

    def forwards(self, index: int) -> Rows | None:  # noqa: ARG002 - see Host
        """Return None: here each call is as near as many."""
        return None

    def noisy(self, index: int) -> NoisyRuns | None:  # noqa: ARG002 - see Host
        """Return None, as `forwards`."""
        return None

    def tracer(
        self,
        index: int,  # noqa: ARG002 - see Host
        names: Sequence[str],  # noqa: ARG002
        numbers: frozenset[str],  # noqa: ARG002
    ) -> Tracer | None:
        """Return None: it can be run here."""
        return None

    def renew(self) -> None:
        """Nothing is to be done here."""

    def close(self) -> None:
        """Nothing is to be done here."""
