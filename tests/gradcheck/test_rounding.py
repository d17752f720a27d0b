"""Stochastic arithmetic must see the errors that are there, and none where nothing is rounded."""

from __future__ import annotations

import random
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.noisy import Noisy
from gradcheck.rounding import Spread, spread
from gradcheck.stochastic import current

if TYPE_CHECKING:
    from collections.abc import Callable

Array = Any
EPS = 2.0**-52
DRAWN = np.random.default_rng(0).standard_normal((3, 4))


def measured(function: Callable[..., Any], *inputs: Array, eps: float = EPS) -> Spread:
    """Return the spread of a function with one output."""
    arrays = [np.array(each) for each in inputs]
    baseline = function(*[each.copy() for each in arrays])
    rng = np.random.default_rng(7)
    (result,) = spread(lambda *a: (function(*a),), arrays, (baseline,), eps=eps, rng=rng)
    assert result.deviation.shape == np.shape(baseline)
    return result


class TestSize:
    def test_saturated_tanh_derivative(self) -> None:
        x = np.append(np.linspace(15.0, 18.4, 35), 18.0)
        got = 1 - np.tanh(x) ** 2
        truth = np.array([float(mpmath.sech(mpmath.mpf(float(v))) ** 2) for v in x])
        error = np.abs(got - truth)
        assert error[-1] > 0.03 * truth[-1]
        assert np.all(measured(lambda x: 1 - np.tanh(x) ** 2, x).deviation >= 0.3 * error)

    def test_large_offset(self) -> None:
        x = np.random.default_rng(0).random(20)
        deviation = measured(lambda x: (x + 1e6) - 1e6, x).deviation
        assert np.all((deviation > 0.5e-10) & (deviation < 5e-10))

    def test_minus_mean(self) -> None:
        x = 1e6 + np.random.default_rng(0).random((100, 2))
        for each in (lambda x: x - x.mean(axis=0), lambda x: x - np.mean(x, axis=0)):
            deviation = measured(each, x).deviation
            exact = x.astype(np.longdouble)
            error = np.abs(each(x) - (exact - exact.mean(axis=0))).astype(float)
            assert np.all(error <= 8 * deviation)
            assert deviation.max() < 1e-8

    def test_long_sum_of_rows(self) -> None:
        x = np.random.default_rng(0).random((5000, 20))
        error = np.abs(x.sum(axis=0) - x.astype(np.longdouble).sum(axis=0)).astype(float)
        deviation = measured(lambda x: x.sum(axis=0), x).deviation
        assert np.all(error <= 8 * deviation)
        assert np.median(error) > 0.05 * np.median(deviation)

    @pytest.mark.parametrize(
        "product",
        [
            lambda W, g: W.T @ g,
            lambda W, g: W.T.dot(g),
            lambda W, g: np.dot(W.T, g),
            lambda W, g: np.matmul(W.T, g),
            lambda W, g: np.einsum("ij,i->j", W, g),
            lambda W, g: np.tensordot(W, g, axes=(0, 0)),
            lambda W, g: np.inner(W.T, g),
            lambda W, g: (W * g[:, None]).sum(axis=0),
            lambda W, g: np.add.reduce(W.T * g, axis=1),
            lambda W, g: np.cumsum(W.T * g, axis=1)[:, -1],
            lambda W, g: np.stack([sum(a * b for a, b in zip(w, g, strict=True)) for w in W.T]),
        ],
        ids=[
            *("matmul", "method", "dot", "np.matmul", "einsum", "tensordot", "inner"),
            *("sum", "reduce", "cumsum", "loop"),
        ],
    )
    def test_cancelling_products(self, product: Callable[..., Array]) -> None:
        rng = np.random.default_rng(0)
        W, g = rng.standard_normal((8, 3)), rng.standard_normal(8)
        W[-1] = -(W[:-1].T @ g[:-1]) / g[-1]
        deviation = measured(product, W, g).deviation
        terms = np.abs(W * g[:, None]).max()
        assert np.all(deviation > 0.2 * EPS * terms)
        assert np.all(deviation < 20 * EPS * terms)

    def test_softmax_backward(self) -> None:
        y = np.array([1 - 3e-9, 1e-9, 2e-9])
        g = np.array([1.0, 2.0, 3.0]) / 3
        got = y * (g - g @ y)
        Y, G = [Fraction(v) for v in y.tolist()], [Fraction(v) for v in g.tolist()]
        mean = sum((a * b for a, b in zip(Y, G, strict=True)), Fraction(0))
        error = [
            abs(float(Fraction(v) - a * (b - mean)))
            for v, a, b in zip(got.tolist(), Y, G, strict=True)
        ]
        deviation = measured(lambda y, g: y * (g - g @ y), y, g).deviation
        assert np.all(np.array(error) <= 8 * deviation)
        assert deviation[0] > 1e-17 > np.abs(got[0]) * EPS

    def test_loop_over_entries(self) -> None:
        def loop(u: Array) -> Array:
            dx = np.zeros_like(u)
            for i, v in enumerate(u):
                dx[i] = u[i] * (1 - v**2)
            return dx

        u = 1 - 10.0 ** -np.arange(1, 12)
        looped, whole = measured(loop, u), measured(lambda u: u * (1 - u**2), u)
        assert looped.tainted
        ratio = looped.deviation / whole.deviation
        assert np.all((ratio > 0.1) & (ratio < 10))

    def test_loop_over_entries_into_a_plain_array(self) -> None:
        def loop(u: Array) -> Array:
            dx = np.zeros(3)
            for i in range(3):
                dx[i] += u[i] * (1 - u[i] ** 2)
            return dx

        result = measured(loop, [0.3, 0.5, 0.9])
        assert (result.survived, result.tainted) == (True, False)
        assert np.all(result.deviation > 0)

    def test_vectorize(self) -> None:
        x = np.linspace(16.0, 18.0, 5)
        result = measured(np.vectorize(lambda v: 1 - np.tanh(v) ** 2), x)
        assert np.all(result.deviation > EPS / 4)


