"""Run a module's statements one by one: what raises or takes too long is left out, with a note.

So a file with training code at its end, or in its middle, still gives all that it defines.
"""

from __future__ import annotations
import __future__

import ast
import sys
import warnings
from time import monotonic
from typing import TYPE_CHECKING, Any

from gradcheck.execution import described
from gradcheck.students.alarm import TooLong, available, limit
from gradcheck.students.source import place

if TYPE_CHECKING:
    from gradcheck.students.source import Source

SHARE = 0.5
"""Of the time that is left, what one statement may take."""

LEAST = 0.1
"""Seconds that a statement has in any case."""

IMPORT = 2.0
"""Seconds that an import has in any case: a library's first import reads many files."""

MOST_NOTES = 50


class Budget:
    """The time that all statements of a file, and of what it imports, have together.

    Parameters
    ----------
    seconds : float
    notes : list of str
        What was left out is added to it.
    """

    def __init__(self, seconds: float, notes: list[str]) -> None:
        self.notes = notes
        self._left = seconds
        if not available():
            notes.append(f"what the file runs cannot be bounded in time on {sys.platform}")

    def run(self, source: Source, namespace: dict[str, Any]) -> None:
        """Run the statements of a source in a namespace.

        Raises
        ------
        KeyboardInterrupt
            And nothing else.
        """
        flags = _future(source.statements)
        namespace["__doc__"] = ast.get_docstring(ast.Module(source.statements, []))
        for statement in source.statements:
            seconds = max(LEAST, SHARE * self._left)
            imports = isinstance(statement, ast.Import | ast.ImportFrom)
            if imports:
                seconds = max(IMPORT, self._left)
            started = monotonic()
            why = self._one(statement, str(source.path), namespace, flags, seconds)
            if not imports:
                # A library takes its time; what a neighbour runs is counted there.
                self._left -= monotonic() - started
            if why:
                self._note(source, statement, why)

    def _one(
        self,
        statement: ast.stmt,
        file: str,
        namespace: dict[str, Any],
        flags: int,
        seconds: float,
    ) -> str:
        """Run one statement; return why it was left out, or nothing."""
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                tree = ast.Module(body=[statement], type_ignores=[])
                code = compile(tree, file, "exec", flags=flags, dont_inherit=True)
            with limit(seconds):
                exec(code, namespace)  # noqa: S102 - this is what the wall is for
        except TooLong:
            return f"was stopped after {seconds:.2g} s"
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - foreign code may raise anything
            return f"raised {described(error)}"
        return ""

    def _note(self, source: Source, statement: ast.stmt, why: str) -> None:
        if len(self.notes) < MOST_NOTES:
            text = ast.unparse(statement).partition("\n")[0]
            text = text if len(text) <= 60 else text[:57] + "..."
            file, line = place(str(source.path), statement.lineno)
            name = source.path.name + file.removeprefix(str(source.path))
            self.notes.append(f"{name}, line {line}: `{text}` {why}, and was left out")


def _future(statements: list[ast.stmt]) -> int:
    """Return the compiler flags that a module's ``from __future__`` imports set."""
    flags = 0
    for statement in statements:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                flags |= getattr(getattr(__future__, alias.name, None), "compiler_flag", 0)
    return flags
