"""``gradcheck notes``: every equation of the notes, verified."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradcheck.cli.codes import PASS, UNCHECKED
from gradcheck.cli.files import prepare, save
from gradcheck.cli.screen import complain, rendered, write
from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.notes.audit import Audited

FILE = "notes.md"


@click.command("notes")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--misprints", is_flag=True, help="Only what is misprinted.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "md"]),
    default="text",
    show_default=True,
    help="What standard output gets; json is the audit alone.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help=f"Write {FILE} there too.",
)
def notes_command(ids: Sequence[str], form: str, output: Path | None, *, misprints: bool) -> int:
    """Say of every equation of the lecture notes whether it holds; with ID, say all of it.

    A misprint is a finding about the notes, and no failure: the exit code is 0 where everything was
    decided, else 3.
    """
    if output is not None:
        prepare(output, (FILE,))
    from gradcheck.notes.audit import Standing
    from gradcheck.transcript import transcript

    found = transcript()
    chosen = _chosen(found, ids)
    if misprints:
        chosen = [one for one in chosen if one.verdict is Standing.MISPRINT]
    undecided = any(one.verdict is Standing.UNDECIDABLE for one in found)
    code = UNCHECKED if undecided else PASS
    if output is not None:
        from gradcheck.render.notes.markdown import notes_markdown

        try:
            save(output, {FILE: notes_markdown(chosen)})
        except OSError as error:
            return complain(f"{FILE} could not be written to {output}: {error}", UNCHECKED)
    full = bool(ids) or misprints
    write(sys.stdout, _text(chosen, form, counted=chosen if ids else found, full=full))
    return code


def _chosen(found: Sequence[Audited], ids: Sequence[str]) -> list[Audited]:
    by_id = {one.equation.id: one for one in found}
    for name in ids:
        if name not in by_id:
            import difflib

            from gradcheck.render.words import plain

            near = difflib.get_close_matches(name, by_id, n=3)
            meant = f"; the nearest are {', '.join(near)}" if near else ""
            raise UsageError(
                f"notes {plain(name, 60)}: no such equation, must be one that gradcheck notes"
                f" lists{meant}"
            )
    return [by_id[name] for name in dict.fromkeys(ids)] if ids else list(found)


def _text(shown: Sequence[Audited], form: str, *, counted: Sequence[Audited], full: bool) -> str:
    if form == "json":
        from gradcheck.render.notes.json import notes_json

        return notes_json(shown)
    if form == "md":
        from gradcheck.render.notes.markdown import notes_markdown

        return notes_markdown(shown)
    from gradcheck.render.notes.terminal import print_notes

    return rendered(lambda console: print_notes(counted, console, shown=shown if full else None))
