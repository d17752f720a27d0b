"""What is done with a layer before it is used."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.students.starting import start, ways_to_start


class Early:
    def set_input_shape(self, shape: Any) -> None:
        self.shape = shape

    def initialize(self, optimizer: Any) -> None:
        self.optimizer = optimizer


class Late:
    def setup(self, input_shape: Any, rng: Any) -> None:
        self.shape, self.rng = input_shape, rng


class Unclear:
    def initialize(self, mystery: Any) -> None:
        raise AssertionError

    setup = initialize


def test_a_layer_is_told_the_shape_of_an_example_and_an_optimizer() -> None:
    made = Early()
    start(made, (3, 5), "")
    assert made.shape == (5,)
    assert made.optimizer.update(2.0, 0.5) == 1.5
    assert ways_to_start(Early) == ("",)


def test_a_layer_is_set_up_only_where_it_does_not_run_without() -> None:
    assert ways_to_start(Late) == ("", "whole", "one")
    made = Late()
    start(made, (3, 5), "")
    assert not hasattr(made, "shape")
    start(made, (3, 5), "whole")
    assert made.shape == (3, 5)
    assert isinstance(made.rng, np.random.Generator)
    start(made, (3, 5), "one")
    assert made.shape == (5,)


def test_what_is_not_understood_is_not_called() -> None:
    start(Unclear(), (3, 5), "")
    start(Unclear(), (3, 5), "whole")
