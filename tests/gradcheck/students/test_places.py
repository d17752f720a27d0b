"""Where gradients come out: by names first, then by position, then by shape."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcheck.students.parameters import Parameter, named_parameters
from gradcheck.students.places import (
    changed,
    gradients_of,
    output_of,
    state_of,
)

X, DX = np.ones((3, 2)), np.full((3, 2), 2.0)
W, B = np.ones((2, 5)), np.ones(5)
DW, DB = np.full((2, 5), 3.0), np.full(5, 4.0)


class Root:
    def __init__(self, **held: Any) -> None:
        self.__dict__.update(held)


PARAMETERS = [
    Parameter(name="W", places=((("attr", "W"),),), array=W),
    Parameter(name="b", places=((("attr", "b"),),), array=B),
]


def found(returned: Any, names: list[str], **after: Any) -> list[Any]:
    root = Root(W=W.copy(), b=B.copy())
    before = state_of(root)
    root.__dict__.update(after)
    sources = gradients_of(returned, names, root, before, X, PARAMETERS)
    return [s and (s.kind, *(step for _, step in s.place)) for s in sources]


STATES = [
    {"dW": DW, "db": DB}, {"grad_W": DW, "grad_b": DB},
    {"weights_gradient": DW, "bias_gradient": DB}, {"d_weights": DW, "d_biases": DB},
]  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=[next(iter(s)) for s in STATES])
def test_attributes_are_told_by_their_names(state: dict[str, Any]) -> None:
    w, b = state
    assert found(DX, [], **state) == [("backward",), ("state", w), ("state", b)]


def test_dicts_are_told_by_their_keys() -> None:
    assert found(DX, [], grads={"b": DB, "W": DW}) == [
        ("backward",), ("state", "grads", "W"), ("state", "grads", "b"),
    ]  # fmt: skip
    assert found({"db": DB, "dx": DX, "dW": DW}, []) == [
        ("backward", "dx"), ("backward", "dW"), ("backward", "db"),
    ]  # fmt: skip


def test_a_tuple_is_told_by_the_names_in_its_return() -> None:
    assert found((DB, DW, DX), ["db", "dw", "dx"]) == [
        ("backward", 2), ("backward", 1), ("backward", 0),
    ]  # fmt: skip


def test_a_tuple_without_names_is_told_by_shapes() -> None:
    assert found((DX, DB, DW), ["", "", ""]) == [
        ("backward", 0), ("backward", 2), ("backward", 1),
    ]  # fmt: skip


def test_what_changed_is_an_update() -> None:
    assert found(DX, [], W=W - DW, b=B - DB) == [
        ("backward",), ("update", "W"), ("update", "b"),
    ]  # fmt: skip


def test_a_gradient_in_the_state_is_taken_before_an_update() -> None:
    assert found(DX, [], W=W - DW, b=B - DB, dW=DW)[1:] == [("state", "dW"), ("update", "b")]


def test_dinputs_is_the_gradient_of_x() -> None:
    assert found(None, [], dinputs=DX, dweights=DW, dbiases=DB) == [
        ("state", "dinputs"), ("state", "dweights"), ("state", "dbiases"),
    ]  # fmt: skip


def test_a_gradient_that_is_one_number_is_found() -> None:
    assert found(DX, [], dW=DW, db=DB.sum())[2] == ("state", "db")


def test_a_gradient_that_is_not_there_is_none() -> None:
    assert found(None, []) == [None, None, None]
    assert found(DX, [], dW=DW) == [("backward",), ("state", "dW"), None]


def test_values_decide_nothing() -> None:
    state = {"dW": DW, "db": DB}
    wrong = {"dW": -7 * DW, "db": DB[::-1] + 1}
    assert found(DX, [], **state) == found(-DX, [], **wrong)


def test_an_output_is_returned_or_left() -> None:
    root = Root()
    before = state_of(root)
    assert output_of(X, root, before).kind == "forward"  # type: ignore[union-attr]
    assert output_of((X, {"cache": W}), root, before).place == (("item", 0),)  # type: ignore[union-attr]
    assert output_of(None, root, before) is None
    root.other, root.output = W, X
    source = output_of(None, root, before)
    assert source is not None
    assert (source.kind, source.place) == ("state", (("attr", "output"),))


def test_what_is_new_or_changed_is_seen() -> None:
    root = Root(W=W.copy(), b=B.copy())
    before = state_of(root)
    root.b += 1
    root.dW = DW
    assert {one.name for one in changed(root, before)} == {"b", "dW"}


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["weights", "bias"], ["W", "b"]),
        (["W1", "b1", "W2", "b2"], ["W1", "b1", "W2", "b2"]),
        (["weights", "kernel"], ["W1", "W2"]),
        (["gamma", "beta"], ["gamma", "beta"]),
        (["x", "t"], ["x_", "t_"]),
    ],
    ids=["dense", "network", "twice", "norm", "taken"],
)
def test_parameters_have_names_of_their_own(names: list[str], expected: list[str]) -> None:
    groups = [(((("attr", name),),), W) for name in names]
    assert [p.name for p in named_parameters(groups)] == expected
