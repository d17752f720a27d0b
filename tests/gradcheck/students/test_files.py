"""Files are checked one after the other, and none of their processes is left behind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.students import files
from gradcheck.students.files import check_files, report_of, targets_of
from gradcheck.students.hosts import Behind, Options, started

if TYPE_CHECKING:
    from pathlib import Path

LAYER = """
class Double:
    def forward(self, X):
        return 2 * X
    def backward(self, dY):
        return 2 * dY
"""


@pytest.fixture
def hosts(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return every host that is started."""
    seen: list[Any] = []

    def noted(*arguments: Any, **more: Any) -> Any:
        seen.append(started(*arguments, **more))
        return seen[-1]

    monkeypatch.setattr(files, "started", noted)
    return seen


def written(folder: Path, *names: str) -> list[str]:
    for name in names:
        (folder / name).write_text(LAYER, encoding="utf-8")
    return [str(folder / name) for name in names]


def has_ended(host: Any) -> bool:
    assert isinstance(host, Behind)
    return host._sandbox._spawned is None


def test_what_else_is_to_be_done_is_done_while_the_first_file_is_loaded(
    hosts: list[Any], tmp_path: Path
) -> None:
    running: list[bool] = []
    reports = check_files(
        targets_of(written(tmp_path, "a.py")),
        Options(),
        lambda _: Options(),
        meanwhile=lambda: running.append(not has_ended(hosts[0])),
    )
    assert running == [True]
    assert [result.name for result in reports[0].results] == ["Double"]
    assert has_ended(hosts[0])


def test_an_interrupt_ends_what_was_started(hosts: list[Any], tmp_path: Path) -> None:
    def interrupt(*_: Any) -> None:
        raise KeyboardInterrupt

    targets = targets_of(written(tmp_path, "a.py", "b.py"))
    with pytest.raises(KeyboardInterrupt):
        check_files(targets, Options(), lambda _: Options(), meanwhile=interrupt)
    with pytest.raises(KeyboardInterrupt):
        check_files(targets, Options(), lambda _: Options(), progress=interrupt)
    assert len(hosts) == 2
    assert all(map(has_ended, hosts))


def test_only_a_file_that_is_checked_alone_is_loaded_twice(
    hosts: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    names = written(tmp_path, "a.py", "b.py")
    check_files(targets_of(names[:1]), Options(), lambda _: Options())
    check_files(targets_of(names), Options(), lambda _: Options())
    assert [host.twin is not None for host in hosts] == [True, False, False]


def test_versions_are_told_where_they_are_wanted() -> None:
    assert report_of([], 0, "gradcheck check a.py").tool["numpy"]
    assert report_of([], 0, "gradcheck check a.py", versions=False).tool == {}
