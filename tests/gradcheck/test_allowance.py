"""The rounding that is allowed is measured, capped, and guessed only where it is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck.allowance import CAP, UNMEASURED, of_backward, of_forward
from gradcheck.execution import Runner
from gradcheck.subject import from_functions

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.records import Array

X = np.random.default_rng(4).standard_normal(5)
G = np.random.default_rng(5).standard_normal(5)
EPS = 2.0**-52


def of(backward: Callable[..., Any], *inputs: Array) -> list[Array | None]:
    subject = from_functions(lambda *a: a[0], backward, list(inputs) or [X])
    return of_backward(Runner(subject), list(inputs) or [X], G, EPS, np.random.default_rng(0))


class TestBackward:
    def test_of_one_operation_is_a_few_units(self) -> None:
        (measured,) = of(lambda g, x: g * x)
        assert measured is not None
        size = EPS * np.abs(G * X)
        assert np.all(measured < 16 * size)
        assert np.all(measured > 0.5 * size)

    def test_of_cancelling_terms_is_theirs(self) -> None:
        (measured,) = of(lambda g, x: (g * x + 1e5) - 1e5)
        assert measured is not None
        assert np.all(measured > 0.1 * EPS * 1e5)

    def test_is_capped(self) -> None:
        (measured,) = of(lambda g, x: (g * x + 1e15) - 1e15)
        assert measured is not None
        largest = max(np.abs(np.rint(G * X)).max(), np.abs(G).max(), 1.0)
        assert np.all(measured <= 2 * CAP * largest)

    def test_is_guessed_where_the_code_goes_on_with_plain_arrays(self) -> None:
        (measured,) = of(
            lambda g, x: np.array(
                [float(a) * float(b) for a, b in zip(g.tolist(), x.tolist(), strict=True)]
            )
        )
        assert measured is not None
        np.testing.assert_allclose(measured, UNMEASURED * EPS * np.abs(G * X).max())

    @pytest.mark.parametrize(
        "gradient",
        [None, np.full(5, np.nan), np.full(5, 1j), "text"],
        ids=["None", "NaN", "complex", "text"],
    )
    def test_of_what_is_no_gradient_is_unknown(self, gradient: Any) -> None:
        measured = of(lambda g, x, y: (gradient, g * x), X, X)
        assert measured[0] is None or not np.any(measured[0])
        assert measured[1] is not None

    def test_of_ragged_lists_is_unknown(self) -> None:
        assert of(lambda g, x, y: ([[1.0], [1.0, 2.0]], g * x), X, X) == [None, None]

    def test_constants_have_none(self) -> None:
        measured = of(lambda g, x, k: (g * x,), X, np.arange(5))
        assert measured[0] is not None
        assert measured[1] is None


class TestForward:
    @staticmethod
    def of(forward: Callable[..., Any], x: Array) -> Array | None:
        subject = from_functions(forward, lambda g, x: g, [X])
        y = np.asarray(forward(x))
        return of_forward(Runner(subject), [x], y, EPS, np.random.default_rng(0))

    def test_of_real_inputs(self) -> None:
        measured = self.of(lambda x: (x + 1e5) - 1e5, X)
        assert measured is not None
        assert np.all(measured > 0.1 * EPS * 1e5)

    def test_of_complex_inputs_is_that_of_the_imaginary_part(self) -> None:
        measured = self.of(lambda x: x * x, X + 1e-30j)
        assert measured is not None
        assert measured.dtype == np.float64
        assert np.all(measured < 1e-43)

    def test_is_unknown_where_nothing_comes_through(self) -> None:
        assert self.of(lambda x: np.array([v * v for v in x.tolist()]), X) is None
        assert self.of(lambda x: np.array([1.0, 2.0]), X) is None
