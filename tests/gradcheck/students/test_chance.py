"""Random numbers of foreign code are the same ones each time, wherever they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck.students.chance import built, one_entropy, sources_of, start_again

if TYPE_CHECKING:
    from collections.abc import Callable

_of_module = np.random.default_rng()


class Plain:
    def draw(self) -> Any:
        return np.random.rand(3)  # noqa: NPY002 - as students write


class OfModule:
    def draw(self) -> Any:
        return _of_module.random(3)


class OfClass:
    rng = np.random.default_rng()

    def draw(self) -> Any:
        return self.rng.random(3)


class Own:
    def __init__(self) -> None:
        self.parts = [{"rng": np.random.RandomState()}]

    def draw(self) -> Any:
        return self.parts[0]["rng"].rand(3)


class AtTheStart:
    def __init__(self) -> None:
        self.drawn = np.random.default_rng().random(3) + _of_module.random(3)

    def draw(self) -> Any:
        return self.drawn


@pytest.mark.parametrize("kind", [Plain, OfModule, OfClass, Own, AtTheStart])
def test_every_object_draws_the_same_numbers(kind: Callable[[], Any]) -> None:
    draws = []
    for _ in range(2):
        root, sources = built(kind, lambda root: root.draw)
        for _ in range(2):
            start_again(sources)
            draws.append(root.draw())
    assert all(np.array_equal(draws[0], one) for one in draws[1:])


def test_generators_are_found_and_nothing_else_is() -> None:
    assert sources_of(OfModule()) == [_of_module]
    assert set(map(id, sources_of(OfClass()))) == {id(OfClass.rng), id(_of_module)}
    assert sources_of({"a": [1, "text", np.ones(2)]}) == []


def test_an_object_that_refers_to_itself_ends() -> None:
    ring: list[Any] = [np.random.default_rng(1)]
    ring.append(ring)
    assert sources_of(ring) == ring[:1]


def test_one_entropy_ends_with_its_block() -> None:
    with one_entropy():
        first, second = (np.random.default_rng().random() for _ in range(2))
    assert first == second
    assert np.random.default_rng().random() != np.random.default_rng().random()


def test_entropy_comes_back_after_an_error() -> None:
    with pytest.raises(ValueError, match="theirs"), one_entropy():
        raise ValueError("theirs")
    assert np.random.default_rng().random() != np.random.default_rng().random()
