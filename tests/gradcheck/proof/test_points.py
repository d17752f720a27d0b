"""Points at which graphs are held against the code."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gradcheck.errors import SubjectError
from gradcheck.proof.limits import Budget, GivenUp
from gradcheck.proof.points import FURTHER, GRID, RANGE, Points
from gradcheck.proof.prove import in_process
from gradcheck.subject import Subject, from_functions

X = np.array([0.5, -1.25])


def square(**named: Any) -> Subject:
    return from_functions(np.square, lambda g, x: 2 * x * g, (X,), **named)


def points(subject: Subject, seed: int = 0) -> Points:
    made = Points(subject, seed)
    made.given()
    return made


def graph(subject: Subject, made: Points) -> Any:
    return in_process(subject)(*made.at(0), True, Budget(10))  # noqa: FBT003


def test_the_first_is_the_given_one() -> None:
    made = points(square())
    [x], upstream = made.at(0)
    assert x.tolist() == X.tolist()
    assert upstream.shape == (2,)
    assert not np.any(upstream == 0)


def test_the_others_are_random_on_a_grid_and_the_same_for_one_seed() -> None:
    one, other, third = points(square()), points(square()), points(square(), seed=1)
    for k in range(1, 6):
        [x], upstream = one.at(k)
        assert np.all(np.abs(x) <= RANGE * (FURTHER if k % 2 else 1))
        assert np.all(x * GRID == np.round(x * GRID))
        assert np.array_equal(x, other.at(k)[0][0])
        assert np.array_equal(upstream, other.at(k)[1])
        assert not np.array_equal(x, third.at(k)[0][0])
    assert all(Fraction(float(v)).denominator <= GRID for v in one.at(3)[0][0])


@pytest.mark.parametrize(
    "domain",
    [(0, 1), (0, np.inf), (-np.inf, -2), (5, 9), (-1, np.inf), (0.25, 0.75), (2.5, np.inf)],
    ids=str,
)
def test_they_stay_inside_the_domain(domain: tuple[float, float]) -> None:
    low, high = domain
    inside = np.array([max(low, -9.0) + 0.1, min(high, 9.0) - 0.1])
    made = points(
        from_functions(
            np.square, lambda g, x: 2 * x * g, (inside,), domain={"x": domain}, names=["x"]
        )
    )
    drawn = np.concatenate([made.at(k)[0][0] for k in range(1, 30)])
    assert np.all((drawn > low) & (drawn < high))
    assert len(set(drawn)) > 20


def test_constants_stay() -> None:
    t = np.array([1, 0])
    made = points(from_functions(lambda x, t: x * t, lambda g, x, t: (g * t, None), (X, t)))
    assert all(np.array_equal(made.at(k)[0][1], t) for k in range(4))


def test_graph_and_code_agree() -> None:
    subject = square(names=["x"])
    made = points(subject)
    made.compare(graph(subject, made), 3)
    assert made.compare_at(2, graph(subject, made))
    assert made.replayed(1, "dx", 1) == pytest.approx(2 * made.at(1)[0][0][1] * made.at(1)[1][1])
    assert made.replayed(1, "y", 0) == pytest.approx(made.at(1)[0][0][0] ** 2)


def test_graph_and_code_that_differ_are_given_up() -> None:
    subject = square(names=["x"])
    other = from_functions(np.square, lambda g, x: 2 * x * g * (1 + 1e-7), (X,), names=["x"])
    made = points(other)
    with pytest.raises(GivenUp, match="another dx"):
        made.compare(graph(subject, made), 3)


@pytest.mark.parametrize(
    "error",
    [
        ValueError,
        AssertionError,
        RuntimeError,
        AttributeError,
        KeyError,
        SubjectError,
        ZeroDivisionError,
    ],
)
def test_where_the_code_raises_nothing_is_compared(error: type[Exception]) -> None:
    subject = square(names=["x"])

    def backward(g: Any, x: Any) -> Any:
        raise error("no")

    made = points(from_functions(np.square, backward, (X,), names=["x"]))
    assert not made.compare_at(1, graph(subject, made))
    assert made.replayed(1, "dx", 0) is None
    with pytest.raises(GivenUp, match="no finite numbers"):
        made.compare(graph(subject, made), 3)


@pytest.mark.parametrize(
    "backward",
    [
        lambda g, x: 2 * x * g / 0.0,
        lambda g, x: 2 * x * g * np.nan,
        lambda g, x: (2 * x * g, x),
        lambda g, x: "text",
        lambda g, x: (),
    ],
    ids=["infinite", "nan", "two", "text", "none"],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_what_is_no_gradient_is_not_compared(backward: Any) -> None:
    subject = square(names=["x"])
    made = points(from_functions(np.square, backward, (X,), names=["x"]))
    assert not made.compare_at(1, graph(subject, made))


def test_each_point_is_run_once() -> None:
    calls = []

    def forward(x: Any) -> Any:
        calls.append(1)
        return np.square(x)

    subject = from_functions(forward, lambda g, x: 2 * x * g, (X,), names=["x"])
    made = points(subject)
    own = graph(square(names=["x"]), made)
    before = len(calls)
    for _ in range(3):
        made.compare_at(1, own)
        made.replayed(1, "dx", 0)
    assert len(calls) == before + 1


def test_a_subject_that_does_not_run() -> None:
    def forward(x: Any) -> Any:
        raise SubjectError("no")

    with pytest.raises(SubjectError):
        points(from_functions(forward, lambda g, x: g, (X,)))
