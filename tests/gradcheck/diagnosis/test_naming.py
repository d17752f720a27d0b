"""Every code has a wrong backward that gives it, in both layouts, and a near neighbour that passes.

Each layer is written once in the notes' orientation; `laid_out` hands it its arrays as they lie in
memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck.check import check_subject
from gradcheck.diagnosis import most_specific
from gradcheck.layout import from_columns, to_columns
from gradcheck.records import Verdict
from gradcheck.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gradcheck.records import Array, Result

    Backward = Callable[..., tuple[Any, ...]]

RNG = np.random.default_rng(11)
N, IN, OUT = 5, 4, 3
X, G = RNG.standard_normal((IN, N)), RNG.standard_normal((OUT, N))
W, B = RNG.standard_normal((OUT, IN)), RNG.standard_normal((OUT, 1))
SQUARE = RNG.standard_normal((IN, IN))
P, T = RNG.uniform(0.1, 0.9, (OUT, N)), RNG.dirichlet(np.ones(OUT), N).T


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """A layer in the notes' orientation: forward(*inputs), backward(g, *inputs)."""

    role: str
    names: tuple[str, ...]
    inputs: tuple[Array, ...]
    forward: Callable[..., Array]
    backward: Backward
    constants: frozenset[str] = frozenset()
    formula: str | None = None
    primal: str = "columns"

    def wrong(self, backward: Backward) -> Layer:
        return replace(self, backward=backward)

    def spoil(self, name: str, change: Callable[..., Any]) -> Layer:
        """Return the layer whose gradient of one input is change(gradient, g, *inputs)."""
        index = self.names.index(name)

        def backward(g: Array, *inputs: Array) -> tuple[Any, ...]:
            gradients = list(self.backward(g, *inputs))
            gradients[index] = change(gradients[index], g, *inputs)
            return tuple(gradients)

        return self.wrong(backward)


def laid_out(layer: Layer, kind: str) -> Subject:
    output = kind if layer.primal == "columns" else layer.primal
    layouts: Mapping[str, str] = {"y": output, **dict.fromkeys(layer.names, kind)}

    class Instance:
        def forward(self, *inputs: Array) -> Array:
            self.inputs = [to_columns(array, kind) for array in inputs]
            return from_columns(np.asarray(layer.forward(*self.inputs)), output)

        def backward(self, upstream: Array) -> tuple[Any, ...]:
            gradients = layer.backward(to_columns(upstream, output), *self.inputs)
            return tuple(d if d is None else from_columns(np.asarray(d), kind) for d in gradients)

    return Subject(
        name="Layer",
        role=layer.role,
        names=layer.names,
        inputs=tuple(from_columns(array, kind).copy() for array in layer.inputs),
        make=Instance,
        constants=layer.constants,
        fixed=layer.constants if layer.role != "mse" else frozenset(),
        domain={"y": (0.0, 1.0)} if layer.role == "cross_entropy" else {},
        parameters=frozenset(layer.names) & {"W", "b", "W1", "b1", "W2", "b2"},
        layout=layouts,
    )


def checked(layer: Layer, kind: str, regimes: Any = "all") -> Result:
    return check_subject(laid_out(layer, kind), formula=layer.formula, regimes=regimes)


def shown(result: Result) -> dict[str, str]:
    return {f.quantity: f.code for f in most_specific(result.findings) if not f.remark}


def dense_backward(g: Array, x: Array, w: Array, b: Array) -> tuple[Array, ...]:
    return w.T @ g, g @ x.T, g.sum(axis=1, keepdims=True)


DENSE = Layer(
    role="dense",
    names=("x", "W", "b"),
    inputs=(X, W, B),
    forward=lambda x, w, b: w @ x + b,
    backward=dense_backward,
    formula="dense",
)
DENSE_SQUARE = replace(DENSE, inputs=(X, SQUARE, RNG.standard_normal((IN, 1))))


def softmax(x: Array) -> Array:
    e = np.exp(x - x.real.max(axis=0, keepdims=True))
    return e / e.sum(axis=0, keepdims=True)


def pulled_back(g: Array, y: Array) -> Array:
    return y * (g - (g * y).sum(axis=0, keepdims=True))


