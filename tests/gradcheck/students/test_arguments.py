"""What goes in for each argument."""

from __future__ import annotations

from typing import Any

import pytest

from gradcheck.students.arguments import (
    arguments_of,
    arrays_among,
    filled,
    takes_varargs,
    upstream_among,
)
from gradcheck.students.texts import returned_names, source_of


def arguments(function: Any) -> Any:
    found = arguments_of(function)
    assert found is not None
    return found


def test_the_kind_and_the_default_of_an_argument_are_known() -> None:
    def backward(dout, lr=0.1, *args, cache, training=1, **more): ...

    found = arguments(backward)
    assert [(a.name, a.kind, a.required, a.keyword) for a in found] == [
        ("dout", "array", True, False),
        ("lr", "rate", False, False),
        ("cache", "cache", True, True),
        ("training", "training", False, True),
    ]
    assert [a.name for a in arrays_among(found)] == ["dout"]
    assert takes_varargs(backward) == "args"


def test_a_signature_that_cannot_be_read_is_none() -> None:
    class Unreadable:
        __signature__ = "none"

        def __call__(self, x): ...

    assert arguments_of(Unreadable()) is None
    assert takes_varargs(Unreadable()) == ""


def test_what_is_not_required_is_left_out_but_for_a_rate() -> None:
    def backward(dout, verbose=0, learning_rate=0.1): ...

    slots = filled(arguments(backward), {"dout": ("upstream", None)})
    assert slots == ((("upstream", None),), {"learning_rate": ("rate", None)})


def test_keywords_are_given_by_name() -> None:
    def backward(dout, *, lr): ...

    slots = filled(arguments(backward), {"dout": ("upstream", None)})
    assert slots == ((("upstream", None),), {"lr": ("rate", None)})


def test_what_is_not_understood_is_none() -> None:
    def forward(x, mystery): ...

    assert filled(arguments(forward), {"x": ("input", 0)}) is None


def test_the_size_of_a_batch_is_handed_in() -> None:
    def backward(dout, batch_size): ...

    slots = filled(arguments(backward), {"dout": ("upstream", None)}, size=7)
    assert slots == ((("upstream", None), ("value", 7)), {})


@pytest.mark.parametrize(
    ("names", "upstream"),
    [
        ("x, dout", "dout"), ("grad, x", "grad"), ("inputs, output_error", "output_error"),
        ("a", "a"), ("x, y", "x"), ("dZ, cache", "dZ"), ("y_true, delta", "delta"),
    ],
)  # fmt: skip
def test_the_upstream_gradient_is_told_by_its_name(names: str, upstream: str) -> None:
    namespace: dict[str, Any] = {}
    exec(f"def backward({names}): ...", namespace)  # noqa: S102 - a signature from the table
    found = upstream_among(arguments(namespace["backward"]))
    assert found is not None
    assert found.name == upstream


def test_the_names_that_are_returned_are_read() -> None:
    def pair(a, b):
        return a, b.T

    def bound(dx, dw):
        both = (dx, dw)
        return both  # noqa: RET504 - as students write it

    def one(dx):
        return dx

    def attribute(self):
        return self.dx, self.dw

    assert returned_names(pair) == ["a", "T"]
    assert returned_names(bound) == ["dx", "dw"]
    assert returned_names(one) == []
    assert returned_names(attribute) == ["dx", "dw"]
    assert returned_names(len) == []
    assert source_of(len) == ""
