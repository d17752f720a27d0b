"""Contracts of state: a gradient does not depend on the learning rate, and follows a step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck.check import check_subject
from gradcheck.contracts import contracts_of
from gradcheck.diagnosis import most_specific
from gradcheck.records import Verdict
from gradcheck.subject import Subject

if TYPE_CHECKING:
    from gradcheck.records import Array, Result

RNG = np.random.default_rng(5)
X, W, B = (RNG.standard_normal(shape) for shape in ((4, 5), (3, 4), (3, 1)))
LAYOUT = dict.fromkeys(("x", "W", "b", "y"), "columns")


def subject(make: Any, *, kind: Any = np.float64, **more: Any) -> Subject:
    return Subject(
        name="Dense",
        role="dense",
        names=("x", "W", "b"),
        inputs=(X.astype(kind), W.astype(kind), B.astype(kind)),
        make=make,
        parameters=frozenset({"W", "b"}),
        layout=LAYOUT,
        **more,
    )


def shown(result: Result) -> dict[str, str]:
    return {f.quantity: f.code for f in most_specific(result.findings) if not f.remark}


def contracts(result: Result) -> dict[str, Verdict]:
    return {c.contract: c.verdict for c in result.checks if c.contract}


class Updating:
    """The notes' style: backward steps, and its gradients are read from the step."""

    early = False
    usual = 0.1

    def __init__(self, part: float = 1.0) -> None:
        self.rate = part * self.usual

    def forward(self, x: Array, w: Array, b: Array) -> Array:
        self.x, self.w, self.b = x, w.copy(), b.copy()
        return self.w @ x + self.b

    def backward(self, g: Array) -> tuple[Any, ...]:
        before_w, before_b = self.w.copy(), self.b.copy()
        dx = self.w.T @ g
        self.w -= self.step(g @ self.x.T)
        self.b -= self.step(g.sum(axis=1, keepdims=True))
        if self.early:
            dx = self.w.T @ g
        return dx, (before_w - self.w) / self.rate, (before_b - self.b) / self.rate

    def step(self, gradient: Array) -> Array:
        return np.asarray(self.rate * gradient)


class Early(Updating):
    early = True


class TestLearningRate:
    @pytest.mark.parametrize("usual", [1.0, 0.1, 0.01])
    @pytest.mark.parametrize("kind", [np.float64, np.float32], ids=["float64", "float32"])
    def test_a_right_layer_does_not_depend_on_it(self, usual: float, kind: type) -> None:
        class Layer(Updating):
            pass

        Layer.usual = usual
        if kind is np.float32:
            Layer.step = lambda self, d: (self.rate * d).astype(np.float32)  # type: ignore[method-assign]
        result = check_subject(subject(Layer, kind=kind, at_rate=Layer), regimes="point")
        assert contracts(result)["learning-rate"] is Verdict.PASS, str(result)

    def test_parameters_that_are_updated_too_early(self) -> None:
        result = check_subject(subject(Early, at_rate=Early), formula="dense")
        assert shown(result) == {"dx": "updated-before-use"}, str(result)
        (found,) = [f for f in result.findings if f.code == "updated-before-use"]
        assert found.numbers["rate"] == 2.0**-10
        assert f"{found.numbers['usual']:.6g} at the usual rate" in found.message
        assert contracts(result)["learning-rate"] is Verdict.FAIL

    def test_and_another_bug_is_not_called_so(self) -> None:
        class Layer(Early):
            def backward(self, g: Array) -> tuple[Any, ...]:
                dx, *others = super().backward(g)
                return (-dx, *others)

        result = check_subject(subject(Layer, at_rate=Layer))
        assert shown(result)["dx"] != "updated-before-use"
        assert result.verdict is Verdict.FAIL

    def test_a_gradient_that_the_rate_multiplies(self) -> None:
        class Layer(Updating):
            usual = 1.0

            def backward(self, g: Array) -> tuple[Any, ...]:
                dx, *others = super().backward(g)
                return (self.rate * dx, *others)

        result = check_subject(subject(Layer, at_rate=Layer))
        assert shown(result) == {"dx": "factor"}
        assert "multiplied by the learning rate" in str(result)

    def test_a_parameters_gradient_that_changes_otherwise(self) -> None:
        class Layer(Updating):
            usual = 1.0

            def step(self, gradient: Array) -> Array:
                return np.asarray(self.rate * gradient * (1 + self.rate) / 2)

        result = check_subject(subject(Layer, at_rate=Layer))
        assert shown(result) == {"dW": "unlisted", "db": "unlisted"}

    def test_code_without_a_rate_is_not_held_to_it(self) -> None:
        result = check_subject(subject(Updating), regimes="point")
        assert "learning-rate" not in contracts(result)
        assert "learning-rate" not in contracts_of(subject(Updating))
        assert "learning-rate" in contracts_of(subject(Updating, at_rate=Updating))

    def test_a_rate_at_which_it_raises_shows_nothing(self) -> None:
        def at_rate(part: float) -> Updating:
            raise ValueError(part)

        result = check_subject(subject(Updating, at_rate=at_rate), regimes="point")
        assert "learning-rate" not in contracts(result)
        assert result.verdict is Verdict.PASS


