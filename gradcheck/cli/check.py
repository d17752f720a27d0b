"""``gradcheck check``: check the layers in files that somebody wrote."""

from __future__ import annotations

import math
import os
import shlex
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from gradcheck.cli.codes import PASS, UNCHECKED, WRONG
from gradcheck.cli.options import proof_seconds
from gradcheck.cli.screen import complain, progress, rendered, write

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.records import Report

WALL = """The code runs in a process of its own: a fresh interpreter without your environment, with
limits on processor time, memory, file size and time by the clock. This wall does not stop it from
using the network, from reading and writing files that you can read and write, or from sending
signals to your other processes: check files of people whom you would not let log in on a machine
that holds nothing else."""


@click.command("check", epilog=WALL)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--only", multiple=True, metavar="NAME", help="Check this subject; may be repeated.")
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Draws every input, point and upstream gradient.",
)
@click.option(
    "--hints",
    type=click.IntRange(0, 3),
    default=2,
    show_default=True,
    help="0 none, 1 the concept, 2 the place, 3 the formula.",
)
@click.option("--all", "everything", is_flag=True, help="Show every finding, not one a gradient.")
@click.option("--explain-convention", is_flag=True, help="Show what was taken for what, and why.")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=1,
    show_default=True,
    help="How many files are checked at a time.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="What standard output gets; json is the report alone.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Where report.json, .html, .md and .xml are written; nowhere if left out.",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False, exists=True),
    metavar="FILE",
    help="In place of gradcheck.toml or pyproject.toml beside the file.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0.1, max=86400),
    default=5.0,
    show_default=True,
    help="Seconds for one call of the code, and for what it runs when it is loaded.",
)
@click.option("--no-proof", is_flag=True, help="Check in floating point only.")
@proof_seconds(2.0)
@click.option(
    "--in-process", is_flag=True, help="Run the code in this process: only for code you trust."
)
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def check_command(
    paths: tuple[str, ...],
    only: tuple[str, ...],
    seed: int,
    hints: int,
    form: str,
    output: Path | None,
    config: Path | None,
    jobs: int,
    time_limit: float,
    proof_seconds: float,
    *,
    everything: bool,
    explain_convention: bool,
    in_process: bool,
    no_proof: bool,
    quiet: bool,
) -> int:
    """Check the layers, losses and networks in PATH: files, notebooks, folders or module:object."""
    if math.isnan(time_limit):
        raise click.BadParameter("nan is no number of seconds", param_hint="'--time-limit'")
    # Threads of a linear algebra library cost more than they bring for arrays of this size; it
    # reads this when it is imported.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from gradcheck.students.files import check_files, report_of, targets_of
    from gradcheck.students.hosts import Options
    from gradcheck.students.limits import Limits
    from gradcheck.students.settings import settings_for

    begin = perf_counter()
    told = form == "json" or output is not None
    targets = targets_of(paths)
    if output is not None:
        from gradcheck.cli.files import prepare
        from gradcheck.render.files import NAMES

        prepare(output, NAMES)
    limits = Limits(call=time_limit, load=2 * time_limit + 5)
    common = Options(
        seed=seed,
        only=only,
        limits=limits,
        in_process=in_process,
        proof_seconds=0.0 if no_proof else proof_seconds,
        pictured=told,
    )

    def configured(path: Path) -> Options:
        settings = {"seconds": time_limit, **settings_for(path, config)}
        return replace(common, settings=settings)

    shown = not quiet and len(targets) > 1 and sys.stderr.isatty()
    with progress(shown=shown) as step:
        reports = check_files(
            targets,
            common,
            configured,
            jobs=jobs,
            progress=step,
            meanwhile=None if quiet or form == "json" else _ready_to_print,
        )
    report = report_of(reports, seed, _command(paths, only, seed), versions=told)
    code = _exit_code(report)
    if output is not None:
        code = _written(report, output, code)
    if quiet:
        return code
    if form == "json":
        from gradcheck.render.json import report_json

        write(sys.stdout, report_json(report))
    else:
        from gradcheck.diagnosis.codes import using
        from gradcheck.render.student import print_student

        codes = configured(targets[0].path).settings.get("codes")
        with using(codes):
            text = rendered(
                lambda console: print_student(
                    report,
                    console,
                    hints=hints,
                    everything=everything,
                    conventions=explain_convention,
                    seconds=perf_counter() - begin,
                )
            )
        write(sys.stdout, text)
    return code


def _ready_to_print() -> None:
    import rich.console

    import gradcheck.render.student

    del rich, gradcheck


def _command(paths: Sequence[str], only: Sequence[str], seed: int) -> str:
    words = ["gradcheck", "check", *paths]
    for name in only:
        words += ["--only", name]
    if seed:
        words += ["--seed", str(seed)]
    return shlex.join(words)


def _exit_code(report: Report) -> int:
    """Return 0 if all that was planned passed, 1 if a gradient is wrong, else 3."""
    from gradcheck.records import Verdict
    from gradcheck.render.summary import report_verdict

    return {Verdict.PASS: PASS, Verdict.FAIL: WRONG}.get(report_verdict(report), UNCHECKED)


def _written(report: Report, output: Path, code: int) -> int:
    from gradcheck.render.files import written

    try:
        written(report, output)
    except OSError as error:
        unsaved = WRONG if code == WRONG else UNCHECKED
        return complain(f"the reports could not be written to {output}: {error}", unsaved)
    return code
