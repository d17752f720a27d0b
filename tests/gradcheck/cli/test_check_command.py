"""`gradcheck check` as one uses it: exit codes, what is printed, where it is written."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest

from gradcheck.cli import main
from gradcheck.render.json import schema
from gradcheck.students.check import COUNTEREXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

RIGHT = """
import numpy as np


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y ** 2)
"""
WRONG = RIGHT.replace("1 - self.y ** 2", "1 - self.y").replace("class Tanh", "class TanhLayer")
BOTH = RIGHT + WRONG.replace("import numpy as np", "")


def timeless(entry: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in entry.items() if key != "seconds"}


Captured = pytest.CaptureFixture[str]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in (("right.py", RIGHT), ("wrong.py", WRONG), ("both.py", BOTH)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "nothing.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "broken.py").write_text("def f(:\n", encoding="utf-8")
    (tmp_path / "raises.py").write_text(
        RIGHT.replace("return g * (1 - self.y ** 2)", "return g * self.nothing"), encoding="utf-8"
    )
    (tmp_path / "unwritten.py").write_text(
        RIGHT.replace("return g * (1 - self.y ** 2)", "raise NotImplementedError").replace(
            "self.y = np.tanh(x)\n        return self.y", "raise NotImplementedError"
        ),
        encoding="utf-8",
    )
    return tmp_path


@pytest.mark.usefixtures("here")
class TestExitCodes:
    @pytest.mark.parametrize(
        ("arguments", "code"),
        [
            (["right.py"], 0),
            (["wrong.py"], 1),
            (["both.py", "--only", "Tanh"], 0),
            (["right.py", "wrong.py"], 1),
            (["wrong.py", "nothing.py"], 1),
            (["right.py", "nothing.py"], 3),
            (["nothing.py"], 3),
            (["broken.py"], 3),
            (["raises.py"], 3),
            (["unwritten.py"], 3),
            (["right.py", "--only", "Softmax"], 3),
            (["right:Tanh"], 0),
            (["wrong.py:TanhLayer"], 1),
            (["."], 1),
            ([".", "--jobs", "2"], 1),
        ],
    )
    def test_of_what_was_found(self, arguments: list[str], code: int) -> None:
        assert main(["check", *arguments, "--quiet"]) == code

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            ([], "Missing argument"),
            (["none.py"], "must be a file"),
            (["none:Dense"], "no file here"),
            (["right.py", "--hints", "4"], "0<=x<=3"),
            (["right.py", "--jobs", "0"], "x>=1"),
            (["right.py", "--seed", "-1"], "x>=0"),
            (["right.py", "--time-limit", "0"], "0.1<=x<=86400"),
            (["right.py", "--time-limit", "inf"], "0.1<=x<=86400"),
            (["right.py", "--time-limit", "nan"], "nan is no number of seconds"),
            (["right.py", "--config", "none.toml"], "does not exist"),
            (["right.py", "--output", "right.py"], "must be a directory"),
        ],
    )
    def test_of_what_was_not_understood(
        self, arguments: list[str], told: str, capsys: Captured
    ) -> None:
        assert main(["check", *arguments]) == 2
        captured = capsys.readouterr()
        assert told in " ".join(captured.err.split())
        assert captured.out == ""
        assert "Traceback" not in captured.err


@pytest.mark.usefixtures("here")
class TestCounterexample:
    LINE = "wrong already for X = [[1]], g = [[1]]: got [[0.2384]], should be [[0.42]]"

    @pytest.mark.parametrize("where", [[], ["--in-process"]], ids=["behind the wall", "here"])
    def test_it_stands_below_the_worst_entry(self, where: list[str], capsys: Captured) -> None:
        main(["check", "wrong.py", *where])
        lines = [line.strip() for line in capsys.readouterr().out.splitlines()]
        (k,) = (k for k, line in enumerate(lines) if line.startswith("wrong already"))
        assert lines[k - 1].startswith("worst [")
        assert " ".join(lines[k : k + 2]).startswith(self.LINE)

    def test_it_stands_in_the_report(self, capsys: Captured) -> None:
        main(["check", "both.py", "--format", "json"])
        right, wrong = json.loads(capsys.readouterr().out)["subjects"]
        assert not right["findings"]
        example = wrong["findings"][0]["counterexample"]
        assert example["inputs"] == {"x": [[1.0]]}
        assert example["upstream"] == [[1.0]]

    def test_the_first_gradients_of_a_file_have_one(self, here: Path, capsys: Captured) -> None:
        more = [WRONG.replace("TanhLayer", f"Tanh{k}") for k in range(COUNTEREXAMPLES + 2)]
        (here / "many.py").write_text("\n".join(more), encoding="utf-8")
        main(["check", "many.py", "--format", "json"])
        subjects = json.loads(capsys.readouterr().out)["subjects"]
        found = ["counterexample" in one["findings"][0] for one in subjects]
        assert found == [True] * COUNTEREXAMPLES + [False] * 2

    def test_without_hypothesis_it_is_left_out(
        self, monkeypatch: pytest.MonkeyPatch, capsys: Captured
    ) -> None:
        monkeypatch.setitem(sys.modules, "hypothesis", None)
        assert main(["check", "wrong.py"]) == 1
        said = capsys.readouterr().out
        assert "wrong already" not in said
        assert "worst [" in said

    def test_hypothesis_leaves_nothing_behind(self, here: Path) -> None:
        before = sorted(path.name for path in here.iterdir())
        main(["check", "wrong.py", "--quiet"])
        assert sorted(path.name for path in here.iterdir()) == before

    def test_what_is_right_does_not_load_hypothesis(self, here: Path) -> None:
        code = "import sys; from gradcheck.cli import main; main(['check', 'right.py'])"
        done = subprocess.run(
            [sys.executable, "-c", f"{code}; sys.exit('hypothesis' in sys.modules)"],
            cwd=here,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0


@pytest.mark.usefixtures("here")
class TestOutput:
    def test_json_is_all_of_it_and_keeps_to_the_schema(self, capsys: Captured) -> None:
        assert main(["check", "both.py", "nothing.py", "--format", "json"]) == 1
        report = json.loads(capsys.readouterr().out)
        jsonschema.validate(report, schema())
        assert [one["name"] for one in report["subjects"]] == ["Tanh", "TanhLayer", "nothing.py"]
        assert [one["verdict"] for one in report["subjects"]] == ["pass", "fail", "not-run"]
        assert report["counts"]["planned"] == sum(len(s["checks"]) for s in report["subjects"])
        assert [file["path"] for file in report["files"]] == ["both.py", "nothing.py"]
        assert report["command"] == "gradcheck check both.py nothing.py"

    def test_the_same_seed_gives_the_same_report(self, capsys: Captured) -> None:
        def report() -> object:
            main(["check", "wrong.py", "--format", "json", "--seed", "3"])
            text = capsys.readouterr().out
            return json.loads(text, object_hook=timeless)

        assert report() == report()

    def test_files_are_written(self, here: Path, capsys: Captured) -> None:
        assert main(["check", "wrong.py", "--output", "out"]) == 1
        assert "TanhLayer" in capsys.readouterr().out
        report = json.loads((here / "out" / "report.json").read_text(encoding="utf-8"))
        jsonschema.validate(report, schema())
        assert "TanhLayer" in (here / "out" / "report.md").read_text(encoding="utf-8")

    def test_nothing_is_written_unasked(self, here: Path) -> None:
        before = sorted(path.name for path in here.iterdir())
        main(["check", "right.py", "--quiet"])
        assert sorted(path.name for path in here.iterdir()) == before

    def test_each_finding_is_said_in_the_notes_symbols(self, capsys: Captured) -> None:
        main(["check", "wrong.py"])
        text = capsys.readouterr().out
        for part in ("✗ TanhLayer.backward", "dX", "FAIL", "worst [", "should be", "±", "agree",
                     "reproduce: gradcheck check wrong.py --only TanhLayer"):  # fmt: skip
            assert part in text

    @pytest.mark.parametrize(("level", "told"), [(0, False), (2, True)])
    def test_hints(self, level: int, capsys: Captured, *, told: bool) -> None:
        main(["check", "wrong.py", "--hints", str(level)])
        assert ("hint:" in capsys.readouterr().out) is told

    def test_what_was_taken_for_what(self, capsys: Captured) -> None:
        main(["check", "right.py", "--explain-convention"])
        text = capsys.readouterr().out
        assert "taken for" in text
        assert "named Tanh, with forward and backward" in text

    def test_the_wall_and_what_it_does_not_stop(self, capsys: Captured) -> None:
        assert main(["check", "--help"]) == 0
        text = " ".join(capsys.readouterr().out.split())
        assert "does not stop it from using the network" in text


class TestConfiguration:
    def test_expected_and_missing(self, here: Path, capsys: Captured) -> None:
        (here / "gradcheck.toml").write_text('expected = ["Tanh", "Softmax"]\n', encoding="utf-8")
        assert main(["check", "right.py"]) == 1
        text = capsys.readouterr().out
        assert "Softmax" in text
        assert "missing" in text

    def test_the_table_of_a_project(self, here: Path) -> None:
        (here / "pyproject.toml").write_text(
            '[tool.gradcheck]\nexpected = ["Softmax"]\n', encoding="utf-8"
        )
        assert main(["check", "right.py", "--quiet"]) == 1

    def test_skip(self, here: Path) -> None:
        config = here / "mine.toml"
        config.write_text('[subjects.TanhLayer]\nrole = "skip"\n', encoding="utf-8")
        assert main(["check", "both.py", "--quiet", "--config", str(config)]) == 0

    def test_names_that_nobody_could_guess(self, here: Path) -> None:
        text = RIGHT.replace("forward", "los").replace("backward", "zurueck")
        text = text.replace("Tanh", "Kurve")
        (here / "odd.py").write_text(text, encoding="utf-8")
        assert main(["check", "odd.py", "--quiet"]) == 3
        (here / "gradcheck.toml").write_text(
            '[subjects.Kurve]\nforward = "los"\nbackward = "zurueck"\nrole = "tanh"\n',
            encoding="utf-8",
        )
        assert main(["check", "odd.py", "--quiet"]) == 0

    @pytest.mark.parametrize(
        ("text", "told"),
        [
            ("orientation = 'sideways'", "must be one of"),
            ("expect = ['x']", "is not known"),
            ("expected = 'Dense'", "must be a list"),
            ("[subjects]\nDense = 3", "must be a table"),
            ("[subjects.Dense]\nrole = 'layer'", "must be one of"),
            ("= 3", "is no TOML"),
        ],
    )
    def test_what_is_not_understood(
        self, here: Path, text: str, told: str, capsys: Captured
    ) -> None:
        (here / "gradcheck.toml").write_text(text, encoding="utf-8")
        assert main(["check", "right.py"]) == 2
        assert told in capsys.readouterr().err

    def test_words_of_ones_own(self, here: Path, capsys: Captured) -> None:
        (here / "worte.toml").write_text(
            '[wrong-formula]\nsentence = "die Ableitung stimmt nicht"\n', encoding="utf-8"
        )
        (here / "gradcheck.toml").write_text('codes = "worte.toml"\n', encoding="utf-8")
        assert main(["check", "wrong.py"]) == 1
        assert "die Ableitung stimmt nicht" in " ".join(capsys.readouterr().out.split())


def test_a_warm_check_imports_nothing_that_it_does_not_use(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADCHECK_CACHE", str(here / "cache"))
    unused = ["sympy", "numpy.ma", "importlib.metadata", "tomllib", "jinja2", "reference_net"]
    code = (
        "import sys; from gradcheck.cli import main; code = main(['check', 'right.py', '--quiet']);"
        f"print(code, *[name for name in {unused} if name in sys.modules])"
    )
    told = [
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        for _ in range(2)
    ]
    cold, warm = (one.stdout.split() for one in told)
    assert "sympy" in cold
    assert warm == ["0"]
