"""Snapshot, run, compare: one mechanism for every style."""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.students.adapter import Input
from gradcheck.students.following import RecipeInstance
from gradcheck.students.inner import calls_of
from gradcheck.students.recipe import Call, Recipe, Source

X, W, G = np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]]), np.array([[0.5]])
PLACE = (("attr", "W"),)


class Layer:
    """x W, with an alias of W in a dict, and a view of it."""

    def __init__(self) -> None:
        self.W = np.zeros((2, 1))
        self.params = {"W": self.W}
        self.view = self.W.T

    def forward(self, x: Any) -> Any:
        self.x = x
        return x @ self.params["W"]

    def returned(self, g: Any) -> Any:
        return g @ self.view, self.x.T @ g

    def updated(self, g: Any, lr: float) -> Any:
        dx = g @ self.W.T
        self.W = self.W - lr * self.x.T @ g
        return dx

    def kept(self, g: Any) -> Any:
        self.dW = getattr(self, "dW", 0) + self.x.T @ g
        return g @ self.W.T


def recipe(name: str, *more: Any, dW: Source, dx: tuple[Any, ...] = (), **facts: Any) -> Recipe:
    return Recipe(
        build=Layer,
        inputs=(Input(name="x", shape=(1, 2)), Input(name="W", shape=(2, 1), parameter=True)),
        forward=Call(function=lambda root: root.forward, arguments=(("input", 0),)),
        backward=Call(
            function=lambda root: getattr(root, name), arguments=(("upstream", None), *more)
        ),
        gradients=(Source(kind="backward", place=dx), dW),
        parameters={1: (PLACE, (("attr", "params"), ("key", "W")))},
        **facts,
    )


def run(one: Recipe, rate: float = 1.0) -> tuple[RecipeInstance, Any, Any]:
    instance = RecipeInstance(one, rate)
    y = instance.forward(X.copy(), W.copy())
    return instance, y, instance.backward(G.copy())


TUPLE = recipe("returned", dW=Source(kind="backward", place=(("item", 1),)), dx=(("item", 0),))
RATE = recipe("updated", ("rate", None), dW=Source(kind="update", place=PLACE))
STATE = recipe("kept", dW=Source(kind="state", place=(("attr", "dW"),)))


def test_every_style_gives_the_same_gradients() -> None:
    for one in (TUPLE, RATE, STATE):
        _, y, (dx, dW) = run(one)
        assert np.array_equal(y, X @ W)
        assert np.array_equal(dx, G @ W.T)
        assert np.allclose(dW, X.T @ G, rtol=1e-15)


def test_an_update_is_taken_off_by_the_rate_that_is_handed_in() -> None:
    for rate in (1.0, 0.5, 2.0**-10):
        assert np.allclose(run(RATE, rate)[2][1], X.T @ G, rtol=1e-9)


def test_parameters_are_put_in_where_every_alias_and_view_sees_them() -> None:
    instance, _, _ = run(TUPLE)
    assert instance.root.W is instance.root.params["W"]
    assert np.shares_memory(instance.root.W, instance.root.view)
    assert np.array_equal(instance.root.view, W.T)


def test_the_callers_arrays_are_not_handed_to_the_code() -> None:
    instance = RecipeInstance(TUPLE)
    given = W.copy()
    instance.forward(X.copy(), given)
    instance.root.W += 1
    assert np.array_equal(given, W)


def test_a_parameter_that_backward_changes_for_no_update_is_told() -> None:
    class Clips(Layer):
        def returned(self, g: Any) -> Any:
            found = super().returned(g)
            self.W *= 0.5
            return found

    one = RecipeInstance(Recipe(**{**_fields(TUPLE), "build": Clips}))
    given = W.copy()
    one.forward(X.copy(), given)
    one.backward(G.copy())
    assert np.array_equal(given, W / 2)


def test_gradients_that_add_up_are_set_to_zero_where_that_is_documented() -> None:
    zeroed = Recipe(**{**_fields(STATE), "zeroed": ((("attr", "dW"),),)})
    for one, factor in ((STATE, 2), (zeroed, 1)):
        instance, _, _ = run(one)
        assert np.array_equal(instance.backward(G.copy())[1], factor * X.T @ G)


def test_a_step_goes_on_with_the_objects_own_parameters() -> None:
    def step(root: Layer, rate: float) -> None:
        root.W = root.W - rate * np.ones((2, 1))  # params["W"] is left behind

    instance, _, _ = run(Recipe(**{**_fields(TUPLE), "step": step}))
    after = instance.step()
    assert np.array_equal(after[1], W - 1)
    assert np.array_equal(instance.forward(X.copy(), after[1]), X @ W)  # the stale copy shows


def test_coarse_parameters_stay_coarse() -> None:
    class Coarse(Layer):
        def __init__(self) -> None:
            super().__init__()
            self.W = self.W.astype(np.float32)
            self.params = {"W": self.W}
            self.view = self.W.T

    for coarse, kind in ((True, np.float32), (False, np.float64)):
        one = RecipeInstance(Recipe(**{**_fields(TUPLE), "build": Coarse, "coarse": coarse}))
        one.forward(X.copy(), W.copy())
        assert one.root.params["W"].dtype == kind


def test_random_numbers_are_the_same_at_every_forward() -> None:
    class Drops(Layer):
        def __init__(self) -> None:
            super().__init__()
            self.rng = np.random.default_rng(1)

        def forward(self, x: Any) -> Any:
            return x * self.rng.random(x.shape) * np.random.rand()  # noqa: NPY002 - theirs

    one, other = (RecipeInstance(Recipe(**{**_fields(TUPLE), "build": Drops})) for _ in range(2))
    first = one.forward(X.copy(), W.copy())
    assert np.array_equal(first, one.forward(X.copy(), W.copy()))
    assert np.array_equal(first, other.forward(X.copy(), W.copy()))


def test_a_forward_that_makes_a_generator_without_a_seed_shows() -> None:
    class Drops(Layer):
        def forward(self, x: Any) -> Any:
            return x * np.random.default_rng().random(x.shape)

    one = RecipeInstance(Recipe(**{**_fields(TUPLE), "build": Drops}))
    assert not np.array_equal(one.forward(X.copy(), W.copy()), one.forward(X.copy(), W.copy()))


def test_a_scalars_gradient_is_multiplied_by_the_upstream_gradient() -> None:
    scaled = Recipe(**{**_fields(TUPLE), "scaled": True})
    assert np.array_equal(run(scaled)[2][1], G * (X.T @ G))


def test_calls_of_forward_inside_of_backward_are_counted() -> None:
    class Differences(Layer):
        def returned(self, g: Any) -> Any:
            for _ in range(3):
                self.forward(self.x)
            return super().returned(g)

    one = RecipeInstance(Recipe(**{**_fields(TUPLE), "build": Differences}))
    one.forward(X.copy(), W.copy())
    one.backward(G.copy())
    assert one.inner_forwards == 3
    assert run(TUPLE)[0].inner_forwards == 0


def test_a_function_that_has_no_code_is_not_counted() -> None:
    with calls_of(np.tanh) as calls:
        np.tanh(1.0)
    assert calls.number == 0
    with calls_of(_fields, but=_fields) as calls:
        _fields(TUPLE)
    assert calls.number == 0


def _fields(one: Recipe) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Recipe.__dataclass_fields__}
