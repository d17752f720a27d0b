"""Annotations as a runner of GitHub reads them: one line each, and no more than it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 10
"""Errors of one step that GitHub shows; what is beyond is dropped without a word."""

LONGEST = 4000
"""Characters of a message, below the 4 KB at which it is cut."""

_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def annotation(title: str, message: str, file: str = "", line: int = 0) -> str:
    """Return the command that annotates a line of a file with an error.

    Parameters
    ----------
    title, message : str
        Of any origin: nothing in them ends the command or begins another.
    file : str
        Relative to the repository; empty where it is not known.
    line : int
        0 where it is not known.
    """
    properties = {"file": file, "line": str(line) if file and line else "", "title": title}
    told = ",".join(f"{k}={_escaped(v, _PROPERTY)}" for k, v in properties.items() if v)
    return f"::error {told}::{_escaped(message[:LONGEST], _DATA)}"


def within_limits(commands: Sequence[str]) -> list[str]:
    """Return as many as are shown; where there are more, the last one says how many."""
    if len(commands) <= MOST:
        return list(commands)
    kept = list(commands[: MOST - 1])
    more = f"{len(commands) - len(kept)} more are wrong: see the job's summary"
    return [*kept, annotation("gradcheck", more)]


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(character, character) for character in text)
