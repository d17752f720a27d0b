"""``gradcheck verify``: check the reference network."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from gradcheck.cli.codes import UNCHECKED, WRONG
from gradcheck.cli.files import prepare, save
from gradcheck.cli.options import proof_seconds
from gradcheck.cli.screen import complain, progress, rendered, write
from gradcheck.render.files import JSON, NAMES, report_texts


@click.command("verify")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("reports"),
    show_default=True,
    metavar="DIR",
    help="Where report.json, .html, .md and .xml and notes.md are written.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Draws every point and cotangent.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What standard output gets; json is the report alone.",
)
@click.option("--no-proof", is_flag=True, help="Check in floating point only.")
@proof_seconds(10.0)  # what is known to be provable is not given up on a slow machine
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def verify_command(
    output: Path,
    seed: int,
    form: str,
    proof_seconds: float,
    *,
    no_proof: bool,
    quiet: bool,
) -> int:
    """Check the reference network: every layer, every oracle, every contract."""
    prepare(output, (*NAMES, "notes.md"))
    from gradcheck.proof.checks import Proving
    from gradcheck.verify import exit_code, verify

    proving = None if no_proof else Proving(seconds=proof_seconds)
    with progress(shown=not quiet and sys.stderr.isatty()) as shown:
        report = verify(seed, shown, proving, pictured=True)
    code = exit_code(report)
    from gradcheck.render.notes.markdown import notes_markdown
    from gradcheck.transcript import transcript

    texts = {**report_texts(report), "notes.md": notes_markdown(transcript())}
    try:
        save(output, texts)
    except OSError as error:
        unsaved = WRONG if code == WRONG else UNCHECKED
        return complain(f"the reports could not be written to {output}: {error}", unsaved)
    if quiet:
        return code
    if form == "json":
        write(sys.stdout, texts[JSON])
    else:
        from gradcheck.render.terminal import print_report

        write(sys.stdout, rendered(lambda console: print_report(report, console)))
        write(sys.stdout, f"written: {', '.join(str(output / name) for name in texts)}\n")
    return code
