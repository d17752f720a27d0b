"""Functions, networks and steps: what goes in for each argument, and where the gradients are."""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from submissions.case import FILES

from gradcheck.records import Verdict
from gradcheck.students.check import Options, check_path
from gradcheck.students.layers import documented_zeroing
from gradcheck.students.survey import survey
from gradcheck.students.texts import uses

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def met(tmp_path: Path) -> Any:
    def meet(text: str) -> dict[str, Any]:
        path = tmp_path / "layers.py"
        path.write_text("import numpy as np\n" + dedent(text), encoding="utf-8")
        return {a.description.name: a for a in survey(path, {}).adapters}

    return meet


def inputs(adapter: Any) -> list[tuple[str, tuple[int, ...]]]:
    return [(one.name, one.shape) for one in adapter.description.inputs]


def run(adapter: Any) -> tuple[Any, Any, Any]:
    rng = np.random.default_rng(0)
    given = [rng.standard_normal(one.shape) for one in adapter.description.inputs]
    instance = adapter.make()
    y = np.asarray(instance.forward(*[a.copy() for a in given]))
    g = rng.standard_normal(y.shape)
    return given, g, instance.backward(g.copy())


def test_the_data_may_stand_after_the_weights(met: Any) -> None:
    found = met("""
        def linear(W, X):
            return W @ X
        def linear_backward(W, X, dZ):
            return dZ @ X.T, W.T @ dZ
        def total(X):
            return X.sum(axis=1)
    """)["linear"]
    assert [name for name, _ in inputs(found)] == ["x", "W"]
    (x, W), g, (dx, dW) = run(found)
    assert np.allclose(dW, g @ x.T)
    assert np.allclose(dx, W.T @ g)


def test_an_activation_is_chosen_for_a_dispatcher() -> None:
    found = {a.description.name: a for a in survey(FILES / "dispatcher.py", {}).adapters}
    adapter = found["linear_activation_forward"]
    assert [name for name, _ in inputs(adapter)] == ["x", "W", "b"]
    (x, W, b), g, (dx, dW, db) = run(adapter)
    mask = (W @ x + b > 0) * g
    assert np.allclose(dW, mask @ x.T)
    assert np.allclose(db, mask.sum(axis=1, keepdims=True))
    assert np.allclose(dx, W.T @ mask)


def test_an_argument_that_is_not_understood_is_told(met: Any) -> None:
    found = met("""
        def scale_forward(x, gamma): return x * gamma
        def scale_backward(dout, mystery, puzzle): return dout
    """)["scale_forward"]
    assert "not understood" in found.description.reason


def test_a_network_has_its_parameters_numbered() -> None:
    for file, name in (("network_step.py", "NeuralNet"), ("network_lists.py", "Network")):
        found = {a.description.name: a for a in survey(FILES / file, {}).adapters}[name]
        names = [one for one, _ in inputs(found)]
        assert names[:2] == ["x", "t"]
        assert sorted(names[2:]) == ["W1", "W2", "b1", "b2"]
        sizes = {size for _, shape in inputs(found) for size in shape}
        assert len(sizes) > 2


def test_a_container_is_filled_with_the_files_own_layers() -> None:
    found = survey(FILES / "container_add.py", {}).adapters
    fillings = [a.description for a in found if a.description.name == "Sequential"]
    assert [one.facts["filled_with"] for one in fillings] == [["Dense", "Tanh"]] * len(fillings)
    assert {one.role for one in fillings} == {"sequential"}
    assert all(any(i.parameter for i in one.inputs) for one in fillings)


def test_a_container_without_layers_is_told_of(met: Any) -> None:
    found = met("""
        class Sequential:
            def __init__(self, layers): self.layers = layers
            def forward(self, x): return x
            def backward(self, grad): return grad
    """)["Sequential"]
    assert found.description.reason


def test_a_step_of_the_file_moves_the_parameters() -> None:
    for file, name in (("attributes_batch.py", "Linear"), ("dicts_batch.py", "Affine")):
        found = {a.description.name: a for a in survey(FILES / file, {}).adapters}[name]
        instance: Any = found.make()
        rng = np.random.default_rng(0)
        given = [rng.standard_normal(one.shape) for one in found.description.inputs]
        y = instance.forward(*[a.copy() for a in given])
        gradients = instance.backward(np.ones(np.shape(y)))
        after = instance.step()
        moved = (given[1] - after[1]) / gradients[1]
        assert np.allclose(moved, moved.flat[0])
        assert moved.flat[0] > 0


@pytest.mark.parametrize(
    ("text", "documented"),
    [
        ("def zero_grad(self): ...", True), ("# reset_grads() first", True),
        ("self.grad += g", False), ("np.zeros(3)", False),
    ],
)  # fmt: skip
def test_zeroing_is_documented_by_a_word(text: str, *, documented: bool) -> None:
    assert documented_zeroing(text) is documented


def test_a_class_may_use_functions() -> None:
    assert uses("class A:\n    def f(self): return tanh(x) * tanh_prime(x)", ("tanh", "tanh_prime"))
    assert not uses("tanh(x)", ("tanh", "tanh_prime"))
    assert not uses("not python (", ("tanh",))


NETWORK = """
    class Network:
        def __init__(self, n_in, n_out):
            self.W = np.random.randn(n_in, n_out)
        def forward(self, X):
            return np.tanh(X @ self.W)
        def loss(self, X, T):
            return np.sum((self.forward(X) - T) ** 2)
        def backward(self, X, T):
            y = self.forward(X)
            return {}X.T @ (2 * (y - T) * (1 - y**2)){}
"""


@pytest.mark.parametrize(
    ("before", "after"), [("", ""), ("np.ones((7, 7)) @ ", ""), ("", ".wrong")]
)
def test_a_network_whose_backward_raises_is_met_and_its_line_is_told(
    met: Any, tmp_path: Path, before: str, after: str
) -> None:
    found = met(NETWORK.format(before, after))["Network"]
    assert not found.description.reason
    report = check_path(tmp_path / "layers.py", Options(in_process=True))
    crashes = [f for f in report.results[0].findings if f.code == "crash"]
    if before or after:
        assert report.results[0].verdict is Verdict.ERROR
        assert [f.numbers["line"] for f in crashes] == [12]
        assert "layers.py:12)" in crashes[0].message
    else:
        assert report.results[0].verdict is Verdict.PASS
        assert not crashes


def test_why_a_network_is_not_met_names_the_line(met: Any) -> None:
    text = NETWORK.format("", "").replace("np.sum", "np.zeros(7) @ np.sum")
    assert met(text)["Network"].description.reason.endswith("(layers.py:9)")
