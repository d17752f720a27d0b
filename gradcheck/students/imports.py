"""What a student's file imports: its neighbours, libraries, and stand-ins for what is missing.

Neighbours come from the file's own folder and from its package only. All this holds for imports
that the student's own files make; those of libraries are none of our business.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import importlib
import sys
from importlib.machinery import ModuleSpec
from importlib.util import spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gradcheck.errors import LoadError
from gradcheck.students.source import Source, read
from gradcheck.students.stubs import DRAWING, stand_in

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType, ModuleType

    from gradcheck.students.statements import Budget

ANCESTORS = 4
"""Folders above the file that may be its package."""

_KEPT = sys.stdlib_module_names | {"numpy", "gradcheck", "__main__"}
"""Modules that no neighbour may stand in for: they are at work."""

_CATCHES = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})


class Imports:
    """A finder in front of ``sys.meta_path``, and an ``__import__`` of the student's files.

    Parameters
    ----------
    folders : sequence of Path
        Where neighbours are looked for, in this order.
    packages : mapping of str to Path
        Folders that are packages under a name of their own.
    budget : Budget
        Of what the neighbours run.
    """

    def __init__(self, folders: Sequence[Path], packages: dict[str, Path], budget: Budget) -> None:
        self._folders, self._packages, self._budget = list(folders), packages, budget
        self._files: dict[str, list[range]] = {}
        self._replaced: set[str] = set()
        self._before: dict[str, ModuleType] = {}

    def install(self, source: Source) -> None:
        """Take effect for a file. Modules with its neighbours' names step aside."""
        self._own(source)
        self._before = dict(sys.modules)
        names = {path.stem for folder in self._folders for path in folder.glob("*.py")}
        for full in self._before:
            name = full.partition(".")[0]
            if name in names or name in self._packages:
                file = str(getattr(self._before.get(name), "__file__", None))
                if name not in _KEPT and "-packages" not in file:
                    del sys.modules[full]
        sys.meta_path.insert(0, self)
        importlib.invalidate_caches()

    def remove(self) -> None:
        """Undo it: the student's modules are gone, what stepped aside is back."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)
        for name, module in list(sys.modules.items()):
            if self._before.get(name) is not module and self._loaded(module):
                del sys.modules[name]
        for name, module in self._before.items():
            sys.modules.setdefault(name, module)
        self._before = {}

    def already(self, name: str) -> ModuleType | None:
        """Import the package of a module; return the module if that has imported it, too."""
        package = name.rpartition(".")[0]
        file = next(iter(self._files))
        if package:
            with contextlib.suppress(ImportError):
                exec(compile(f"import {package}", file, "exec"), {})  # noqa: S102 - as the file would
        module = sys.modules.get(name)
        return module if getattr(module, "__file__", None) == file else None

    def _loaded(self, module: ModuleType) -> bool:
        """Say whether a module is one of the student's."""
        file = getattr(module, "__file__", None)
        if file is not None:
            return str(file) in self._files
        return any(self._theirs(Path(folder)) for folder in getattr(module, "__path__", ()))

    def run(self, source: Source, module: ModuleType) -> None:
        """Run one of the student's files as a module."""
        self._own(source)
        module.__dict__["__builtins__"] = {**vars(builtins), "__import__": self._import}
        self._budget.run(source, module.__dict__)

    def _own(self, source: Source) -> None:
        self._files[str(source.path)] = _guarded(source.statements)

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        """Return the spec of a neighbour."""
        if self._importing() is None:
            return None
        if path is None and name in self._packages:
            return _folder(name, self._packages[name], self)
        for folder in self._folders if path is None else map(Path, path):
            if path is None or self._theirs(folder):
                spec = self._inside(folder, name)
                if spec is not None:
                    return spec
        return None

    def _import(
        self,
        name: str,
        names: Any = None,
        local: Any = None,
        wanted: Any = (),
        level: int = 0,
    ) -> ModuleType:
        """Do what ``__import__`` does, with stand-ins; they are nowhere in ``sys.modules``."""
        top = name.partition(".")[0]
        if level == 0 and top in DRAWING and not self._near(top):
            return self._stand_in(name if wanted else top, "nothing is drawn")
        try:
            return __import__(name, names, local, wanted, level)
        except ModuleNotFoundError as error:
            line = sys._getframe(1).f_lineno  # noqa: SLF001 - there is no other way
            guarded = any(line in lines for lines in self._files.get(_file(names), []))
            known = top in sys.stdlib_module_names or self._near(top)
            if level or guarded or known or error.name != top:
                raise
            return self._stand_in(name if wanted else top, "it is not there")

    def _stand_in(self, name: str, why: str) -> ModuleType:
        top = name.partition(".")[0]
        if top not in self._replaced:
            self._replaced.add(top)
            self._budget.notes.append(f"{top} is replaced by an inert stand-in: {why}")
        return stand_in(name)

    def _near(self, top: str) -> bool:
        """Say whether a neighbour has this name."""
        return top in self._packages or any(self._inside(f, top) for f in self._folders)

    def _importing(self) -> FrameType | None:
        """Return the frame of the student's file that imports; None where others do."""
        frame: FrameType | None = sys._getframe(2)  # noqa: SLF001 - there is no other way
        while frame is not None:
            file = frame.f_code.co_filename
            if file in self._files:
                return frame
            module = str(frame.f_globals.get("__name__", ""))
            if module.partition(".")[0] != "importlib" and file != __file__:
                return None
            frame = frame.f_back
        return None

    def _theirs(self, folder: Path) -> bool:
        roots = [*self._folders, *self._packages.values()]
        return any(folder == root or root in folder.parents for root in roots)

    def _inside(self, folder: Path, name: str) -> ModuleSpec | None:
        last = name.rpartition(".")[2]
        file, inner = folder / f"{last}.py", folder / last
        if (inner / "__init__.py").is_file():
            return _folder(name, inner, self)
        if file.is_file():
            return spec_from_file_location(name, file, loader=_Loader(self, file))  # type: ignore[arg-type]
        if inner.is_dir() and any(inner.glob("*.py")):
            return _folder(name, inner, self)
        return None

    def execute(self, module: ModuleType, file: Path) -> None:
        """Run a neighbour, as the file itself is run.

        Raises
        ------
        ImportError
            Where it cannot be read.
        """
        try:
            source = read(file, empty=True)
        except LoadError as error:
            raise ImportError(str(error)) from error
        self.run(source, module)


