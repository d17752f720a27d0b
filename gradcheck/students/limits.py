"""What a student's process may use, and how it is told so."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

try:
    import resource
except ImportError:  # Windows has none
    resource = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one process may use.

    Attributes
    ----------
    cpu : int
        Seconds of processor time, all subjects of a file together.
    memory : int
        Bytes of address space above what is used before the file is loaded.
    file : int
        Bytes of the largest file that it may write.
    files : int
        Open files.
    call : float
        Seconds by the clock for one forward, backward or step.
    subject : float
        Seconds by the clock for all calls of one subject together.
    load : float
        Seconds by the clock for loading the file and finding its subjects.
    start : float
        Seconds by the clock until a fresh process is ready; it runs nothing foreign so far.
    """

    cpu: int = 60
    memory: int = 2 * 1024**3
    file: int = 16 * 1024**2
    files: int = 64
    call: float = 5.0
    subject: float = 60.0
    load: float = 10.0
    start: float = 60.0


def apply(limits: Limits) -> list[str]:
    """Set the limits of this process, for good; return a note for each that cannot be set."""
    if resource is None:
        what = "processor time, memory, file size and open files"
        return [f"limits on {what} cannot be set on {sys.platform}; only the clock is watched"]
    wanted = [
        ("processor time", "RLIMIT_CPU", limits.cpu),
        ("file size", "RLIMIT_FSIZE", limits.file),
        ("open files", "RLIMIT_NOFILE", limits.files),
        ("core dumps", "RLIMIT_CORE", 0),
        # Not enforced for the superuser; what was started all the same is ended with the group.
        ("further processes", "RLIMIT_NPROC", 0),
    ]
    notes = []
    used = _address_space()
    if used is None:
        notes.append(f"a limit on memory cannot be set on {sys.platform}")
    else:
        wanted.append(("memory", "RLIMIT_AS", used + limits.memory))
    for label, name, value in wanted:
        if not _lowered(name, value):
            notes.append(f"a limit on {label} cannot be set on {sys.platform}")
    return notes


def stay() -> None:
    """Keep this process on the processor where it is now, where the system lets one.

    Whoever waits for its answer is then woken there as well, in 7 µs instead of 50.
    """
    try:
        fields = Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        os.sched_setaffinity(0, {int(fields[36])})
    except (AttributeError, OSError, ValueError, IndexError):
        return


def _lowered(name: str, value: int) -> bool:
    """Lower both the soft and the hard limit to a value; say whether it is in force."""
    kind = getattr(resource, name, None)
    if kind is None:
        return False
    hard = resource.getrlimit(kind)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    # A process that handles the signal of the soft limit on time is killed a second later.
    above = 1 if name == "RLIMIT_CPU" and hard in (resource.RLIM_INFINITY, value + 1) else 0
    try:
        resource.setrlimit(kind, (value, value + above))
    except (ValueError, OSError):
        return False
    return True


def _address_space() -> int | None:
    """Return the bytes of address space in use; None where the system does not say."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError, IndexError):
        return None
    return pages * resource.getpagesize()
