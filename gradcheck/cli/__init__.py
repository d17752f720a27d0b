"""The command line. Each command imports what it needs when it runs.

Exit codes: 0 all pass, 1 a gradient is wrong, 2 usage, 3 something could not be checked (which
includes a crash of our own), 130 interrupted from the keyboard.
"""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gradcheck.cli.check import check_command
from gradcheck.cli.codes import INTERRUPTED, PASS, UNCHECKED, USAGE, WRONG
from gradcheck.cli.explain import explain_command
from gradcheck.cli.init import init_command
from gradcheck.cli.notes import notes_command
from gradcheck.cli.report import report_command
from gradcheck.cli.screen import complain, write
from gradcheck.cli.verify import verify_command
from gradcheck.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["INTERRUPTED", "PASS", "UNCHECKED", "USAGE", "WRONG", "Path", "cli", "main"]

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
        return complain(error.format_message(), USAGE, error=error)
    except UsageError as error:
        return complain(str(error), USAGE)
    except (click.Abort, KeyboardInterrupt):
        return complain("interrupted", INTERRUPTED)
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


def _crash(error: Exception) -> int:
    if os.environ.get(TRACEBACK):
        import traceback

        write(sys.stderr, "".join(traceback.format_exception(error)))
    what = " ".join(f"{type(error).__name__}: {error}".split())
    hint = f"set {TRACEBACK}=1 to see the traceback"
    return complain(f"could not check, gradcheck itself failed: {what}; {hint}", UNCHECKED)


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


cli.add_command(check_command)
cli.add_command(explain_command)
cli.add_command(init_command)
cli.add_command(notes_command)
cli.add_command(report_command)
cli.add_command(verify_command)
