"""Each contract is seen kept and seen broken; what cannot be looked at is not called kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck.check import check_subject
from gradcheck.contracts import contracts_of
from gradcheck.records import Oracle, Verdict
from gradcheck.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.records import Array, Result

X = np.random.default_rng(2).standard_normal((3, 4))


class Square:
    """A right layer with a cache, from which the wrong ones of this file are made."""

    def forward(self, x: Array) -> Array:
        self.x = x.copy()
        return x * x

    def backward(self, g: Array) -> tuple[Any, ...]:
        return (self.gradient(g),)

    def gradient(self, g: Array) -> Array:
        return 2 * self.x * g


PLAIN = Subject(name="layer", names=("x",), inputs=(X,), make=Square)
ALL = contracts_of(PLAIN)
"""The contracts of a layer without a learning rate and without a step of its own."""


class Stale(Square):
    """Keeps what its first forward saw."""

    def forward(self, x: Array) -> Array:
        if not hasattr(self, "x"):
            self.x = x.copy()
        return x * x


def checked(layer: Callable[[], Any], **more: Any) -> Result:
    subject = Subject(name="layer", names=("x",), inputs=(X,), make=layer, **more)
    return check_subject(subject, regimes="point")


def contracts(result: Result) -> dict[str, Verdict]:
    return {c.contract: c.verdict for c in result.checks if c.oracle is Oracle.CONTRACT}


def broken(result: Result) -> dict[str, tuple[str, str]]:
    """Return quantity and reason of each contract that is broken."""
    return {
        c.contract: (c.quantity, c.reason)
        for c in result.checks
        if c.contract and c.verdict is Verdict.FAIL
    }


def codes(result: Result) -> set[str]:
    return {finding.code for finding in result.findings if not finding.remark}


def test_a_right_layer_keeps_them_all() -> None:
    result = checked(Square)
    assert contracts(result) == dict.fromkeys(ALL, Verdict.PASS)
    assert result.verdict is Verdict.PASS
    assert {c.quantity for c in result.checks if c.contract} == {"backward"}


class TestPurity:
    def test_upstream_is_changed(self) -> None:
        class Layer(Square):
            def gradient(self, g: Array) -> Array:
                g *= 2 * self.x
                return g

        result = checked(Layer)
        assert broken(result) == {
            "purity": (
                "dx",
                "backward changes the upstream gradient, which is its caller's",
            )
        }
        assert codes(result) == {"mutates-upstream"}

    def test_y_is_changed(self) -> None:
        class Layer(Square):
            def forward(self, x: Array) -> Array:
                self.y = super().forward(x)
                return self.y

            def gradient(self, g: Array) -> Array:
                self.y *= 0
                return super().gradient(g)

        result = checked(Layer)
        assert broken(result)["purity"] == ("y", "backward changes y, which forward handed out")
        assert codes(result) == {"mutates-output"}

    @pytest.mark.parametrize(
        ("parameters", "code"),
        [(frozenset(), "mutates-input"), (frozenset({"x"}), "mutates-parameter")],
        ids=["input", "parameter"],
    )
    @pytest.mark.parametrize("who", ["forward", "backward"])
    def test_an_input_is_changed(self, who: str, parameters: frozenset[str], code: str) -> None:
        class Layer(Square):
            def forward(self, x: Array) -> Array:
                self.given = x
                y = super().forward(x)
                if who == "forward":
                    x *= 0.5
                return y

            def gradient(self, g: Array) -> Array:
                dx = super().gradient(g)
                if who == "backward":
                    self.given += 1
                return dx

        result = checked(Layer, parameters=parameters)
        assert broken(result) == {
            "purity": ("x", f"{who} changes x, which is its caller's"),
        }
        assert codes(result) == {code}
        values = {c.verdict for c in result.checks if c.quantity == "dx"}
        assert values == {Verdict.PASS}, str(result)

    def test_a_layer_that_writes_is_not_asked_with_read_only_arrays(self) -> None:
        class Layer(Square):
            def forward(self, x: Array) -> Array:
                y = super().forward(x)
                x += 1
                return y

        subject = Subject(name="layer", names=("x",), inputs=(X,), make=Layer)
        result = check_subject(subject, regimes=["read-only"])
        assert codes(result) == {"mutates-input"}
        assert {c.points["judged"] for c in result.checks if not c.contract} == {1}


class TestRepeatable:
    def test_the_second_backward_raises(self) -> None:
        class Layer(Square):
            calls = 0

            def gradient(self, g: Array) -> Array:
                self.calls += 1
                if self.calls > 1:
                    raise RuntimeError("backward was called already")
                return super().gradient(g)

        result = checked(Layer)
        text = "the second time, backward raised RuntimeError: backward was called already"
        assert broken(result)["repeatable"] == ("backward", text)
        assert result.verdict is Verdict.FAIL

    def test_a_cache_that_is_used_up_needs_a_new_forward_only(self) -> None:
        class Layer(Square):
            def gradient(self, g: Array) -> Array:
                dx = super().gradient(g)
                del self.x
                return dx

        assert checked(Layer).verdict is Verdict.PASS

    def test_the_second_gradient_differs(self) -> None:
        class Layer(Square):
            factor = 2.0

            def gradient(self, g: Array) -> Array:
                dx = self.factor * self.x * g
                self.factor = 2.5
                return dx

        result = checked(Layer)
        assert broken(result)["repeatable"][0] == "dx"
        assert "non-deterministic" in codes(result)
        found = next(f for f in result.findings if f.code == "non-deterministic")
        assert found.numbers["difference"] > 0

    def test_gradients_are_added_up(self) -> None:
        class Layer(Square):
            total: Any = 0.0

            def gradient(self, g: Array) -> Array:
                self.total = self.total + super().gradient(g)
                return np.array(self.total)

        result = checked(Layer)
        text = "the second backward gives twice the first"
        assert broken(result)["repeatable"] == ("dx", text)
        assert "accumulates" in codes(result)

    def test_the_second_forward_differs(self) -> None:
        class Layer(Square):
            calls = 0

            def forward(self, x: Array) -> Array:
                self.calls += 1
                return super().forward(x) + (self.calls > 2)

        result = checked(Layer)
        assert broken(result) == {
            "repeatable": (
                "y",
                "forward gives another answer the second time it is called with the same inputs",
            )
        }

    def test_noise_below_rounding_is_no_breach(self) -> None:
        class Layer(Square):
            calls = 0

            def gradient(self, g: Array) -> Array:
                self.calls += 1
                return super().gradient(g) * (1 + self.calls % 2 * 2.0**-52)

        assert checked(Layer).verdict is Verdict.PASS

    def test_noise_as_large_as_cancellation_leaves_is_no_breach(self) -> None:
        class Layer(Square):
            calls = 0

            def gradient(self, g: Array) -> Array:
                self.calls += 1
                large = 1e6 * g * self.x
                if self.calls % 2:
                    return (large + 2 * g * self.x) - large
                return super().gradient(g)

        result = checked(Layer)
        assert "repeatable" not in broken(result), str(result)

    def test_the_same_nan_is_the_same_answer(self) -> None:
        class Layer(Square):
            calls = 0

            def gradient(self, g: Array) -> Array:
                self.calls += 1
                dx = super().gradient(g) * (1 + self.calls % 2 * 2.0**-52)
                dx[0, 0] = np.nan
                return dx

        result = checked(Layer)
        assert broken(result) == {}
        assert result.verdict is Verdict.FAIL


class TestLinear:
    @pytest.mark.parametrize(
        ("change", "wrong"),
        [
            (lambda g: np.clip(g, -3, 3), {"linear"}),
            (lambda g: g + 0.25, {"linear", "zero"}),
            (np.abs, {"linear"}),
            (np.sign, {"linear"}),
        ],
        ids=["clipped", "shifted", "absolute", "sign"],
    )
    def test_upstream_is_changed_on_the_way(
        self, change: Callable[[Array], Array], wrong: set[str]
    ) -> None:
        class Layer(Square):
            def gradient(self, g: Array) -> Array:
                return super().gradient(change(g))

        result = checked(Layer)
        assert set(broken(result)) == wrong
        assert "upstream-nonlinear" in codes(result)
        assert "dx" in {quantity for quantity, _ in broken(result).values()}
        if "zero" in wrong:
            assert broken(result)["zero"][1].startswith("backward(0) is not 0: dx holds ")

    @pytest.mark.parametrize(("share", "named"), [(lambda x: 0.02 * x, True), (np.sin, False)])
    def test_a_penalty_is_known_by_being_a_multiple_of_the_input(
        self, share: Callable[[Array], Array], *, named: bool
    ) -> None:
        class Layer(Square):
            def gradient(self, g: Array) -> Array:
                return super().gradient(g) + share(self.x)

        text = broken(checked(Layer))["zero"][1]
        assert (", 0.02·x: a penalty's share" in text) is named

    @pytest.mark.parametrize(
        "change",
        [
            lambda g: np.where(np.abs(g) < 0.1, 0.0, g),
            lambda g: np.where(np.abs(g) < 0.2, np.round(g, 2), g),
            lambda g: np.where((np.abs(g) < 1e-5) & (g != 0), np.nan, g),
            lambda g: g**3 / (g**2 + 1e-16),
        ],
        ids=["dropped", "rounded", "NaN", "guarded"],
    )
    def test_a_small_upstream_is_changed_on_the_way(self, change: Callable[[Array], Array]) -> None:
        class Layer(Square):
            def gradient(self, g: Array) -> Array:
                return super().gradient(change(g))

        result = checked(Layer)
        quantity, reason = broken(result)["linear"]
        assert quantity == "dx"
        assert reason.startswith("backward(a·g) is ")
        assert " for a = 9.54e-07, a·backward(g) is " in reason
        assert "upstream-nonlinear" in codes(result)

    def test_a_small_upstream_that_is_rounded_after_cancellation_is_no_breach(self) -> None:
        class Layer(Square):
            def gradient(self, g: Array) -> Array:
                return (2 * self.x * g + 1e3 * g) - 1e3 * g

        assert broken(checked(Layer)) == {}

    def test_a_small_upstream_that_underflows_is_no_breach(self) -> None:
        class Layer(Square):
            def forward(self, x: Array) -> Array:
                return super().forward(x).astype(np.float16)

            def gradient(self, g: Array) -> Array:
                return (2 * self.x).astype(np.float16) * g

        x = X.astype(np.float16)
        subject = Subject(name="layer", names=("x",), inputs=(x,), make=Layer)
        assert broken(check_subject(subject, regimes="point")) == {}

    def test_one_gradient_is_missing_for_a_small_upstream(self) -> None:
        class Layer(Square):
            def gradient(self, g: Array) -> Any:
                return super().gradient(g) if np.abs(g).max() > 1e-3 or not g.any() else None

        assert "linear" not in broken(checked(Layer))

    def test_another_upstream_raises(self) -> None:
        class Layer(Square):
            def gradient(self, g: Array) -> Array:
                if np.abs(g).max() > 3:
                    raise FloatingPointError("the gradient explodes")
                return super().gradient(g)

        result = checked(Layer)
        text = (
            "for another upstream gradient, "
            "backward raised FloatingPointError: the gradient explodes"
        )
        assert broken(result)["linear"] == ("backward", text)
        assert result.verdict is Verdict.FAIL

    def test_one_gradient_is_missing_for_another_upstream(self) -> None:
        class Layer(Square):
            def gradient(self, g: Array) -> Any:
                return super().gradient(g) if np.abs(g).max() < 3 else None

        result = checked(Layer)
        assert "linear" not in broken(result)

    def test_a_gradient_that_is_not_finite_is_left_to_the_oracles(self) -> None:
        class Layer(Square):
            def gradient(self, g: Array) -> Array:
                return super().gradient(g) + np.inf

        result = checked(Layer)
        assert "linear" not in broken(result)
        assert result.verdict is Verdict.FAIL

    def test_rounding_after_cancellation_is_no_breach(self) -> None:
        class Layer(Square):
            def gradient(self, g: Array) -> Array:
                large = 1e5 * g * self.x + g.sum()
                return (2 * self.x * g + large) - large

        result = checked(Layer)
        assert broken(result) == {}, str(result)


class TestState:
    def test_backward_uses_an_earlier_forward(self) -> None:
        result = checked(Stale)
        text = "after forward(A), forward(B), backward still uses A"
        assert broken(result)["latest-forward"] == ("dx", text)
        assert "stale-cache" in codes(result)
        assert "unlisted" not in codes(result)

    def test_a_stale_cache_is_not_called_shared_state(self) -> None:
        assert codes(checked(Stale)) == {"stale-cache"}

    def test_state_that_instances_share(self) -> None:
        class Layer(Square):
            store: dict[str, Array] = {}  # noqa: RUF012 - shared on purpose

            def forward(self, x: Array) -> Array:
                self.store["x"] = x.copy()
                return x * x

            def gradient(self, g: Array) -> Array:
                return 2 * self.store["x"] * g

        result = checked(Layer)
        text = "forward of a second instance changes what backward of the first returns"
        assert broken(result) == {"instances": ("dx", text)}
        assert codes(result) == {"shared-state"}
        assert contracts(checked(Layer, separate=False)) == {
            contract: Verdict.PASS for contract in ALL if contract != "instances"
        }

    def test_a_forward_that_takes_the_given_point_only(self) -> None:
        class Layer(Square):
            def forward(self, x: Array) -> Array:
                if np.abs(x - X).max() > 0.2 * np.abs(X).max():
                    raise ValueError("x is not what it was")
                return super().forward(x)

        result = checked(Layer)
        assert result.verdict is Verdict.PASS, str(result)
        assert "latest-forward" not in contracts(result)

    def test_making_a_second_instance_raises(self) -> None:
        made: list[Square] = []

        def make() -> Square:
            if made:
                raise MemoryError("only one")
            made.append(Square())
            return made[0]

        result = checked(make)
        assert result.verdict is Verdict.INCONCLUSIVE, str(result)
        assert "instances" not in broken(result)


class TestShape:
    @pytest.mark.parametrize(
        ("handed", "code", "text"),
        [
            ((), "missing", "backward returns 0 gradients, must return 1: one for each of x"),
            ((None,), "missing", "backward returns None for dx"),
            (
                (X, X),
                "wrong-shape",
                "backward returns 2 gradients, must return 1: one for each of x",
            ),
            ((X.T,), "wrong-shape", "dx has shape (4, 3), must match x's (3, 4)"),
            ((X[:, 0],), "wrong-shape", "dx has shape (3,), must match x's (3, 4)"),
            ((X + 1j,), "wrong-shape", "dx is ndarray of dtype complex128, must be an array of"),
            (({},), "wrong-shape", "dx is dict of dtype object, must be an array of real numbers"),
            ((1 + X.astype(int),), "low-precision", "dx has dtype int64, must be floating"),
        ],
        ids=["nothing", "None", "two", "transposed", "one axis", "complex", "dict", "integers"],
    )
    def test_what_is_handed_back(self, handed: tuple[Any, ...], code: str, text: str) -> None:
        class Layer(Square):
            def backward(self, g: Array) -> tuple[Any, ...]:
                return handed

        result = checked(Layer)
        quantity, reason = broken(result)["shape"]
        assert quantity == "dx"
        assert reason.startswith(text)
        assert code in codes(result)
        assert result.verdict is Verdict.FAIL

    def test_one_of_two_gradients_is_missing(self) -> None:
        class Product:
            def forward(self, a: Array, b: Array) -> Array:
                self.a, self.b = a.copy(), b.copy()
                return a * b

            def backward(self, g: Array) -> tuple[Any, ...]:
                return (g * self.b,)

        subject = Subject(name="product", names=("a", "b"), inputs=(X, 2 * X), make=Product)
        result = check_subject(subject, regimes="point")
        text = "backward returns 1 gradient, must return 2: one for each of a, b"
        assert broken(result) == {"shape": ("db", text)}
        db = [c for c in result.checks if c.quantity == "db" and not c.contract]
        assert [c.verdict for c in db] == [Verdict.NOT_RUN]
        assert {c.verdict for c in result.checks if c.quantity == "da"} == {Verdict.PASS}
        assert result.verdict is Verdict.FAIL

    def test_nothing_is_iterable(self) -> None:
        class Layer(Square):
            def backward(self, g: Array) -> Any:
                return None

        result = checked(Layer)
        assert result.verdict is Verdict.ERROR
        assert codes(result) == {"crash"}
