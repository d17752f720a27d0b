"""What is wrong is named where the numbers confirm it, and nothing is named where they do not."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck import check_functions
from gradcheck.account import Account
from gradcheck.check import check_subject
from gradcheck.diagnosis import findings, remarks
from gradcheck.readings import Outcome, Reading
from gradcheck.records import Estimate, Oracle, Verdict, Worst
from gradcheck.samples import Sample
from gradcheck.subject import from_functions

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.records import Array, Finding, Result

RNG = np.random.default_rng(0)
X = RNG.standard_normal((3, 2))
W = RNG.standard_normal((3, 3))
B = RNG.standard_normal((3, 1))
LOGITS = np.random.default_rng(14).standard_normal((3, 2))
"""Drawn so that one entry is the worst by a factor of four, on every platform."""


def dense(x: Array, W: Array, b: Array) -> Array:
    return W @ x + b


def with_weights(change: Callable[[Array], Any]) -> Callable[..., Any]:
    def backward(g: Array, x: Array, W: Array, b: Array) -> tuple[Array, ...]:
        return W.T @ g, change(g @ x.T), g.sum(axis=1, keepdims=True)

    return backward


def softmax(x: Array) -> Array:
    powers = np.exp(x - x.real.max(axis=0))
    return powers / powers.sum(axis=0)


def diagonal_only(g: Array, x: Array) -> Array:
    y = softmax(x)
    return g * y * (1 - y)


def masked(text: str) -> str:
    """Return the text without what differs from one platform to another: bounds, last digits."""
    text = re.sub(r"\([^(\s]*test_diagnosis\.py:\d+\)", "(FILE:LINE)", text)
    text = re.sub(r"line \d+", "line #", text)
    text = re.sub(r"± \S+?(?=\s|$)", "± #", text)
    text = re.sub(r"\b\d\.\d\de\+\d\d\b", "#", text)
    text = re.sub(r"(-?\d+\.\d{4})\d+", r"\1…", text)
    text = text.replace("; worst", ";\n    worst")
    return re.sub(r"(?<=\S)  +", "  ", text)


DENSE_TEXT = """\
FAIL dense: dW is wrong (FILE:LINE)
  [transposed] dW: dL/dW is the transpose of the gradient;
    worst entry dW[1, 0]: got -0.4989…, oracle 0.0920… ± #
    hint: A gradient has the shape of what it is the gradient of. Return the transpose: \
exchange the two factors of the product in line #.
  quantity  oracle  verdict  residual  worst entry  got  oracle ± #  regime
  dW (3, 3)  complex-step  fail  #  [1, 0]  -0.4989…  0.0920… ± #  point
  dW (3, 3)  finite-difference  fail  #  –  –  –  point
  12 checks: 10 pass, 2 fail; 1 point judged
  seed 0; reproduce: gradcheck.check_functions(dense, ..., regimes='point', seed=0)
"""

SOFTMAX_TEXT = """\
FAIL softmax: dx is wrong (FILE:LINE)
  [diagonal-only] dx: the terms for k ≠ i are missing: −yᵢ Σₖ≠ᵢ yₖ gₖ;
    worst entry dx[0, 1]: got 0.0800…, oracle -0.0010… ± #
    hint: Each output of softmax depends on every input of its example. line # multiplies by the \
diagonal of the Jacobian; it needs the terms −yₖyᵢ off the diagonal too.
  quantity  oracle  verdict  residual  worst entry  got  oracle ± #  regime
  dx (3, 2)  complex-step  fail  #  [0, 1]  0.0800…  -0.0010… ± #  point
  dx (3, 2)  finite-difference  fail  #  –  –  –  point
  8 checks: 6 pass, 2 fail; 1 point judged
  seed 0; reproduce: gradcheck.check_functions(softmax, ..., regimes='point', seed=0)