def over_everything(x: Array) -> Array:
    e = np.exp(x - x.real.max())
    return e / e.sum()


SOFTMAX = Layer(
    role="softmax",
    names=("x",),
    inputs=(X,),
    forward=softmax,
    backward=lambda g, x: (pulled_back(g, softmax(x)),),
    formula="softmax",
)


def elementwise(role: str, f: Any, df: Any, formula: str | None = None) -> Layer:
    return Layer(
        role=role,
        names=("x",),
        inputs=(X,),
        forward=f,
        backward=lambda g, x: (g * df(x),),
        formula=formula,
    )


def sigmoid(x: Array) -> Array:
    return 0.5 * (np.tanh(0.5 * x) + 1)


def relu(x: Array) -> Array:
    return np.where(x.real > 0, x, 0 * x)


def times(h: Any) -> Backward:
    return lambda g, x: (g * h(x),)


RELU = elementwise("relu", relu, lambda x: x > 0, "relu")
LEAKY = elementwise(
    "leaky_relu",
    lambda x: np.where(x.real > 0, x, 0.1 * x),
    lambda x: np.where(x > 0, 1.0, 0.1),
)
SIGMOID = elementwise("sigmoid", sigmoid, lambda x: sigmoid(x) * sigmoid(-x), "sigmoid")
TANH = elementwise("tanh", np.tanh, lambda x: np.cosh(np.minimum(abs(x), 300.0)) ** -2.0, "tanh")
SOFTPLUS = elementwise(
    "activation",
    lambda x: np.where(x.real > 0, x, 0 * x) + np.log1p(np.exp(np.where(x.real > 0, -x, x))),
    sigmoid,
)


def loss(role: str, f: Any, df: Any, formula: str | None = None) -> Layer:
    return Layer(
        role=role,
        names=("y", "t"),
        inputs=(P, T),
        forward=f,
        backward=lambda g, y, t: (g * df(y, t), None),
        constants=frozenset({"t"}),
        formula=formula,
        primal="scalar",
    )


MSE = loss(
    "mse",
    lambda y, t: ((y - t) ** 2).mean(),
    lambda y, t: 2 * (y - t) / y.size,
    "mse",
)
HALF_SQUARES = loss("mse", lambda y, t: ((y - t) ** 2).sum() / 2, lambda y, t: y - t, "mse")
FUSED = loss(
    "softmax_cross_entropy",
    lambda x, t: -(t * np.log(softmax(x))).sum() / N,
    lambda x, t: (softmax(x) - t) / N,
)


def residual_backward(g: Array, x: Array, w: Array) -> tuple[Array, ...]:
    dz = g * (1 - np.tanh(w @ x) ** 2)
    return g + w.T @ dz, dz @ x.T


RESIDUAL = Layer(
    role="other",
    names=("x", "W"),
    inputs=(X, SQUARE),
    forward=lambda x, w: x + np.tanh(w @ x),
    backward=residual_backward,
)


def network_backward(g: Array, x: Array, w1: Array, b1: Array, w2: Array) -> tuple[Array, ...]:
    h = np.tanh(w1 @ x + b1)
    dz = (w2.T @ g) * (1 - h**2)
    return w1.T @ dz, dz @ x.T, dz.sum(axis=1, keepdims=True), g @ h.T


NETWORK = Layer(
    role="sequential",
    names=("x", "W1", "b1", "W2"),
    inputs=(X, SQUARE, RNG.standard_normal((IN, 1)), W),
    forward=lambda x, w1, b1, w2: w2 @ np.tanh(w1 @ x + b1),
    backward=network_backward,
)


def skips_first(g: Array, x: Array, w1: Array, b1: Array, w2: Array) -> tuple[Array, ...]:
    h = np.tanh(w1 @ x + b1)
    return (w2.T @ g) * (1 - h**2), None, None, g @ h.T  # type: ignore[return-value]


ONE_LAYER = Layer(
    role="sequential",
    names=("x", "W"),
    inputs=(X, W),
    forward=lambda x, w: np.tanh(w @ x),
    backward=lambda g, x, w: (
        w.T @ (g * (1 - np.tanh(w @ x) ** 2)),
        (g * (1 - np.tanh(w @ x) ** 2)) @ x.T,
    ),
)


