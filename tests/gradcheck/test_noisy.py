"""What is rounded moves, in its own precision and by its own terms; what is exact does not."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck.noisy import Noisy
from gradcheck.rounding import Spread, spread
from gradcheck.stochastic import current, perturbed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Array = Any
EPS = 2.0**-52
EPS32 = 2.0**-23
DRAWN = np.random.default_rng(0).standard_normal((3, 4))
MATRIX = np.random.default_rng(1).standard_normal((4, 3))


def measured(function: Callable[..., Any], *inputs: Array, eps: float = EPS) -> Spread:
    """Return the spread of a function with one output."""
    arrays = [np.array(each) for each in inputs]
    baseline = function(*[each.copy() for each in arrays])
    rng = np.random.default_rng(7)
    (result,) = spread(lambda *a: (function(*a),), arrays, (baseline,), eps=eps, rng=rng)
    assert result.deviation.shape == np.shape(baseline)
    return result


@pytest.fixture
def noise() -> Iterator[None]:
    with perturbed(EPS, np.random.default_rng(3)):
        yield


def noisy(*entries: float) -> Noisy:
    return np.array(entries).view(Noisy)


class TestPrecision:
    x = np.linspace(0.1, 2.0, 12, dtype=np.float32)

    def test_float32_code_in_float32(self) -> None:
        result = measured(lambda x: x * np.tanh(x), self.x, eps=EPS32)
        ratio = result.deviation / (EPS32 * self.x * np.tanh(self.x))
        assert np.all((ratio > 0.2) & (ratio < 5))

    def test_dtype_is_kept(self) -> None:
        with perturbed(EPS32, np.random.default_rng(0)):
            x = self.x.view(Noisy)
            for y in (x * 3.0, x[0] * x[1], x.sum(), x @ x, np.exp(x), x / x[1], x.mean(), x.var()):
                assert (type(y), y.dtype) == (Noisy, np.float32)

    def test_no_allowance_for_less_than_the_working_precision(self) -> None:
        result = measured(lambda x: np.tanh(x.astype(np.float32)) ** 2 * 3, DRAWN)
        assert result.survived
        assert not result.deviation.any()

    def test_float64_results_move_at_the_eps_of_float32(self) -> None:
        result = measured(lambda x: np.exp(x.astype(np.float64)), self.x, eps=EPS32)
        ratio = result.deviation / (EPS32 * np.exp(self.x))
        assert np.all((ratio > 0.1) & (ratio < 5))

    def test_narrowing_moves_in_the_narrower_dtype(self) -> None:
        result = measured(lambda x: x.astype(np.float32), DRAWN, eps=EPS32)
        assert np.all(result.deviation > 0)

    @pytest.mark.parametrize("eps", [2.0**-53, 2.0**-52])
    def test_both_meanings_of_eps_move(self, eps: float) -> None:
        assert np.all(measured(np.exp, DRAWN, eps=eps).deviation > 0)


TINY = 2.0**-100


class TestComplexStep:
    """The imaginary part is the derivative; it moves relative to its own terms."""

    @pytest.mark.parametrize(
        ("function", "derivative"),
        [
            (np.tanh, lambda x: 1 / np.cosh(x) ** 2),
            (np.exp, np.exp),
            (lambda z: 1 / z, lambda x: 1 / x**2),
            (lambda z: (z + 2) / (z - 5), lambda x: 7 / (x - 5) ** 2),
            (lambda z: z * z, lambda x: 2 * x),
            (lambda z: z**2, lambda x: 2 * x),
            (lambda z: z**3, lambda x: 3 * x**2),
            (np.sqrt, lambda x: 0.5 / np.sqrt(x)),
            (np.log, lambda x: 1 / x),
            (lambda z: z.sum(axis=0) + 0 * z, np.ones_like),
            (lambda z: z.mean() * np.ones_like(z), np.ones_like),
        ],
        ids=[
            "tanh",
            "exp",
            "reciprocal",
            "divide",
            "square",
            "power2",
            "power3",
            "sqrt",
            "log",
            "sum",
            "mean",
        ],
    )
    def test_relative_to_its_terms(self, function: Any, derivative: Any) -> None:
        x = np.linspace(0.5, 3.0, 8)
        deviation = measured(function, x + 1j * TINY).deviation
        assert deviation.dtype == np.complex128
        ratio = deviation.imag / (TINY * EPS * np.abs(derivative(x)))
        assert np.all((ratio > 0.1) & (ratio < 50))

    def test_cancelling_product_rule(self) -> None:
        x = np.linspace(0.5, 3.0, 8)
        deviation = measured(lambda z: z * (1 / z), x + 1j * TINY).deviation
        assert np.all(deviation.imag > 0.1 * TINY * EPS / x)
        assert np.all(deviation.imag < 50 * TINY * EPS / x)

    def test_products_that_cancel_to_nothing(self) -> None:
        x = np.array([0.5, 2.0, 4.0])
        z, w = x + 1j * TINY, 1 / x - 1j * TINY / x**2
        assert not (z * w).imag.any()
        deviation = measured(lambda z, w: z * w, z, w).deviation
        assert np.all(deviation.imag > 0.1 * TINY * EPS / x)

    def test_exponents_do_not_move(self) -> None:
        x = np.array([-3.0, -1.5])
        deviation = measured(lambda z, n: z**n, x + 1j * TINY, np.array([3.0, 3.0])).deviation
        assert np.all(deviation.imag < 50 * TINY * EPS * 3 * x**2)

    def test_absolute_value_of_complex_rounds(self) -> None:
        assert np.all(measured(np.abs, DRAWN + 1j).deviation > 0)

    def test_tiny_deviations_do_not_underflow(self) -> None:
        assert measured(np.exp, np.array([1 + 1e-250j])).deviation.imag[0] > 1e-267


def added_to_zeros(x: Array) -> Array:
    total = np.zeros(x.shape)
    total += x
    return total


def with_an_entry_set(x: Array) -> Array:
    x[0, 0] = 1.0
    x[x < 0] = 0
    return x


EXACT: dict[str, Callable[[Array], Any]] = {
    "relu": lambda x: np.maximum(x, 0),
    "relu mask": lambda x: x * (x > 0),
    "float mask": lambda x: x * (x > 0).astype(float),
    "where mask": lambda x: x * np.where(x > 0, 1.0, 0.0),
    "where": lambda x: np.where(x > 0, x, 0),
    "negative": lambda x: -x,
    "copy": lambda x: np.copy(x.copy()),
    "deepcopy": copy.deepcopy,
    "transpose": lambda x: x.T.reshape(2, 6).swapaxes(0, 1),
    "broadcast": lambda x: np.broadcast_to(x, (2, *x.shape)),
    "concatenate": lambda x: np.concatenate([x, np.ones_like(x), np.stack([x[0]])]),
    "sort": lambda x: np.sort(x, axis=1)[:, ::-1],
    "take": lambda x: np.take_along_axis(x, np.argsort(x, axis=0), axis=0),
    "maximum": lambda x: x.max(axis=0) + 0.0,
    "clip": lambda x: np.clip(x, -0.5, x.max()),
    "abs sign": lambda x: np.abs(x) * np.sign(x),
    "copysign": lambda x: np.copysign(x, -1.0),
    "double": lambda x: 2 * x / 4,
    "conjugate": lambda x: np.conj(x).real,
    "add to zeros": added_to_zeros,
    "set": with_an_entry_set,
    "round": np.rint,
    "split": lambda x: np.hstack(np.split(x, 2, axis=1)),
    "nan_to_num": np.nan_to_num,
}


class TestExact:
    @pytest.mark.parametrize("name", EXACT)
    def test_nothing_moves(self, name: str) -> None:
        result = measured(EXACT[name], DRAWN)
        assert (result.survived, result.tainted) == (True, True)
        assert not result.deviation.any()

    @pytest.mark.parametrize("factor", [3.0, 0.1, np.array([1.0, 2.0, 3.0, 4.0])])
    def test_other_factors_move(self, factor: Any) -> None:
        assert measured(lambda x: x * factor, DRAWN).deviation.any()

    @pytest.mark.usefixtures("noise")
    def test_integers_and_truth_values_are_plain(self) -> None:
        x = noisy(1.0, 3.0, 2.0)
        for each in (x > 1, x.argmax(), x.argsort(), np.isnan(x), x.astype(int), x.any(), x == x):
            assert not isinstance(each, Noisy)
        assert (np.argmax(x), int(x[1]), x.astype(int).tolist()) == (1, 3, [1, 3, 2])


METHODS: dict[str, Callable[[Array], Any]] = {
    "sum": lambda x: x.sum(),
    "sum axis": lambda x: x.sum(axis=1, keepdims=True),
    "prod": lambda x: x.prod(axis=0),
    "mean": lambda x: x.mean(axis=-1),
    "var": lambda x: x.var(axis=0),
    "std": lambda x: np.std(x),
    "trace": lambda x: x[:, :3].trace(),
    "cumprod": lambda x: x.cumprod(axis=0),
    "norm": np.linalg.norm,
    "norm axis": lambda x: np.linalg.norm(x, axis=1, keepdims=True),
    "solve": lambda x: np.linalg.solve(x @ MATRIX, x[:, 0]),
    "slogdet": lambda x: np.linalg.slogdet(x @ MATRIX).logabsdet,
    "outer": lambda x: np.outer(x[0], x[1]),
    "multiply.outer": lambda x: np.multiply.outer(x[0], x[1]),
    "vdot": lambda x: np.vdot(x, x),
    "kron": lambda x: np.kron(x, x),
    "matmul plain": lambda x: MATRIX @ x,
    "plain matmul": lambda x: x @ MATRIX,
    "average": lambda x: np.average(x, weights=np.arange(1.0, 5.0), axis=1),
    "apply": lambda x: np.apply_along_axis(lambda row: row / row.sum(), 1, x),
    "logaddexp": lambda x: np.logaddexp(x, 0),
    "diff": lambda x: np.diff(x * 3, axis=1),
    "polyval": lambda x: np.polyval([0.3, 0.2, 0.1], x),
    "zeros_like": lambda x: np.zeros_like(x) + x * 3,
    "empty slice": lambda x: (x * 3)[...],
    "scalar": lambda x: 2.5 * x[0, 1] / (1 + x[0, 1]),
    "numpy scalar": lambda x: np.float64(2.5) * x[0, 1],
    "where argument": lambda x: np.exp(x, where=x > 0, out=np.ones_like(x)),
    "sum where": lambda x: x.sum(axis=0, where=x > -9, initial=x[0, 0]),
    "out": lambda x: np.multiply(x, x, out=np.empty(x.shape)),
    "dot out": lambda x: np.dot(x, MATRIX, np.empty((3, 3))),
    "einsum out": lambda x: np.einsum("ij,jk", x, MATRIX, out=np.empty((3, 3))),
}


class TestOperations:
    @pytest.mark.parametrize("name", METHODS)
    def test_moves_and_keeps_the_taint(self, name: str) -> None:
        result = measured(METHODS[name], DRAWN)
        baseline = np.abs(METHODS[name](DRAWN))
        assert result.tainted
        assert result.deviation.any()
        assert np.all(result.deviation <= 100 * EPS * (1 + baseline))

    @pytest.mark.usefixtures("noise")
    def test_in_place_writes_into_the_target(self) -> None:
        x, plain = noisy(1.0, 2.0, 3.0), np.array([1.0, 2.0, 3.0])
        view, target = x, plain
        x -= noisy(0.1, 0.2, 0.3)
        plain *= noisy(0.1, 0.2, 0.3)
        assert x is view
        np.testing.assert_allclose(np.asarray(view), [0.9, 1.8, 2.7])
        np.testing.assert_allclose(target, [0.1, 0.4, 0.9])
        assert np.shares_memory(plain, target)
        assert isinstance(plain, Noisy)

    @pytest.mark.usefixtures("noise")
    def test_entries_are_replaced_not_written_to(self) -> None:
        x = noisy(1.0, 2.0)
        first = total = x[0]
        total += x[1]
        assert (float(first), float(x[0])) == (1.0, 1.0)
        assert float(total) == pytest.approx(3.0)

    @pytest.mark.usefixtures("noise")
    def test_add_at(self) -> None:
        x, plain = noisy(0.0, 0.0, 0.5), np.zeros(3)
        for target in (x, plain):
            np.add.at(target, [0, 0, 1], noisy(0.1, 0.2, 0.3))
        np.testing.assert_allclose(plain, [0.1 + 0.2, 0.3, 0])
        np.testing.assert_allclose(np.asarray(x), [0.1 + 0.2, 0.3, 0.5])
        assert plain[1] != 0.3

    @pytest.mark.usefixtures("noise")
    def test_entries_stand_for_numbers(self) -> None:
        x = noisy(1.25, -2.0)
        v = x[0]
        assert (type(v), v.shape) == (Noisy, ())
        assert (float(v), int(v), bool(v), v.item(), hash(v)) == (1.25, 1, True, 1.25, hash(1.25))
        assert (f"{v:.3f}", str(v), round(v, 1), max(x).item()) == ("1.250", "1.25", 1.2, 1.25)
        assert repr(x) == "array([ 1.25, -2.  ])"
        assert (x.tolist(), [each.item() for each in x]) == ([1.25, -2.0], [1.25, -2.0])
        assert type(np.asarray(x, dtype=np.float32)) is np.ndarray
        assert x[0] > 0 > x[1]

    def test_arrays_larger_than_the_table(self) -> None:
        x = np.full((3, 65521), 0.1)
        deviation = measured(lambda x: x * 3, x).deviation
        assert np.all(deviation > 0)

    def test_outside_of_the_block_it_is_plain(self) -> None:
        x = noisy(0.1, 0.7)
        assert current() is None
        for each in (np.exp(x), x @ x, np.linalg.norm(x), x.sum(), x + x):
            assert type(each) is not Noisy
        np.testing.assert_array_equal(np.exp(x), np.exp([0.1, 0.7]))