class _Loader:
    def __init__(self, imports: Imports, file: Path) -> None:
        self._imports, self._file = imports, file

    def create_module(self, spec: ModuleSpec) -> None:
        """Let the module be an ordinary one."""

    def exec_module(self, module: ModuleType) -> None:
        self._imports.execute(module, self._file)


def _file(names: Any) -> str:
    return str((names or {}).get("__file__", ""))


def _folder(name: str, folder: Path, imports: Imports) -> ModuleSpec | None:
    """Return the spec of a package, with or without an ``__init__.py``."""
    start = folder / "__init__.py"
    if not start.is_file():
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [str(folder)]
        return spec
    loader: Any = _Loader(imports, start)
    return spec_from_file_location(
        name, start, loader=loader, submodule_search_locations=[str(folder)]
    )


def surroundings(source: Source) -> tuple[str, list[Path], dict[str, Path]]:
    """Return a file's module name, the folders of its neighbours, and its packages by name."""
    path = source.path
    folder, name = path.parent, _identifier(path.stem)
    folders: list[Path] = [folder]
    chain: list[Path] = []
    depth = max(_levels(source.statements), default=0)
    above = folder
    for _ in range(ANCESTORS):
        packed = (above / "__init__.py").is_file()
        if above == above.parent or not (packed or len(chain) < depth):
            break
        chain.append(above)
        above = above.parent
        if packed:
            folders.append(above)
    wanted = _wanted(source.statements)
    packages: dict[str, Path] = {}
    for parent in path.parents[:ANCESTORS]:
        if parent.name in wanted and not (folder / parent.name).exists():
            packages.setdefault(parent.name, parent)
    if chain:
        packages[_identifier(chain[-1].name)] = chain[-1]
        name = ".".join([*(_identifier(one.name) for one in reversed(chain)), name])
    elif name in _KEPT:
        name += "_"
    return name, folders, packages


def _identifier(stem: str) -> str:
    name = "".join(c if c.isalnum() or c == "_" else "_" for c in stem)
    return name if name.isidentifier() else f"_{name}"


def _levels(statements: list[ast.stmt]) -> list[int]:
    return [
        node.level
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.ImportFrom)
    ]


def _wanted(statements: list[ast.stmt]) -> set[str]:
    """Return the first names of all absolute imports."""
    names: set[str] = set()
    for statement in statements:
        for node in ast.walk(statement):
            if isinstance(node, ast.Import):
                names.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
                names.add(node.module.partition(".")[0])
    return names


def _guarded(statements: list[ast.stmt]) -> list[range]:
    """Return the lines of ``try`` bodies that are ready for an import to fail."""
    return [
        range(node.body[0].lineno, (node.body[-1].end_lineno or 0) + 1)
        for statement in statements
        for node in ast.walk(statement)
        if isinstance(node, ast.Try) and any(map(_catches, node.handlers))
    ]


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    return any(isinstance(n, ast.Name) and n.id in _CATCHES for n in ast.walk(handler.type))
