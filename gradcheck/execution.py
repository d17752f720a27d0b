"""Call the code under test: counted, and whatever it raises turned into a SubjectError."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.errors import SubjectError
from gradcheck.subject import as_output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.records import Array
    from gradcheck.subject import Instance, Subject


class Runner:
    """Runs one subject.

    Attributes
    ----------
    subject : Subject
    forwards, backwards : int
        Calls so far.
    copies : bool
        Hand out a copy of each input, for a forward that was seen changing them.
    """

    def __init__(self, subject: Subject) -> None:
        self.subject = subject
        self.forwards = 0
        self.backwards = 0
        self.copies = False

    def make(self, rate: float | None = None) -> Instance:
        """Return a fresh instance; one that uses this part of the learning rate, where it is given.

        Raises
        ------
        SubjectError
            Where making one raises.
        """
        if self.subject.separate and not self.subject.remote:
            # Weights or masks that a layer draws for itself are then the same in every instance.
            random.seed(0)
            np.random.seed(0)  # noqa: NPY002 - theirs
        make, at_rate = self.subject.make, self.subject.at_rate
        try:
            return make() if rate is None or at_rate is None else at_rate(rate)
        except (KeyboardInterrupt, SubjectError):
            raise
        except BaseException as error:
            raise SubjectError(f"making an instance raised {described(error)}") from error

    def call_forward(self, instance: Instance, inputs: Sequence[Array]) -> Array:
        """Return forward's y on this instance as an array.

        Raises
        ------
        SubjectError
            Where it raises, or returns something that is not an array of numbers.
        """
        self.forwards += 1
        try:
            return as_output(instance.forward(*inputs))
        except (KeyboardInterrupt, SubjectError):
            raise
        except BaseException as error:
            raise SubjectError(f"forward raised {described(error)}") from error

    def call_backward(self, instance: Instance, upstream: Array) -> tuple[Any, ...]:
        """Return what backward hands back, one object an input.

        Raises
        ------
        SubjectError
            Where it raises.
        """
        self.backwards += 1
        try:
            return tuple(instance.backward(upstream))
        except (KeyboardInterrupt, SubjectError):
            raise
        except BaseException as error:
            raise SubjectError(f"backward raised {described(error)}") from error

    def call_step(self, instance: Any) -> tuple[Array, ...]:
        """Return the inputs as they are after the code's own step, as many as the subject has.

        Raises
        ------
        SubjectError
            Where it raises, or returns anything else.
        """
        try:
            stepped = tuple(instance.step())
        except (KeyboardInterrupt, SubjectError):
            raise
        except BaseException as error:
            raise SubjectError(f"step raised {described(error)}") from error
        if [np.shape(a) for a in stepped] != [a.shape for a in self.subject.inputs]:
            raise SubjectError("step did not return one array for each input, of its shape")
        return stepped

    def forward(self, inputs: Sequence[Array]) -> Array:
        """Return y of a fresh instance."""
        if self.copies:
            inputs = [np.array(array, subok=True) for array in inputs]
        return self.call_forward(self.make(), inputs)

    def forward_rows(
        self, inputs: Sequence[Array], k: int, rows: Array
    ) -> Sequence[Array | SubjectError]:
        """Return y of a fresh instance for each row in the place of input k, or what it raised."""
        many = self.subject.forwards
        assert many is not None  # noqa: S101 - for the type checker
        self.forwards += len(rows)
        return many(inputs, k, rows)

    def vjp(self, inputs: Sequence[Array], upstream: Array) -> tuple[Array, tuple[Any, ...]]:
        """Return y, and the gradients of a fresh instance, on copies of all arrays.

        y is a copy too, so that a backward that changes it changes nothing here.
        """
        instance = self.make()
        y = self.call_forward(instance, [np.array(array, subok=True) for array in inputs])
        kept = y.copy()
        return kept, self.call_backward(instance, np.array(upstream, subok=True))


def described(error: BaseException) -> str:
    """Return the type and the first line of an exception's text, shortened."""
    try:
        text = str(error).strip()
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - a hostile __str__ must not stop the check
        text = ""
    line = text.splitlines()[0] if text else ""
    line = line if len(line) <= 200 else line[:197] + "..."
    return f"{type(error).__name__}: {line}" if line else type(error).__name__


def place(error: BaseException) -> tuple[str, int]:
    """Return file and line of the innermost frame of foreign code in a SubjectError's cause."""
    if isinstance(error, SubjectError) and error.line:
        return error.file, error.line
    cause = error.__cause__ or error
    trace, found = cause.__traceback__, ("", 0)
    while trace is not None:
        name = str(trace.tb_frame.f_globals.get("__name__", ""))
        if name.partition(".")[0] not in ("gradcheck", "numpy"):
            found = (trace.tb_frame.f_code.co_filename, trace.tb_lineno)
        trace = trace.tb_next
    return found
