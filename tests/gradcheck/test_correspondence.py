"""y and every gradient are compared with the notes' formula, and what is not finite with it too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck.check import check_subject
from gradcheck.correspondence import Correspondence
from gradcheck.errors import OracleError
from gradcheck.execution import Runner
from gradcheck.oracles.symbolic import derive
from gradcheck.records import Estimate, Oracle, Verdict
from gradcheck.samples import Sample
from gradcheck.subject import Subject, from_functions

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.records import Array, Check, Result

X = np.random.default_rng(3).standard_normal((3, 2))


def sigmoid(x: Array) -> Array:
    return 1 / (1 + np.exp(-x))


def sigmoid_backward(g: Array, x: Array) -> Array:
    return g * sigmoid(x) * (1 - sigmoid(x))


def checked(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    *inputs: Array,
    formula: str = "sigmoid",
    names: tuple[str, ...] = ("x",),
    **more: Any,
) -> Result:
    subject = from_functions(forward, backward, inputs or [X], names=names)
    return check_subject(subject, formula=formula, **more)


def symbolic(result: Result) -> dict[str, Check]:
    return {c.quantity: c for c in result.checks if c.oracle is Oracle.SYMBOLIC}


def verdicts(result: Result) -> dict[str, Verdict]:
    return {quantity: check.verdict for quantity, check in symbolic(result).items()}


def codes(result: Result) -> set[str]:
    return {finding.code for finding in result.findings if not finding.remark}


class TestValues:
    def test_the_formula_agrees(self) -> None:
        result = checked(sigmoid, sigmoid_backward)
        assert verdicts(result) == {"y": Verdict.PASS, "dx": Verdict.PASS}
        assert result.verdict is Verdict.PASS, str(result)
        assert symbolic(result)["dx"].agree == (Oracle.COMPLEX_STEP, Oracle.FINITE_DIFFERENCE)

    def test_y_differs_and_the_backward_is_right_for_it(self) -> None:
        def forward(x: Array) -> Array:
            return np.tanh(x)

        result = checked(forward, lambda g, x: g * (1 - np.tanh(x) ** 2))
        assert result.verdict is Verdict.FAIL
        assert symbolic(result)["y"].verdict is Verdict.FAIL
        own = {c.verdict for c in result.checks if c.oracle is Oracle.COMPLEX_STEP}
        assert own == {Verdict.PASS}

    def test_where_y_differs_it_is_said(self) -> None:
        result = checked(np.tanh, lambda g, x: g * (1 - np.tanh(x) ** 2))
        assert "forward-differs" in codes(result)

    def test_y_differs_in_one_entry_by_a_little(self) -> None:
        def forward(x: Array) -> Array:
            y = sigmoid(x)
            return y + 1e-9 * (np.arange(6).reshape(3, 2) == 3)

        result = checked(forward, sigmoid_backward, regimes="point")
        check = symbolic(result)["y"]
        assert check.verdict is Verdict.FAIL
        assert check.worst is not None
        assert check.worst.index == (1, 1)
        assert check.worst.got - check.worst.oracle == pytest.approx(1e-9, rel=1e-4)

    def test_a_wrong_gradient_fails_by_every_oracle(self) -> None:
        result = checked(sigmoid, lambda g, x: g * sigmoid(x), regimes="point")
        assert verdicts(result) == {"y": Verdict.PASS, "dx": Verdict.FAIL}
        assert symbolic(result)["dx"].agree == (Oracle.COMPLEX_STEP, Oracle.FINITE_DIFFERENCE)

    def test_a_loss_is_called_so_and_its_target_has_no_gradient(self) -> None:
        def forward(y: Array, t: Array) -> Array:
            return np.mean((y - t) ** 2)

        subject = from_functions(forward, lambda g, y, t: (g * 2 * (y - t) / y.size,), [X, 2 * X])
        constant = Subject(
            name="mse",
            names=subject.names,
            inputs=subject.inputs,
            make=subject.make,
            constants=frozenset({"t"}),
        )
        result = check_subject(constant, regimes="point", formula="mse")
        assert verdicts(result) == {"loss": Verdict.PASS, "dy": Verdict.PASS}
        assert result.verdict is Verdict.PASS, str(result)

    def test_a_missing_gradient_is_left_out(self) -> None:
        result = checked(sigmoid, lambda g, x: None, regimes="point")
        assert verdicts(result) == {"y": Verdict.PASS}
        assert result.verdict is Verdict.FAIL

    def test_an_unknown_formula_is_an_oracle_error(self) -> None:
        with pytest.raises(OracleError, match="formula='sine' has no entry"):
            checked(np.sin, lambda g, x: g * np.cos(x), formula="sine")


class TestOverflow:
    def test_forward_overflows_where_the_formula_does_not(self) -> None:
        def forward(x: Array) -> Array:
            return np.exp(x) / (1 + np.exp(x))

        result = checked(forward, sigmoid_backward)
        assert result.verdict is Verdict.FAIL
        found = [finding for finding in result.findings if finding.code == "overflow"]
        assert {finding.quantity for finding in found} == {"y"}
        assert all("not finite in the regime" in finding.message for finding in found)
        assert any("the regime overflow" in finding.message for finding in found)
        check = symbolic(result)["y"]
        assert check.verdict is Verdict.FAIL
        assert check.reason == "not finite where the formula is"
        assert check.residual == np.inf

    def test_at_the_given_point(self) -> None:
        def forward(x: Array) -> Array:
            return np.exp(x) / (1 + np.exp(x))

        result = checked(forward, sigmoid_backward, np.full((3, 2), 800.0), regimes="point")
        assert result.verdict is Verdict.FAIL
        assert codes(result) >= {"overflow"}

    def test_softmax_without_the_shift(self) -> None:
        def forward(x: Array) -> Array:
            powers = np.exp(x)
            return powers / powers.sum(axis=0)

        def backward(g: Array, x: Array) -> Array:
            y = forward(x)
            return y * (g - (y * g).sum(axis=0))

        result = checked(forward, backward, formula="softmax")
        assert "overflow" in codes(result)
        assert checked(forward, backward, formula="softmax", regimes="point").verdict == "pass"


class TestReading:
    """One reading, of an oracle that is made up."""

    @staticmethod
    def judged(got: Array, estimate: Estimate, measured: Array | None = None) -> Any:
        subject = from_functions(sigmoid, sigmoid_backward, [X])
        oracle = derive("sigmoid", {"x": (3, 2)})
        correspondence = Correspondence(Runner(subject), oracle, np.random.default_rng(0))
        return correspondence._reading("dx", got, estimate, 2.0**-52, lambda: measured)

    def test_an_oracle_that_cannot_tell_is_inconclusive(self) -> None:
        reading = self.judged(X, Estimate.cannot_tell(X.shape, "a kink"))
        assert (reading.verdict, reading.reason) == (Verdict.INCONCLUSIVE, "a kink")

    def test_a_formula_that_is_not_finite_is_inconclusive(self) -> None:
        estimate = Estimate(value=np.full((2,), np.nan), bound=np.ones(2), terms=np.ones(2))
        reading = self.judged(np.ones(2), estimate)
        assert reading.reason == "the formula is not finite"

    def test_an_allowance_as_large_as_the_terms_proves_nothing(self) -> None:
        one = np.ones(2)
        estimate = Estimate(value=one, bound=0 * one, terms=one)
        reading = self.judged(1.01 * one, estimate, measured=0.1 * one)
        assert reading.verdict is Verdict.INCONCLUSIVE
        assert "too large beside the terms" in reading.reason

    @pytest.mark.parametrize("measured", [None, np.full(2, np.inf), np.full(2, 1e-12)])
    def test_what_no_rounding_explains_fails(self, measured: Array | None) -> None:
        one = np.ones(2)
        estimate = Estimate(value=one, bound=0 * one, terms=one)
        assert self.judged(1.01 * one, estimate, measured).verdict is Verdict.FAIL

    def test_measured_rounding_explains_a_little(self) -> None:
        one = np.ones(2)
        estimate = Estimate(value=one, bound=0 * one, terms=one)
        reading = self.judged(one + 1e-13, estimate, measured=np.full(2, 1e-12))
        assert reading.verdict is Verdict.PASS
        assert 0 < reading.residual < 1

    def test_y_of_cancelling_terms_is_given_its_measured_rounding(self) -> None:
        def forward(x: Array) -> Array:
            return (sigmoid(x) + 1e3) - 1e3

        result = checked(forward, sigmoid_backward, regimes="point")
        assert verdicts(result)["y"] is Verdict.PASS, str(result)

    def test_float32_is_judged_by_its_own_rounding(self) -> None:
        result = checked(sigmoid, sigmoid_backward, X.astype(np.float32), regimes="point")
        assert verdicts(result) == {"y": Verdict.PASS, "dx": Verdict.PASS}

    def test_the_formula_at_a_sample(self) -> None:
        subject = from_functions(sigmoid, sigmoid_backward, [X])
        oracle = derive("sigmoid", {"x": (3, 2)})
        correspondence = Correspondence(Runner(subject), oracle, np.random.default_rng(0))
        value = correspondence.formula(Sample(regime="point", inputs=(X,))).value
        np.testing.assert_allclose(value, sigmoid(X), rtol=1e-14)
