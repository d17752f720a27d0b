"""Make an output folder, and write files into it so that no reader ever sees half of one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path


def prepare(directory: Path, names: Sequence[str], flag: str = "--output") -> None:
    """Make the directory, and find out before the run whether it can be written to."""
    option = f"{flag} {directory}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe = _beside(directory / names[0])
        probe.write_text("", encoding="utf-8")
        probe.unlink()
    except (FileExistsError, NotADirectoryError) as error:
        raise UsageError(
            f"{option}: a file stands in its place, must be a directory; name another"
        ) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"{option}: cannot be written to ({reason}), must be a directory in which files can "
            "be made; name another or change its permissions"
        ) from error
    for name in names:
        if (directory / name).is_dir():
            raise UsageError(
                f"{option}: {name} in it is a directory, must be a file; remove it or name another"
            )


def save(directory: Path, texts: Mapping[str, str]) -> None:
    """Write all files beside their places first, so that no reader ever sees half of one."""
    pairs = [(_beside(directory / name), directory / name) for name in texts]
    try:
        for (beside, _), text in zip(pairs, texts.values(), strict=True):
            beside.write_text(text, encoding="utf-8", newline="\n")
        for beside, place in pairs:
            beside.replace(place)
    finally:
        for beside, _ in pairs:
            beside.unlink(missing_ok=True)


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")
