"""What an instance reaches is made exact while it runs, with its aliases, and put back."""

from __future__ import annotations

import types
from collections import deque
from typing import Any

import numpy as np
import pytest
from symbols import tracing

from gradcheck.proof import reach
from gradcheck.proof.array import SymbolicArray
from gradcheck.proof.limits import GivenUp, Unmodelled
from gradcheck.proof.reach import everything, made_exact, namespaces_of
from gradcheck.proof.scalar import Scalar


class Layer:
    SCALE = 0.5
    SHARED = [np.ones(2)]  # noqa: RUF012

    def __init__(self) -> None:
        self.W = np.arange(6.0).reshape(2, 3)
        self.params = {"W": self.W, "count": 3}
        self.rows = [self.W[0], self.W[1]]
        self.T = self.W.T
        self.rate = 0.1
        self.labels = np.array([1, 0])
        self.name = "layer"
        self.inner = types.SimpleNamespace(b=np.zeros(2))
        self.fixed = (np.ones(2), 0.25)


class Slotted:
    __slots__ = ("W", "unset")

    def __init__(self) -> None:
        self.W = np.ones(2)


def snapshot(layer: Layer) -> list[tuple[int, Any]]:
    return [(id(part), part) for part, _ in everything(layer)]


def test_float_arrays_and_numbers_are_exact_inside() -> None:
    layer = Layer()
    with tracing(), made_exact(layer, floats=True):
        assert isinstance(layer.W, SymbolicArray)
        assert isinstance(layer.inner.b, SymbolicArray)
        assert isinstance(layer.rate, Scalar)
        assert type(layer.labels) is np.ndarray
        assert type(layer.params["count"]) is int
        assert type(layer.fixed[0]) is np.ndarray
        assert layer.name == "layer"


def test_floats_stay_where_they_must() -> None:
    layer = Layer()
    with tracing(), made_exact(layer, floats=False):
        assert isinstance(layer.W, SymbolicArray)
        assert type(layer.rate) is float


def test_aliases_stay_aliases() -> None:
    layer = Layer()
    with tracing() as run, made_exact(layer, floats=True):
        assert layer.W is layer.params["W"]
        layer.W[0, 1] = run.pool.variable("pi")
        assert layer.rows[0][1] is run.pool.variable("pi")
        assert layer.T[1, 0] is run.pool.variable("pi")
        layer.rows[1][...] = 7.0
        assert run.floats(layer.W)[1].tolist() == [7, 7, 7]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(
    "part",
    [
        np.s_[0],
        np.s_[:, 1],
        np.s_[::-1],
        np.s_[1:, ::2],
        np.s_[:, ::-2],
        np.s_[1:2, 1:2],
        np.s_[None],
    ],
    ids=str,
)
def test_views_stay_views(order: Any, part: Any) -> None:
    base = np.array(np.arange(12.0).reshape(3, 4), order=order)
    holder = types.SimpleNamespace(part=base[part], base=base, last=base.T)
    with tracing() as run, made_exact(holder, floats=True):
        assert run.floats(holder.part).tolist() == base[part].tolist()
        holder.part[...] = -1.0
        wanted = base.copy()
        wanted[part] = -1.0
        assert run.floats(holder.base).tolist() == wanted.tolist()
        assert run.floats(holder.last).tolist() == wanted.T.tolist()
    assert holder.base is base
    assert base.tolist() == np.arange(12.0).reshape(3, 4).tolist()


def test_views_of_what_nobody_holds_share_their_memory() -> None:
    base = np.arange(4.0)
    holder = types.SimpleNamespace(one=base[:3], other=base[1:])
    del base
    with tracing() as run, made_exact(holder, floats=True):
        holder.one[1] = 9.0
        assert run.floats(holder.other).tolist() == [9, 2, 3]


def test_memory_of_another_object_is_refused() -> None:
    holder = types.SimpleNamespace(part=np.frombuffer(bytearray(16)))
    with tracing(), pytest.raises(Unmodelled, match="memory"), made_exact(holder, floats=True):
        pass
    assert type(holder.part) is np.ndarray


def broken(layer: Layer, error: type[BaseException]) -> None:
    with tracing(), made_exact(layer, floats=True):
        layer.W[...] = 3.0
        raise error("")


