from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import jsonschema
import pytest
from handmade import dense, report_of, wrong

import gradcheck
import gradcheck.verify
from gradcheck import cli
from gradcheck.records import Check, Oracle, Verdict
from gradcheck.render.files import NAMES
from gradcheck.render.json import report_json, schema
from gradcheck.render.markdown import report_markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from gradcheck.records import Report

RIGHT = report_of(dense())
WRONG = report_of(dense(wrong("dW", Oracle.SYMBOLIC)))
UNCLEAR = report_of(
    dense(Check(quantity="dx", oracle=Oracle.SYMBOLIC, verdict=Verdict.INCONCLUSIVE))
)

FILES = ["notes.md", "report.html", "report.json", "report.md", "report.xml"]
Captured = pytest.CaptureFixture[str]
Install = "Callable[[Report | BaseException], list[int]]"


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a `verify` in place that gives a report or raises, and notes the seeds."""

    def install(outcome: Report | BaseException) -> list[int]:
        seeds: list[int] = []

        def verify(
            seed: int,
            progress: Callable[[int, int, str], None] | None,
            proving: object,
            *,
            pictured: bool,
        ) -> Report:
            assert proving is not None
            assert pictured
            seeds.append(seed)
            if progress is not None:
                progress(0, 1, "Dense")
            if isinstance(outcome, BaseException):
                raise outcome
            return outcome

        monkeypatch.setattr(gradcheck.verify, "verify", verify)
        return seeds

    return install


def run(directory: Path, *arguments: str) -> int:
    return cli.main(["verify", "--output", str(directory), *arguments])


def process(arguments: Sequence[str], **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, *arguments]
    return subprocess.run(command, text=True, capture_output=True, check=False, **more)


@pytest.mark.parametrize(
    ("report", "code"),
    [(RIGHT, 0), (WRONG, 1), (UNCLEAR, 3), (report_of(), 3), (report_of(dense(), planned=99), 3)],
    ids=["right", "wrong", "unclear", "nothing", "incomplete"],
)
def test_exit_code_and_files(
    fake: Install, tmp_path: Path, capsys: Captured, report: Report, code: int
) -> None:
    fake(report)
    assert run(tmp_path) == code
    assert sorted(path.name for path in tmp_path.iterdir()) == FILES
    assert (tmp_path / "report.json").read_text(encoding="utf-8") == report_json(report)
    assert (tmp_path / "report.md").read_text(encoding="utf-8") == report_markdown(report)
    out, err = capsys.readouterr()
    assert err == ""
    places = [tmp_path / name for name in (*NAMES, "notes.md")]
    assert out.endswith(f"written: {', '.join(map(str, places))}\n")
    page = (tmp_path / "notes.md").read_text(encoding="utf-8")
    assert page.startswith("# The lecture notes, verified\n")
    assert not any(line.endswith(" ") for line in out.splitlines())


def test_json_is_all_that_standard_output_gets(
    fake: Install, tmp_path: Path, capsys: Captured
) -> None:
    fake(WRONG)
    assert run(tmp_path, "--format", "json") == 1
    out, err = capsys.readouterr()
    jsonschema.Draft202012Validator(schema()).validate(json.loads(out))
    assert out == (tmp_path / "report.json").read_text(encoding="utf-8")
    assert err == ""


@pytest.mark.parametrize("more", [[], ["--format", "json"]], ids=["text", "json"])
def test_quiet_prints_nothing_and_writes_the_files(
    fake: Install, tmp_path: Path, capsys: Captured, more: list[str]
) -> None:
    fake(WRONG)
    assert run(tmp_path, "--quiet", *more) == 1
    assert capsys.readouterr() == ("", "")
    assert (tmp_path / "report.md").exists()


def test_the_seed_is_passed_on(fake: Install, tmp_path: Path) -> None:
    seeds = fake(RIGHT)
    run(tmp_path)
    run(tmp_path, "--seed", "12")
    assert seeds == [0, 12]


def test_reports_is_where_they_go(
    fake: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(RIGHT)
    monkeypatch.chdir(tmp_path)
    assert cli.main(["verify"]) == 0
    assert (tmp_path / "reports" / "report.json").exists()


def test_a_directory_is_made_with_its_parents_and_files_are_replaced(
    fake: Install, tmp_path: Path
) -> None:
    fake(WRONG)
    run(tmp_path / "a" / "b")
    fake(RIGHT)
    run(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "report.json").read_text(encoding="utf-8") == report_json(RIGHT)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--seed", "x"], "'x' is not a valid integer"),
        (["--seed", "-1"], "-1 is not in the range x>=0"),
        (["--format", "xml"], "'xml' is not one of 'text', 'json'"),
        (["--no-such"], "--no-such"),
        (["extra"], "extra"),
    ],
    ids=["word", "negative", "format", "option", "argument"],
)
def test_usage_is_2(
    fake: Install, tmp_path: Path, capsys: Captured, arguments: list[str], message: str
) -> None:
    seeds = fake(RIGHT)
    assert run(tmp_path, *arguments) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert message in err
    assert seeds == []


def test_an_unknown_command_is_usage(capsys: Captured) -> None:
    assert cli.main(["prove-all"]) == 2
    assert "No such command 'prove-all'" in capsys.readouterr().err


def test_output_that_is_a_file(fake: Install, tmp_path: Path, capsys: Captured) -> None:
    seeds = fake(RIGHT)
    place = tmp_path / "taken"
    place.write_text("mine", encoding="utf-8")
    for directory in (place, place / "below"):
        assert run(directory) == 2
        assert capsys.readouterr().err == (
            f"gradcheck: --output {directory}: a file stands in its place, must be a directory; "
            "name another\n"
        )
    assert place.read_text(encoding="utf-8") == "mine"
    assert seeds == []


def test_output_that_cannot_be_written_to(
    fake: Install, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    seeds = fake(RIGHT)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    # Root may write anywhere, so that permissions alone show nothing in a container.
    monkeypatch.setattr(cli.Path, "write_text", refuse)
    assert run(tmp_path) == 2
    expected = (
        f"gradcheck: --output {tmp_path}: cannot be written to (Permission denied), must be a "
        "directory in which files can be made; name another or change its permissions\n"
    )
    assert capsys.readouterr().err == expected
    assert seeds == []


def test_output_whose_report_is_a_directory(
    fake: Install, tmp_path: Path, capsys: Captured
) -> None:
    fake(RIGHT)
    (tmp_path / "report.md").mkdir()
    assert run(tmp_path) == 2
    assert "report.md in it is a directory, must be a file" in capsys.readouterr().err


@pytest.mark.parametrize(("report", "code"), [(RIGHT, 3), (WRONG, 1)], ids=["right", "wrong"])
def test_a_full_disk_leaves_the_old_files_alone(
    fake: Install,
    tmp_path: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    report: Report,
    code: int,
) -> None:
    fake(report)
    (tmp_path / "report.md").write_text("old", encoding="utf-8")
    write = cli.Path.write_text

    def full(path: Path, text: str, **more: str) -> int:
        if text and "report.md" in path.name:
            write(path, text[:10], **more)
            raise OSError(28, "No space left on device")
        return write(path, text, **more)

    monkeypatch.setattr(cli.Path, "write_text", full)
    assert run(tmp_path) == code
    assert "the reports could not be written" in capsys.readouterr().err
    assert [(p.name, p.read_text(encoding="utf-8")) for p in tmp_path.iterdir()] == [
        ("report.md", "old")
    ]


def test_a_crash_of_our_own_is_3_in_one_line(
    fake: Install, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GRADCHECK_TRACEBACK", raising=False)
    fake(ZeroDivisionError("division\nby zero"))
    assert run(tmp_path) == 3
    assert capsys.readouterr() == (
        "",
        (
            "gradcheck: could not check, gradcheck itself failed: "
            "ZeroDivisionError: division by zero; set GRADCHECK_TRACEBACK=1 to see the traceback\n"
        ),
    )


def test_the_traceback_can_be_seen(
    fake: Install, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRADCHECK_TRACEBACK", "1")
    fake(ZeroDivisionError())
    assert run(tmp_path) == 3
    assert capsys.readouterr().err.startswith("Traceback (most recent call last):\n")


def test_an_interruption_is_130(fake: Install, tmp_path: Path, capsys: Captured) -> None:
    fake(KeyboardInterrupt())
    assert run(tmp_path) == 130
    assert "Traceback" not in (err := capsys.readouterr().err)
    assert err.endswith("gradcheck: interrupted\n")
    assert list(tmp_path.iterdir()) == []


class Gone(io.StringIO):
    """A pipe whose reader has gone away, or a full disk."""

    def __init__(self, error: OSError) -> None:
        super().__init__()
        self.error = error

    def flush(self) -> None:
        if self.getvalue():
            raise self.error


@pytest.mark.parametrize(("report", "code"), [(RIGHT, 0), (WRONG, 1)], ids=["right", "wrong"])
@pytest.mark.parametrize("form", ["text", "json"])
def test_a_broken_pipe_keeps_the_verdict(
    fake: Install,
    tmp_path: Path,
    capsys: Captured,
    monkeypatch: pytest.MonkeyPatch,
    form: str,
    report: Report,
    code: int,
) -> None:
    fake(report)
    monkeypatch.setattr(sys, "stdout", Gone(BrokenPipeError()))
    assert run(tmp_path, "--format", form) == code
    assert capsys.readouterr().err == ""


def test_output_lost_on_a_full_disk_is_3(
    fake: Install, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(RIGHT)
    monkeypatch.setattr(sys, "stdout", Gone(OSError(28, "No space left on device")))
    assert run(tmp_path) == 3
    assert "No space left on device" in capsys.readouterr().err


def test_a_real_pipe_that_is_closed() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    command = [sys.executable, "-m", "gradcheck", "--help"]
    done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert done.returncode == 3
    assert done.stderr == b""


def test_closed_streams(fake: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(RIGHT)
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run(tmp_path) == 0


def test_ascii_streams_get_every_line(
    fake: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake(WRONG)
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    assert run(tmp_path) == 1
    assert b"0.75 ? 3.0e-10" in raw.getvalue()


class Screen(io.StringIO):
    """A terminal."""

    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("quiet", [False, True])
def test_a_progress_bar_on_a_terminal_only(
    fake: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, quiet: bool
) -> None:
    for name in ("NO_COLOR", "TERM", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    fake(RIGHT)
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    assert run(tmp_path, *(["--quiet"] if quiet else [])) == 0
    assert ("Dense" in screen.getvalue()) is not quiet


def test_colours_on_a_terminal(
    fake: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    fake(WRONG)
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    assert run(tmp_path) == 1
    assert "\x1b[1;31mFAIL" in screen.getvalue()


def test_version(capsys: Captured) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"gradcheck {gradcheck.__version__}\n"


def test_help_names_every_option(capsys: Captured) -> None:
    assert cli.main(["verify", "--help"]) == 0
    out = capsys.readouterr().out
    for option in ("--output DIR", "--seed", "--format [text|json]", "--quiet"):
        assert option in out


def test_python_m_gradcheck() -> None:
    done = process(["-m", "gradcheck", "--version"])
    assert (done.returncode, done.stdout) == (0, f"gradcheck {gradcheck.__version__}\n")
    assert process(["-m", "gradcheck", "verify", "--seed", "x"]).returncode == 2


def test_the_command_line_imports_nothing_that_it_does_not_use() -> None:
    heavy = "{'numpy', 'sympy', 'mpmath', 'rich', 'jinja2', 'reference_net'}"
    done = process(["-c", f"import sys, gradcheck.cli; print({heavy} & set(sys.modules))"])
    assert done.stdout == "set()\n"
