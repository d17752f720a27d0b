"""What a command line names: a file, a folder of files, or ``module:object``."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

SUFFIXES = (".py", ".ipynb")

PASSED_OVER = frozenset({"__pycache__", "node_modules", "site-packages"})
"""Folders in which nobody's layers are; so are those with a dot in front, and environments."""

HELPERS = frozenset({"__init__.py", "conftest.py", "setup.py"})
"""Files of a folder that are there for others; tests are, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One file, and the name of the only subject in it that is asked for, or nothing."""

    path: Path
    only: str = ""


def targets(text: str) -> list[Target]:
    """Return the files that a word of the command line names, in the order of their names.

    Raises
    ------
    UsageError
        Where it names nothing that can be checked.
    """
    path = Path(text)
    if path.is_file():
        return [Target(path=path)]
    if path.is_dir():
        found = [Target(path=file) for file in _files(path)]
        if not found:
            raise UsageError(
                f"path={text!r} is a folder without a file that ends in .py or .ipynb; "
                "name a folder with layers"
            )
        return found
    module, colon, only = text.rpartition(":")
    if colon and all(part.isidentifier() for part in only.split(".")):
        for file in _named(module):
            if file.is_file():
                return [Target(path=file, only=only)]
        raise UsageError(
            f"path={text!r} names the module {module!r}, which is no file here; "
            "write layers.py:Dense, or package.layers:Dense from the package's folder"
        )
    raise UsageError(f"path={text!r} is not there, must be a file, a folder or module:object")


def _named(module: str) -> Iterator[Path]:
    """Yield where a module may stand that is named as a file or with dots."""
    yield Path(module)
    parts = module.split(".")
    for suffix in SUFFIXES:
        yield Path(*parts[:-1], parts[-1] + suffix)
    yield Path(*parts, "__init__.py")


def _files(folder: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if _looked_into(Path(here, name)))
        for name in sorted(files):
            stem, suffix = os.path.splitext(name)  # noqa: PTH122 - it is a name
            test = stem.startswith("test_") or stem.endswith("_test")
            if suffix in SUFFIXES and not (test or name in HELPERS or name.startswith(".")):
                yield Path(here, name)


def _looked_into(folder: Path) -> bool:
    if folder.name.startswith(".") or folder.name in PASSED_OVER:
        return False
    return not (folder / "pyvenv.cfg").exists()
