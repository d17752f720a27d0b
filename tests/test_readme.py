"""The README stays true: its code is run, its output compared, its commands found."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess  # the README's commands are run as a user runs them
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import jsonschema
import pytest

from gradcheck.render.json import schema

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
    plugin = (ROOT / "gradcheck" / "pytest_plugin.py").read_text(encoding="utf-8")
    known |= {"--lf", *re.findall(r'"(--gradcheck-[a-z]+)"', plugin)}
    assert set(re.findall(r"`[^`\n]*?(--[a-z-]+)[^`\n]*`", README)) <= known


def test_suite_example_passes_and_can_fail(tmp_path):
    code = containing("python", "gradcheck.assert_gradients(softmax")
    output(code + "\n\ntest_softmax()\n", tmp_path)
    wrong = code.replace("y * (upstream - (upstream * y).sum(axis=0))", "y * (1 - y) * upstream")
    assert wrong != code
    with pytest.raises(subprocess.CalledProcessError) as caught:
        output(wrong + "\n\ntest_softmax()\n", tmp_path)
    assert "AssertionError: FAIL softmax: dX is wrong" in caught.value.stderr


LAYERS = """
import numpy as np

class Dense:
    def __init__(self, n_in, n_out):
        rng = np.random.default_rng(0)
        self.W, self.b = rng.standard_normal((n_out, n_in)), rng.standard_normal((n_out, 1))
    def forward(self, X):
        self.X = X
        return self.W @ X + self.b
    def backward(self, dY):
        self.dW, self.db = 2 * dY @ self.X.T, dY.sum(axis=1, keepdims=True)
        return self.W.T @ dY

class Tanh:
    def forward(self, X):
        self.Y = np.tanh(X)
        return self.Y
    def backward(self, dY):
        return dY * (1 - self.Y**2)

class Softmax:
    def forward(self, X):
        E = np.exp(X - X.max(axis=0))
        self.Y = E / E.sum(axis=0)
        return self.Y
    def backward(self, dY):
        return self.Y * (dY - (dY * self.Y).sum(axis=0))
"""


def suite(tmp_path, monkeypatch):
    """Write the README's test of layers, one of which is wrong, where the plugin is installed."""
    place = tmp_path / "site" / "gradcheck_plugin-0.dist-info"
    place.mkdir(parents=True)
    (place / "METADATA").write_text("Metadata-Version: 2.1\nName: gradcheck-plugin\nVersion: 0\n")
    (place / "entry_points.txt").write_text("[pytest11]\ngradcheck = gradcheck.pytest_plugin\n")
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}{os.pathsep}{place.parent}")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    (tmp_path / "layers.py").write_text(LAYERS, encoding="utf-8")
    (tmp_path / "test_layers.py").write_text(
        containing("python", "parametrize_layers"), encoding="utf-8"
    )
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n")
    return tmp_path


def recipes():
    """Return the commands of each recipe for CI."""
    github = re.findall(r"run: (.*)", containing("yaml", "GITHUB_STEP_SUMMARY"))
    gitlab = containing("yaml", "script:").split("script:")[1].split("artifacts:")[0]
    return github, re.findall(r"- (.*)", gitlab)


def test_both_recipes_run_the_same():
    github, gitlab = recipes()
    assert github[:2] == gitlab
    assert github[0].startswith("python -m pip install gradcheck ")
    assert github[2] == 'cat reports/report.md >> "$GITHUB_STEP_SUMMARY"'
    assert len(github) == 3


