"""The README stays true: its code is run, its output compared, its commands found."""

from __future__ import annotations

import re
import shlex
import subprocess  # the README's commands are run as a user runs them
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FIX = ("return upstream * (y - t)", "return upstream * 2 * (y - t) / y.size")


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


def test_first_minute(tmp_path):
    code, wrong = blocks("python")[0], blocks("text")[0]
    assert masked(output(code, tmp_path)) == masked(wrong)


def test_the_fix_passes(tmp_path):
    code, right = blocks("python")[0], blocks("text")[1]
    assert FIX[0] in code
    assert FIX[1] in README
    assert masked(output(code.replace(*FIX), tmp_path)) == masked(right)


def test_suite_example_passes_and_can_fail(tmp_path):
    code = blocks("python")[1]
    output(code + "\n\ntest_softmax()\n", tmp_path)
    wrong = code.replace("y * (upstream - (upstream * y).sum(axis=0))", "y * (1 - y) * upstream")
    assert wrong != code
    with pytest.raises(subprocess.CalledProcessError) as caught:
        output(wrong + "\n\ntest_softmax()\n", tmp_path)
    assert "AssertionError: FAIL softmax: dx is wrong" in caught.value.stderr


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


def test_modules_that_are_named_exist():
    table = README.split("| to find | look in |")[1]
    for name in re.findall(r"`([a-z_]+\.py|[a-z_]+/)`", table.split("Tests mirror")[0]):
        assert (ROOT / "gradcheck" / name).exists(), name
