"""The complex step is exact where forward is analytic, and says so where it is not."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradcheck.errors import OracleError, SubjectError
from gradcheck.oracles import complex_step
from gradcheck.oracles.complex_step import STEP, ComplexStep
from gradcheck.probes import EntryProbes, blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.probes import Probes

Array = Any
RNG = np.random.default_rng(0)
A = RNG.standard_normal((3, 4))
X = RNG.standard_normal((4, 2))
C = RNG.standard_normal((3, 2))


def oracle(forward: Callable[..., Any], *inputs: Array, output: tuple[int, ...]) -> ComplexStep:
    active = [k for k, array in enumerate(inputs) if array.dtype.kind == "f"]
    return ComplexStep(lambda work: forward(*work), inputs, active, output)


def entries(shape: tuple[int, ...], output: tuple[int, ...] = ()) -> EntryProbes:
    return EntryProbes(shape=shape, output=output)


def test_a_number_is_stepped_by_itself_and_among_many() -> None:
    """Rows of an input without dimensions are numbers themselves, and no views."""
    inputs, probes = [np.asarray(0.3)], entries((), (1,))

    def rows(_work: Any, _k: int, values: Array) -> list[Array]:
        return [np.sin(value).reshape(1) for value in values]

    alone = ComplexStep(lambda work: np.sin(work[0]).reshape(1), inputs, [0], (1,))
    many = ComplexStep(lambda work: np.sin(work[0]).reshape(1), inputs, [0], (1,), rows)
    for made in (alone, many):
        estimate = made.gradient(0, probes, np.ones(1))
        assert np.allclose(estimate.value, np.cos(0.3), rtol=1e-14)


class TestWork:
    def test_dtypes(self) -> None:
        inputs = [
            np.ones(2, np.float32),
            np.ones(2, np.float16),
            np.ones(2),
            np.ones(2, int),
            np.ones(2, bool),
        ]
        work = ComplexStep(lambda work: work[0], inputs, [0, 2], (2,)).work
        assert [array.dtype for array in work] == [
            np.complex128,
            np.float64,
            np.complex128,
            np.int64,
            np.bool_,
        ]

    def test_the_inputs_are_not_touched(self) -> None:
        x = X.copy()
        made = oracle(lambda x: A @ x, x, output=(3, 2))
        made.tangent(0, np.ones((4, 2)))
        made.work[0][...] = 0
        assert np.array_equal(x, X)


def raising(*_: Array) -> Any:
    raise SubjectError("forward raised ValueError: no")


class TestEvaluate:
    def test_value(self) -> None:
        y = oracle(np.tanh, X, output=(4, 2)).evaluate()
        assert np.allclose(y, np.tanh(X))
        assert y.dtype == np.complex128

    @pytest.mark.parametrize(
        ("forward", "message"),
        [
            (raising, "forward does not take complex numbers: forward raised ValueError: no"),
            (
                lambda x: x.real,
                "the imaginary part did not survive: forward returned float64 for complex input",
            ),
            (
                lambda x: x.real.astype(np.float32),
                "the imaginary part did not survive: forward returned float32 for complex input",
            ),
            (lambda x: x[:3], "forward returned shape (3, 2) for complex input"),
            (lambda x: x.sum(keepdims=True), "forward returned shape (1, 1) for complex input"),
        ],
        ids=["raises", "real", "single", "part", "sum"],
    )
    def test_cannot_tell(self, forward: Any, message: str) -> None:
        made = oracle(forward, X, output=(4, 2))
        for call in (
            made.evaluate,
            lambda: made.tangent(0, np.ones((4, 2))),
            lambda: made.gradient(0, entries((4, 2)), np.ones((4, 2))),
        ):
            with pytest.raises(OracleError) as caught:
                call()
            assert str(caught.value) == message
            assert not made.work[0].imag.any()

    def test_the_cause_is_kept(self) -> None:
        with pytest.raises(OracleError) as caught:
            oracle(raising, X, output=(4, 2)).evaluate()
        assert isinstance(caught.value.__cause__, SubjectError)


class TestTangent:
    @pytest.mark.parametrize("dtype", [np.float32, np.float64])
    def test_of_a_linear_map(self, dtype: type) -> None:
        direction = RNG.standard_normal((4, 2))
        dy = oracle(lambda x: A @ x, X.astype(dtype), output=(3, 2)).tangent(0, direction)
        assert dy.dtype == np.float64
        assert np.allclose(dy, A @ direction, rtol=1e-15, atol=1e-15)

    @pytest.mark.parametrize(
        ("forward", "derivative"),
        [
            (np.exp, np.exp),
            (np.sin, np.cos),
            (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
            (lambda x: x**3, lambda x: 3 * x**2),
            (lambda x: 1 / (1 + np.exp(-x)), lambda x: 0.25 / np.cosh(x / 2) ** 2),
        ],
        ids=["exp", "sin", "tanh", "cube", "sigmoid"],
    )
    def test_of_analytic_functions(self, forward: Any, derivative: Any) -> None:
        x = np.linspace(-3, 3, 13)
        dy = oracle(forward, x, output=(13,)).tangent(0, np.full(13, 2.0))
        assert np.allclose(dy, 2 * derivative(x), rtol=1e-14, atol=2.0**-180)

    def test_of_the_second_input(self) -> None:
        made = oracle(lambda W, x: W @ x, A, X, output=(3, 2))
        assert np.allclose(made.tangent(1, X), A @ X)
        assert np.allclose(made.tangent(0, A), A @ X)

    def test_of_a_number(self) -> None:
        dy = oracle(lambda x: x * x, np.array(3.0), output=()).tangent(0, np.array(1.0))
        assert (dy.shape, float(dy)) == ((), 6.0)

    @pytest.mark.parametrize("order", ["C", "F"])
    def test_of_any_order_in_memory(self, order: Any) -> None:
        x = np.asarray(X, order=order)
        dy = oracle(lambda x: A @ x, x, output=(3, 2)).tangent(0, X)
        assert np.allclose(dy, A @ X)

    def test_nothing_is_left_of_it(self) -> None:
        made = oracle(lambda x: A @ x, X, output=(3, 2))
        made.tangent(0, X)
        assert not made.work[0].imag.any()
        assert np.array_equal(made.work[0].real, X)

    def test_a_value_that_hides_is_a_silent_zero(self) -> None:
        """What is not analytic must be told by others: the step cannot see it."""
        dy = oracle(lambda x: np.abs(x) + 0j, X, output=(4, 2)).tangent(0, X)
        assert not dy.any()


class TestGradient:
    @settings(max_examples=40, deadline=None)
    @given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 4))
    def test_bound_holds_for_linear_maps(self, seed: int, rows: int, columns: int) -> None:
        rng = np.random.default_rng(seed)
        J = rng.standard_normal((rows, columns)) * 10.0 ** rng.integers(-9, 9, (rows, columns))
        c = rng.standard_normal(rows)
        made = oracle(lambda x: J @ x, rng.standard_normal(columns), output=(rows,))
        estimate = made.gradient(0, entries((columns,), (rows,)), c)
        for k in range(columns):
            parts = [Fraction(J[j, k]) * Fraction(c[j]) for j in range(rows)]
            off = abs(Fraction(float(estimate.value[k])) - sum(parts))
            assert off <= Fraction(float(estimate.bound[k]))
            terms = float(sum(map(abs, parts)))
            assert estimate.terms[k] == pytest.approx(terms, rel=1e-14)
            assert estimate.bound[k] <= 1e-14 * estimate.terms.max() + 1e-50

    @pytest.mark.parametrize("size", [1e-200, 1.0, 1e200])
    def test_of_any_size(self, size: float) -> None:
        made = oracle(lambda x: size * x, np.array([1.0, 2.0]), output=(2,))
        estimate = made.gradient(0, entries((2,), (2,)), np.array([3.0, 5.0]))
        assert np.allclose(estimate.value, [3.0 * size, 5.0 * size], rtol=1e-15, atol=0)

    @pytest.mark.parametrize("size", [0.0, 1e-300, 1.0])
    def test_no_estimate_is_exact(self, size: float) -> None:
        made = oracle(lambda x: 0 * x, X, output=(4, 2))
        estimate = made.gradient(0, entries((4, 2), (4, 2)), np.full((4, 2), size))
        assert not estimate.value.any()
        assert np.all(estimate.bound > 0)
        assert np.all(estimate.bound < 1e-50)
        assert estimate.lower is estimate.upper is None

    @pytest.mark.parametrize("chunk", [1, 2, 6, 12, 18, 30, 48, 10**6])
    def test_kept_in_chunks(self, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
        """Eight probes of six numbers each: one row, or several, with and without a rest."""
        monkeypatch.setattr(complex_step, "CHUNK", chunk)
        estimate = oracle(lambda x: A @ x, X, output=(3, 2)).gradient(0, entries((4, 2), (3, 2)), C)
        assert estimate.value.shape == estimate.bound.shape == estimate.terms.shape == (4, 2)
        assert np.allclose(estimate.value, A.T @ C, rtol=1e-14, atol=1e-14)
        assert np.allclose(estimate.terms, np.abs(A.T) @ np.abs(C), rtol=1e-14)

    @pytest.mark.parametrize("chunk", [1, 10**6])
    @pytest.mark.parametrize("count", [1, 3, 8])
    def test_of_blocks(self, count: int, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(complex_step, "CHUNK", chunk)
        probes = blocks(np.random.default_rng(0), (4, 2), count)
        estimate = oracle(lambda x: A @ x, X, output=(3, 2)).gradient(0, probes, C)
        assert np.allclose(estimate.value, probes.read(A.T @ C), rtol=1e-13, atol=1e-13)

    def test_of_blocks_in_fortran_order(self) -> None:
        probes = blocks(np.random.default_rng(0), (4, 2), 3)
        made = oracle(lambda x: A @ x, np.asfortranarray(X), output=(3, 2))
        estimate = made.gradient(0, probes, C)
        assert np.allclose(estimate.value, probes.read(A.T @ C), rtol=1e-13, atol=1e-13)

    @pytest.mark.parametrize("matched", [(), ((1, 1),)])
    def test_of_entries_in_fortran_order(self, matched: Any) -> None:
        probes = EntryProbes(shape=(4, 2), output=(3, 2), matched=matched)
        made = oracle(lambda x: A @ x, np.asfortranarray(X), output=(3, 2))
        assert np.allclose(made.gradient(0, probes, C).value, A.T @ C, rtol=1e-13, atol=1e-13)

    def test_of_a_number(self) -> None:
        made = oracle(lambda x: np.stack([x, x * x]), np.array(3.0), output=(2,))
        estimate = made.gradient(0, entries((), (2,)), np.array([1.0, 10.0]))
        assert (estimate.value.shape, float(estimate.value)) == ((), 61.0)

    def test_of_a_scalar_output(self) -> None:
        made = oracle(lambda x: np.asarray((x * x).sum()), X, output=())
        estimate = made.gradient(0, entries((4, 2)), np.array(2.0))
        assert np.allclose(estimate.value, 4 * X)

    def test_nothing_is_left_of_it(self) -> None:
        made = oracle(lambda W, x: W @ x, A, X, output=(3, 2))
        made.gradient(1, entries((4, 2), (3, 2)), C)
        assert not any(array.imag.any() for array in made.work)

    def test_what_is_not_finite_is_not_told(self) -> None:
        made = oracle(lambda x: x * np.inf, np.ones(2), output=(2,))
        with np.errstate(invalid="ignore"):
            estimate = made.gradient(0, entries((2,), (2,)), np.ones(2))
        assert not np.isfinite(estimate.bound).any()

    def test_the_step_does_not_round(self) -> None:
        assert np.frexp(STEP)[0] == 0.5


@pytest.mark.parametrize(
    "probes",
    [
        EntryProbes(shape=(4, 3), output=(3, 2)),
        EntryProbes(shape=(4, 3), output=(3, 2), matched=((1, 0),)),
        blocks(np.random.default_rng(3), (4, 3), 5),
    ],
    ids=["entries", "matched", "blocks"],
)
def test_a_tangent_and_the_gradient_after_it_are_one_question(
    probes: Probes,
) -> None:
    B = np.arange(8.0).reshape(4, 2)
    asked = []

    def forward(inputs: Sequence[Array]) -> Array:
        return np.asarray(np.tanh(inputs[0].T @ B))

    def rows(inputs: Sequence[Array], k: int, values: Array) -> list[Array]:
        asked.append(len(values))
        return [forward([*inputs[:k], value, *inputs[k + 1 :]]) for value in values]

    point = np.random.default_rng(4).standard_normal((4, 3)) / 8
    tangent = np.random.default_rng(5).standard_normal((4, 3))
    cotangent = np.array([[1.0, -2.0], [3.0, 0.5], [-1.5, 2.5]])
    apart, together = (ComplexStep(forward, [point], [0], (3, 2), rows) for _ in range(2))
    along, estimate = apart.tangent(0, tangent), apart.gradient(0, probes, cotangent)
    assert asked == [probes.count]
    assert np.array_equal(together.tangent(0, tangent, probes), along)
    assert np.array_equal(together.gradient(0, probes, cotangent).value, estimate.value)
    assert asked[1:] == [1 + probes.count]
    other = EntryProbes(shape=(4, 3), output=(3, 2))
    assert np.allclose(
        together.gradient(0, other, cotangent).value,
        B @ (cotangent * (1 - forward([point]) ** 2)).T,
    )
