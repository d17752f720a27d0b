"""The command line. Each command imports what it needs when it runs.

Exit codes: 0 all pass, 1 a gradient is wrong, 2 usage, 3 something could not be checked (which
includes a crash of our own), 130 interrupted from the keyboard.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager

    from gradcheck.records import Report

PASS, WRONG, USAGE, UNCHECKED = 0, 1, 2, 3
INTERRUPTED = 130  # 128 + SIGINT, as shells have it
TRACEBACK = "GRADCHECK_TRACEBACK"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; nothing is raised.

    Parameters
    ----------
    arguments : sequence of str, optional
        What follows the program's name; `sys.argv` if left out.
    """
    _ready_streams()
    try:
        code = cli.main(
            args=None if arguments is None else list(arguments),
            prog_name="gradcheck",
            standalone_mode=False,
        )
    except click.ClickException as error:
        return _complain(error.format_message(), USAGE, error=error)
    except UsageError as error:
        return _complain(str(error), USAGE)
    except (click.Abort, KeyboardInterrupt):
        return _complain("interrupted", INTERRUPTED)
    except SystemExit:
        # Click's answer to a broken pipe while it prints a help text is exit code 1.
        return UNCHECKED
    except Exception as error:  # noqa: BLE001 - a crash of our own is exit code 3, never 1
        return _crash(error)
    return code if isinstance(code, int) else PASS


def _ready_streams() -> None:
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by the caller, as in `2>&-`
            setattr(sys, name, io.StringIO())
        elif hasattr(stream, "reconfigure"):
            # A terminal in ASCII shows "?" for "±", which must not end the run.
            stream.reconfigure(errors="replace")


def _complain(message: str, code: int, *, error: click.ClickException | None = None) -> int:
    if isinstance(error, click.UsageError):
        error.show()
    else:
        _write(sys.stderr, f"gradcheck: {message}\n")
    return code


def _crash(error: Exception) -> int:
    if os.environ.get(TRACEBACK):
        import traceback

        _write(sys.stderr, "".join(traceback.format_exception(error)))
    what = " ".join(f"{type(error).__name__}: {error}".split())
    hint = f"set {TRACEBACK}=1 to see the traceback"
    return _complain(f"could not check, gradcheck itself failed: {what}; {hint}", UNCHECKED)


def _write(stream: TextIO, text: str) -> None:
    """Write text; a reader that has gone away changes neither verdict nor exit code.

    Raises
    ------
    OSError
        If the text is lost for another reason, such as a full disk.
    """
    try:
        stream.write(text)
        stream.flush()
    except OSError as error:
        _drop(stream)
        if not isinstance(error, BrokenPipeError):
            raise


def _drop(stream: TextIO) -> None:
    # The interpreter flushes its streams once more at exit, and would complain on stderr.
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return
    void = os.open(os.devnull, os.O_WRONLY)
    os.dup2(void, number)
    os.close(void)


def _show_version(context: click.Context, _: click.Parameter, value: bool) -> None:  # noqa: FBT001 - click's signature
    if not value or context.resilient_parsing:
        return
    import gradcheck

    click.echo(f"gradcheck {gradcheck.__version__}")
    context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Decide whether a hand-written backward pass is right."""


@cli.command("verify")
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=Path("reports"),
    show_default=True,
    metavar="DIR",
    help="Where report.json and report.md are written.",
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
@click.option("--quiet", is_flag=True, help="Print nothing but errors.")
def verify_command(output: Path, seed: int, form: str, *, quiet: bool) -> int:
    """Check the reference network: every layer, every oracle, every contract."""
    _prepare(output, ("report.json", "report.md"))
    from gradcheck.verify import exit_code, verify

    with _progress(shown=not quiet and sys.stderr.isatty()) as progress:
        report = verify(seed, progress)
    code = exit_code(report)
    from gradcheck.render.json import report_json
    from gradcheck.render.markdown import report_markdown

    texts = {"report.json": report_json(report), "report.md": report_markdown(report)}
    try:
        _save(output, texts)
    except OSError as error:
        unsaved = WRONG if code == WRONG else UNCHECKED
        return _complain(f"the reports could not be written to {output}: {error}", unsaved)
    if quiet:
        return code
    if form == "json":
        _write(sys.stdout, texts["report.json"])
    else:
        _write(sys.stdout, _rendered(report))
        _write(sys.stdout, f"written: {output / 'report.json'}, {output / 'report.md'}\n")
    return code


def _rendered(report: Report) -> str:
    from rich.console import Console

    from gradcheck.render.terminal import print_report

    console = Console(file=sys.stdout, highlight=False)
    # Captured, for rich's own answer to a broken pipe is exit code 1: "a gradient is wrong".
    with console.capture() as capture:
        print_report(report, console)
    text = capture.get()
    if console.is_terminal:
        return text
    # In a file, the table's padding to the full width is noise.
    return "".join(f"{line.rstrip()}\n" for line in text.removesuffix("\n").split("\n"))


def _prepare(directory: Path, names: Sequence[str]) -> None:
    """Make the directory, and find out before the run whether it can be written to."""
    option = f"--output {directory}"
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


def _save(directory: Path, texts: Mapping[str, str]) -> None:
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


def _progress(*, shown: bool) -> AbstractContextManager[Callable[[int, int, str], None] | None]:
    from contextlib import contextmanager, nullcontext

    if not shown:
        return nullcontext()

    @contextmanager
    def bar() -> Iterator[Callable[[int, int, str], None]]:
        from rich.console import Console
        from rich.progress import Progress

        with Progress(console=Console(stderr=True), transient=True) as display:
            task = display.add_task("", total=None)
            yield lambda done, total, name: display.update(
                task, completed=done, total=total, description=name
            )

    return bar()
