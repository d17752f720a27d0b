"""Check many files: which, in what order, by how many processes, and the report of them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.errors import UsageError
from gradcheck.students.check import Options, check_started, started

if TYPE_CHECKING:
    from gradcheck.records import Report
    from gradcheck.students.check import FileReport

    Progress = Callable[[int, int, str], None]

SKIPPED = {"__pycache__", "node_modules", "site-packages", "venv", "env", "build", "dist"}
"""Folders that are not looked into; nor are those whose name begins with a dot."""

TESTS = ("test_", "conftest", "setup")
"""Beginnings of names of files in a folder that hold no layers: tests are run by their runner."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One file to be checked: where it is, how it is shown, and the one subject that is asked for."""

    path: Path
    shown: str
    only: tuple[str, ...] = ()


def targets_of(paths: Sequence[str]) -> list[Target]:
    """Return the files that are named: files, notebooks, folders, or ``module:object``.

    Raises
    ------
    UsageError
        Where one is not there, or is no Python file, notebook or folder.
    """
    found: list[Target] = []
    for text in paths:
        found += _targets(text)
    unique = {(target.path.resolve(), target.only): target for target in found}
    return list(unique.values())


def _targets(text: str) -> Iterator[Target]:
    path = Path(text)
    if path.is_dir():
        inside = list(_inside(path))
        if not inside:
            raise UsageError(f"{text}: no Python file and no notebook is in this folder; "
                             "name the one that holds the layers")  # fmt: skip
        yield from (Target(path=file, shown=file.as_posix()) for file in inside)
        return
    if not path.exists() and ":" in text and not text.startswith((":", "\\")):
        module, _, name = text.rpartition(":")
        yield Target(path=_of_module(module, text), shown=module, only=(name,) if name else ())
        return
    if not path.exists():
        raise UsageError(f"{text}: no such file; name a Python file, a notebook, a folder or "
                         "module:object")  # fmt: skip
    if not path.is_file():
        raise UsageError(f"{text}: neither a file nor a folder; name a Python file")
    yield Target(path=path, shown=path.as_posix())


def _of_module(module: str, text: str) -> Path:
    """Return the file of a module, found as Python would from here, without importing it."""
    if module.endswith((".py", ".ipynb")):
        path = Path(module)
        if path.is_file():
            return path
        raise UsageError(f"{text}: {module} is not there; name an existing file")
    parts = module.split(".")
    for root in _roots():
        for path in (root.joinpath(*parts).with_suffix(".py"), root.joinpath(*parts, "__init__.py")):
            if path.is_file():
                return path
    raise UsageError(f"{text}: no module {module} in this folder or among the installed ones; "
                     "name its file")  # fmt: skip


def _roots() -> list[Path]:
    import sys

    return [Path.cwd(), *(Path(entry) for entry in sys.path if entry)]


def _inside(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            if path.name not in SKIPPED:
                yield from _inside(path)
        elif path.suffix in (".py", ".ipynb") and not path.name.startswith(TESTS):
            yield path


def check_files(
    targets: Sequence[Target],
    options: Options,
    configured: Callable[[Path], Options],
    *,
    jobs: int = 1,
    progress: Progress | None = None,
) -> list[FileReport]:
    """Check files, each in a process of its own, and return their reports in the order given.

    Parameters
    ----------
    targets : sequence of Target
    options : Options
        What holds for all.
    configured : callable
        configured(path) → the options for one file.
    jobs : int
        How many files are checked at a time.
    progress : callable, optional
        Called with (files done, files in all, name of the next).
    """
    tasks = [
        (target, replace(configured(target.path), only=target.only or options.only))
        for target in targets
    ]
    if jobs > 1 and len(tasks) > 1:
        return _by_workers(tasks, min(jobs, len(tasks)), progress)
    return list(_one_by_one(tasks, progress))


def _one_by_one(
    tasks: Sequence[tuple[Target, Options]], progress: Progress | None
) -> Iterator[FileReport]:
    """Check file by file; the next one is loaded while this one is checked."""
    hosts = {0: started(tasks[0][0].path, tasks[0][1])} if tasks else {}
    for k, (target, options) in enumerate(tasks):
        if progress is not None:
            progress(k, len(tasks), target.shown)
        following = tasks[k + 1] if k + 1 < len(tasks) else None
        if following is not None and not options.in_process:
            hosts[k + 1] = started(following[0].path, following[1])
        host = hosts.pop(k, None) or started(target.path, options)
        yield check_started(host, options, target.shown, target.path)


def _by_workers(
    tasks: Sequence[tuple[Target, Options]], jobs: int, progress: Progress | None
) -> list[FileReport]:
    from concurrent.futures import ProcessPoolExecutor, as_completed

    with ProcessPoolExecutor(max_workers=jobs) as pool:
        futures = {pool.submit(_task, task): k for k, task in enumerate(tasks)}
        reports: dict[int, FileReport] = {}
        for done, future in enumerate(as_completed(futures)):
            k = futures[future]
            reports[k] = future.result()
            if progress is not None:
                progress(done + 1, len(tasks), tasks[k][0].shown)
    return [reports[k] for k in range(len(tasks))]


def _task(task: tuple[Target, Options]) -> FileReport:
    target, options = task
    return check_started(started(target.path, options), options, target.shown, target.path)


def report_of(reports: Sequence[FileReport], seed: int, command: str) -> Report:
    """Return one report of all files."""
    from gradcheck.records import Report
    from gradcheck.verify import tool

    subjects = tuple(result for report in reports for result in report.results)
    return Report(
        tool=tool(),
        seed=seed,
        command=command,
        planned=sum(len(result.checks) for result in subjects),
        subjects=subjects,
        files=tuple(report.note for report in reports),
    )
