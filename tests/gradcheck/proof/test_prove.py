"""The proof of a subject: what is right is proved, and what is wrong somewhere is refuted."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from gradcheck.errors import SubjectError
from gradcheck.proof.limits import Budget
from gradcheck.proof.prove import (
    DERIVATIVE,
    NOTES_BACKWARD,
    NOTES_FORWARD,
    Prover,
    Statement,
    in_process,
    numbers_of,
)
from gradcheck.records import Evidence
from gradcheck.subject import Subject, from_functions

X = np.array([0.5, -1.25, 2.25])
Pair = tuple[Callable[..., Any], Callable[..., Any]]


def statements(subject: Subject, formula: str | None = None, seed: int = 0) -> dict[str, Statement]:
    found = Prover(subject, in_process(subject), formula, Budget(20), seed).statements()
    return {one.quantity: one for one in found}


def pair(forward: Any, backward: Any, *inputs: Any, **named: Any) -> dict[str, Statement]:
    return statements(from_functions(forward, backward, inputs or (X,), **named))


def replays(backward: Any, statement: Statement, true: Any) -> bool:
    """Say whether the code is as wrong at a certificate's point as it says."""
    certificate = statement.certificate
    assert certificate is not None
    point = {name: float(value) for name, value in certificate.point.items()}
    x = np.array([point.get(f"x[{k}]", 0.0) for k in range(X.size)])
    each = [point.get(f"dY[{k}]", 0.0) for k in range(X.size)]
    g = point["dY"] if "dY" in point else np.array(each)
    got = np.ravel(backward(g, x))[certificate.entry]
    wanted = np.ravel(true(g, x))[certificate.entry]
    assert got == pytest.approx(certificate.replayed, rel=1e-9, abs=1e-12)
    return float(got - wanted) == pytest.approx(certificate.difference, rel=1e-6)


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def softmax(x: Any) -> Any:
    e = np.exp(x - x.max())
    return e / e.sum()


def softmax_backward(g: Any, x: Any) -> Any:
    y = softmax(x)
    return y * (g - (g * y).sum())


def leaky(x: Any) -> Any:
    return np.where(x > 0, x, 0.1 * x)


def masked_in_place(g: Any, x: Any) -> Any:
    dx = g.copy()
    dx[x <= 0] = 0
    return dx


RIGHT: dict[str, Pair] = {
    "square": (np.square, lambda g, x: 2 * x * g),
    "sigmoid": (sigmoid, lambda g, x: g * sigmoid(x) * (1 - sigmoid(x))),
    "tanh": (np.tanh, lambda g, x: g * (1 - np.tanh(x) ** 2)),
    "softmax": (softmax, softmax_backward),
    "relu": (lambda x: np.maximum(0, x), lambda g, x: g * (x > 0)),
    "relu with ≥": (lambda x: x * (x > 0), lambda g, x: g * (x >= 0)),
    "relu in place": (lambda x: np.maximum(x, 0), masked_in_place),
    "leaky relu": (leaky, lambda g, x: g * np.where(x > 0, 1, 0.1)),
    "leaky relu by a maximum": (lambda x: np.maximum(x, 0.1 * x), lambda g,
    x: g * np.where(x > 0, 1.0, 0.1)),
    "abs": (np.abs, lambda g, x: g * np.sign(x)),
    "clip": (lambda x: np.clip(x, -1, 1), lambda g, x: g * ((x > -1) & (x < 1))),
    "elu": (lambda x: np.where(x > 0, x, np.exp(x) - 1), lambda g, x: g * np.where(x > 0, 1,
    np.exp(x))),
    "softplus": (lambda x: np.log1p(np.exp(x)), lambda g, x: g * sigmoid(x)),
    "norm": (lambda x: np.sqrt((x**2).sum()), lambda g, x: g * x / np.sqrt((x**2).sum())),
    "mean": (lambda x: x - x.mean(), lambda g, x: g - g.mean()),
    "max": (lambda x: np.max(x), lambda g, x: g * (x == x.max())),
    "cumsum": (np.cumsum, lambda g, x: g[::-1].cumsum()[::-1]),
    "swish": (lambda x: x * sigmoid(x), lambda g,
    x: g * (sigmoid(x) + x * sigmoid(x) * (1 - sigmoid(x)))),
    "sin": (np.sin, lambda g, x: g * np.cos(x)),
    "sign as a number": (lambda x: x * np.sign(x), lambda g, x: g * np.sign(x)),
}  # fmt: skip


@pytest.mark.parametrize("name", RIGHT)
def test_what_is_right_is_proved(name: str) -> None:
    [statement] = pair(*RIGHT[name]).values()
    assert statement.evidence is Evidence.PROVED, statement
    assert statement.claims == (DERIVATIVE,)
    assert statement.certificate is None
    assert not statement.reason


