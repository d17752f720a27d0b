"""The claims in words: each can fail, and does where the layer is another."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import pytest

from gradcheck.notes.equation import LITERAL, Reading
from gradcheck.notes.formulas import FORMULAS
from gradcheck.notes.meaning import general_words, words
from gradcheck.notes.meaning.identity import holds
from gradcheck.notes.meaning.settings import SETTINGS
from gradcheck.notes.meaning.words import CLAIMS
from gradcheck.notes.meaning.world import World

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = {"i": 2, "j": 2, "n": 2}
AFFINE = Reading(constant=True, corrected=True)


def true(name: str, reading: Reading = AFFINE) -> bool:
    told = list(CLAIMS[name](SIZES, reading))
    assert told
    return all(holds(case) for case in told)


@pytest.mark.parametrize("name", CLAIMS)
def test_it_holds(name: str) -> None:
    assert true(name)


@pytest.mark.parametrize("name", ["linear_network", "named_matrix"])
def test_at_its_word_it_does_not(name: str) -> None:
    assert not true(name, LITERAL)


def _with(monkeypatch: pytest.MonkeyPatch, name: str, forward: Callable[..., Any]) -> None:
    changed = {**FORMULAS, name: replace(FORMULAS[name], forward=forward)}
    monkeypatch.setattr(words, "FORMULAS", MappingProxyType(changed))


def _squared(x: Any, W: Any, b: Any) -> Any:
    return W * x.applyfunc(lambda v: v**2) + b


@pytest.mark.parametrize("name", ["linear_network", "pass_back", "sequential"])
def test_of_another_layer_it_does_not(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    _with(monkeypatch, "dense", _squared)
    assert not true(name)


@pytest.mark.parametrize("name", ["connected", "elementwise"])
def test_with_another_slope_it_does_not(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slope = World.slope
    monkeypatch.setattr(World, "slope", lambda world, k, *rest: slope(world, 3 - k, *rest))
    assert not true(name)


def test_uphill_is_no_descent(monkeypatch: pytest.MonkeyPatch) -> None:
    slope = World.cost_slope
    monkeypatch.setattr(World, "cost_slope", lambda *arguments: -slope(*arguments))
    assert not true("descent")


def test_a_product_that_is_not_elementwise(monkeypatch: pytest.MonkeyPatch) -> None:
    matrix = words._matrix
    monkeypatch.setattr(
        words, "_matrix", lambda letter, *size: matrix(letter, *size) * (1 + (letter == "b"))
    )
    assert true("hadamard")
    monkeypatch.setattr(words, "_case", lambda where, _, oracle: words.Case(
        where=where, printed=0, oracle=oracle, indices={}))  # fmt: skip
    assert not true("hadamard")


class TestAtEverySize:
    @staticmethod
    def sizes() -> dict[str, Any]:
        from sympy import Symbol

        return {name: Symbol(name, integer=True, positive=True) for name in SIZES}

    @pytest.mark.parametrize("name", general_words.GENERAL)
    def test_it_holds(self, name: str) -> None:
        told = list(general_words.GENERAL[name](self.sizes(), AFFINE))
        assert told
        assert all(holds(case) for case in told)

    def test_without_the_constant_it_does_not(self) -> None:
        (case,) = general_words.linear_network(self.sizes(), LITERAL)
        assert case.printed != case.oracle

    @pytest.mark.parametrize("name", ["connected", "elementwise"])
    def test_with_another_slope_it_does_not(
        self, name: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        slope = World.slope
        monkeypatch.setattr(World, "slope", lambda world, k, *rest: slope(world, rest[1], *rest))
        assert not all(holds(case) for case in general_words.GENERAL[name](self.sizes(), LITERAL))


def test_a_world_at_letters_is_the_world_at_numbers() -> None:
    """The sums of `settings` and the matrices of `FORMULAS` are the same functions."""
    for name in ("dense", "softmax"):
        setting = SETTINGS[name]
        concrete = World(setting, dict.fromkeys(setting.sizes, 3))
        assert setting.general is not None
        for k in (1, 2, 3):
            assert (setting.general(concrete, k) - concrete.entry("y", k, 1)).simplify() == 0
