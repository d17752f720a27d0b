"""What a word of the command line names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gradcheck.errors import UsageError
from gradcheck.students.target import targets

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "b.py",
        "a.ipynb",
        "test_b.py",
        "notes.txt",
        "net/__init__.py",
        "net/layers.py",
        ".hidden/c.py",
        "__pycache__/c.py",
        "env/pyvenv.cfg",
        "env/lib/d.py",
        "empty/readme.md",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("b.py", [("b.py", "")]),
        (".", [("a.ipynb", ""), ("b.py", ""), ("net/layers.py", "")]),
        ("net/layers.py:Dense", [("net/layers.py", "Dense")]),
        ("net.layers:Dense", [("net/layers.py", "Dense")]),
        ("net:Net.forward", [("net/__init__.py", "Net.forward")]),
        ("b:tanh", [("b.py", "tanh")]),
        ("test_b.py", [("test_b.py", "")]),
    ],
)
def test_names_files(folder: Path, text: str, expected: list[tuple[str, str]]) -> None:
    assert [(one.path.as_posix(), one.only) for one in targets(text)] == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("empty", "a folder without a file"),
        ("nothing.py", "is not there, must be a file"),
        ("nothing:Dense", "names the module 'nothing', which is no file here"),
        ("b.py:1", "is not there"),
        ("", "is a folder"),
    ],
)
def test_or_says_why_not(folder: Path, text: str, why: str) -> None:
    (folder / "b.py").unlink()
    for name in ("a.ipynb", "net/layers.py"):
        (folder / name).unlink()
    with pytest.raises(UsageError, match=why):
        targets(text)
