"""``gradcheck explain``: what a code means."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradcheck.cli.codes import PASS
from gradcheck.cli.screen import rendered, write
from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.command("explain")
@click.argument("code", required=False)
@click.option(
    "--codes",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="Words of your own: what this file holds replaces those of gradcheck.",
)
def explain_command(code: str | None, codes: Path | None) -> int:
    """Say what CODE means, how it shows, and how it is mended; without CODE, list all codes."""
    from gradcheck.diagnosis.codes import catalogue
    from gradcheck.render.explain import print_code, print_codes

    known = catalogue(codes)
    if code is None:
        write(sys.stdout, rendered(lambda console: print_codes(known, console)))
        return PASS
    name = code.strip().lower().replace("_", "-")
    if name not in known.codes:
        raise UsageError(_unknown(code, known.codes))
    write(sys.stdout, rendered(lambda console: print_code(known.codes[name], console)))
    return PASS


def _unknown(code: str, names: Iterable[str]) -> str:
    import difflib

    from gradcheck.render.words import plain

    near = difflib.get_close_matches(code.lower(), names, n=3, cutoff=0.55)
    meant = f"the nearest are {', '.join(near)}; " if near else ""
    return (
        f"explain {plain(code, 60)}: no such code, must be one that a finding has; {meant}"
        "gradcheck explain lists all"
    )