def saturates(x: Array) -> Array:
    return np.where(np.abs(x) > 3, 0.0, sigmoid(x) * sigmoid(-x))


NEIGHBOURS = {
    "dense": DENSE,
    "square": DENSE_SQUARE,
    "softmax": SOFTMAX,
    "relu": RELU,
    "leaky": LEAKY,
    "sigmoid": SIGMOID,
    "tanh": TANH,
    "softplus": SOFTPLUS,
    "mse": MSE,
    "half": HALF_SQUARES,
    "fused": FUSED,
    "residual": RESIDUAL,
    "network": NETWORK,
    "one": ONE_LAYER,
}

CASES: list[tuple[str, Layer, dict[str, str]]] = [
    ("factor-N", DENSE.spoil("W", lambda d, *_: d / N), {"dW": "factor"}),
    ("factor-2-lost", MSE.spoil("y", lambda d, *_: d / 2), {"dy": "factor"}),
    ("sign", MSE.spoil("y", lambda d, *_: -d), {"dy": "sign"}),
    ("transposed", DENSE.spoil("W", lambda d, *_: d.T), {"dW": "transposed"}),
    ("transposed-square", DENSE_SQUARE.spoil("W", lambda d, *_: d.T), {"dW": "transposed"}),
    (
        "W-for-its-transpose",
        DENSE_SQUARE.spoil("x", lambda d, g, x, w, b: w @ g),
        {"dx": "wrong-operand"},
    ),
    (
        "y-for-x",
        DENSE_SQUARE.spoil("W", lambda d, g, x, w, b: g @ (w @ x + b).T),
        {"dW": "wrong-operand"},
    ),
    (
        "x-for-g",
        DENSE_SQUARE.spoil("x", lambda d, g, x, w, b: w.T @ x),
        {"dx": "wrong-operand"},
    ),
    (
        "W-for-its-transpose-in-a-block",
        RESIDUAL.spoil("x", lambda d, g, x, w: g + w @ (g * (1 - np.tanh(w @ x) ** 2))),
        {"dx": "wrong-operand"},
    ),
    ("not-summed", DENSE.spoil("b", lambda d, g, *_: g), {"db": "not-summed"}),
    (
        "summed-over-everything",
        DENSE.spoil("b", lambda d, g, *_: np.full(d.shape, g.sum())),
        {"db": "summed-wrong"},
    ),
    (
        "summed-over-outputs",
        DENSE.spoil("b", lambda d, g, *_: g.sum(axis=0, keepdims=True)),
        {"db": "summed-wrong"},
    ),
    ("one-number", DENSE.spoil("b", lambda d, *_: d.mean()), {"db": "summed-wrong"}),
    ("wrong-shape", DENSE.spoil("b", lambda d, *_: d[None]), {"db": "wrong-shape"}),
    (
        "diagonal-only",
        SOFTMAX.wrong(lambda g, x: (g * softmax(x) * (1 - softmax(x)),)),
        {"dx": "diagonal-only"},
    ),
    (
        "diagonal-missing",
        SOFTMAX.wrong(lambda g, x: (pulled_back(g, softmax(x)) - g * softmax(x),)),
        {"dx": "diagonal-missing"},
    ),
    (
        "sum-over-the-batch",
        SOFTMAX.wrong(lambda g, x: (pulled_back(g.T, softmax(x).T).T,)),
        {"dx": "batch-axis"},
    ),
    (
        "forward-over-everything",
        replace(
            SOFTMAX,
            forward=over_everything,
            backward=lambda g, x: (over_everything(x) * (g - (g * over_everything(x)).sum()),),
        ),
        {"y": "batch-axis", "dx": "batch-axis"},
    ),
    (
        "forward-over-the-batch",
        replace(
            SOFTMAX,
            forward=lambda x: softmax(x.T).T,
            backward=lambda g, x: (pulled_back(g.T, softmax(x.T)).T,),
        ),
        {"y": "batch-axis", "dx": "batch-axis"},
    ),
    (
        "backward-over-everything",
        SOFTMAX.wrong(lambda g, x: (softmax(x) * (g - (g * softmax(x)).sum()),)),
        {"dx": "batch-of-one"},
    ),
    (
        "first-example-only",
        DENSE.spoil("x", lambda d, g, *_: np.where(np.arange(d.shape[1]) == 0, d, 0 * d)),
        {"dx": "batch-of-one"},
    ),
    ("pass-through", SOFTMAX.wrong(lambda g, x: (g,)), {"dx": "pass-through"}),
    (
        "upstream-ignored",
        TANH.wrong(lambda g, x: (1 - np.tanh(x) ** 2,)),
        {"dx": "upstream-ignored"},
    ),
    (
        "upstream-clipped",
        TANH.wrong(lambda g, x: (np.clip(g, -1, 1) * (1 - np.tanh(x) ** 2),)),
        {"dx": "upstream-nonlinear"},
    ),
    ("mask-missing", RELU.wrong(lambda g, x: (g * (relu(x) >= 0),)), {"dx": "mask-missing"}),
    ("leaky-mask-missing", LEAKY.wrong(lambda g, x: (g.copy(),)), {"dx": "mask-missing"}),
    (
        "mask-from-upstream",
        RELU.wrong(lambda g, x: (g * (g > 0),)),
        {"dx": "mask-from-upstream"},
    ),
    ("mask-inverted", RELU.wrong(lambda g, x: (g * (x <= 0),)), {"dx": "mask-inverted"}),
    (
        "at-y",
        TANH.wrong(lambda g, x: (g * (1 - np.tanh(np.tanh(x)) ** 2),)),
        {"dx": "wrong-point"},
    ),
    ("fed-x", SIGMOID.wrong(times(lambda x: x * (1 - x))), {"dx": "wrong-point"}),
    ("tanh-fed-x", TANH.wrong(times(lambda x: 1 - x**2)), {"dx": "wrong-point"}),
    (
        "at-g",
        TANH.wrong(lambda g, x: (g * (1 - np.tanh(g) ** 2),)),
        {"dx": "wrong-point"},
    ),
    ("F-for-F'", TANH.wrong(times(np.tanh)), {"dx": "function-for-derivative"}),
    (
        "another-formula",
        SOFTPLUS.wrong(times(lambda x: sigmoid(x) ** 2)),
        {"dx": "wrong-formula"},
    ),
    (
        "fused-twice",
        FUSED.spoil("y", lambda d, g, x, t: pulled_back(d, softmax(x))),
        {"dy": "fused-twice"},
    ),
    (
        "forward-differs",
        replace(
            SIGMOID,
            forward=lambda x: sigmoid(2 * x),
            backward=times(lambda x: 2 * sigmoid(2 * x) * sigmoid(-2 * x)),
        ),
        {"y": "forward-differs"},
    ),
    (
        "of-the-absolute-error",
        MSE.spoil("y", lambda d, g, y, t: g * np.sign(y - t) / y.size),
        {"dy": "loss-mismatch"},
    ),
    (
        "of-binary-cross-entropy",
        loss(
            "cross_entropy",
            lambda y, t: -(t * np.log(y)).sum() / N,
            lambda y, t: (y - t) / (y * (1 - y)) / N,
        ),
        {"dy": "loss-mismatch"},
    ),
    ("saturates", SIGMOID.wrong(times(saturates)), {"dx": "region"}),
    (
        "overflow",
        replace(
            SOFTMAX,
            forward=lambda x: np.exp(x) / np.exp(x).sum(axis=0),
            backward=lambda g, x: (pulled_back(g, np.exp(x) / np.exp(x).sum(axis=0)),),
        ),
        {"y": "overflow", "dx": "overflow"},
    ),
    (
        "float32",
        TANH.wrong(lambda g, x: ((g * (1 - np.tanh(x) ** 2)).astype(np.float32),)),
        {"dx": "low-precision"},
    ),
    ("missing", DENSE.spoil("b", lambda *_: None), {"db": "missing"}),
    ("zeros", DENSE.spoil("b", lambda d, *_: 0 * d), {"db": "missing"}),
    (
        "skips-the-first-layer",
        NETWORK.wrong(skips_first),
        {"dx": "order", "dW1": "order", "db1": "order"},
    ),
    (
        "skips-the-only-layer-with-parameters",
        ONE_LAYER.wrong(lambda g, x, w: (g * (1 - np.tanh(w @ x) ** 2), None)),
        {"dx": "order", "dW": "order"},
    ),
    (
        "unlisted",
        DENSE.spoil("W", lambda d, g, x, w, b: d + 0.01 * g.sum() * w),
        {"dW": "unlisted"},
    ),
]

