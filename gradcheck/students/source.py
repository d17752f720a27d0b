"""Read a student's file: Python source or a notebook's code cells, as one text and its statements.

A notebook's cells are joined; `place` says in which cell a line of the joined text stands.
"""

from __future__ import annotations

import ast
import io
import json
import linecache
import re
import tokenize
import warnings
from bisect import bisect_right
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradcheck.errors import LoadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Edit = Callable[[list[ast.stmt]], list[ast.stmt]]

MOST = 5 * 1024**2
"""Bytes of the largest file that is read."""

CODE_CELLS = ("time", "timeit", "capture", "prun")
"""Cell magics whose cells are Python all the same."""

_MAGIC = re.compile(r"^(\s*)(?:[%!?]|[\w.]+\?|\w+\s*=\s*[!%])")
_CELLS: dict[str, list[int]] = {}
_EDITS: list[Edit] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file's code.

    Attributes
    ----------
    path : Path
    text : str
    statements : list of ast.stmt
        In the order of the file, with its line numbers.
    notes : list of str
        What was left out.
    """

    path: Path
    text: str
    statements: list[ast.stmt]
    notes: list[str]


def read(path: Path, *, empty: bool = False) -> Source:
    """Return the code of a ``.py`` or ``.ipynb`` file; `empty` is whether it may hold none.

    Raises
    ------
    LoadError
        Where it is no such file, is too large, or is no Python.
    """
    if path.is_dir():
        raise LoadError(f"{path.name!r} is a folder, must be a file here; name a file in it")
    if path.suffix not in (".py", ".ipynb"):
        raise LoadError(f"{path.name!r} ends in {path.suffix!r}, must end in .py or .ipynb")
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST else b""
    except OSError as error:
        raise LoadError(
            f"{path.name!r} cannot be read: {error.strerror}; check its name and permissions"
        ) from error
    if size > MOST:
        raise LoadError(
            f"{path.name!r} has {size} bytes, must have at most {MOST}; "
            "keep data in a file of its own"
        )
    notes: list[str] = []
    if path.suffix == ".ipynb":
        text, statements = _notebook(path, data, notes)
    else:
        text = _decoded(path, data)
        try:
            statements = _parsed(text)
        except SyntaxError as error:
            raise LoadError(
                f"{path.name!r} is no Python: line {error.lineno or 1}: {error.msg}; "
                "mend that line first"
            ) from error
    if not statements and not empty:
        raise LoadError(f"{path.name!r} is empty, must define at least one layer; write it first")
    for edit in _EDITS:
        statements = edit(statements)
    return Source(path=path, text=text, statements=statements, notes=notes)


@contextmanager
def edited(edit: Edit) -> Iterator[None]:
    """Send the statements of every file that is read inside through a function."""
    _EDITS.append(edit)
    try:
        yield
    finally:
        _EDITS.remove(edit)


def place(file: str, line: int) -> tuple[str, int]:
    """Return where a line stands: of a notebook, in which cell, and there in which line."""
    starts = _CELLS.get(file)
    if starts is None or line < 1:
        return file, line
    number = bisect_right(starts, line)
    return f"{file} cell {number}", line - starts[number - 1] + 1


def _decoded(path: Path, data: bytes) -> str:
    if b"\0" in data:
        raise LoadError(f"{path.name!r} holds zero bytes, must be text; save it as UTF-8")
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        text = data.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        raise LoadError(
            f"{path.name!r} is not in the encoding that it names, or else UTF-8 ({error}); "
            "save it as UTF-8"
        ) from error
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _parsed(text: str) -> list[ast.stmt]:
    """Return the statements of a text.

    Raises
    ------
    SyntaxError
        Also where it is nested too deeply to be parsed.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text).body
        except (RecursionError, MemoryError, ValueError) as error:
            raise SyntaxError(
                "it is nested too deeply, or holds what no source may hold"
            ) from error


def _notebook(path: Path, data: bytes, notes: list[str]) -> tuple[str, list[ast.stmt]]:
    try:
        book: Any = json.loads(_decoded(path, data))
        sheets = book.get("worksheets") or [book]
        cells = [_source(c) for s in sheets for c in s["cells"] if c["cell_type"] == "code"]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise LoadError(
            f"{path.name!r} is no notebook ({type(error).__name__}), must be JSON with cells; "
            "save it again from Jupyter"
        ) from error
    lines: list[str] = []
    starts: list[int] = []
    statements: list[ast.stmt] = []
    for number, cell in enumerate(cells, start=1):
        starts.append(len(lines) + 1)
        code, parsed = _cell(cell)
        if parsed is None:
            notes.append(f"code cell {number} is no Python, and was left out")
            code, parsed = ["#" + line for line in code], []
        statements.extend(ast.increment_lineno(one, len(lines)) for one in parsed)
        lines.extend(code)
    text = "".join(f"{line}\n" for line in lines)
    name = str(path)
    _CELLS[name] = starts
    # Without a time of change, `inspect` takes these lines for those of the file.
    linecache.cache[name] = (len(text), None, [f"{line}\n" for line in lines], name)
    return text, statements


def _source(cell: Any) -> str:
    source = cell.get("source", cell.get("input", ""))
    return source if isinstance(source, str) else "".join(source)


def _cell(text: str) -> tuple[list[str], list[ast.stmt] | None]:
    """Return the lines of a cell without those of IPython, and its statements, if it is Python."""
    lines = text.splitlines()
    if lines and lines[0].startswith("%%"):
        if lines[0][2:].split(" ")[0] not in CODE_CELLS:
            return ["#" + line for line in lines], []
        lines[0] = "#" + lines[0]
    for attempt in (lines, [_MAGIC.sub(r"\1pass  # ", line) for line in lines]):
        try:
            return attempt, _parsed("\n".join(attempt))
        except SyntaxError:
            continue
    return lines, None