@pytest.mark.slow
def test_what_a_recipe_makes_keeps_to_the_formats(tmp_path, monkeypatch):
    folder = suite(tmp_path, monkeypatch)
    github, _ = recipes()
    environment = {
        **os.environ, "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
    }  # fmt: skip
    command = [sys.executable, "-m", *shlex.split(github[1])]
    command[command.index("auto")] = "2"
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stdout + done.stderr
    subprocess.run(["/bin/bash", "-c", github[2]], cwd=folder, env=environment, check=True)

    summary = (folder / "summary.md").read_bytes()
    assert 0 < len(summary) <= 2**20
    assert b"\0" not in summary
    assert "Dense" in summary.decode()
    jsonschema.validate(json.loads((folder / "reports" / "report.json").read_text()), schema())

    cases = list(ET.parse(folder / "reports" / "junit.xml").iter("testcase"))  # noqa: S314 - our own
    names = [(case.get("file"), case.get("classname"), case.get("name")) for case in cases]
    assert len(set(names)) == len(names) > 30
    assert {case.get("file") for case in cases} == {"test_layers.py"}
    assert all(float(case.get("time")) >= 0 for case in cases)
    bodies = {case.get("name"): f.text for case in cases for f in case.iter("failure")}
    assert set(bodies) == {
        f"test_layers[Dense-dW-{o}]" for o in ("symbolic", "finite-difference", "complex-step")
    }
    assert all("dW (3, 4) float64: worst [" in body for body in bodies.values())

    annotations = [line for line in done.stdout.splitlines() if line.startswith("::")]
    assert len(annotations) == 1
    assert re.match(r"::error file=test_layers\.py,title=Dense::FAIL Dense.*%0A", annotations[0])


def test_the_failure_that_is_shown(tmp_path, monkeypatch):
    folder = suite(tmp_path, monkeypatch)
    test = (
        "from layers import Dense\n\ndef test_dense(gradcheck):\n    gradcheck.layer(Dense(4, 3))\n"
    )
    (folder / "test_layers.py").write_text(test, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q"],
        cwd=folder, capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    shown = containing("text", "AssertionError: FAIL Dense")
    lines = [line for line in done.stdout.splitlines() if line.startswith("E ")]
    assert masked("\n".join(lines[: len(shown.splitlines())]) + "\n") == masked(shown)


@pytest.mark.slow
def test_strategies_and_counterexample(tmp_path):
    code = containing("python", "strategies.columns")
    output(code + "\n\ntest_relu()\n", tmp_path)
    wrong = code.replace("(x > 0)", "(x > 1)")
    with pytest.raises(subprocess.CalledProcessError) as caught:
        output(wrong + "\n\ntest_relu()\n", tmp_path)
    assert "FAIL relu: dX is wrong" in caught.value.stderr
    softmax = LAYERS.replace(
        "self.Y * (dY - (dY * self.Y).sum(axis=0))", "dY * self.Y * (1 - self.Y)"
    )
    said = output(
        softmax + "\nimport gradcheck\nprint(gradcheck.find_counterexample(Softmax))\n", tmp_path
    )
    assert said == containing("text", "dx is wrong already")


def test_the_two_commands_are_what_ci_runs():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    commands = [line for line in blocks("sh")[0].splitlines() if line]
    assert len(commands) == 2
    for command in commands:
        assert command in ci
        assert shlex.split(command)[:4] == ["python", "-m", "pip", "install"]


@pytest.mark.slow
def test_verify_command(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "gradcheck", "verify", "--output", str(tmp_path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("report.json", "report.md", "report.html", "report.xml", "notes.md"):
        assert (tmp_path / name).exists(), name


@pytest.mark.slow
def test_the_reports_of_a_wrong_file_are_written_and_rendered_again(tmp_path):
    (tmp_path / "layers.py").write_text(blocks("python")[0], encoding="utf-8")
    codes = []
    for line in containing("console", "gradcheck report").splitlines():
        words = shlex.split(line.removeprefix("$ gradcheck "))
        done = subprocess.run(
            [sys.executable, "-m", "gradcheck", *words],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            encoding="utf-8",
            check=False,
        )
        assert done.stdout + done.stderr == ""
        codes.append(done.returncode)
    assert codes == [1, 0]
    pairs = {"page.html": "report.html", "summary.md": "report.md", "junit.xml": "report.xml"}
    for again, first in pairs.items():
        assert (tmp_path / again).read_bytes() == (tmp_path / "out" / first).read_bytes()
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "1 of 4 subjects is wrong: Softmax (dX)." in page
    assert page.count("got against oracle</p>") == 1


def test_an_equation_of_the_notes():
    command, said = containing("console", "$ gradcheck notes").split("\n", 1)
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
