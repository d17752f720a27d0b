"""Make an output folder, and find out before the run whether it can be written to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.errors import UsageError
from gradcheck.render.files import beside, save

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["prepare", "save"]


def prepare(directory: Path, names: Sequence[str], flag: str = "--output") -> None:
    """Make the directory, and find out before the run whether it can be written to."""
    option = f"{flag} {directory}"
    try:
        directory.mkdir(parents=True, exist_ok=True)
        probe = beside(directory / names[0])
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
