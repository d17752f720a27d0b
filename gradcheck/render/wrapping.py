"""Lines on a console, broken between words with a hanging indentation; nothing is cut."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console
    from rich.text import Text

HARD = "\N{NO-BREAK SPACE}"
"""Holds words together where lines are broken; printed as a space."""

_ASCII = str.maketrans({"✓": "+", "✗": "x", "–": "-", "−": "-", "·": "*", "│": "|", "…": "~"})
"""For a terminal without these marks, where "?" in place of each would read as "inconclusive"."""

_WORD = re.compile(r"[^ ]+")
_HELD = re.compile(
    r"\S{1,20}(?: [=±<>≤≥] \S{1,20}){1,2}|\b(?:line|got) \S{1,20}|[(\[]\d+(?:, \d+){1,6}[)\]]"
)
"""Short formulas, numbers with their bound, shapes: what is read as one."""


class Sheet:
    """What is printed to a console, line by line.

    Parameters
    ----------
    console : rich.console.Console
    """

    def __init__(self, console: Console) -> None:
        self._console = console
        self._blank = True
        self._marks = console.encoding.lower().replace("-", "").startswith("utf")

    def space(self) -> None:
        """Leave a line free, unless it is the first, or the one before is free already."""
        if not self._blank:
            self._console.print()
        self._blank = True

    def words(self, *parts: tuple[str, str], indent: int = 0, hang: int | None = None) -> None:
        """Print parts, each (text, style), as one paragraph.

        Parameters
        ----------
        *parts : (str, str)
            Text is printed as it is: there is no markup in it.
        indent : int
            Of the first line.
        hang : int, optional
            By how much more the other lines are indented: 4 if left out.
        """
        deep = indent + (4 if hang is None else hang)
        text = _joined(parts)
        text.plain = _HELD.sub(lambda match: match[0].replace(" ", HARD), text.plain)
        lines = text.divide(_breaks(text.plain, self._console.width, indent, deep))
        for k, line in enumerate(lines):
            line.rstrip()
            self._print(line, indent if k == 0 else deep)

    def unbroken(self, *parts: tuple[str, str], indent: int = 0) -> None:
        """Print parts on one line, however long: what is there to be copied."""
        self._print(_joined(parts), indent)

    def pairs(self, pairs: Sequence[tuple[str, str]], indent: int = 0) -> None:
        """Print keys and texts in two columns."""
        width = max((len(key) for key, _ in pairs), default=0)
        for key, text in pairs:
            self.words(
                (key.ljust(width).replace(" ", HARD) + HARD * 2, "dim"),
                (text, ""),
                indent=indent,
                hang=width + 2,
            )

    def _print(self, line: Text, indent: int) -> None:
        text = line.plain.replace(HARD, " ")
        line.plain = text if self._marks else text.translate(_ASCII)
        line.pad_left(indent)
        # Soft wrapping: the lines are broken already, and a long word is left to the terminal.
        self._console.print(line, soft_wrap=True, highlight=False)
        self._blank = False


def _joined(parts: Sequence[tuple[str, str]]) -> Text:
    from rich.text import Text

    return Text.assemble(*(part for part in parts if part[0]))


def _breaks(text: str, width: int, first: int, deep: int) -> list[int]:
    """Return the places at which a paragraph is broken, each at the beginning of a word."""
    from rich.cells import cell_len

    breaks: list[int] = []
    start, used = 0, first
    for word in _WORD.finditer(text):
        end = used + cell_len(text[start : word.end()])
        if end > width and word.start() > start:
            breaks.append(word.start())
            start, used = word.start(), deep
    return breaks
