"""``gradcheck init``: a file to begin with, and a test of it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gradcheck.cli.codes import PASS, UNCHECKED
from gradcheck.cli.files import prepare, save
from gradcheck.cli.screen import complain, write
from gradcheck.errors import UsageError


@click.command("init")
@click.argument("directory", type=click.Path(path_type=Path), metavar="DIR")
@click.option("--force", is_flag=True, help="Write over files that are there.")
def init_command(directory: Path, *, force: bool) -> int:
    """Write layers.py, the notes' layers to be filled in, and test_layers.py into DIR."""
    from gradcheck.starter import texts

    files = texts()
    there = [name for name in files if (directory / name).exists()]
    if there and not force:
        verb = "is" if len(there) == 1 else "are"
        raise UsageError(
            f"init {directory}: {' and '.join(there)} {verb} there already and must not be lost; "
            "name another folder, or say --force to write over"
        )
    prepare(directory, tuple(files))
    try:
        save(directory, files)
    except OSError as error:
        return complain(f"{directory} could not be written to: {error}", UNCHECKED)
    layers, tests = (directory / name for name in files)
    write(
        sys.stdout,
        f"written: {layers}, {tests}\n"
        f"fill in a layer, then: gradcheck check {layers}\n"
        f"all at once, with pytest: pytest {tests}\n",
    )
    return PASS
