"""Start a fresh interpreter with nothing of its surroundings, and end all that it has started."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

from gradcheck.students import wire

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.students.limits import Limits

CODE = (
    "import json, sys; sys.path[:0] = json.loads(sys.argv[1])['roots']; "
    "from gradcheck.students.child import main; main()"
)

FORKS = hasattr(os, "fork") and sys.platform != "darwin"
"""Whether a process may be forked; the libraries of macOS do not bear it."""

PARTING = 0.05
"""Seconds that a twin gets to end by itself, so that the one that forked it takes note of it."""

KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
"""What an interpreter may need in order to find its own libraries."""


class Spawned:
    """A process in isolated mode, with a working folder, a group and a pair of pipes of its own.

    Parameters
    ----------
    survey : str
        "module:function" that it is going to call.
    limits : Limits
        What it sets for itself before it loads anything foreign.
    roots : sequence of str
        Folders from which it may import, beside the standard library.
    twice : bool
        Let it fork before it loads anything foreign.

    Attributes
    ----------
    channel : Channel
    twin : Twin or None
        The process that it forks.
    folder : str
        Where it works; removed when it is ended.
    """

    def __init__(
        self, survey: str, limits: Limits, roots: Sequence[str], *, twice: bool = False
    ) -> None:
        self.folder = tempfile.mkdtemp(prefix="student-")
        pairs = [_Pipes() for _ in range(1 + (twice and FORKS))]
        theirs = [end for pair in pairs for end in pair.theirs]
        task = {
            "roots": list(roots),
            "survey": survey,
            "limits": asdict(limits),
            "pipes": theirs,
        }
        options: dict[str, Any] = {"pass_fds": tuple(theirs), "start_new_session": True}
        if sys.platform == "win32":
            options = _windows(task)
        arguments = ["-I", "-S", "-X", "utf8", "-c", CODE, json.dumps(task)]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd=self.folder,
                env=_environment(self.folder),
                **options,
            )
        except BaseException:
            for pair in pairs:
                pair.channel().close()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        finally:
            for end in theirs:
                os.close(end)
        self.channel = pairs[0].channel()
        self.twin = Twin(pairs[1].channel()) if len(pairs) > 1 else None

    def status(self) -> str:
        """Return how the process ended, once its pipes are closed."""
        try:
            code = self._process.wait(timeout=1.0)
        except subprocess.TimeoutExpired:
            return "its pipes are closed"
        if code >= 0:
            return f"exit code {code}"
        try:
            return f"signal {signal.Signals(-code).name}"
        except ValueError:
            return f"signal {-code}"

    def end(self) -> None:
        """End the process and all that it started, its twin too, and remove its folder."""
        _kill(self._process)
        self.channel.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Twin:
    """The process that another one has forked: it ends with that one, and nobody knows how."""

    def __init__(self, channel: wire.Channel) -> None:
        self.channel = channel

    def status(self) -> str:
        """Return that it has ended."""
        return "its pipes are closed"

    def end(self) -> None:
        """Let it end: it does so once it finds its pipe closed, or is killed with the other."""
        self.channel.hang_up(PARTING)


class _Pipes:
    """A pair of pipes: the ends of a new process, and ours."""

    def __init__(self) -> None:
        theirs_in, self._ours_out = os.pipe()
        self._ours_in, theirs_out = os.pipe()
        self.theirs = (theirs_in, theirs_out)

    def channel(self) -> wire.Channel:
        return wire.Channel(self._ours_in, self._ours_out, table=wire.TABLE, data=wire.DATA)


def import_roots() -> list[str]:
    """Return where this process finds gradcheck and numpy, and where packages are installed."""
    roots = [str(Path(__file__).resolve().parents[2])]
    numpy = importlib.util.find_spec("numpy")
    if numpy is not None and numpy.origin is not None:
        roots.append(str(Path(numpy.origin).parents[1]))
    roots += [one for one in sys.path if Path(one).name in ("site-packages", "dist-packages")]
    return list(dict.fromkeys(roots))


def _environment(folder: str) -> dict[str, str]:
    environment = {name: os.environ[name] for name in KEPT if name in os.environ}
    environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP", "HOME", "USERPROFILE"), folder)
    environment |= {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    return environment | {"PATH": os.defpath, "LC_ALL": "C.UTF-8", "MPLBACKEND": "Agg"}


def _windows(task: dict[str, Any]) -> dict[str, Any]:
    """Return how to start a process that inherits the two pipes there, and no other handle."""
    import msvcrt

    handles = [msvcrt.get_osfhandle(end) for end in task["pipes"]]  # type: ignore[attr-defined,unused-ignore]
    for handle in handles:
        os.set_handle_inheritable(handle, True)  # type: ignore[attr-defined,unused-ignore] # noqa: FBT003
    task["pipes"] = handles
    start = subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles})  # type: ignore[attr-defined,unused-ignore]
    flags = subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW  # type: ignore[attr-defined,unused-ignore]
    return {"startupinfo": start, "creationflags": flags, "close_fds": True}


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and its group, and wait for it."""
    if not hasattr(os, "killpg"):
        process.kill()
        process.wait()
        return
    # Until it is waited for, nobody else can get its number. What it started may start more.
    for attempt in range(100):
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            break
        if attempt:
            sleep(0.001)
        process.wait()
    process.wait()