@pytest.mark.parametrize("error", [None, ValueError, GivenUp, KeyboardInterrupt])
def test_everything_is_as_before(error: Any) -> None:
    layer = Layer()
    before = snapshot(layer)
    values = layer.W.tolist()
    if error is None:
        with tracing(), made_exact(layer, floats=True):
            layer.W[...] = 3.0
    else:
        with pytest.raises(error):
            broken(layer, error)
    after = snapshot(layer)
    assert [number for number, _ in after] == [number for number, _ in before]
    assert all(one is other for (_, one), (_, other) in zip(before, after, strict=True))
    assert layer.W.tolist() == values
    assert layer.W is layer.params["W"]
    assert layer.rows[0].base is layer.W.base
    assert Layer.SCALE == 0.5
    assert type(Layer.SHARED[0]) is np.ndarray


def test_closures_and_bound_methods() -> None:
    buffer, rate = np.ones(2), 0.5

    def function() -> Any:
        return buffer * rate

    holder = types.SimpleNamespace(function=function)
    with tracing(), made_exact(holder, floats=True):
        assert isinstance(function(), SymbolicArray)
    assert type(function()) is np.ndarray
    layer = Layer()
    layer.own = types.MethodType(lambda self: self.W, layer)  # type: ignore[attr-defined]
    with tracing(), made_exact(types.SimpleNamespace(call=layer.own), floats=True):  # type: ignore[attr-defined]
        assert isinstance(layer.W, SymbolicArray)
    assert type(layer.W) is np.ndarray


def test_slots_and_empty_cells() -> None:
    slotted = Slotted()
    with tracing(), made_exact(slotted, floats=True):
        assert isinstance(slotted.W, SymbolicArray)
    assert type(slotted.W) is np.ndarray

    def outer() -> Any:
        def inner() -> Any:
            return later

        if not inner:
            later = 1
        return inner

    with tracing(), made_exact(types.SimpleNamespace(inner=outer()), floats=True):
        pass


def test_shared_objects_are_put_back_once() -> None:
    shared = {"W": np.ones(2)}
    one, other = types.SimpleNamespace(p=shared), types.SimpleNamespace(p=shared)
    holder = [one, other, deque([shared])]
    array = shared["W"]
    with tracing(), made_exact(holder, floats=True):
        assert one.p["W"] is other.p["W"]
        assert isinstance(shared["W"], SymbolicArray)
    assert shared["W"] is array


def test_what_the_code_takes_out_of_a_list_keeps_nothing_else_from_being_put_back() -> None:
    holder = types.SimpleNamespace(a=np.ones(2), stack=[np.ones(1)], b=np.ones(2))
    a, b = holder.a, holder.b
    with tracing(), made_exact(holder, floats=True):
        holder.stack.pop()
    assert holder.a is a
    assert holder.b is b


def test_cycles_end() -> None:
    loop: list[Any] = []
    loop.append(loop)
    assert len(list(everything(loop))) == 1


def test_too_many_objects_are_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "MOST", 20)
    with pytest.raises(GivenUp, match="more than 20"):
        list(everything([[k] for k in range(30)]))


def made_module(name: str, source: str) -> types.ModuleType:
    module = types.ModuleType(name)
    exec(source, module.__dict__)  # noqa: S102
    return module


def test_namespaces_are_those_of_the_code_under_test() -> None:
    helper = made_module("its_helper", "import numpy as np\ndef help(x): return np.exp(x)\n")
    own = made_module(
        "its_own",
        "import numpy as np\n"
        "class Base:\n    def forward(self, x): return help(x)\n"
        "class Layer(Base):\n"
        "    @property\n    def p(self): return 1\n"
        "    @staticmethod\n    def s(): return 2\n",
    )
    own.__dict__["help"] = helper.help
    found = namespaces_of(own.Layer())
    assert {names["__name__"] for names in found} == {"its_own", "its_helper"}
    assert [names["__name__"] for names in namespaces_of(np.random.default_rng(0))] == []


def test_namespaces_of_functions_and_their_closures() -> None:
    own = made_module("its_own", "def outer(f):\n    def inner(x): return f(x)\n    return inner\n")
    other = made_module("its_other", "def f(x): return x\n")
    holder = types.SimpleNamespace(call=own.outer(other.f))
    assert {n["__name__"] for n in namespaces_of(holder)} >= {"its_own", "its_other"}
