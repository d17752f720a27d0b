"""The test session in which checks are made, if there is one: its seed, its evidence, its ear.

pytest's plugin begins and ends it. Imports nothing: a plugin that is not used must cost nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.records import Report, Result

TESTED, PROVED = "tested", "proved"
"""What evidence a pass may need: see `gradcheck.records.Evidence`."""


class Session:
    """One run of a test suite.

    Parameters
    ----------
    seed : int
        Of every check that is not given one.
    evidence : str
        "tested", or "proved": then every gradient must be proved, and checks prove.
    pictured : bool
        Whether checks gather what the pictures of a report are drawn from.

    Attributes
    ----------
    heard : list of Result
        What was checked and was not yet taken by `take`.
    sent : set of str
        Keys of what was sent to where reports are written.
    """

    __slots__ = ("evidence", "heard", "pictured", "seed", "sent")

    def __init__(self, seed: int = 0, evidence: str = TESTED, *, pictured: bool = False) -> None:
        self.seed = seed
        self.evidence = evidence
        self.pictured = pictured
        self.heard: list[Result] = []
        self.sent: set[str] = set()

    def take(self) -> list[Result]:
        """Return what was checked since this was last asked."""
        heard, self.heard = self.heard, []
        return heard


_SESSIONS: list[Session] = []


def begin(session: Session) -> None:
    """Make it the current one, until `end`; one may begin inside of another."""
    _SESSIONS.append(session)


def end(session: Session) -> None:
    """Let go of it, and of what began after it."""
    if session in _SESSIONS:
        del _SESSIONS[_SESSIONS.index(session) :]


def current() -> Session | None:
    """Return the session that runs, or None."""
    return _SESSIONS[-1] if _SESSIONS else None


def seed_of(seed: int | None) -> int:
    """Return the seed that was asked for, else the session's, else 0."""
    if seed is not None:
        return seed
    session = current()
    return 0 if session is None else session.seed


def proves() -> bool:
    """Say whether a pass needs a proof."""
    session = current()
    return session is not None and session.evidence == PROVED


def pictured() -> bool:
    """Say whether the session writes reports, which have pictures."""
    session = current()
    return session is not None and session.pictured


def noted(result: Result) -> Result:
    """Return the result, of which the session has heard."""
    session = current()
    if session is not None:
        session.heard.append(result)
    return result


def all_noted(report: Report) -> Report:
    """Return the report, of whose results the session has heard."""
    for result in report.subjects:
        noted(result)
    return report
