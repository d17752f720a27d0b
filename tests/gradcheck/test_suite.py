from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from drawn import with_pictures
from handmade import FACTOR, ORACLES, dense, wrong

from gradcheck.render.files import NAMES
from gradcheck.suite import attachments, finished, prepared, properties

if TYPE_CHECKING:
    from pathlib import Path


class Config:
    """What is asked of pytest's configuration."""

    def __init__(self, root: Path, evidence: str = "tested") -> None:
        self.rootpath = root
        self.options = {"gradcheck_seed": 7, "gradcheck_evidence": evidence}

    def getoption(self, name: str) -> Any:
        return self.options[name]


RIGHT = dense()
WRONG = replace(
    dense(*(wrong("dW", oracle) for oracle in ORACLES), findings=(FACTOR,)), name="Other"
)


@pytest.fixture(autouse=True)
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)


def slower(result: Any) -> Any:
    return replace(result, checks=tuple(replace(c, seconds=c.seconds + 1) for c in result.checks))


def test_what_is_the_same_but_for_its_time_is_counted_once(tmp_path: Path) -> None:
    attached = [
        attachments([RIGHT, RIGHT], "test_a.py::one[x]"),
        attachments([slower(RIGHT), WRONG], "test_a.py::one[y]"),
    ]
    (line,) = finished(attached, Config(tmp_path), None)
    assert line == "gradcheck: 1 of 2 subjects wrong, 1 right; seed 7"


def test_the_order_is_that_of_names_whoever_was_first(tmp_path: Path) -> None:
    parts = [
        attachments([one], f"test_a.py::one[{k}]", set()) for k, one in enumerate((WRONG, RIGHT))
    ]
    texts = []
    for k, attached in enumerate((parts, parts[::-1])):
        finished(attached, Config(tmp_path), str(tmp_path / str(k)))
        texts.append((tmp_path / str(k) / "report.json").read_text())
    assert texts[0] == texts[1]
    names = [subject["name"] for subject in json.loads(texts[0])["subjects"]]
    assert names == ["Dense", "Other"]


def test_every_format_is_written_with_the_pictures(tmp_path: Path) -> None:
    drawn = attachments([with_pictures(WRONG)], "test_a.py::one", set())
    finished([drawn], Config(tmp_path), str(tmp_path / "out"))
    assert sorted(one.name for one in (tmp_path / "out").iterdir()) == sorted(NAMES)
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Finite differences of dX" in page


def test_all_of_a_result_is_sent_once(tmp_path: Path) -> None:
    sent: set[str] = set()
    first, second = (attachments([WRONG], f"test_a.py::{n}", sent) for n in ("b", "a"))
    assert len(second) < len(first) / 2
    finished([second, first], Config(tmp_path), str(tmp_path))
    report = json.loads((tmp_path / "report.json").read_text())
    assert [subject["name"] for subject in report["subjects"]] == ["Other"]


def test_a_folder_that_is_gone_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    (line,) = finished([], Config(tmp_path), str(tmp_path / "file"))
    assert "nothing was checked" in line
    assert "the reports could not be written" in line


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    prepared(str(tmp_path / "new"))
    assert (tmp_path / "new").is_dir()
    (tmp_path / "file").write_text("")
    with pytest.raises(pytest.UsageError, match="a file stands in its place"):
        prepared(str(tmp_path / "file"))


def test_that_a_proof_is_needed_is_said(tmp_path: Path) -> None:
    attached = [attachments([RIGHT], "a.py::b")]
    (line,) = finished(attached, Config(tmp_path, "proved"), None)
    assert line.endswith("; a pass needs a proof")


@pytest.mark.parametrize(
    ("file", "where"),
    [("", "test_a.py"), ("src/mine.py", "src/mine.py,line=4"), ("/elsewhere/x.py", "test_a.py")],
)
def test_annotations_are_where_the_code_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, where: str
) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    path = str(tmp_path / file) if file and not file.startswith("/") else file
    one = replace(WRONG, file=path, line=4)
    attached = [attachments([one, RIGHT], "test_a.py::one")]
    _, only = finished(attached, Config(tmp_path), None)
    assert only.startswith(f"::error file={where},title=Other::FAIL Other")


def test_properties() -> None:
    found = properties([RIGHT, WRONG, WRONG])
    assert found.count(("gradcheck.subject", "Other")) == 1
    assert ("gradcheck.verdict", "Dense: pass") in found
    assert ("gradcheck.findings", "Other: dW factor") in found
    assert not [value for name, value in found if name == "gradcheck.evidence" and "Other" in value]
