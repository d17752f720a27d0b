"""The table with which an instructor overrides what is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gradcheck.errors import UsageError
from gradcheck.students.settings import settings_for

if TYPE_CHECKING:
    from pathlib import Path


def test_the_nearest_table_is_taken(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.gradcheck]\norientation = "row"\n')
    inside = tmp_path / "week"
    inside.mkdir()
    assert settings_for(inside / "layers.py") == {"orientation": "row"}
    (inside / "gradcheck.toml").write_text('orientation = "column"\n')
    assert settings_for(inside / "layers.py") == {"orientation": "column"}
    assert settings_for(inside) == {"orientation": "column"}


def test_a_chosen_table_comes_first(tmp_path: Path) -> None:
    (tmp_path / "gradcheck.toml").write_text('orientation = "column"\n')
    other = tmp_path / "other.toml"
    other.write_text('[tool.gradcheck]\nexpected = ["Dense"]\n')
    assert settings_for(tmp_path, other) == {"expected": ["Dense"]}


def test_somebody_elses_broken_project_is_none_of_ours(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("not [ toml")
    assert settings_for(tmp_path / "layers.py") == {}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("not [ toml", "is no TOML"),
        ('oriented = "row"', "oriented is not known"),
        ('orientation = "rows"', "must be one of"),
        ("orientation = 1", "must be a str"),
        ('[subjects]\nDense = "dense"', r"write \[subjects.Dense\]"),
        ('[subjects.Dense]\nrole = "layer"', "subjects.Dense.role='layer'"),
        ('[subjects.mse]\norder = "first"', "subjects.mse.order='first'"),
        ("[subjects.mse]\nmystery = 1", "subjects.mse.mystery is not known"),
    ],
)
def test_what_is_not_understood_is_told(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "gradcheck.toml").write_text(text)
    with pytest.raises(UsageError, match=told):
        settings_for(tmp_path / "layers.py")


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        settings_for(tmp_path, tmp_path / "none.toml")
