"""What is said of a sample: the subjects of a correct file, and one bug planted into it."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FILES = Path(__file__).with_name("files")

Edit = tuple[str, str]


@dataclass(frozen=True, kw_only=True)
class Right:
    """A correct file: its subjects with their roles, and the remarks that a convention may earn.

    Attributes
    ----------
    file : str
        Relative to `files`.
    subjects : mapping of str to str
        Every subject by name, with its role.
    remarks : mapping of str to set of str
        Codes that must be remarked on, by subject.
    """

    file: str
    subjects: Mapping[str, str]
    remarks: Mapping[str, set[str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Wrong:
    """One bug in one subject of a file that is correct without it.

    Attributes
    ----------
    file : str
        Of the correct neighbour.
    subject : str
    codes : mapping of str to str
        Of each quantity that is wrong, the code of its first fault.
    edits : tuple of (old, new)
        What is exchanged in the text; each `old` stands there once.
    note : str
        Tells samples with the same file, subject and code apart.
    verdict : str
        "fail", or "error" where the code cannot be run.
    also : tuple of str
        Other subjects that are wrong then: they call this one, or make up for what it does no more.
    """

    file: str
    subject: str
    codes: Mapping[str, str]
    edits: tuple[Edit, ...]
    note: str = ""
    verdict: str = "fail"
    also: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return a readable name."""
        quantity, code = next(iter(self.codes.items()))
        parts = (Path(self.file).stem, self.subject, quantity, code, self.note)
        return "-".join(part for part in parts if part)

    def text(self) -> str:
        """Return the file with the bug.

        Raises
        ------
        ValueError
            Where a text to be exchanged does not stand in the file once.
        """
        text = (FILES / self.file).read_text(encoding="utf-8")
        for old, new in self.edits:
            if text.count(old) != 1:
                raise ValueError(f"{self.name}: {old!r} is there {text.count(old)} times")
            text = text.replace(old, new)
        return text

    def written(self, folder: Path) -> Path:
        """Write the file with the bug into a folder, its neighbours beside it; return its path."""
        source = FILES / self.file
        if source.parent != FILES:
            folder = folder / source.parent.name
            shutil.copytree(source.parent, folder, ignore=shutil.ignore_patterns("__pycache__"))
        path = folder / source.name
        path.write_text(self.text(), encoding="utf-8")
        return path


def wrong(
    file: str,
    subject: str,
    codes: str | Mapping[str, str],
    *edits: Edit,
    note: str = "",
    verdict: str = "fail",
    also: tuple[str, ...] = (),
) -> Wrong:
    """Return a bug; `codes` may be written "dW: factor, db: factor"."""
    if isinstance(codes, str):
        pairs = (part.split(":") for part in codes.split(","))
        codes = {quantity.strip(): code.strip() for quantity, code in pairs}
    return Wrong(
        file=file,
        subject=subject,
        codes=codes,
        edits=edits,
        note=note,
        verdict=verdict,
        also=also,
    )
