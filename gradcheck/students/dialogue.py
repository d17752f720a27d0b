"""Questions to the process in which a student's file runs: started, asked, watched and ended here.

Nothing that it says is evaluated. Once it has ended, is late or does not make sense, it is killed
with all that it started, and every further call of the subject at hand raises at once; the next
subject gets a fresh one.
"""

from __future__ import annotations

import json
from copy import copy, deepcopy
from pathlib import Path
from time import monotonic, perf_counter
from typing import TYPE_CHECKING, Any, Self

from gradcheck.errors import LoadError, SandboxError, SubjectError
from gradcheck.students import wire
from gradcheck.students.answers import NAME, Surveyed, cleaned, failure, strings, surveyed
from gradcheck.students.limits import Limits
from gradcheck.students.spawn import Spawned, Twin, import_roots

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SURVEY = "gradcheck.students.survey:survey"
"""What the child calls with path and settings; it returns `adapters` and `notes`."""

SURVEY_BYTES = 4 * 1024**2
"""Most bytes of the answer to it."""

MOST_LOST = 8
"""Subjects of a file that may end its process while they are looked at."""

SPARE = 4.0
"""How much slower than the last forward the next may be, as for complex numbers, twice over: so
much less is asked for at once, and so much longer is waited."""

MOST_ROWS = 256
"""Most forwards in one request."""

NO_NOISE = (0.0, 0)


class Dialogue:
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
    twin : Dialogue or None
        With the other one of two processes that were started together.
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
        self._roots = [*import_roots(), *roots]
        self._limits = limits or Limits()
        self._spawned: Spawned | Twin | None = None
        self._names: list[tuple[str, str]] | None = None
        self.ended = ""
        self.generation = 0
        self.pace = 0.0
        self._at, self._spent = "", 0.0
        self.twin: Any = None  # of the same kind
        self.notes: list[str] = []
        self.free: list[int] = []
        self.slots = 0

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self, *, twice: bool = False) -> None:
        """Start the process and hand it the file, without waiting for anything.

        Parameters
        ----------
        twice : bool
            Let the process fork before it loads the file, where that can be: see `twin`.
        """
        self.close()
        self.generation += 1
        self.free, self.slots, self._at = [], 0, ""
        spawned = Spawned(self._task["survey"], self._limits, self._roots, twice=twice)
        self._spawned = spawned
        if spawned.twin is not None:
            self.twin = self._beside(spawned.twin)
        self._hand_over()

    def _beside(self, spawned: Twin) -> Self:
        """Return the dialogue with a process that was forked before it was told anything."""
        other = copy(self)
        vars(other).update(_task=deepcopy(self._task), _spawned=spawned, free=[])
        other._hand_over()  # noqa: SLF001 - its own kind
        return other

    def _hand_over(self) -> None:
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
        if self._spawned is None:
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

    def renew(self) -> None:
        """Go on with another subject; a process that has ended is started again when needed."""
        self.ended, self._spent = "", 0.0

    def close(self) -> None:
        """End the process and all that it started, and remove its working folder."""
        spawned, self._spawned = self._spawned, None
        if spawned is not None:
            spawned.end()

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
        spawned, seconds = self._spawned, self._limits.call
        if what in (wire.FORWARDS, wire.NOISY_RUNS):
            seconds *= SPARE
        if spawned is None:
            raise SandboxError("the sandbox is closed")
        if self._spent > self._limits.subject:
            raise self._end(f"no end of all calls within {self._limits.subject:g} s")
        started = perf_counter()
        try:
            spawned.channel.ask(what, flags, subject, instance, rate, noise, table, data, seconds)
            answer = spawned.channel.answer(seconds)
        except BaseException as error:  # noqa: BLE001 - it is raised again, or said better
            raise self._ending(error, doing, seconds) from None
        spent = perf_counter() - started
        self._spent += spent
        if what in (wire.FORWARD, wire.FORWARDS):
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
        if self._spawned is not None:
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
        assert self._spawned is not None  # noqa: S101 - for the type checker
        self._spawned.channel.ask(what, 0, 0, 0, 1.0, NO_NOISE, b"", data, seconds)

    def _answer(self, doing: str, seconds: float) -> tuple[int, bytes]:
        if self._spawned is None:
            raise SandboxError(self.ended or "the sandbox is closed")
        channel = self._spawned.channel
        deadline = monotonic() + seconds
        try:
            answer = channel.answer(seconds)
            while answer.kind == wire.PROGRESS:
                self._at = cleaned(answer.table.decode(errors="replace"), NAME)
                answer = channel.answer(deadline - monotonic())
        except BaseException as error:  # noqa: BLE001 - it is raised again, or said better
            if self._at:
                doing = f"a look at {self._at}"
            raise self._ending(error, doing, seconds) from None
        return answer.kind, answer.data or answer.table

    def _ending(self, error: BaseException, doing: str, seconds: float) -> BaseException:
        """End the process; return what to raise for an exception of the channel."""
        if isinstance(error, wire.Closed) and self._spawned is not None:
            return self._end(f"the process ended ({self._spawned.status()}) during {doing}")
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