class TestSpread:
    def test_inputs_are_fresh_unmoved_copies(self) -> None:
        x, seen = np.array([1.0, 2.0]), []

        def spoil(a: Array, n: Array) -> tuple[Array]:
            seen.append((a.tolist(), type(a), type(n)))
            a *= 3.3
            return (a,)

        inputs = (x, np.array([1, 2]))
        spread(spoil, inputs, (x * 3.3,), eps=EPS, rng=np.random.default_rng(0), runs=4)
        assert seen == [([1.0, 2.0], Noisy, np.ndarray)] * 4
        assert x.tolist() == [1.0, 2.0]

    @pytest.mark.parametrize(
        ("function", "reason"),
        [
            (lambda x: 1 / 0, "it raised ZeroDivisionError: division by zero"),
            (lambda x: (x, x), "it gave 2 outputs, and 1 without noise"),
            (lambda x: (x[:1],), "it gave shape (1,) and dtype float64, and shape (2,)"),
            (lambda x: (x * 1j,), "it gave complex numbers, and real ones"),
            (lambda x: (["a", "b"],), "it gave shape (2,) and dtype <U1"),
            (lambda x: ([x, x[:1]],), "it raised ValueError"),
            (lambda x: None, "it raised TypeError"),
            (lambda x: (np.asarray(x) * 3,), "the code went on with plain arrays"),
            (lambda x: ([float(v) * 3 for v in x],), "the code went on with plain arrays"),
        ],
        ids=["raises", "number", "shape", "complex", "text", "ragged", "none", "asarray", "floats"],
    )
    def test_what_cannot_be_told(self, function: Any, reason: str) -> None:
        x = np.array([1.0, 2.0])
        (got,) = spread(function, (x,), (x * 3,), eps=EPS, rng=np.random.default_rng(0))
        assert got.reason.startswith(reason)
        assert (got.survived, got.tainted, np.isnan(got.deviation).all()) == (False, False, True)

    def test_outputs_are_judged_apart(self) -> None:
        x = np.array([1.0, 2.0])
        lost, kept, scalar = spread(
            lambda x: (np.array(x) * 3, x * 3, x.sum() / 3),
            (x,),
            (x * 3, x * 3, x.sum() / 3),
            eps=EPS,
            rng=np.random.default_rng(0),
        )
        assert (lost.survived, kept.survived, scalar.survived) == (False, True, True)
        assert scalar.deviation.shape == ()

    def test_what_is_not_finite(self) -> None:
        x = np.array([-1.0, 0.0, 1.0])
        with np.errstate(all="ignore"):
            same = np.log(x)
        got, jump = spread(
            lambda x: (np.log(x), np.log(x)),
            (x,),
            (same, np.zeros(3)),
            eps=EPS,
            rng=np.random.default_rng(0),
        )
        assert got.deviation.tolist() == [0, 0, 0]
        assert jump.deviation.tolist() == [np.inf, np.inf, 0]

    @pytest.mark.parametrize("baseline", [None, "text", [1.0, None]])
    def test_a_plain_result_that_is_no_number(self, baseline: Any) -> None:
        x = np.ones(np.shape(baseline))
        rng = np.random.default_rng(0)
        (got,) = spread(lambda x: (np.exp(x),), (x,), (baseline,), eps=EPS, rng=rng)
        assert (got.survived, got.reason[:12]) == (False, "it gave shap")

    def test_same_generator_same_result(self) -> None:
        first, second = measured(np.exp, DRAWN), measured(np.exp, DRAWN)
        np.testing.assert_array_equal(first.deviation, second.deviation)

    def test_global_state_is_untouched(self) -> None:
        def spoil(x: Array) -> tuple[Array]:
            np.seterr(all="raise")
            np.random.seed(1)  # noqa: NPY002
            random.seed(1)
            raise ValueError

        np.random.seed(5)  # noqa: NPY002
        before = (np.geterr(), random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002
        spread(spoil, (DRAWN,), (DRAWN,), eps=EPS, rng=np.random.default_rng(0))
        after = (np.geterr(), random.getstate(), np.random.get_state()[1].tolist())  # noqa: NPY002
        assert before == after
        assert current() is None


def evaluate(expression: Any, values: list[Any]) -> Any:
    if isinstance(expression, int):
        return values[expression]
    operation, left, right = expression
    a, b = evaluate(left, values), evaluate(right, values)
    return {
        "+": lambda: a + b,
        "-": lambda: a - b,
        "*": lambda: a * b,
        "/": lambda: a / b,
    }[operation]()


EXPRESSIONS = st.recursive(
    st.integers(0, 3),
    lambda inner: st.tuples(st.sampled_from("+-*/"), inner, inner),
    max_leaves=12,
)
ENTRIES = st.one_of(
    st.floats(-10, 10, allow_subnormal=False).filter(lambda v: abs(v) > 1e-6 or v == 0),
    st.floats(-1, 1).map(lambda v: 1 + v * 1e-9),
)
POINTS = st.lists(ENTRIES, min_size=4, max_size=4)


class TestCoverage:
    def test_deviation_covers_the_true_error(self) -> None:
        covered = []

        @settings(max_examples=400, derandomize=True, deadline=None, database=None)
        @given(EXPRESSIONS, POINTS)
        def count(expression: Any, point: list[float]) -> None:
            inputs = [np.array([v]) for v in point]
            with np.errstate(all="ignore"):
                got = np.array(evaluate(expression, inputs))
            try:
                truth = evaluate(expression, [Fraction(v) for v in point])
            except ZeroDivisionError:
                return
            if not np.isfinite(got[0]) or abs(truth) > 1e300:
                return
            (result,) = spread(
                lambda *a: (evaluate(expression, list(a)),),
                inputs,
                (got,),
                eps=EPS,
                rng=np.random.default_rng(11),
            )
            error = float(abs(Fraction(float(got[0])) - truth))
            bound = 8 * result.deviation[0] + 2 * np.spacing(abs(got[0]))
            covered.append(bool(error <= bound))

        count()
        assert len(covered) >= 250
        assert sum(covered) >= 0.995 * len(covered)
