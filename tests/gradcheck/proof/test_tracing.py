"""One run of forward and backward on symbols."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import Pool, written
from gradcheck.proof.graph import UPSTREAM, is_unwritten, must_be_free, variables_of
from gradcheck.proof.limits import Budget, GivenUp, Unmodelled, refusals
from gradcheck.proof.scalar import Scalar
from gradcheck.proof.trace import Trace, current
from gradcheck.proof.tracing import traced
from gradcheck.subject import FunctionPair

X = np.array([0.5, -1.25])


def run(
    forward: Any,
    backward: Any,
    *inputs: Any,
    merging: bool = True,
    numbers: Any = (),
    names: Any = "xyz",
) -> Any:
    arrays = [np.asarray(one) for one in inputs or (X,)]
    upstream = np.ones(np.shape(forward(*[a.copy() for a in arrays])))
    return traced(
        lambda: FunctionPair(forward, backward, len(arrays)),
        names[: len(arrays)],
        arrays,
        frozenset(numbers),
        upstream,
        Budget(10),
        merging=merging,
    )


def test_what_a_graph_holds() -> None:
    graph = run(lambda x: 0.1 * x**2, lambda g, x: 2 * x * g * 0.1)
    assert [written(node) for node in graph.y] == ["(1/10)·x[0]^2", "(1/10)·x[1]^2"]
    assert graph.variables == {
        "x": ("x[0]", "x[1]"),
        UPSTREAM: (f"{UPSTREAM}[0]", f"{UPSTREAM}[1]"),
    }
    assert graph.shapes == {"x": (2,), UPSTREAM: (2,)}
    assert {text: str(value) for text, value in graph.literals.items()} == {"0.1": "1/10"}
    assert graph.conditions == ()
    point = {"x[0]": 2.0, "x[1]": 3.0, f"{UPSTREAM}[0]": 1.0, f"{UPSTREAM}[1]": 10.0}
    assert [FloatValues(point).of(one) for one in graph.gradients[0]] == pytest.approx([0.4, 6.0])


def test_inputs_that_stay_numbers() -> None:
    graph = run(lambda x, y: x * y, lambda g, x, y: (g * y, None), X, np.array([1, 2]), numbers="y")
    assert graph.gradients[1] is None
    assert "y" not in graph.variables
    assert written(graph.y[1]) == "2·x[1]"


def test_a_number_as_output() -> None:
    graph = run(lambda x: np.mean(x**2), lambda g, x: g * x)
    assert graph.shapes[UPSTREAM] == ()
    assert graph.variables[UPSTREAM] == (UPSTREAM,)
    assert len(graph.y) == 1


def test_a_gradient_of_another_shape_is_none() -> None:
    assert run(lambda x: x, lambda g, x: g[:1]).gradients == (None,)


def test_branches_are_refused_or_noted() -> None:
    def forward(x: Any) -> Any:
        return x if x[0] > 0 else -x

    with pytest.raises(
        Unmodelled, match=r"a branch that depends on the inputs \(test_tracing.py:\d+\)"
    ):
        run(forward, lambda g, x: g)
    [(condition, decided)] = run(forward, lambda g, x: g, merging=False).conditions
    assert (written(condition), decided) == ("[x[0] > 0]", True)
    [(condition, decided)] = run(forward, lambda g, x: g, -X, merging=False).conditions
    assert (written(condition), decided) == ("[x[0] > 0]", False)


def swallowed(x: Any, *, how: str) -> Any:
    try:
        if how == "a branch":
            return x if x[0] > 0 else -x
        if how == "a conversion":
            np.zeros(2)[0] = np.float64(x[0])
        if how == "a plain array":
            holder = np.arange(2) * 1.0
            holder[0] = x[0]
        if how == "a function":
            return np.sort(x)
        if how == "an attribute":
            return x[0].is_integer() * x
        if how == "an operator":
            return x[0] % 1 * x
    except BaseException:  # noqa: BLE001, S110 - this is what students' code must not get away with
        pass
    return x * 2


@pytest.mark.parametrize(
    "how",
    ["a branch", "a conversion", "a plain array", "a function", "an attribute", "an operator"],
)
def test_a_refusal_that_the_code_swallows_counts(how: str) -> None:
    with pytest.raises(Unmodelled):
        run(lambda x: swallowed(x, how=how), lambda g, x: 2 * g)


def test_what_the_code_catches_of_its_own_does_not() -> None:
    def forward(x: Any) -> Any:
        try:
            return {}["missing"]
        except KeyError:
            return x * 2

    def finite(x: Any) -> Any:
        return x * 2

    assert run(finite, lambda g, x: 2 * g)
    graph = traced(
        lambda: FunctionPair(forward, lambda g, x: 2 * g, 1), "x", [X], frozenset(), np.ones(2),
        Budget(5), merging=True,
    )  # fmt: skip
    assert written(graph.y[0]) == "2·x[0]"


def returned_in_finally(x: Any) -> Any:
    try:
        return x if x[0] > 0 else -x
    finally:
        return x * 2  # noqa: B012, SIM107


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
def test_a_refusal_that_a_return_hides_counts() -> None:
    with pytest.raises(Unmodelled):
        run(returned_in_finally, lambda g, x: 2 * g)


@pytest.mark.parametrize(
    ("forward", "reason"),
    [
        (lambda x: x[:1] if isinstance(x.view(np.ndarray).flat[0], Scalar) else x, "shape"),
        (lambda x: "text" if isinstance(x.view(np.ndarray).flat[0], Scalar) else x, "str"),
        (lambda x: 1 / 0 if isinstance(x.view(np.ndarray).flat[0], Scalar) else x, "ZeroDivision"),
        (
            lambda x: [1, 2][5] if isinstance(x.view(np.ndarray).flat[0], Scalar) else x,
            "IndexError",
        ),
        (lambda x: np.linalg.det(x.reshape(1, 2) * np.ones((2, 1))) * x, "det"),
        (lambda x: np.round(x) * x, "round"),
    ],
)
def test_code_that_does_not_run_on_symbols(forward: Any, reason: str) -> None:
    with pytest.raises(Unmodelled, match=reason):
        run(forward, lambda g, x: g)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_inputs_whose_rounding_is_coarse_are_refused(dtype: Any) -> None:
    with pytest.raises(Unmodelled, match="float"):
        run(lambda x: x, lambda g, x: g, X.astype(dtype))


@pytest.mark.parametrize("name", ["pi", "dY", "unwritten7"])
def test_names_of_our_own_are_refused(name: str) -> None:
    with pytest.raises(Unmodelled, match="called"):
        run(lambda x: x, lambda g, x: g, names=(name,))


def test_names_that_are_free() -> None:
    must_be_free(["x", "dY_", "pip", "unwritten", "Pi"])
    assert is_unwritten("unwritten12")
    assert not any(map(is_unwritten, ("unwritten", "unwrittenx", "x", 3, None, ["unwritten1"])))


def test_numbers_of_the_object_are_exact_where_the_code_can_do_with_them() -> None:
    class Layer:
        def __init__(self, *, as_index: bool) -> None:
            self.rate, self.as_index = 0.1, as_index

        def forward(self, x: Any) -> Any:
            if self.as_index:
                return x * [1, 2][round(self.rate)] * (self.rate * 3)
            return x * (self.rate * 3)

        def backward(self, g: Any) -> Any:
            return (g * (self.rate * 3),)

    def y(*, as_index: bool) -> str:
        graph = traced(
            lambda: Layer(as_index=as_index),
            "x",
            [X],
            frozenset(),
            np.ones(2),
            Budget(5),
            merging=True,
        )
        return written(graph.y[0])

    assert y(as_index=False) == "(3/10)·x[0]"
    assert y(as_index=True) != "(3/10)·x[0]"  # 0.1 · 3 in floats, read as that
    assert y(as_index=True).endswith("x[0]")


def test_nothing_is_left_behind() -> None:
    with pytest.raises(Unmodelled):
        run(lambda x: np.sort(x), lambda g, x: g)
    with pytest.raises(LookupError):
        current.get()
    assert refusals.get() is None


def test_a_symbol_that_stays_in_a_global_is_refused() -> None:
    kept: dict[str, Any] = {}

    def forward(x: Any) -> Any:
        kept.setdefault("x", x)
        return x * 1.0

    def backward(g: Any, x: Any) -> Any:
        return g * kept["x"] / kept["x"]

    def trace() -> Any:
        return traced(
            lambda: FunctionPair(forward, backward, 1), "x", [X], frozenset(), np.ones(2),
            Budget(5),
            merging=True,
        )  # fmt: skip

    trace()
    with pytest.raises(Unmodelled, match="earlier run"):
        trace()


def test_the_budget_ends_a_run() -> None:
    def forward(x: Any) -> Any:
        if isinstance(x.view(np.ndarray).flat[0], Scalar):
            for k in range(10**6):
                x = np.exp(x + k)
        return x

    with pytest.raises(GivenUp, match="nodes"):
        traced(lambda: FunctionPair(forward, lambda g, x: g, 1), "x", [X], frozenset(), np.ones(2),
               Budget(5, nodes=2_000), merging=True)  # fmt: skip


class TestTrace:
    def test_reads_numbers(self) -> None:
        trace = Trace(Pool(Scalar, Budget(5)), {}, merging=True)
        assert trace.read(math.pi) is trace.pool.variable("pi")
        assert trace.read(math.e).operation == "exp"
        assert trace.read(2).value == 2
        trace.read(0.5)
        trace.read(3)
        assert not trace.literals
        trace.read(0.1)
        assert list(trace.literals) == ["0.1"]

    def test_numbers_the_entries_that_nobody_has_written(self) -> None:
        trace = Trace(Pool(Scalar, Budget(5)), {}, merging=True)
        assert trace.unwritten() is not trace.unwritten()
        assert is_unwritten(trace.unwritten().value)

    def test_refuses_to_decide_what_is_no_number(self) -> None:
        trace = Trace(Pool(Scalar, Budget(5)), {"x": -1.0}, merging=False)
        with pytest.raises(Unmodelled, match="not a number"):
            trace.decide(trace.pool.positive(trace.pool.call("log", trace.pool.variable("x"))))


def test_variables() -> None:
    assert variables_of("x", ()) == ("x",)
    assert variables_of("W", (2, 2)) == ("W[0,0]", "W[0,1]", "W[1,0]", "W[1,1]")
