"""`gradcheck notes` as one uses it."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from gradcheck import cli, transcript
from gradcheck.notes.audit import Audited, Standing, audited
from gradcheck.notes.index import BY_ID

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
SOME = [BY_ID[name] for name in ("dense-forward", "dense-weight-example", "cost-gradient")]


@pytest.fixture(autouse=True)
def found(monkeypatch: pytest.MonkeyPatch) -> list[Audited]:
    known = audited(SOME, 2)
    monkeypatch.setattr(transcript, "transcript", lambda: known)
    return known


def run(capsys: Captured, *arguments: str) -> tuple[int, str]:
    code = cli.main(["notes", *arguments])
    out, err = capsys.readouterr()
    assert err == ""
    return code, out


def test_the_table(capsys: Captured) -> None:
    code, text = run(capsys)
    assert code == cli.PASS
    assert text.startswith("Dense Layer\n  ✓ dense-forward         holds")
    assert text.endswith("\n3 equations: 2 hold, 1 is misprinted\n")
    assert max(map(len, text.splitlines())) <= 80


def test_a_misprint_is_no_failure_of_the_tool(capsys: Captured) -> None:
    code, text = run(capsys, "--misprints")
    assert code == cli.PASS
    assert text.startswith("✗ dense-weight-example  misprint")
    assert "dense-forward" not in text
    assert text.endswith("3 equations: 2 hold, 1 is misprinted\n")


def test_what_is_not_decided_is_not_checked(
    capsys: Captured, found: list[Audited], monkeypatch: pytest.MonkeyPatch
) -> None:
    unknown = replace(found[0], verdict=Standing.UNDECIDABLE)
    monkeypatch.setattr(transcript, "transcript", lambda: [unknown, *found[1:]])
    assert run(capsys)[0] == cli.UNCHECKED


def test_json_is_all_that_standard_output_gets(capsys: Captured) -> None:
    code, text = run(capsys, "--format", "json")
    assert code == cli.PASS
    assert [one["id"] for one in json.loads(text)["equations"]] == [one.id for one in SOME]
    _, text = run(capsys, "--format", "json", "--misprints")
    assert [one["id"] for one in json.loads(text)["equations"]] == ["dense-weight-example"]


def test_markdown_is_what_is_written(capsys: Captured, tmp_path: Path) -> None:
    _, text = run(capsys, "--format", "md", "--output", str(tmp_path / "new"))
    assert (tmp_path / "new" / "notes.md").read_text(encoding="utf-8") == text
    assert text.startswith("# The lecture notes, verified")


def test_one_equation_in_full(capsys: Captured) -> None:
    _, text = run(capsys, "cost-gradient", "dense-forward", "cost-gradient")
    assert text.startswith("✓ cost-gradient  holds  Cost Function")
    assert "printed: ⇒ ∂C/∂Y = 2/n (Y - Y*)" in text
    assert text.endswith("\n2 equations: 2 hold\n")


def test_an_unknown_one_names_the_nearest(capsys: Captured) -> None:
    assert cli.main(["notes", "dense-foward"]) == cli.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert "notes dense-foward: no such equation" in err
    assert "the nearest are dense-forward" in err
    assert cli.main(["notes", "\x1b[2Jzzz"]) == cli.USAGE
    assert "\x1b" not in capsys.readouterr().err


def test_a_file_in_the_place_of_the_folder(capsys: Captured, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("mine", encoding="utf-8")
    assert cli.main(["notes", "--output", str(tmp_path / "taken")]) == cli.USAGE
    assert "a file stands in its place" in capsys.readouterr().err


def test_a_full_disk(capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("gradcheck.cli.notes.save", full)
    assert cli.main(["notes", "--output", str(tmp_path)]) == cli.UNCHECKED
    assert "could not be written" in capsys.readouterr().err
