"""What is handed to a constructor."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcheck.students.construct import build_at, proposals
from gradcheck.students.stock import PlainDescent, Sizes, Stock

SIZES = Sizes()


def first(constructor: Any, **stock: Any) -> dict[str, Any]:
    positional, keywords = next(proposals(constructor, SIZES, Stock(**stock)))()
    assert positional == ()
    return keywords


NAMES = {
    "n_in, n_out": (2, 5), "n_out, n_in": (5, 2), "input_size, output_size": (2, 5),
    "fan_in, fan_out": (2, 5), "in_features, out_features": (2, 5), "u, v": (2, 5),
    "n_inputs, n_neurons": (2, 5), "eingang, ausgang": (2, 5), "entradas, salidas": (2, 5),
    "units": (5,), "input_dim, hidden_dim, output_dim": (2, 4, 5),
}  # fmt: skip


@pytest.mark.parametrize(("names", "values"), NAMES.items(), ids=NAMES)
def test_sizes_are_told_by_names(names: str, values: tuple[int, ...]) -> None:
    namespace: dict[str, Any] = {}
    exec(f"def made({names}): ...", namespace)  # noqa: S102 - a signature from the table
    given = first(namespace["made"])
    assert tuple(given[name] for name in names.split(", ")) == values


def test_sizes_are_pairwise_different() -> None:
    sizes = {SIZES.inputs, SIZES.outputs, SIZES.hidden, SIZES.batch}
    assert len(sizes) == 4
    assert (SIZES.swapped().inputs, SIZES.swapped().outputs) == (SIZES.outputs, SIZES.inputs)


def test_what_is_no_size_is_known_by_name() -> None:
    def made(n_in, n_out, learning_rate, seed, rng, optimizer): ...

    given = first(made)
    assert given["learning_rate"] == 1.0
    assert given["seed"] == 0
    assert given["rng"].random() == np.random.default_rng(0).random()
    assert isinstance(given["optimizer"], PlainDescent)


def test_defaults_are_left_alone() -> None:
    def made(n_in, n_out, std=0.1, bias=1): ...

    assert set(first(made)) == {"n_in", "n_out"}


def test_every_instance_gets_things_of_its_own() -> None:
    def made(sizes): ...

    proposal = next(proposals(made, SIZES, Stock()))
    assert proposal()[1]["sizes"] == [2, 4, 5]
    assert proposal()[1]["sizes"] is not proposal()[1]["sizes"]


def test_a_configuration_comes_first() -> None:
    def made(mystery): ...

    ways = list(proposals(made, SIZES, Stock(), {"mystery": 7}))
    assert [way() for way in ways] == [((), {"mystery": 7})]


def test_an_activation_and_its_derivative_are_of_the_file() -> None:
    def made(activation, activation_prime): ...

    pair = (abs, round)
    given = first(made, pair=pair)
    assert (given["activation"], given["activation_prime"]) == pair


def test_a_reading_can_be_used_at_other_sizes() -> None:
    made = build_at(lambda n_in, n_out: (n_in, n_out), Sizes(inputs=7, outputs=9), Stock(), 0)
    assert made == (7, 9)


def test_plain_descent_leaves_the_array_alone() -> None:
    array = np.ones(2)
    assert np.array_equal(PlainDescent().update(array, np.ones(2)), np.zeros(2))
    assert np.array_equal(array, np.ones(2))