def only_between(x: Any) -> Any:
    return np.where((x > 2) & (x < 3), 1.01, 1.0)


WRONG: dict[str, tuple[str, Callable[..., Any]]] = {
    "twice": ("square", lambda g, x: x * g),
    "a sign": ("tanh", lambda g, x: -g * (1 - np.tanh(x) ** 2)),
    "a slope of 0.1001": ("leaky relu", lambda g, x: g * np.where(x > 0, 1, 0.1001)),
    "a slope of 0.1001 elsewhere": ("leaky relu by a maximum", lambda g,
    x: g * np.where(x > 0, 1.0, 0.1001)),
    "only between 2 and 3": ("square", lambda g, x: 2 * x * g * only_between(x)),
    "a mask the wrong way": ("relu", lambda g, x: g * (x < 0)),
    "a mask of g": ("relu", lambda g, x: g * (g > 0)),
    "softmax without the sum": ("softmax", lambda g, x: softmax(x) * (1 - softmax(x)) * g),
    "softmax over a term": ("softmax", lambda g, x: softmax(x) * (g - g[0] * softmax(x)[0])),
    "clip at one end": ("clip", lambda g, x: g * (x < 1)),
    "elu without the exponential": ("elu", lambda g, x: g * np.where(x > 0, 1, 1.0)),
    "without the mean": ("mean", lambda g, x: g),
    "all entries of a maximum": ("max", lambda g, x: g * np.ones_like(x)),
    "the wrong way round": ("cumsum", lambda g, x: g.cumsum()),
    "a term left out": ("swish", lambda g, x: g * sigmoid(x)),
    "by little": ("sin", lambda g, x: g * np.cos(x) * (1 + 1e-6)),
    "where x is negative": ("square", lambda g, x: 2 * abs(x) * g),
    "a constant": ("sigmoid", lambda g, x: g * 0.25),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_refuted_by_a_certificate_that_replays(name: str) -> None:
    right, backward = WRONG[name]
    forward, true = RIGHT[right]
    [statement] = pair(forward, backward).values()
    assert statement.evidence is None
    assert replays(backward, statement, true)


def normalised(x: Any) -> Any:
    return x / np.sqrt(x.var() + 1e-5)


def normalised_backward(g: Any, x: Any, eps: float = 1e-5) -> Any:
    n, s = x.size, np.sqrt(x.var() + eps)
    centred = x - x.mean()
    return g / s - centred * (g * x).sum() / (n * s**3)


def test_an_eps_with_the_wrong_sign() -> None:
    [right] = pair(normalised, normalised_backward).values()
    assert right.evidence is Evidence.PROVED
    assert right.literals["1e-05"] == "1/100000"
    wrong = lambda g, x: normalised_backward(g, x, -1e-5)  # noqa: E731
    [refuted] = pair(normalised, wrong).values()
    assert replays(wrong, refuted, normalised_backward)


def test_a_term_that_vanishes_at_the_given_point() -> None:
    def backward(g: Any, x: Any) -> Any:
        return 2 * x * g + x * (x - 1) * (x + 2)

    found = pair(np.square, backward, np.array([0.0, 1.0, -2.0]))["dx"]
    assert replays(backward, found, lambda g, x: 2 * x * g)


def test_it_is_named_by_a_factor_or_a_residual() -> None:
    half = pair(np.square, lambda g, x: x * g)["dx"]
    assert half.residual == "dx = 1/2 · true"
    more = pair(np.square, lambda g, x: 2 * x * g + x)["dx"]
    assert more.residual == "dx₀ − true = x₀"


class TestRegions:
    """Code that branches is run region by region."""

    @staticmethod
    def forward(x: Any) -> Any:
        return np.array([v * v if v > 0 else 3 * v for v in x])

    def test_right(self) -> None:
        def backward(g: Any, x: Any) -> Any:
            return np.array([u * (2 * v if v > 0 else 3) for u, v in zip(g, x, strict=True)])

        found = pair(self.forward, backward)
        assert found["dx"].evidence is Evidence.PROVED_ON_REGIONS
        assert found["dx"].regions > 1
        assert found["dx"].conditions

    def test_wrong_in_one(self) -> None:
        def backward(g: Any, x: Any) -> Any:
            return np.array([u * (2 * v if v > 0 else 3.01) for u, v in zip(g, x, strict=True)])

        found = pair(self.forward, backward)["dx"]
        assert replays(backward, found, lambda g, x: g * np.where(x > 0, 2 * x, 3))

    def test_wrong_between_two_and_three(self) -> None:
        def backward(g: Any, x: Any) -> Any:
            return np.array(
                [2.02 * v * u if 2 < v < 3 else 2 * v * u for u, v in zip(g, x, strict=True)]
            )

        found = pair(np.square, backward)["dx"]
        assert replays(backward, found, lambda g, x: 2 * x * g)


def test_what_cannot_be_run_on_symbols_is_open() -> None:
    found = pair(lambda x: np.unique(x), lambda g, x: g)["dx"]
    assert found.open
    assert "unique" in found.reason
    assert found.claims == ()


def test_a_missing_gradient_is_open() -> None:
    found = pair(np.square, lambda g, x: (2 * x * g)[:1])["dx"]
    assert found.open
    assert "no gradient" in found.reason


def test_several_inputs_are_told_apart() -> None:
    W, x = np.arange(6.0).reshape(2, 3) / 4, np.array([[1.0], [0.5], [-2.0]])
    found = pair(
        lambda W, x, b: W @ x + b,
        lambda g, W, x, b: (g @ x.T, W.T @ g, g + 1e-3 * b),
        W, x, np.ones((2, 1)),
    )  # fmt: skip
    assert found["dW"].evidence is Evidence.PROVED
    assert found["dx"].evidence is Evidence.PROVED
    assert found["db"].certificate is not None


def test_integers_stay_numbers() -> None:
    subject = from_functions(
        lambda x, t: ((x - t) ** 2).sum(), lambda g, x, t: (2 * (x - t) * g, None),
        (X, np.array([1, 0, 2])),
    )  # fmt: skip
    assert numbers_of(subject) == {"t"}
    assert statements(subject)["dx"].evidence is Evidence.PROVED


def test_a_subject_that_does_not_run() -> None:
    def forward(x: Any) -> Any:
        raise SubjectError("no")

    with pytest.raises(SubjectError):
        pair(forward, lambda g, x: g)


def test_exceptions_are_told() -> None:
    assert pair(lambda x: 1 / x, lambda g, x: -g / x**2)["dx"].exceptions
    assert not pair(np.square, lambda g, x: 2 * x * g)["dx"].exceptions


class TestNotes:
    """A formula's forward and backward, beside the derivative of the code's own forward."""

    def subject(self, forward: Any, backward: Any) -> Subject:
        x = np.array([[0.5, -1.0], [1.25, 2.0]])
        return from_functions(forward, backward, (x,), names=("x",))

    def test_right(self) -> None:
        found = statements(self.subject(np.tanh, RIGHT["tanh"][1]), "tanh")
        assert found["y"].claims == (NOTES_FORWARD,)
        assert found["y"].evidence is Evidence.PROVED
        assert found["dx"].claims == (DERIVATIVE, NOTES_BACKWARD)

    def test_another_function_whose_derivative_is_right(self) -> None:
        found = statements(self.subject(np.sin, RIGHT["sin"][1]), "tanh")
        assert found["y"].certificate is not None
        assert found["dx"].claims == (DERIVATIVE,)

    def test_a_formula_of_other_inputs_is_left_aside(self) -> None:
        found = statements(self.subject(np.tanh, RIGHT["tanh"][1]), "dense")
        assert set(found) == {"dx"}


def test_a_run_of_all_regions_that_speaks_of_one_is_not_believed() -> None:
    """A graph with conditions that hold nowhere would be compared with nothing."""
    subject = from_functions(np.square, lambda g, x: 3 * x * g, (X,))
    right = from_functions(np.square, lambda g, x: 2 * x * g, (X,))

    def tracer(inputs: Any, upstream: Any, merging: bool, budget: Any) -> Any:  # noqa: FBT001
        graph = in_process(right)(inputs, upstream, merging, budget)
        never = (graph.pool.positive(graph.pool.negative(graph.pool.power(graph.y[0], 2))), True)
        return type(graph)(
            **{name: getattr(graph, name) for name in graph.__slots__} | {"conditions": (never,)}
        )

    [found] = Prover(subject, tracer, None, Budget(10), 0).statements()
    assert found.open


def test_a_graph_of_other_code_is_not_believed() -> None:
    subject = from_functions(np.square, lambda g, x: 3 * x * g, (X,))
    right = from_functions(np.square, lambda g, x: 2 * x * g, (X,))
    [found] = Prover(subject, in_process(right), None, Budget(10), 0).statements()
    assert found.open
    assert "another dx" in found.reason


def test_statements_are_the_same_for_one_seed() -> None:
    one, other = (pair(np.square, lambda g, x: x * g)["dx"] for _ in range(2))
    assert one == other
    assert isinstance(one.certificate and one.certificate.point["x[0]"], Fraction)