"""


class TestText:
    """The whole of what is read about one wrong layer."""

    def test_dense_with_the_gradient_of_its_weights_transposed(self) -> None:
        result = check_functions(dense, with_weights(np.transpose), [X, W, B], regimes="point")
        assert masked(str(result)) + "\n" == DENSE_TEXT

    def test_softmax_with_its_diagonal_only(self) -> None:
        result = check_functions(softmax, diagonal_only, LOGITS, regimes="point")
        assert masked(str(result)) + "\n" == SOFTMAX_TEXT


def faults(result: Result) -> list[Finding]:
    return [finding for finding in result.findings if not finding.remark]


def only(result: Result, quantity: str = "dx") -> Finding:
    """Return the finding of a wrong gradient, which must be the only one of its quantity."""
    assert result.verdict is Verdict.FAIL, str(result)
    (found,) = [f for f in faults(result) if f.quantity == quantity]
    return found


class TestNamed:
    def test_a_transpose(self) -> None:
        found = only(check_functions(dense, with_weights(np.transpose), [X, W, B]), "dW")
        assert found.code == "transposed"
        assert "Return the transpose" in found.hint

    @pytest.mark.parametrize(
        ("factor", "code", "numbers"),
        [
            (-1.0, "sign", {"points": 1.0}),
            (0.0, "missing", {"points": 1.0}),
            (0.5, "factor", {"factor": 0.5}),
            (-2.0, "factor", {"factor": -2.0}),
            (1.001, "factor", {"factor": 1.001}),
            (1 / 3, "factor", {"factor": 1 / 3}),
        ],
    )
    def test_a_factor(self, factor: float, code: str, numbers: dict[str, float]) -> None:
        found = only(
            check_functions(dense, with_weights(lambda d: factor * d), [X, W, B], regimes="point"),
            "dW",
        )
        assert found.code == code
        for name, value in numbers.items():
            assert found.numbers[name] == pytest.approx(value)
        assert "dW[" in found.message

    def test_the_hint_names_the_quantity(self) -> None:
        found = only(
            check_functions(dense, with_weights(lambda d: -d), [X, W, B], regimes="point"), "dW"
        )
        assert "change the sign of dW" in found.hint

    def test_the_local_derivative_is_left_out(self) -> None:
        found = only(check_functions(np.tanh, lambda g, x: g, X, names=["x"], regimes="point"))
        assert found.code == "pass-through"

    def test_the_upstream_gradient_is_left_out(self) -> None:
        result = check_functions(np.sin, lambda g, x: np.cos(x), X, names=["x"], regimes="point")
        assert "upstream-ignored" in {finding.code for finding in faults(result)}

    @pytest.mark.parametrize(
        ("kind", "name"), [(np.float32, "float32"), (np.float16, "float16")], ids=str
    )
    def test_a_cast_to_a_lower_precision(self, kind: type, name: str) -> None:
        found = only(
            check_functions(
                np.sin, lambda g, x: (g * np.cos(x)).astype(kind), X, ["x"], regimes="point"
            )
        )
        assert found.code == "low-precision"
        assert name in found.message
        assert 0 < found.numbers["error"] < 5e-2

    def test_a_gradient_that_was_computed_in_float32(self) -> None:
        def backward(g: Array, x: Array) -> Array:
            return (g.astype(np.float32) * np.cos(x.astype(np.float32))).astype(float)

        found = only(check_functions(np.sin, backward, X, ["x"], regimes="point"))
        assert found.code == "low-precision"
        assert "float32" in found.message

    def test_a_derivative_that_was_and_a_product_that_was_not(self) -> None:
        def backward(g: Array, x: Array) -> Array:
            return g * np.cos(x.astype(np.float32)).astype(float)

        found = only(check_functions(np.sin, backward, X, ["x"], regimes="point"))
        assert found.code == "low-precision"
        assert "rounding of F' in float32" in found.message

    def test_what_has_no_name(self) -> None:
        found = only(
            check_functions(
                np.sin,
                lambda g, x: g * np.cos(x) + 0.1 * g.sum() * x,
                X,
                ["x"],
                regimes="point",
            )
        )
        assert found.code == "unlisted"
        assert found.numbers["error"] > 0

    def test_a_gradient_that_is_not_finite(self) -> None:
        found = only(
            check_functions(
                np.sin, lambda g, x: g * np.cos(x) / (x < 9e9) * np.nan, X, ["x"], regimes="point"
            )
        )
        assert found.code == "unlisted"
        assert "not finite" in found.message

    def test_a_gradient_where_the_truth_is_zero(self) -> None:
        found = only(
            check_functions(
                lambda x: 0 * x + 1.0, lambda g, x: 0.5 * g * x, X, ["x"], regimes="point"
            )
        )
        assert found.code == "unlisted"


class TestRegions:
    def test_wrong_for_large_values_only(self) -> None:
        def backward(g: Array, x: Array) -> Array:
            return g * np.where(np.abs(x) > 1e6, 3.0, 2.0) * x

        found = only(check_functions(np.square, backward, X, ["x"]))
        assert found.code == "region"
        assert "wrong where |x| > 1e+06" in found.message
        assert found.numbers["threshold"] == pytest.approx(1e6)

    def test_not_finite_for_large_values_only(self) -> None:
        def sigmoid(x: Array) -> Array:
            return 0.5 * (np.tanh(0.5 * x) + 1)

        def backward(g: Array, x: Array) -> Array:
            return g * np.exp(-x) / (1 + np.exp(-x)) ** 2

        found = only(check_functions(sigmoid, backward, X, ["x"]))
        assert found.code == "overflow"
        assert "no intermediate result overflows" in found.hint


SUBJECT = from_functions(lambda x: x, lambda g, x: g, [np.ones((2, 2))], names=["x"])


def outcome(
    got: Any,
    truth: Any = None,
    *,
    regime: str = "point",
    single: bool = False,
    verdict: Verdict = Verdict.FAIL,
    upstream: Any = None,
    **more: Any,
) -> Outcome:
    """Return the outcome of a point at which the gradient of x was looked at."""
    got = np.asarray(got, dtype=float)
    seen = Outcome(
        sample=Sample(regime=regime, inputs=(np.ones(got.shape),)),
        upstream=np.full(got.shape, 0.7) if upstream is None else upstream,
        y=np.ones(got.shape),
        single=single,
    )
    seen.got[0] = got
    if truth is not None:
        value = np.asarray(truth, dtype=float)
        seen.truth[0] = Estimate(value=value, bound=0 * value, terms=np.abs(value))
    seen.readings.append(
        Reading(quantity="dx", oracle=Oracle.COMPLEX_STEP, verdict=verdict, residual=5.0, **more)
    )
    return seen


def code_of(*outcomes: Outcome) -> str:
    (found,) = findings(SUBJECT, Account(y=np.ones(2)), outcomes)
    return found.code


A = np.array([[1.0, 2.0], [3.0, 4.0]])
C = np.array([[1.0, -2.0], [0.5, 3.0]])


class TestConfirmation:
    """A name must fit at every point that is wrong."""

    def test_one_factor_at_every_point(self) -> None:
        assert code_of(outcome(2 * A, A), outcome(2 * C, C, regime="signs")) == "factor"
        assert code_of(outcome(2 * A, A), outcome(3 * C, C, regime="signs")) == "unlisted"

    def test_a_point_that_is_not_finite_elsewhere_is_no_contradiction(self) -> None:
        elsewhere = outcome(np.full((2, 2), np.nan), C, regime="huge")
        assert code_of(outcome(2 * A, A), elsewhere) == "factor"

    def test_a_transpose_at_every_point(self) -> None:
        assert code_of(outcome(A.T, A), outcome(C.T, C, regime="signs")) == "transposed"
        assert code_of(outcome(A.T, A), outcome(C + 1, C, regime="signs")) == "unlisted"

    def test_a_gradient_nobody_knows(self) -> None:
        assert code_of(outcome(A)) == "unlisted"
        assert code_of(outcome(A, np.full((2, 2), np.nan))) == "unlisted"

    def test_a_factor_of_one_is_none(self) -> None:
        assert code_of(outcome(A * (1 + 3e-7), A)) == "unlisted"
        assert code_of(outcome(A * (1 + 3e-7), A, single=True)) == "unlisted"

    def test_zero_for_a_truth_of_zero_is_no_factor(self) -> None:
        assert code_of(outcome(A, 0 * A)) == "unlisted"

    def test_the_upstream_has_another_shape(self) -> None:
        assert code_of(outcome(A + 1, A, upstream=np.ones(3))) == "unlisted"

    def test_not_finite_elsewhere(self) -> None:
        infinite = outcome(np.full((2, 2), np.inf), A, regime="huge")
        assert code_of(infinite) == "overflow"
        assert code_of(infinite, outcome(A, C, regime="ties")) == "region"

    def test_the_worst_entry_is_the_given_points(self) -> None:
        def worst(value: float) -> Worst:
            return Worst(index=(0, 1), got=value, oracle=1.0, bound=1e-9)

        (found,) = findings(
            SUBJECT,
            Account(y=np.ones(2)),
            [outcome(C, A, worst=worst(7.0)), outcome(C, A, regime="huge", worst=worst(8.0))],
        )
        assert "worst entry dx[0, 1]: got 7, oracle 1 ± 1e-09" in found.message

    def test_a_scalar_has_no_index(self) -> None:
        worst = Worst(index=(), got=7.0, oracle=1.0, bound=1e-9)
        (found,) = findings(SUBJECT, Account(y=np.ones(2)), [outcome(C, A, worst=worst)])
        assert "worst entry dx: got 7" in found.message

    def test_what_passes_has_no_finding(self) -> None:
        assert findings(SUBJECT, Account(y=A), [outcome(A, A, verdict=Verdict.PASS)]) == []

    def test_a_stale_cache_is_the_only_finding(self) -> None:
        account = Account(y=A)
        account.broken("latest-forward", "stale-cache", "dx", "backward still uses A")
        (found,) = findings(SUBJECT, account, [outcome(C, A)])
        assert found.code == "stale-cache"
        assert "Each forward belongs to the backward" in found.hint


class TestWords:
    @pytest.mark.parametrize(
        ("factor", "words"),
        [
            (15.0, ", and 15 = the number of entries"),
            (
                1 / 15,
                ", and 0.0666667 = 1/the number of entries with the number of entries = 15",
            ),
            (7.5, ", and 7.5 = the number of entries/2 with the number of entries = 15"),
            (-5.0, ", and -5 = −the size of axis 0"),
            (0.5, ""),
            (2.0, ""),
            (7.3, ""),
        ],
    )
    def test_a_factor_that_is_a_number_of_entries(self, factor: float, words: str) -> None:
        x = RNG.standard_normal((5, 3))
        result = check_functions(
            np.sin, lambda g, x: factor * g * np.cos(x), x, ["x"], regimes="point"
        )
        assert f"A = {factor:.6g}·T{words};" in only(result).message

    def test_a_vector_has_no_axes_to_speak_of(self) -> None:
        x = RNG.standard_normal(4)
        result = check_functions(
            np.sin, lambda g, x: 0.25 * g * np.cos(x), x, ["x"], regimes="point"
        )
        assert "A = 0.25·T, and 0.25 = 1/the number of entries" in only(result).message


class TestRemarks:
    def relu(self, value: float) -> list[Finding]:
        def forward(x: Array) -> Array:
            return np.where(x.real > 0, x, 0 * x)

        def backward(g: Array, x: Array) -> Array:
            return g * np.where(x == 0, value, x > 0)

        x = np.array([[0.0, 1.0], [-1.0, 0.0]])
        result = check_functions(forward, backward, x, ["x"], regimes="kinks")
        assert result.verdict is Verdict.PASS, str(result)
        return [f for f in result.findings if f.code == "kink-value"]

    @pytest.mark.parametrize(
        ("value", "side"), [(0.0, "left"), (1.0, "right"), (0.5, "between")], ids=str
    )
    def test_a_kink_says_what_was_returned(self, value: float, side: str) -> None:
        (found,) = self.relu(value)
        assert found.remark
        assert found.quantity == "dx"
        assert side in found.message

    def test_zero_everywhere(self) -> None:
        zeros = [outcome(0 * A, 0 * A), outcome(0 * A, 0 * A, regime="signs")]
        assert [f.code for f in remarks(SUBJECT, zeros)] == ["zero-gradient"]
        assert remarks(SUBJECT, [*zeros, outcome(A, A, regime="huge")]) == []
        assert remarks(SUBJECT, [outcome(0 * A)]) == []

    def test_float32(self) -> None:
        assert [f.code for f in remarks(SUBJECT, [outcome(A, A, single=True)])] == ["low-precision"]
        assert remarks(SUBJECT, [outcome(A, A, single=True, regime="float32")]) == []

    def test_nothing_was_seen(self) -> None:
        assert remarks(SUBJECT, []) == []


class TestTheNotesKink:
    @pytest.mark.parametrize(
        ("role", "side", "remarked"),
        [
            ("relu", np.greater, False),
            ("relu", np.greater_equal, True),
            ("other", np.greater, True),
        ],
    )
    def test_a_remark_only_where_it_is_another_one(
        self, role: str, side: Any, *, remarked: bool
    ) -> None:
        subject = from_functions(
            lambda x: np.maximum(x, 0), lambda g, x: g * side(x, 0), [np.array([1.0, -2.0, 0.5])]
        )
        result = check_subject(replace(subject, role=role))
        assert ("kink-value" in {finding.code for finding in result.findings}) is remarked
