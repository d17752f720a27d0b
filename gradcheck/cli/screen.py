"""Write to the terminal; a reader that has gone away changes neither verdict nor exit code."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, TextIO

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from rich.console import Console


def write(stream: TextIO, text: str) -> None:
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


def complain(message: str, code: int, *, error: click.ClickException | None = None) -> int:
    """Say what is wrong on standard error; return the exit code."""
    if isinstance(error, click.UsageError):
        error.show()
    else:
        write(sys.stderr, f"gradcheck: {message}\n")
    return code


def rendered(render: Callable[[Console], None]) -> str:
    """Return what is printed to a console like standard output."""
    from rich.console import Console

    console = Console(file=sys.stdout, highlight=False)
    # Captured, for rich's own answer to a broken pipe is exit code 1: "a gradient is wrong".
    with console.capture() as capture:
        render(console)
    text = capture.get()
    if console.is_terminal:
        return text
    # In a file, the table's padding to the full width is noise.
    return "".join(f"{line.rstrip()}\n" for line in text.removesuffix("\n").split("\n"))


def progress(*, shown: bool) -> AbstractContextManager[Callable[[int, int, str], None] | None]:
    """Show a bar on standard error; what it gives is called with (done, in all, name)."""
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
