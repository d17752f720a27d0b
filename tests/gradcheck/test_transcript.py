"""The audit is kept for its sources, and made again where what was kept is not whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gradcheck import transcript
from gradcheck.notes.audit import Audited, audited
from gradcheck.notes.index import EQUATIONS
from gradcheck.oracles import derivations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@pytest.fixture(scope="module")
def whole() -> list[Audited]:
    return audited(EQUATIONS, 2)


@pytest.fixture
def made(
    whole: list[Audited], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> list[Sequence[object]]:
    """Note each time that the audit is made, and keep it in a folder of its own."""
    calls: list[Sequence[object]] = []

    def make(equations: Sequence[object]) -> list[Audited]:
        calls.append(equations)
        return whole

    monkeypatch.setenv(derivations.FOLDER, str(tmp_path))
    monkeypatch.setattr(transcript, "audited", make)
    return calls


def test_it_is_made_once(made: list[Sequence[object]], whole: list[Audited]) -> None:
    assert transcript.transcript() == whole
    assert transcript.transcript() == whole
    assert made == [EQUATIONS]


@pytest.mark.parametrize("spoil", ["cut", "verdict", "id", "text"])
def test_what_is_not_whole_is_made_again(
    made: list[Sequence[object]], whole: list[Audited], tmp_path: Path, spoil: str
) -> None:
    transcript.transcript()
    (path,) = tmp_path.glob("*.json")
    kept = json.loads(path.read_text(encoding="utf-8"))
    first = json.loads(kept[0])
    changed = {
        "cut": kept[1:],
        "verdict": [json.dumps({**first, "verdict": "right"}), *kept[1:]],
        "id": [json.dumps({**first, "id": "none"}), *kept[1:]],
        "text": ["{", *kept[1:]],
    }[spoil]
    path.write_text(json.dumps(changed), encoding="utf-8")
    assert transcript.transcript() == whole
    assert len(made) == 2


def test_another_source_is_another_audit(
    made: list[Sequence[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    transcript.transcript()
    monkeypatch.setattr(transcript, "_sources", lambda: "another")
    transcript.transcript()
    assert len(made) == 2


def test_without_a_cache_it_is_made_each_time(
    made: list[Sequence[object]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(derivations.FOLDER, "0")
    transcript.transcript()
    transcript.transcript()
    assert len(made) == 2
