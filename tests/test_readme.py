"""The README stays true: its code is run, its output compared, its commands found."""

from __future__ import annotations

import os
import re
import shlex
import subprocess  # the README's commands are run as a user runs them
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FIX = ("return dY * self.Y * (1 - self.Y)\n", "return self.Y * (dY - (dY * self.Y).sum())\n")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


def masked(text):
    """Return the text without the digits that rounding decides, and the padding they cause."""
    text = re.sub(r"\d\.\d\de[+-]\d\d", "R", text)
    text = re.sub(r"-?\d\.\d{5,}", lambda match: f"{float(match[0]):.5g}", text)
    text = re.sub(r"\d+ points judged(, \d+ inconclusive)?", "N points judged", text)
    text = re.sub(r"± \d(\.\d)?e-\d\d", "± B", text)
    return re.sub(r" {2,}", "  ", text)


def output(code, tmp_path):
    script = tmp_path / "layers.py"
    script.write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "layers.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout.replace(f"({script}:", "(layers.py:")


def containing(language, text):
    (block,) = (block for block in blocks(language) if text in block)
    return block


def checked(code, tmp_path):
    (tmp_path / "layers.py").write_text(code, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "gradcheck", "check", "layers.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "80"},
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def timeless(text):
    return re.sub(r"\d+\.\d s;", "T s;", masked_bounds(text))


def masked_bounds(text):
    return re.sub(r"± \de-\d\d", "± B", text)


def test_first_minute(tmp_path):
    command, said = blocks("console")[0].split("\n", 1)
    assert command == "$ gradcheck check layers.py"
    code, text = checked(blocks("python")[0], tmp_path)
    assert timeless(text) == timeless(said)
    assert code == 1


def test_the_fix_passes(tmp_path):
    wrong = blocks("python")[0]
    assert wrong.count(FIX[0]) == 1
    assert FIX[1].strip() in README
    code, text = checked(wrong.replace(*FIX), tmp_path)
    assert timeless(text).endswith(timeless(blocks("text")[0]))
    assert code == 0


def test_the_result_of_a_pair(tmp_path):
    said = output(containing("python", "check_functions"), tmp_path)
    assert masked(said.replace("(layers.py:", "(pair.py:")) == masked(
        containing("text", "FAIL mse")
    )


def test_the_configuration_is_understood(tmp_path):
    from gradcheck.students.settings import settings_for

    (tmp_path / "gradcheck.toml").write_text(blocks("toml")[0], encoding="utf-8")
    settings = settings_for(tmp_path / "layers.py")
    assert settings["expected"] == ["Dense", "Softmax"]


def test_the_options_exist():
    from gradcheck import cli

    known = {
        flag for command in cli.cli.commands.values() for one in command.params for flag in one.opts
    }
    assert set(re.findall(r"`[^`\n]*?(--[a-z-]+)[^`\n]*`", README)) <= known


def test_suite_example_passes_and_can_fail(tmp_path):
    code = containing("python", "assert_gradients")
    output(code + "\n\ntest_softmax()\n", tmp_path)
    wrong = code.replace("y * (upstream - (upstream * y).sum(axis=0))", "y * (1 - y) * upstream")
    assert wrong != code
    with pytest.raises(subprocess.CalledProcessError) as caught:
        output(wrong + "\n\ntest_softmax()\n", tmp_path)
    assert "AssertionError: FAIL softmax: dX is wrong" in caught.value.stderr


def test_the_two_commands_are_what_ci_runs():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line for line in blocks("sh")[0].splitlines() if line]
    assert len(commands) == 2
    for command in commands:
        assert command in ci
        assert shlex.split(command)[:4] == ["python", "-m", "pip", "install"]


def test_verify_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "gradcheck", "verify", "--output", str(tmp_path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "report.json").exists()
    assert (tmp_path / "report.md").exists()


def test_an_equation_of_the_notes():
    command, said = blocks("console")[1].split("\n", 1)
    done = subprocess.run(
        [sys.executable, "-m", "gradcheck", *shlex.split(command)[2:]],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "COLUMNS": "80"},
        check=True,
    )
    assert command.startswith("$ gradcheck notes ")
    assert done.stdout == said


def test_an_equation_of_ones_own():
    from gradcheck.notes.audit import audited

    code = containing("python", "Equation(")
    for right, verdict in ((True, "holds"), (False, "misprint")):
        names = {}
        exec(code if right else code.replace("y_i = 1", "y_i = 2"), names)  # noqa: S102 - ours
        (found,) = audited([names["EQUATION"]], 3)
        assert found.verdict == verdict


def test_modules_that_are_named_exist():
    table = README.split("| to find | look in |")[1]
    for name in re.findall(r"`([a-z_/]+\.py|[a-z_]+/)`", table.split("Tests mirror")[0]):
        assert (ROOT / "gradcheck" / name).exists(), name
