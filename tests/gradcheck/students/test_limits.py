"""Limits of a process: set for good where the system can, said where it cannot."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from gradcheck.students import limits
from gradcheck.students.limits import Limits, apply

CODE = """
import json, resource
from gradcheck.students.limits import Limits, apply
notes = apply(Limits(cpu=7, memory=1 << 30, file=1 << 20, files=32))
names = ("RLIMIT_FSIZE", "RLIMIT_NOFILE", "RLIMIT_CORE", "RLIMIT_CPU")
print(json.dumps([notes, [resource.getrlimit(getattr(resource, name)) for name in names]]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems set fewer")
def test_they_are_set_for_good() -> None:
    run = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    notes, found = json.loads(run.stdout)
    assert notes == []
    assert found[:3] == [[1 << 20, 1 << 20], [32, 32], [0, 0]]
    assert found[3][0] == 7


def test_where_none_can_be_set_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "resource", None)
    (note,) = apply(Limits())
    assert note.startswith("limits on processor time, memory, file size and open files cannot be")


def test_each_that_cannot_be_set_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "_lowered", lambda name, value: name == "RLIMIT_CPU")
    monkeypatch.setattr(limits, "_address_space", lambda: None)
    notes = apply(Limits())
    assert any("memory" in note for note in notes)
    assert any("file size" in note for note in notes)
    assert not any("processor time" in note for note in notes)