class Stepping:
    """Keeps its parameters in a dictionary, in which a step puts new arrays."""

    alias = False

    def __init__(self) -> None:
        self.own: tuple[Array, ...] = ()

    def forward(self, x: Array, w: Array, b: Array) -> Array:
        if not (self.own and w is self.own[1] and b is self.own[2]):
            self.parameters = {"W": w, "b": b}
            self.w = w
        self.own = ()
        self.x = x
        return np.asarray(self.parameters["W"] @ x + self.parameters["b"])

    def backward(self, g: Array) -> tuple[Any, ...]:
        self.dw, self.db = g @ self.x.T, g.sum(axis=1, keepdims=True)
        w = self.w if self.alias else self.parameters["W"]
        return w.T @ g, self.dw, self.db

    def step(self) -> tuple[Array, ...]:
        w, b = (self.parameters[name] for name in ("W", "b"))
        self.parameters = {"W": w - 0.1 * self.dw, "b": b - 0.1 * self.db}
        self.own = (self.x, self.parameters["W"], self.parameters["b"])
        return self.own


class Alias(Stepping):
    alias = True


class TestAfterStep:
    def test_a_right_layer_follows_its_step(self) -> None:
        result = check_subject(subject(Stepping, steps=True), formula="dense")
        assert contracts(result)["after-step"] is Verdict.PASS
        assert result.verdict is Verdict.PASS, str(result)

    def test_a_name_for_the_old_array(self) -> None:
        result = check_subject(subject(Alias, steps=True), formula="dense")
        assert shown(result) == {"dx": "stale-parameter"}, str(result)
        assert contracts(result)["after-step"] is Verdict.FAIL

    def test_a_forward_that_goes_on_with_the_old_one(self) -> None:
        class Layer(Stepping):
            def forward(self, x: Array, w: Array, b: Array) -> Array:
                super().forward(x, w, b)
                return np.asarray(self.w @ x + self.parameters["b"])

        assert shown(check_subject(subject(Layer, steps=True)))["y"] == "stale-parameter"

    def test_code_without_a_step_is_not_held_to_it(self) -> None:
        result = check_subject(subject(Alias), formula="dense")
        assert "after-step" not in contracts(result)
        assert result.verdict is Verdict.PASS

    @pytest.mark.parametrize("what", ["raises", "nothing", "same"])
    def test_a_step_that_shows_nothing(self, what: str) -> None:
        class Layer(Alias):
            def step(self) -> tuple[Array, ...]:
                if what == "raises":
                    raise ValueError(what)
                return () if what == "nothing" else (X, W, B)

        result = check_subject(subject(Layer, steps=True), regimes="point")
        assert "after-step" not in contracts(result)
        assert result.verdict is Verdict.PASS
