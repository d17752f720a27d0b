"""The compulsory check: symbols that do not stand for the code are given up, not proved."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from gradcheck.proof import faithful, ufuncs
from gradcheck.proof.graph import UPSTREAM
from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.prove import Prover, in_process
from gradcheck.subject import from_functions

X = np.array([0.5, -1.25, 2.0])
Pair = tuple[Callable[..., Any], Callable[..., Any]]


def statement(forward: Any, backward: Any) -> Any:
    subject = from_functions(forward, backward, [X])
    [found] = Prover(subject, in_process(subject), None, Budget(20), 0).statements()
    return found


def test_code_that_is_what_its_symbols_say_is_proved() -> None:
    assert statement(np.square, lambda g, x: 2 * x * g).evidence == "proved"


def test_a_function_that_is_modelled_wrongly(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {**ufuncs._ELEMENTWISE, np.square: ufuncs._ELEMENTWISE[np.absolute]}
    monkeypatch.setattr(ufuncs, "_ELEMENTWISE", wrong)
    found = statement(np.square, lambda g, x: np.sign(x) * g)
    assert found.open
    assert "on symbols the code gives another y than on numbers" in found.reason


def test_a_function_that_is_modelled_wrongly_by_little(monkeypatch: pytest.MonkeyPatch) -> None:
    own = ufuncs.ARITHMETIC[np.exp]
    wrong = np.frompyfunc(lambda a: own(a) * (1 + 1e-8), 1, 1)
    monkeypatch.setattr(ufuncs, "_ELEMENTWISE", {**ufuncs._ELEMENTWISE, np.exp: wrong})
    found = statement(np.exp, lambda g, x: g * np.exp(x))
    assert found.open
    assert "another y" in found.reason


def read_before_written(x: Any) -> Any:
    total = np.empty(3)
    return total + x


def backward_from_nothing(g: Any, x: Any) -> Any:
    dx = np.empty_like(x)
    dx[x > 0] = g[x > 0]
    return dx


def looks_at_its_type(x: Any) -> Any:
    return x**2 if np.asarray(x).astype is np.ndarray.astype or type(x).__module__ == "numpy" else x


LOOKS: dict[str, Pair] = {
    "entries of np.empty": (read_before_written, lambda g, x: g),
    "a gradient that is not written everywhere": (
        lambda x: np.maximum(x, 0),
        backward_from_nothing,
    ),
    "at the class of its input": (
        lambda x: x**2 if x.view(np.ndarray).dtype == object else x**3,
        lambda g, x: 2 * x * g,
    ),
    "at the attributes of its input": (
        lambda x: x**2 if hasattr(x, "kind") else x**3,
        lambda g, x: 2 * x * g,
    ),
    "at the entries' attributes": (
        lambda x: x**2 if hasattr(x.view(np.ndarray).flat[0], "pool") else x**3,
        lambda g, x: 2 * x * g,
    ),
}


@pytest.mark.parametrize("name", LOOKS)
def test_code_that_looks(name: str) -> None:
    found = statement(*LOOKS[name])
    assert found.open
    assert "on symbols" in found.reason


def test_entries_that_are_all_written_in_the_end_are_no_reason() -> None:
    def backward(g: Any, x: Any) -> Any:
        dx = np.empty_like(x)
        dx[x > 0] = g[x > 0]
        dx[~(x > 0)] = 0
        return dx

    assert statement(lambda x: np.maximum(x, 0), backward).evidence == "proved"


def graph_of(forward: Any, backward: Any, *, merging: bool = True) -> Any:
    subject = from_functions(forward, backward, [X])
    return in_process(subject)([X], np.ones(3), merging, Budget(20))


def point(graph: Any, x: Any, g: Any) -> dict[str, float]:
    return faithful.point_of(graph, ["x"], [np.asarray(x)], np.asarray(g))


def test_the_point_names_every_entry() -> None:
    graph = graph_of(np.square, lambda g, x: 2 * x * g)
    assert point(graph, [1, 2, 3], [4, 5, 6]) == {
        "x[0]": 1, "x[1]": 2, "x[2]": 3,
        f"{UPSTREAM}[0]": 4, f"{UPSTREAM}[1]": 5, f"{UPSTREAM}[2]": 6,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("y", "gradient", "reason"),
    [
        (X**2, 2 * X, None),
        (X**2 * (1 + 1e-12), 2 * X, None),
        (X**2 * (1 + 1e-8), 2 * X, "another y"),
        (X**2, 2 * X + 1e-6, "another dx"),
        (X**2, None, "not with both"),
        (X**2, 2 * X[:2], "not with both"),
        (X[:2] ** 2, 2 * X, "another y"),
    ],
)
def test_what_must_agree(y: Any, gradient: Any, reason: str | None) -> None:
    graph = graph_of(np.square, lambda g, x: 2 * x * g)
    at = point(graph, X, np.ones(3))
    if reason is None:
        assert faithful.must_agree(graph, ["x"], at, y, [gradient])
        return
    with pytest.raises(GivenUp, match=reason):
        faithful.must_agree(graph, ["x"], at, y, [gradient])


def test_a_graph_of_one_region_says_nothing_of_another() -> None:
    graph = graph_of(lambda x: x if x[0] > 0 else -x, lambda g, x: g, merging=False)
    assert graph.conditions
    inside, outside = point(graph, X, np.ones(3)), point(graph, -X, np.ones(3))
    assert faithful.must_agree(graph, ["x"], inside, X, [np.ones(3)])
    assert not faithful.must_agree(graph, ["x"], outside, X, [np.ones(3)])
