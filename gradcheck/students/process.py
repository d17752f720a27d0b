"""A sandbox: the process in which a student's file runs, started, asked, watched and ended here.

Nothing that it says is evaluated. Once it has ended, is late or does not make sense, it is killed
with all that it started, and every further call of the subject at hand raises at once; the next
subject gets a fresh one.
"""

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
from time import monotonic, perf_counter, sleep
from typing import TYPE_CHECKING, Any, Self

from gradcheck.errors import LoadError, SandboxError, SubjectError
from gradcheck.students import wire
from gradcheck.students.answers import NAME, Surveyed, cleaned, failure, strings, surveyed
from gradcheck.students.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcheck.students.remote import RemoteInstance
    from gradcheck.subject import Rows

SURVEY = "gradcheck.students.survey:survey"
"""What the child calls with path and settings; it returns `adapters` and `notes`."""

SURVEY_BYTES = 4 * 1024**2
"""Most bytes of the answer to it."""

CODE = (
    "import json, sys; sys.path[:0] = json.loads(sys.argv[1])['roots']; "
    "from gradcheck.students.child import main; main()"
)

KEPT = ("SYSTEMROOT", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH")
"""What an interpreter may need in order to find its own libraries."""

MOST_LOST = 8
"""Subjects of a file that may end its process while they are looked at."""

SPARE = 4.0
"""How much slower than the last forward the next may be, as for complex numbers, twice over: so
much less is asked for at once, and so much longer is waited."""

MOST_ROWS = 256
"""Most forwards in one request."""

NO_NOISE = (0.0, 0)


class Sandbox:
    """One file, loaded in a process of its own.

    Parameters
    ----------
    path : Path
        The file, as the child's survey takes it.
    settings : dict
        Plain data for the survey.
    limits : Limits
    survey : str
        "module:function" of the survey; it runs in the child.
    roots : sequence of str
        Further folders from which the child may import, such as that of another survey.

    Attributes
    ----------
    ended : str
        Why the process ended while the subject at hand was checked; empty where it did not. The
        verdict of such a subject is never `pass`.
    pace : float
        Seconds that the last forward took.
    notes : list of str
        Limits that cannot be set on this system; known after `survey`.
    """

    def __init__(
        self,
        path: Path,
        settings: Mapping[str, Any] | None = None,
        limits: Limits | None = None,
        survey: str = SURVEY,
        roots: Sequence[str] = (),
    ) -> None:
        self._task: dict[str, Any] = {
            "path": str(Path(path).absolute()),
            "settings": {**(settings or {}), "lost": {}},
            "survey": survey,
        }
        self._roots = [*_roots(), *roots]
        self._limits = limits or Limits()
        self._process: subprocess.Popen[bytes] | None = None
        self._channel: wire.Channel | None = None
        self._folder = ""
        self._names: list[tuple[str, str]] | None = None
        self.ended = ""
        self.generation = 0
        self.pace = 0.0
        self._at, self._spent = "", 0.0
        self.notes: list[str] = []
        self.free: list[int] = []
        self.slots = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Start the process and hand it the file, without waiting for anything."""
        self.close()
        self.generation += 1
        self.free, self.slots, self._at = [], 0, ""
        self._folder = tempfile.mkdtemp(prefix="student-")
        self._channel = self._spawn()
        try:
            self._ask(wire.HELLO, b"", self._limits.start)
            self._ask(wire.SURVEY, json.dumps(self._task).encode(), self._limits.start)
        except (wire.Closed, wire.Late):
            pass  # it is said when the answer is waited for
        except BaseException:
            self.close()
            raise

    def survey(self) -> Surveyed:
        """Return what was found in the file.

        Where the process did not survive a look at a subject, the file is loaded once more; the
        survey finds the subject, and what happened, in ``settings["lost"]``.

        Raises
        ------
        LoadError
            Where the file cannot be loaded.
        SubjectError
            Where loading it raised; SandboxError where it ended the process.
        """
        lost = self._task["settings"]["lost"]
        while True:
            try:
                return self._surveyed()
            except SandboxError as error:
                if not self._at or self._at in lost or len(lost) == MOST_LOST:
                    raise
                lost[self._at] = str(error)
                self.renew()

    def _surveyed(self) -> Surveyed:
        if self._process is None:
            self.start()
        kind, text = self._answer("starting", self._limits.start)
        if kind != wire.TEXT:
            raise self._end("answer not understood during starting")
        self.notes = strings(text)
        kind, text = self._answer("loading the file", self._limits.load)
        self._at = ""
        if kind != wire.TEXT:
            self.close()
            message, file, line = failure(text)
            if kind == wire.UNLOADABLE:
                raise LoadError(message)
            raise SubjectError(message, file=file, line=line)
        try:
            found = surveyed(text[: SURVEY_BYTES + 1])
        except ValueError as error:
            raise self._end(f"answer not understood during loading the file: {error}") from None
        self._names = [(one.name, one.file) for one in found.descriptions]
        return found

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
        from gradcheck.students.remote import RemoteRows

        return RemoteRows(self, index, seeded=seeded)

    def renew(self) -> None:
        """Go on with another subject; a process that has ended is started again when needed."""
        self.ended, self._spent = "", 0.0

    def close(self) -> None:
        """End the process and all that it started, and remove its working folder."""
        process, channel, folder = self._process, self._channel, self._folder
        self._process, self._channel, self._folder = None, None, ""
        if process is not None:
            _kill(process)
        if channel is not None:
            channel.close()
        if folder:
            shutil.rmtree(folder, ignore_errors=True)

    def at_once(self) -> int:
        """Return how many forwards one request may hold so that it is answered in time."""
        return max(1, min(MOST_ROWS, int(self._limits.call / SPARE / max(self.pace, 1e-6))))

    def call(
        self,
        what: int,
        doing: str,
        flags: int,
        subject: int,
        instance: int,
        rate: float,
        noise: tuple[float, int],
        table: bytes,
        data: bytes,
    ) -> wire.Answer:
        """Return the answer to one request: arrays, or what the code under test raised.

        Raises
        ------
        SandboxError
            Where the process ended, is late or does not make sense.
        """
        if self.ended:
            raise SandboxError(self.ended)
        channel, seconds = self._channel, self._limits.call
        if what == wire.FORWARDS:
            seconds *= SPARE
        if channel is None:
            raise SandboxError("the sandbox is closed")
        if self._spent > self._limits.subject:
            raise self._end(f"no end of all calls within {self._limits.subject:g} s")
        started = perf_counter()
        try:
            channel.ask(what, flags, subject, instance, rate, noise, table, data, seconds)
            answer = channel.answer(seconds)
        except BaseException as error:  # noqa: BLE001 - it is raised again, or said better
            raise self._ending(error, doing, seconds) from None
        spent = perf_counter() - started
        self._spent += spent
        if what != wire.BACKWARD:
            self.pace = spent
        if answer.kind not in (wire.ARRAYS, wire.FAILED):
            raise self._end(f"answer not understood during {doing}")
        return answer

    def not_understood(self, doing: str, why: object) -> SandboxError:
        """End the process, and return the exception that says that its answer makes no sense."""
        return self._end(f"answer not understood during {doing}: {why}")

    def ready(self, subject: int) -> None:
        """See to it that a process runs, and that it means the same by this subject as at first.

        Raises
        ------
        SandboxError
            Where it ended during this subject, or the file was found to hold other subjects.
        """
        if self.ended:
            raise SandboxError(self.ended)
        if self._process is not None:
            return
        known = self._names
        if known is None:
            raise SandboxError("the file was not loaded")
        try:
            self.start()
            found = self.survey().descriptions
        except SandboxError:
            raise
        except (LoadError, SubjectError) as error:
            raise self._end(f"loaded once more, the file fails: {error}") from error
        finally:
            self._names = known
        again = [(one.name, one.file) for one in found]
        if again[subject : subject + 1] != known[subject : subject + 1]:
            raise self._end("loaded once more, the file defines other things")

    def _ask(self, what: int, data: bytes, seconds: float) -> None:
        assert self._channel is not None  # noqa: S101 - for the type checker
        self._channel.ask(what, 0, 0, 0, 1.0, NO_NOISE, b"", data, seconds)

    def _answer(self, doing: str, seconds: float) -> tuple[int, bytes]:
        if self._channel is None:
            raise SandboxError(self.ended or "the sandbox is closed")
        deadline = monotonic() + seconds
        try:
            answer = self._channel.answer(seconds)
            while answer.kind == wire.PROGRESS:
                self._at = cleaned(answer.table.decode(errors="replace"), NAME)
                answer = self._channel.answer(deadline - monotonic())
        except BaseException as error:  # noqa: BLE001 - it is raised again, or said better
            if self._at:
                doing = f"a look at {self._at}"
            raise self._ending(error, doing, seconds) from None
        return answer.kind, answer.data or answer.table

    def _ending(self, error: BaseException, doing: str, seconds: float) -> BaseException:
        """End the process; return what to raise for an exception of the channel."""
        if isinstance(error, wire.Closed):
            return self._end(f"the process ended ({self._status()}) during {doing}")
        if isinstance(error, wire.Late):
            return self._end(f"no answer within {seconds:g} s during {doing}")
        if isinstance(error, wire.Garbled):
            return self._end(f"answer not understood during {doing}: {error}")
        self._end(f"interrupted during {doing}")
        return error

    def _end(self, reason: str) -> SandboxError:
        self.ended = reason
        self.close()
        return SandboxError(reason)

    def _status(self) -> str:
        assert self._process is not None  # noqa: S101 - for the type checker
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

    def _spawn(self) -> wire.Channel:
        theirs_in, ours_out = os.pipe()
        ours_in, theirs_out = os.pipe()
        task = {
            "roots": self._roots,
            "survey": self._task["survey"],
            "limits": asdict(self._limits),
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
                cwd=self._folder,
                env=_environment(self._folder),
                **options,
            )
        except BaseException:
            os.close(ours_in)
            os.close(ours_out)
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        return wire.Channel(ours_in, ours_out, table=wire.TABLE, data=wire.DATA)


def _roots() -> list[str]:
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
