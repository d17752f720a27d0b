"""From a description to a subject: the values that the one who checks draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcheck.students.adapter import Description, Input
from gradcheck.students.draw import values_of
from gradcheck.students.subjects import subject_of

RNG = np.random.default_rng


def subject(*inputs: Input, seed: int = 0, **facts: Any) -> Any:
    description = Description(name="S", role="dense", inputs=inputs, output="rows", **facts)
    return subject_of(description, lambda: None, lambda rate: None, seed, "again")  # type: ignore[arg-type, return-value]


@pytest.mark.parametrize("axis", [0, 1])
def test_probabilities_sum_to_1_along_the_features(axis: int) -> None:
    one = Input(name="y", shape=(3, 5), values="probability", axis=axis)
    assert np.allclose(values_of(one, RNG(0)).sum(axis=axis), 1)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_one_hot_target_has_one_class_an_example(axis: int) -> None:
    one = Input(name="t", shape=(3, 5), values="one-hot", axis=axis)
    hot = values_of(one, RNG(0))
    assert set(hot.ravel()) == {0.0, 1.0}
    assert (hot.sum(axis=axis) == 1).all()


def test_labels_are_integers_below_the_number_of_classes() -> None:
    labels = values_of(Input(name="t", shape=(9,), values="labels", classes=4), RNG(0))
    assert labels.dtype == np.int64
    assert set(labels) == set(range(4))


@pytest.mark.parametrize("seed", range(5))
def test_the_highest_label_is_there_where_there_are_fewer_examples(seed: int) -> None:
    labels = values_of(Input(name="t", shape=(3,), values="labels", classes=5), RNG(seed))
    assert labels.max() == 4
    assert len(set(labels)) == 3


def test_a_number_is_drawn_as_an_array_of_no_dimensions() -> None:
    for parameter in (False, True):
        drawn = values_of(Input(name="b", shape=(), parameter=parameter), RNG(0))
        assert isinstance(drawn, np.ndarray)
        assert drawn.shape == ()


def test_parameters_are_not_zero_and_both_signs_are_there() -> None:
    one = values_of(Input(name="b", shape=(50,), parameter=True), RNG(0))
    assert (one != 0).all()
    assert (one > 0).any()
    assert (one < 0).any()


def test_logits_and_probabilities_stay_where_nobody_clips() -> None:
    made = subject(
        Input(name="x", shape=(300,), values="logit"),
        Input(name="y", shape=(30, 5), values="probability"),
    )
    assert np.abs(made.inputs[0]).max() < 4
    assert made.inputs[1].min() > 1e-3
    assert set(made.domain) == {"x", "y"}


def test_the_layout_of_the_output_does_not_hide_that_of_a_prediction() -> None:
    named = Input(name="y", shape=(3, 5), layout="columns")
    assert subject(named).layout["y"] == "columns"
    assert subject(Input(name="x", shape=(3, 5), layout="columns")).layout["y"] == "rows"


def test_the_same_seed_draws_the_same_inputs() -> None:
    one = Input(name="x", shape=(3, 5))
    assert np.array_equal(subject(one).inputs[0], subject(one).inputs[0])
    assert not np.array_equal(subject(one).inputs[0], subject(one, seed=1).inputs[0])


def test_constants_parameters_and_rates_are_handed_on() -> None:
    inputs = (
        Input(name="x", shape=(3, 2)),
        Input(name="W", shape=(2, 5), parameter=True),
        Input(name="t", shape=(3,), values="labels", classes=5, constant=True),
    )
    made = subject(*inputs, rate=True)
    assert made.parameters == {"W"}
    assert made.constants == made.fixed == {"t"}
    assert made.at_rate is not None
    assert subject(*inputs).at_rate is None
