"""Check many files: which, in what order, by how many processes, and the report of them all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gradcheck.students.hosts import Options, started
from gradcheck.students.target import targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from gradcheck.records import Report
    from gradcheck.students.check import FileReport

    Progress = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One file to be checked: where it is, how it is shown, and the subject that is asked for."""

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
    found = [
        Target(path=one.path, shown=one.path.as_posix(), only=(one.only,) if one.only else ())
        for text in paths
        for one in targets(text)
    ]
    unique = {(target.path.resolve(), target.only): target for target in found}
    return list(unique.values())


def check_files(
    targets: Sequence[Target],
    options: Options,
    configured: Callable[[Path], Options],
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    meanwhile: Callable[[], object] | None = None,
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
    meanwhile : callable, optional
        Called while the first file is loaded: what else there is to be done, or imported.
    """
    tasks = [
        (target, replace(configured(target.path), only=target.only or options.only))
        for target in targets
    ]
    if jobs > 1 and len(tasks) > 1:
        return _by_workers(tasks, min(jobs, len(tasks)), progress)
    return list(_one_by_one(tasks, progress, meanwhile))


def _one_by_one(
    tasks: Sequence[tuple[Target, Options]],
    progress: Progress | None,
    meanwhile: Callable[[], object] | None,
) -> Iterator[FileReport]:
    """Check file by file; the next one is loaded while this one is checked."""
    # Of several files the next one's process takes the other processor.
    alone = len(tasks) == 1
    hosts = {0: started(tasks[0][0].path, tasks[0][1], twice=alone)} if tasks else {}
    try:
        # Imported only now: the first file is loaded meanwhile.
        from gradcheck.students.check import check_started

        if meanwhile is not None:
            meanwhile()
        for k, (target, options) in enumerate(tasks):
            if progress is not None:
                progress(k, len(tasks), target.shown)
            following = tasks[k + 1] if k + 1 < len(tasks) else None
            if following is not None and not options.in_process:
                hosts[k + 1] = started(following[0].path, following[1])
            host = hosts.pop(k, None) or started(target.path, options)
            yield check_started(host, options, target.shown, target.path)
    finally:
        for host in hosts.values():
            host.close()


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
    from gradcheck.students.check import check_started

    target, options = task
    return check_started(started(target.path, options), options, target.shown, target.path)


def _tool() -> dict[str, str]:
    from gradcheck.verify import tool

    return tool()


def report_of(
    reports: Sequence[FileReport], seed: int, command: str, *, versions: bool = True
) -> Report:
    """Return one report of all files, with the versions of what made it where they are wanted."""
    from gradcheck.records import Report

    subjects = tuple(result for report in reports for result in report.results)
    return Report(
        tool=_tool() if versions else {},
        seed=seed,
        command=command,
        planned=sum(len(result.checks) for result in subjects),
        subjects=subjects,
        files=tuple(report.note for report in reports),
    )
