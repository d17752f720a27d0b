from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gradcheck import cli
from gradcheck.diagnosis.codes import catalogue

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]

GOLDEN = """\
sums: twice | <b>too</b> much

  It is [red]added[/red] up twice.

  how it shows: A = 2·T
  in the notes: Dense Layer

  wrong
      for k in range(2):
          db  += g      # twice

  right
      db = g

  hint 1: Once is enough.
  hint 2: Look at the gradient in backward.
"""

TABLE = """\
[sums]
title = "twice | <b>too</b> much"
rank = 5
sentence = "{symbol} is twice too much"
meaning = "It is [red]added[/red] up twice."
recognised = "A = 2·T"
wrong = '''
for k in range(2):
    db  += g      # twice
'''
right = '''
db = g
'''
concept = "Once is enough."
place = "Look at {quantity} in {line}."
formula = "{formula}"
heading = "Dense Layer"
"""


def test_every_code_has_its_page(capsys: Captured) -> None:
    for name, code in catalogue().codes.items():
        assert cli.main(["explain", name]) == 0
        said = capsys.readouterr().out
        assert said.startswith(f"{name}: ")
        assert "\n  wrong\n" in said
        assert "\n  right\n" in said
        assert "{" not in said.split("hint 1")[-1]
        assert max(map(len, said.splitlines())) <= 120
        assert code.heading in said


def test_without_a_code_all_are_listed(capsys: Captured) -> None:
    assert cli.main(["explain"]) == 0
    said = capsys.readouterr().out
    for name in catalogue().codes:
        assert f"\n{name} " in f"\n{said}"
    assert max(map(len, said.splitlines())) <= 80


@pytest.mark.parametrize("code", ["Diagonal-Only", "diagonal_only", " diagonal-only "])
def test_a_code_is_known_however_it_is_written(code: str, capsys: Captured) -> None:
    assert cli.main(["explain", code]) == 0
    assert capsys.readouterr().out.startswith("diagonal-only: ")


def test_an_unknown_code_names_the_nearest(capsys: Captured) -> None:
    assert cli.main(["explain", "diagnal"]) == cli.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert "the nearest are diagonal-only" in err
    assert cli.main(["explain", "\x1b[2Jzzz"]) == cli.USAGE
    err = capsys.readouterr().err
    assert "nearest" not in err
    assert "\x1b" not in err


def test_words_of_ones_own(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "codes.toml"
    path.write_text(TABLE, encoding="utf-8")
    assert cli.main(["explain", "sums", "--codes", str(path)]) == 0
    assert capsys.readouterr().out == GOLDEN


def test_a_file_that_is_no_table_is_a_usage_error(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "codes.toml"
    path.write_text("[sums]\ntitle = 3\n", encoding="utf-8")
    assert cli.main(["explain", "--codes", str(path)]) == cli.USAGE
    assert "[sums]" in capsys.readouterr().err