layouts = pytest.mark.parametrize("kind", ["columns", pytest.param("rows", marks=pytest.mark.slow)])


@layouts
@pytest.mark.parametrize("layer", NEIGHBOURS.values(), ids=NEIGHBOURS)
def test_a_right_neighbour_passes(layer: Layer, kind: str) -> None:
    result = checked(layer, kind)
    assert result.verdict is Verdict.PASS, str(result)
    assert shown(result) == {}


@pytest.mark.parametrize(
    ("layer", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
@pytest.mark.slow
def test_a_slow_machine_names_the_same_bug(
    layer: Layer, wanted: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Far fewer entries are looked at than would show which formula it is."""
    monkeypatch.setattr("gradcheck.judge.perf_counter", map(float, count(0, 0.1)).__next__)
    result = checked(layer, "columns")
    assert result.verdict is Verdict.FAIL, str(result)
    assert shown(result) == wanted, str(result)


@layouts
@pytest.mark.parametrize(
    ("layer", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_the_bug_is_named(layer: Layer, wanted: dict[str, str], kind: str) -> None:
    result = checked(layer, kind)
    assert result.verdict is Verdict.FAIL, str(result)
    assert shown(result) == wanted, str(result)


def messages(layer: Layer, kind: str = "columns") -> dict[str, str]:
    result = checked(layer, kind)
    return {f.quantity: f.message for f in most_specific(result.findings)}


class TestNumbers:
    """What confirms a name is said."""

    @layouts
    @pytest.mark.parametrize(
        ("factor", "words"),
        [
            (N, "5 = N;"),
            (1 / N, "0.2 = 1/N with N = 5;"),
            (OUT, "3 = n;"),
            (1 / (2 * N * OUT), "= 1/(2·n·N) with n = 3 and N = 5;"),
            (-2 / OUT, "-0.666667 = −2/n with n = 3;"),
        ],
    )
    def test_a_factor_in_the_notes_letters(self, factor: float, words: str, kind: str) -> None:
        spoilt = DENSE.spoil("W", lambda d, *_: factor * d)
        assert words in messages(spoilt, kind)["dW"]

    def test_the_region_is_an_inequality(self) -> None:
        assert "wrong where |x| > 3;" in messages(SIGMOID.wrong(times(saturates)))["dx"]
        beyond = TANH.wrong(times(lambda x: np.where(x > 1, 0.5, 1 - np.tanh(x) ** 2)))
        assert "wrong where x > 1;" in messages(beyond)["dx"]
        below = TANH.wrong(times(lambda x: np.where(x < -1.5, 0.5, 1 - np.tanh(x) ** 2)))
        assert "wrong where x < -1.5;" in messages(below)["dx"]
        zero = RELU.wrong(times(lambda x: np.where(x == 0, 2.0, x > 0)))
        assert "wrong where x = 0;" in messages(zero)["dx"]

    def test_the_operand_is_named(self) -> None:
        spoilt = DENSE_SQUARE.spoil("x", lambda d, g, x, w, b: w @ g)
        assert "W·g for Wᵀ·g" in messages(spoilt)["dx"]

    def test_the_other_loss_is_named(self) -> None:
        spoilt = MSE.spoil("y", lambda d, g, y, t: g * np.sign(y - t))
        assert "of the absolute error" in messages(spoilt)["dy"]

    def test_the_layer_is_named(self) -> None:
        said = messages(NETWORK.wrong(skips_first))
        assert "layer 1 is skipped" in said["dW1"]
        assert "skipped" in said["dx"]

    def test_the_ratio_of_another_formula(self) -> None:
        result = checked(SOFTPLUS.wrong(times(lambda x: sigmoid(x) ** 2)), "columns")
        (found,) = [f for f in result.findings if f.code == "wrong-formula"]
        assert 0 < found.numbers["lowest"] < found.numbers["highest"] < 1

    def test_the_worst_entry(self) -> None:
        assert "; worst entry dy[" in messages(MSE.spoil("y", lambda d, *_: -d))["dy"]


class TestConventions:
    """Not bugs: a remark at most."""

    def test_a_loss_that_is_a_multiple_of_the_notes(self) -> None:
        result = checked(HALF_SQUARES, "columns")
        assert result.verdict is Verdict.PASS
        (remark,) = [f for f in result.findings if f.code == "forward-differs"]
        assert remark.remark
        assert remark.numbers["factor"] == pytest.approx(OUT * N / 2)

    def test_a_loss_that_is_another_function(self) -> None:
        cubic = loss("mse", lambda y, t: ((y - t) ** 4).sum(), lambda y, t: 4 * (y - t) ** 3, "mse")
        result = checked(cubic, "columns")
        assert shown(result) == {"loss": "forward-differs"}

    def test_a_constant_that_no_size_explains(self) -> None:
        odd = loss(
            "mse", lambda y, t: 3.7 * ((y - t) ** 2).sum(), lambda y, t: 7.4 * (y - t), "mse"
        )
        assert shown(checked(odd, "columns")) == {"loss": "forward-differs"}


def test_a_backward_that_takes_differences() -> None:
    class Instance:
        inner_forwards = 0

        def forward(self, x: Array) -> Array:
            self.x = x
            return np.tanh(x)

        def backward(self, g: Array) -> tuple[Array, ...]:
            self.inner_forwards += 1
            return (g * (np.tanh(self.x + 1e-6) - np.tanh(self.x)) / 1e-6,)

    subject = Subject(name="Tanh", role="tanh", names=("x",), inputs=(X,), make=Instance)
    result = check_subject(subject)
    assert shown(result)["dx"] == "numerical-backward"
    assert "forward runs 1 time inside of backward" in str(result)


@pytest.mark.parametrize(
    ("derivative", "code"),
    [
        (lambda x: (np.tanh(x + 1e-5) - np.tanh(x - 1e-5)) / 2e-5, "numerical-backward"),
        (lambda x: (np.tanh(x + 1e-7) - np.tanh(x)) / 1e-7, "numerical-backward"),
        (lambda x: (1 - np.tanh(x) ** 2) * np.where(np.abs(x) > 1, 1 + 1e-5, 1), "region"),
        (lambda x: 1 - np.tanh(x) ** 2, None),
    ],
    ids=["both sides", "one side", "a region", "right"],
)
def test_differences_are_known_by_their_noise(derivative: Any, code: str | None) -> None:
    from gradcheck.check import check_functions

    result = check_functions(np.tanh, lambda g, x: g * derivative(x), [X], names=["x"])
    assert shown(result).get("dx") == code


def test_labels_are_one_hot_targets() -> None:
    labels = np.array([0, 2, 1, 1, 2])
    onehot = np.eye(OUT)[labels]

    class Instance:
        def forward(self, y: Array, t: Array) -> Array:
            self.y = y
            return -(onehot * np.log(y)).sum() / N

        def backward(self, g: Array) -> tuple[Any, ...]:
            return (g * (self.y - onehot) / (self.y * (1 - self.y)), None)

    subject = Subject(
        name="CrossEntropy",
        role="cross_entropy",
        names=("y", "t"),
        inputs=(P.T.copy(), labels),
        make=Instance,
        constants=frozenset({"t"}),
        layout={"y": "rows", "t": "labels"},
        domain={"y": (0.0, 1.0)},
    )
    assert shown(check_subject(subject)) == {"dy": "loss-mismatch"}


def test_a_gradient_that_fits_the_earlier_point_by_chance() -> None:
    """Of few entries all may be positive at the point that goes through forward before."""
    from gradcheck.check import check_functions

    x = -np.array([[1.0], [2.0]])
    for seed in range(4):
        result = check_functions(relu, lambda g, x: g.copy(), [x], names=["x"], seed=seed)
        assert "stale-cache" not in {f.code for f in result.findings}, str(result)
        assert "latest-forward" not in {
            c.contract for c in result.checks if c.verdict is Verdict.FAIL
        }
        single = replace(RELU, inputs=(x,)).wrong(lambda g, x: (g * np.where(x > 0, 1.0, 0.3),))
        told = check_subject(laid_out(single, "columns"), formula="relu", seed=seed)
        assert "stale-cache" not in {f.code for f in told.findings}, str(told)
