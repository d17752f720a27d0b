"""Reaching every array of an object, and what stands for it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcheck.students.arrays import MOST, get, groups, name_of, put, reachable, written


class Thing:
    def __init__(self, **held: Any) -> None:
        self.__dict__.update(held)


class Slotted:
    __slots__ = ("W", "missing")

    def __init__(self) -> None:
        self.W = np.ones(2)


def places(root: Any) -> list[str]:
    return [written(one.place) for one in reachable(root)]


def test_arrays_are_found_wherever_they_stand() -> None:
    one = np.ones(2)
    root = Thing(
        W=one, params={"w": np.zeros(3), 1: np.zeros(1)}, layers=[Thing(b=np.ones(1)), (one,)]
    )
    assert places(root) == [
        "self.W", "self.params['w']", "self.params[1]", "self.layers[0].b", "self.layers[1][0]",
    ]  # fmt: skip


def test_slots_are_looked_into() -> None:
    assert places(Slotted()) == ["self.W"]


def test_only_floats_are_found() -> None:
    root = Thing(labels=np.arange(3), mask=np.ones(2, bool), text="W", x=1.5, W=np.ones(1))
    assert places(root) == ["self.W"]
    assert {one.name for one in reachable(root, scalars=True)} == {"x", "W"}


def test_an_object_that_holds_itself_ends() -> None:
    root = Thing(W=np.ones(1))
    root.self = root
    root.list = [root]
    assert places(root) == ["self.W"]


def test_a_long_list_ends() -> None:
    assert len(reachable([np.ones(1)] * (2 * MOST))) <= MOST


def test_nothing_of_a_student_is_called() -> None:
    class Trap:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(name)

        @property
        def W(self) -> Any:  # noqa: N802 - as students name it
            raise AssertionError("a property was called")

    assert reachable(Trap()) == []


def test_one_array_at_two_places_is_one_group() -> None:
    one = np.ones(2)
    root = Thing(W=one, params={"W": one}, b=np.ones(2))
    assert sorted(len(group) for group in groups(reachable(root))) == [1, 2]


def test_what_is_put_at_a_place_stands_there() -> None:
    root = Thing(params={"W": np.ones(1)}, layers=[Thing(b=np.ones(1))], pair=(np.ones(1),))
    for one in reachable(root):
        fresh = np.zeros(1)
        if one.place[0] == ("attr", "pair"):
            assert not put(root, one.place, fresh)
            continue
        assert put(root, one.place, fresh)
        assert get(root, one.place) is fresh


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ((("attr", "W"),), "W"),
        ((("attr", "weight"), ("attr", "value")), "weight"),
        ((("attr", "params"), ("key", "W1")), "W1"),
        ((("attr", "weights"), ("item", 0)), "weights"),
        ((), ""),
    ],
)
def test_the_last_name_that_tells_is_the_name(place: Any, name: str) -> None:
    assert name_of(place) == name
