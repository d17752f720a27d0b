"""Keep the beginning of what foreign code prints."""

from __future__ import annotations

import io

ROOM = 16 * 1024
"""Characters that are kept."""


class Beginning(io.TextIOBase):
    """A text stream that keeps the beginning of what is written, and drops the rest.

    Attributes
    ----------
    kept : list of str
    """

    def __init__(self) -> None:
        self.kept: list[str] = []
        self._room = ROOM

    def write(self, text: str) -> int:
        """Keep what there is room for."""
        if self._room > 0:
            self.kept.append(str(text)[: self._room])
            self._room -= len(self.kept[-1])
        return len(text)

    def writable(self) -> bool:
        """Say so."""
        return True
