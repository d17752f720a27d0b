"""Two processes of one file share its subjects, and find what one of them finds."""

from __future__ import annotations

import os
from dataclasses import replace
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.records import Verdict
from gradcheck.students import check, hosts, lane, spawn
from gradcheck.students.adapter import Description, Input
from gradcheck.students.hosts import Options
from gradcheck.students.process import Sandbox

if TYPE_CHECKING:
    from pathlib import Path

    from gradcheck.records import Result

LAYERS = """
import numpy as np

class Sigmoid:
    def forward(self, X):
        self.Y = 1 / (1 + np.exp(-X))
        return self.Y
    def backward(self, dY):
        return dY * self.Y * (1 - self.Y)

class Tanh:
    def forward(self, X):
        self.Y = np.tanh(X)
        return self.Y
    def backward(self, dY):
        return dY * (1 + self.Y ** 2)

class ReLU:
    def forward(self, X):
        self.X = X
        return np.maximum(0, X)
    def backward(self, dY):
        return dY * (self.X > 0)
"""

ENDS = """
import os

class Cube:
    def forward(self, X):
        self.X = X
        return X ** 3
    def backward(self, dY):
        if self.X.shape and abs(self.X).max() > 50:
            os._exit(3)
        return dY * 3 * self.X ** 2
"""


@pytest.fixture
def two(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let there be two processors; return what each lane looks at, by the number of its process."""
    monkeypatch.setattr(hosts.os, "cpu_count", lambda: 2)
    looked: list[Any] = []
    one = lane.Lane.one

    def noted(self: lane.Lane, index: int, description: Description) -> Result:
        looked.append((id(self), description.name))
        return one(self, index, description)

    monkeypatch.setattr(lane.Lane, "one", noted)
    return looked


def checked(path: Path, text: str, only: tuple[str, ...] = ()) -> dict[str, Result]:
    path.write_text(text, encoding="utf-8")
    return {result.name: result for result in check.check_path(path, Options(only=only)).results}


def timeless(result: Result) -> Result:
    return replace(result, checks=tuple(replace(one, seconds=0.0) for one in result.checks))


def test_two_lanes_find_what_one_finds(
    two: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = checked(tmp_path / "layers.py", LAYERS)
    assert len({who for who, _ in two}) == 2
    monkeypatch.setattr(hosts.os, "cpu_count", lambda: 1)
    two.clear()
    alone = checked(tmp_path / "layers.py", LAYERS)
    assert len({who for who, _ in two}) == 1
    assert list(shared) == list(alone) == ["Sigmoid", "Tanh", "ReLU"]
    assert shared["Tanh"].verdict is Verdict.FAIL
    assert {n: timeless(r) for n, r in shared.items()} == {n: timeless(r) for n, r in alone.items()}


def test_what_is_asked_for_alone_needs_no_second_lane(two: list[Any], tmp_path: Path) -> None:
    (result,) = checked(tmp_path / "layers.py", LAYERS, only=("ReLU",)).values()
    assert result.verdict is Verdict.PASS
    assert len({who for who, _ in two}) == 1


def test_a_file_that_is_another_in_the_second_process_is_looked_at_in_the_first(
    two: list[Any], tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    text = f"""{LAYERS}
try:
    open({str(mark)!r}, "x").close()
except FileExistsError:
    del Tanh
"""
    results = checked(tmp_path / "layers.py", text)
    assert len({who for who, _ in two}) == 1
    # Either process may be the first to load it.
    assert results["Tanh"].verdict in (Verdict.FAIL, Verdict.NOT_RUN)
    assert results["ReLU"].verdict is results["Sigmoid"].verdict is Verdict.PASS


def test_what_ends_one_process_does_not_end_the_other(two: list[Any], tmp_path: Path) -> None:
    results = checked(tmp_path / "layers.py", LAYERS + ENDS)
    assert len({who for who, _ in two}) == 2
    verdicts = {name: result.verdict for name, result in results.items()}
    assert verdicts == {
        "Sigmoid": Verdict.PASS,
        "Tanh": Verdict.FAIL,
        "ReLU": Verdict.PASS,
        "Cube": Verdict.ERROR,
    }


def test_a_fault_of_our_own_in_the_second_lane_is_raised(
    two: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = lane.Lane.one

    def faulty(self: lane.Lane, index: int, description: Description) -> Result:
        if description.name == "Tanh":
            raise ZeroDivisionError("ours")
        return one(self, index, description)

    monkeypatch.setattr(lane.Lane, "one", faulty)
    with pytest.raises(ZeroDivisionError, match="ours"):
        checked(tmp_path / "layers.py", LAYERS)


def test_the_work_is_parted_by_the_number_of_gradients() -> None:
    def group(name: str, gradients: int, constants: int = 0) -> Any:
        inputs = [Input(name="x", shape=(2, 1), constant=k < constants)
                  for k in range(gradients + constants)]  # fmt: skip
        return name, [(0, Description(name=name, role="other", inputs=tuple(inputs)))]

    groups = dict([group("a", 1), group("Dense", 3), group("b", 1), group("loss", 1, 5)])
    assert lane._half(groups) == ["a", "b", "loss"]
    assert lane._half({}) == []
    assert lane._half(dict([group("a", 1)])) == []


def test_a_process_that_cannot_be_copied_does_it_all(
    two: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spawn, "FORKS", False)
    results = checked(tmp_path / "layers.py", LAYERS)
    assert len(results) == 3
    assert len({who for who, _ in two}) == 1


@pytest.mark.skipif(not spawn.FORKS, reason="no process is forked here")
def test_both_processes_have_ended_and_nothing_is_left_of_their_group(tmp_path: Path) -> None:
    path = tmp_path / "layers.py"
    path.write_text(LAYERS, encoding="utf-8")
    sandbox = Sandbox(path)
    sandbox.start(twice=True)
    spawned = sandbox._spawned
    found = sandbox.survey().descriptions
    assert {"Sigmoid", "Tanh", "ReLU"} <= {one.name for one in found}
    assert sandbox.twin.survey().descriptions == found
    sandbox.twin.close()
    sandbox.close()
    deadline = monotonic() + 5
    with pytest.raises(ProcessLookupError):  # noqa: PT012 - it is asked until then
        while monotonic() < deadline:
            os.killpg(spawned._process.pid, 0)
            sleep(0.01)
