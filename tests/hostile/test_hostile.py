"""Hostile files: each ends in a clear verdict, never in a pass; and what follows is checked.

The first line of a file says what must come out for its class Layer: the verdicts that are right,
and a text that the reason must hold, or several with | between them. Its class Good is right.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from gradcheck.check import check_subject
from gradcheck.errors import SandboxError
from gradcheck.records import Verdict
from gradcheck.students.limits import Limits
from gradcheck.students.process import Sandbox
from gradcheck.subject import Subject

if TYPE_CHECKING:
    from gradcheck.records import Result
    from gradcheck.students.adapter import Description

HERE = Path(__file__).parent
FILES = sorted((HERE / "files").glob("*.py"))
SLOW = {"endless_deaf_at_import", "signal_handlers", "stop_itself", "memory_bomb_list"}
CASES = [
    pytest.param(path, id=path.stem, marks=[pytest.mark.slow] if path.stem in SLOW else [])
    for path in FILES
]
LIMITS = Limits(call=0.6, load=3.0, memory=512 * 1024**2, cpu=30)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the files are POSIX's")


def sandbox(path: Path, limits: Limits = LIMITS) -> Sandbox:
    return Sandbox(path, limits=limits, survey="simple_survey:survey", roots=[str(HERE)])


def checked(box: Sandbox, index: int, description: Description) -> tuple[Verdict, str, Result]:
    rng = np.random.default_rng(0)
    subject = Subject(
        name=description.name,
        names=tuple(one.name for one in description.inputs),
        inputs=tuple(rng.standard_normal(one.shape) for one in description.inputs),
        make=box.make(index),
    )
    box.renew()
    result = check_subject(subject, regimes="point")
    reasons = [box.ended, *(check.reason for check in result.checks)]
    return Verdict.ERROR if box.ended else result.verdict, " ".join(reasons), result


@pytest.mark.parametrize("path", CASES)
def test_hostile_file_ends_in_a_clear_verdict_and_the_next_class_is_checked(path: Path) -> None:
    first = path.read_text(encoding="utf-8").partition("\n")[0]
    verdicts, _, text = first.removeprefix("# expect ").partition(": ")
    texts = text.strip().split("|")
    with sandbox(path) as box:
        if verdicts == "unloaded":
            with pytest.raises(SandboxError) as caught:
                box.survey()
            assert any(one in str(caught.value) for one in texts)
            return
        descriptions = box.survey().descriptions
        found = {one.name: k for k, one in enumerate(descriptions)}
        for name in ("Layer", "Good"):
            if name == "Layer" and name not in found:
                continue
            verdict, reason, _ = checked(box, found[name], descriptions[found[name]])
            if name == "Good":
                assert verdict is Verdict.PASS, reason
            else:
                assert verdict.value in verdicts.split(), reason
                assert any(one in reason for one in texts), reason
                assert "\x1b" not in reason
                assert len(reason) < 5000


def test_there_are_many() -> None:
    assert len(FILES) >= 20


def test_the_file_after_a_hostile_one_is_checked() -> None:
    for name, wanted in (("os_exit_in_forward", Verdict.ERROR), ("endless_at_import", None)):
        with sandbox(HERE / "files" / f"{name}.py") as box:
            descriptions = box.survey().descriptions
            verdict, _, _ = checked(box, 0, descriptions[0])
            assert verdict is (wanted or Verdict.PASS)
