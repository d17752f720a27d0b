"""The exceptions that gradcheck raises. A wrong gradient is a result, not an exception."""

from __future__ import annotations


class GradcheckError(Exception):
    """Base of everything that gradcheck raises on purpose."""


class UsageError(GradcheckError, ValueError):
    """The caller asked for something that cannot be done: names the value, the rule and the fix."""


class SubjectError(GradcheckError):
    """The code under test raised, or returned something that is not an array of numbers.

    Attributes
    ----------
    file, line : str, int
        Where in the code under test it happened, where another process says so; else "" and 0.
    """

    def __init__(self, message: str, *, file: str = "", line: int = 0) -> None:
        super().__init__(message)
        self.file = file
        self.line = line


class OracleError(GradcheckError):
    """An oracle was asked for something that it does not know, such as a formula with no entry."""


class SandboxError(SubjectError):
    """The process in which a student's code runs has ended, is late, or does not make sense."""


class LoadError(GradcheckError):
    """A student's file cannot be loaded at all: names the file, the rule and the fix."""


class NotesError(GradcheckError):
    """A printed formula cannot be read, or says nothing in its setting."""
