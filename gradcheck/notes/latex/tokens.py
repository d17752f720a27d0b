r"""A printed line as tokens: `\text{...}` is one, and so is everything outside of $ signs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.errors import NotesError

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"\\text\{([^}]*)\}|(\\[a-zA-Z]+\*?|\\.|[^\s\\])")

SILENT = {r"\mathbf", r"\mathcal", "!"}
"""Fonts and spaces say nothing of what is meant."""


@dataclass(frozen=True, slots=True)
class Text:
    """Words between formulas."""

    words: str


Token = str | Text


def latex(printed: str) -> str:
    r"""Return a line as LaTeX throughout: what stands outside of $ signs becomes `\text{...}`."""
    if "$" not in printed:
        return printed
    parts = printed.split("$")
    return "".join(
        part if k % 2 else (rf"\text{{{part}}}" if part.strip() else part)
        for k, part in enumerate(parts)
    )


def tokens(printed: str) -> list[Token]:
    """Return the tokens of a printed line, without fonts."""
    return list(_tokens(latex(printed)))


def _tokens(text: str) -> Iterator[Token]:
    position = 0
    for match in _TOKEN.finditer(text):
        if text[position : match.start()].strip():
            raise NotesError(f"cannot read {text[position : match.start()]!r}")
        position = match.end()
        if match[2] is None:
            yield Text(match[1])
        elif match[2] not in SILENT:
            yield match[2]
