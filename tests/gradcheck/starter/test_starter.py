from __future__ import annotations

import ast
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from starter_solution import filled

import gradcheck
from gradcheck import cli
from gradcheck.starter import FILES, texts

if TYPE_CHECKING:
    from pathlib import Path

Captured = pytest.CaptureFixture[str]
SUBJECTS = ("Dense", "Sigmoid", "Tanh", "ReLU", "Softmax", "mse")
WRONG = "return dY * self.Y * (1 - self.Y)"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    assert cli.main(["init", str(tmp_path / "mine")]) == 0
    return tmp_path / "mine"


def lines_of(text: str) -> dict[str, str]:
    return {line.split()[1]: line for line in text.splitlines() if line[:2] in ("✓ ", "✗ ", "– ")}


def test_both_files_are_written(tmp_path: Path, capsys: Captured) -> None:
    folder = tmp_path / "mine"
    assert cli.main(["init", str(folder)]) == 0
    assert f"gradcheck check {folder / 'layers.py'}" in capsys.readouterr().out
    assert sorted(path.name for path in folder.iterdir()) == list(FILES)
    for name in FILES:
        ast.parse((folder / name).read_text(encoding="utf-8"))


def test_nothing_is_written_over(folder: Path, capsys: Captured) -> None:
    layers = folder / "layers.py"
    layers.write_text("mine = 1\n")
    capsys.readouterr()
    assert cli.main(["init", str(folder)]) == cli.USAGE
    said = capsys.readouterr().err
    assert "layers.py and test_layers.py are there already" in said
    assert "--force" in said
    (folder / "test_layers.py").unlink()
    assert cli.main(["init", str(folder)]) == cli.USAGE
    assert "layers.py is there already" in capsys.readouterr().err
    assert layers.read_text() == "mine = 1\n"
    assert not (folder / "test_layers.py").exists()


def test_force_writes_over(folder: Path) -> None:
    (folder / "layers.py").write_text("mine = 1\n")
    assert cli.main(["init", str(folder), "--force"]) == 0
    assert (folder / "layers.py").read_text(encoding="utf-8") == texts()["layers.py"]


def test_a_file_in_place_of_the_folder_is_a_usage_error(tmp_path: Path, capsys: Captured) -> None:
    (tmp_path / "mine").write_text("")
    assert cli.main(["init", str(tmp_path / "mine")]) == cli.USAGE
    assert "must be a directory" in capsys.readouterr().err


def test_the_empty_starter_says_what_is_not_written(folder: Path, capsys: Captured) -> None:
    capsys.readouterr()
    assert cli.main(["check", str(folder / "layers.py")]) == cli.UNCHECKED
    lines = lines_of(capsys.readouterr().out)
    assert set(SUBJECTS) <= set(lines)
    for name in SUBJECTS:
        assert "not run" in lines[name]
        assert "not written yet" in lines[name]


@pytest.mark.slow
def test_a_right_solution_passes(folder: Path, capsys: Captured) -> None:
    layers = folder / "layers.py"
    layers.write_text(filled(texts()["layers.py"]), encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["check", str(layers)]) == 0
    lines = lines_of(capsys.readouterr().out)
    assert {*SUBJECTS, "Sequential"} == set(lines)
    assert all(line.startswith("✓ ") for line in lines.values())


@pytest.mark.slow
def test_a_wrong_solution_fails_with_its_code(folder: Path, capsys: Captured) -> None:
    layers = folder / "layers.py"
    layers.write_text(filled(texts()["layers.py"], Softmax_backward=WRONG), encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["check", str(layers)]) == 1
    assert "✗ Softmax.backward  dX" in (said := capsys.readouterr().out)
    assert "FAIL  diagonal-only" in said


@pytest.mark.skipif("check_file" not in gradcheck.__all__, reason="needs gradcheck.check_file")
@pytest.mark.parametrize(
    ("bodies", "failed"), [(None, 7), ({}, 0), ({"Softmax_backward": WRONG}, 1)],
    ids=["empty", "right", "wrong"],
)  # fmt: skip
@pytest.mark.slow
def test_the_test_that_is_written_tells_the_same(
    folder: Path, bodies: dict[str, str] | None, failed: int
) -> None:
    if bodies is not None:
        text = filled(texts()["layers.py"], **bodies)
        (folder / "layers.py").write_text(text, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_layers.py"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == (1 if failed else 0), done.stdout
    words = [f"{failed} failed"] * bool(failed) + [f"{7 - failed} passed"] * (failed < 7)
    assert ", ".join(words) in done.stdout
    if bodies is None:
        assert "not written yet" in done.stdout
