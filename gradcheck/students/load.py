"""Load a student's file as a module: whatever it runs is bounded, and what fails is left out."""

from __future__ import annotations

import builtins
import io
import sys
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gradcheck.isolation import isolated
from gradcheck.students.imports import Imports, surroundings
from gradcheck.students.output import Beginning
from gradcheck.students.source import read
from gradcheck.students.statements import Budget

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CURRENT: list[Loaded] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A file that was loaded.

    Attributes
    ----------
    path : Path
    name : str
        The file's name, for people.
    module : str
        The module's name; its classes have it as their ``__module__``.
    namespace : dict
        What it defines.
    text : str
        Its source; a notebook's is that of its code cells.
    notes : list of str
        What was replaced or left out.
    output : str
        The beginning of what it printed.
    unload : callable
        Takes its modules and stand-ins out of ``sys.modules`` again.
    """

    path: Path
    name: str
    module: str
    namespace: dict[str, Any]
    text: str
    notes: list[str]
    output: str
    unload: Callable[[], None]


def load(path: Path, *, seconds: float) -> Loaded:
    """Load a Python file or a notebook.

    Its own module and its neighbours stay in ``sys.modules``, where `inspect` looks for them, until
    `Loaded.unload` is called or another file is loaded: two folders may both have a ``layers.py``.

    Parameters
    ----------
    path : Path
    seconds : float
        What it runs while it is loaded may take so long; a statement that takes longer, or raises,
        is left out with a note, and the next one is run.

    Raises
    ------
    LoadError
        Where it cannot be read, or is no Python: the text names the file, the rule and the fix.
    """
    while _CURRENT:
        _CURRENT.pop().unload()
    source = read(path.absolute())
    notes = list(source.notes)
    name, folders, packages = surroundings(source)
    printed, before = Beginning(), dict(vars(builtins))
    with isolated():
        sys.stdout = sys.stderr = printed
        sys.stdin = io.StringIO()
        sys.argv = [str(source.path)]
        sys.dont_write_bytecode = True
        budget = Budget(seconds, notes)
        imports = Imports(folders, packages, budget)
        imports.install(source)
        module = imports.already(name)
        if module is None:
            module = _module(name, source.path)
            sys.modules[name] = module
            imports.run(source, module)
        _restore(before)
    loaded = Loaded(
        path=source.path,
        name=path.name,
        module=name,
        namespace=module.__dict__,
        text=source.text,
        notes=notes,
        output="".join(printed.kept),
        unload=imports.remove,
    )
    _CURRENT.append(loaded)
    return loaded


def _restore(before: dict[str, Any]) -> None:
    """Put the builtins back that the file has replaced: others need them, too."""
    for name, value in before.items():
        if builtins.__dict__.get(name) is not value:
            builtins.__dict__[name] = value


def _module(name: str, path: Path) -> ModuleType:
    module = ModuleType(name)
    module.__file__ = str(path)
    module.__package__ = name.rpartition(".")[0]
    if path.suffix == ".ipynb":
        module.__dict__["display"] = lambda *_, **__: None
    return module
