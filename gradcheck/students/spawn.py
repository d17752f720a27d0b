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

    Attributes
    ----------
    channel : Channel
    folder : str
        Where it works; removed when it is ended.
    """

    def __init__(self, survey: str, limits: Limits, roots: Sequence[str]) -> None:
        self.folder = tempfile.mkdtemp(prefix="student-")
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        task = {
            "roots": list(roots),
            "survey": survey,
            "limits": asdict(limits),
            "pipes": [theirs_in, theirs_out],
        }
        options: dict[str, Any] = {"pass_fds": (theirs_in, theirs_out), "start_new_session": True}
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
            os.close(ours_in)
            os.close(ours_out)
            shutil.rmtree(self.folder, ignore_errors=True)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self.channel = wire.Channel(ours_in, ours_out, table=wire.TABLE, data=wire.DATA)

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
        """End the process and all that it started, and remove its folder."""
        _kill(self._process)
        self.channel.close()
        shutil.rmtree(self.folder, ignore_errors=True)


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
