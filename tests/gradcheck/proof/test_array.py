"""Arrays of symbols: indexing, masks, conversions, and what becomes of aliases."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest
from symbols import agree, coded, tracing

from gradcheck.proof.array import SymbolicArray, entries, wrapped
from gradcheck.proof.limits import Unmodelled

X = np.array([[0.5, -1.5, 2.0], [1.25, 0.75, -0.5]])
Y = np.array([[1.5, 2.5, -2.0], [0.25, 1.75, 0.5]])


@pytest.mark.parametrize(
    "case",
    ["x[0]", "x[:, 1]", "x[..., -1]", "x[None]", "x[[1, 0]]", "x[np.array([0, 1]), [2, 0]]",
     "x[np.array([True, False])]", "x[1, 2]", "x.T[2]", "[row.sum() for row in x]", "x.tolist()",
     "list(x.flat)", "len(x)", "x.shape", "x.ndim", "x.size", "x.nbytes", "x.strides",
     "x.flags.c_contiguous", "x.dtype == float", "x.dtype.itemsize", "x.item(3)", "x.itemsize",
     "x.sum()", "x.mean(0)", "x.prod(1)", "x.max()", "x.min(axis=1, keepdims=True)", "x.var()",
     "x.std(0)", "x.dot(y.T)", "x.cumsum()", "x.cumprod()", "x.ptp() if False else 0.0",
     "x.trace()",
     "x.diagonal()", "x.repeat(2)", "x.take([0, 2], axis=1)", "x.reshape(3, 2)", "x.flatten('F')",
     "x.astype(float)", "(x > 0).astype(np.float32) * x", "(x > 0).astype(float)",
     "(x > 0).astype(int) * 2",
     "(x > 0).astype(bool) * 2.0", "(x > 0).sum() * 1.0", "(x > 0).mean()", "1.0 * (x > 0)",
     "((x > 0) + (y > 0)) * 1.0", "((x > 0) * (y > 0)) * 1.0", "((x > 0) & (y > 0)) * 1.0",
     "((x > 0) | (y > 0)) * 1.0", "(~(x > 0)) * 1.0", "(x > 0) * 2 + 1", "1 - (x > 0)",
     "np.maximum(x > 0, y > 0) * 1.0", "(x > 0) / 2", "np.add.reduce(x > 0, axis=1) * 1.0",
     "((x > 0) == (y > 0)) * 1.0", "(x == x.max()) * y", "(x != y) * 1.0", "-x", "abs(x)", "+x",
     "2 ** x", "x ** 2", "x ** -1", "x ** 3.0", "abs(x) ** 0.5", "abs(x) ** 1.3", "1 / x", "y - x",
     "1 - x"],
)  # fmt: skip
@pytest.mark.parametrize("merging", [True, False])
def test_each_is_what_numpy_gives(case: str, merging: bool) -> None:  # noqa: FBT001
    agree(coded(case), X, Y, merging=merging)


@pytest.mark.parametrize(
    "case",
    ["x.round()", "x.round(2)", "round(x[0, 0])", "x.astype(int)", "x.astype(bool)",
     "x.astype(complex)", "(x > 0).astype(np.int8)", "(x > 0).astype(np.uint8)", "x.argsort()",
     "x.sort()", "x.partition(1)", "x.argpartition(1)", "x.searchsorted(0)", "x.tobytes()",
     "x.view(np.int64)", "x.view(dtype=float)", "x.put([0], 1)", "x.choose([0])", "x.compress([1])",
     "x.resize(2)", "x.tofile('')", "x.dumps()", "float(x[0, 0])", "int(x[0, 0])",
     "float(x[:1, 0])",
     "int(x[:1, 0])", "complex(x[0, 0])", "[1, 2][x[0, 0]]", "x[x[0, 0]]", "x[x]", "x[x, 0]",
     "x[(x > 0).astype(int)]", "x[np.where(x > 0, 1, 0)]", "x[x > 0, 0]", "x[:, x[0] > 0]",
     "bool(x[0, 0] > 0)", "1 if x[0, 0] > 0 else 2", "not x[0, 0]", "x[0, 0] and 1",
     "0 < x[0, 0] < 1",
     "[1.0][x[0, 0] > 0]", "hash(x[0, 0])", "x[0, 0] in {1.0}", "{True: 1}.get(x[0, 0] > 0)",
     "x[0, 0] in [1.0]", "x[0, 0] % 1", "x[0, 0] // 1", "divmod(x[0, 0], 1)",
     "x[0, 0].is_integer()",
     "range(x[0, 0])", "sorted(x[0])", "x[0, 0].hex()", "~x[0, 0]",
     "(x[0, 0] > 0) + (x[0, 1] > 0)", "x[0].min(initial=1)",
     "True + (x[0, 0] > 0)", "x.sum(where=x > 0)", "x.mean(dtype=int)", "x[0, 0] ^ 1",
     "x.mean(where=x > 0)"],
)  # fmt: skip
def test_never_a_silent_number(case: str) -> None:
    with tracing({"x": X}) as run, pytest.raises(Unmodelled):
        coded(case)(run.symbols["x"])


@pytest.mark.parametrize(
    ("made", "put"),
    [("x > 0", "0.5"), ("x > 0", "2"), ("(x > 0).astype(int)", "0.5"), ("np.where(x > 0, 1, 0)",
    "0.01"),
     ("np.where(x > 0, 1, 2) * 3", "y"), ("(x > 0).sum(axis=0)", "0.5"), ("(x > 0) + 1", "0.25"),
     ("np.where(x > 0, 1, 0).reshape(-1)", "0.5"), ("np.where(x > 0, 1, 0)[0]", "0.5")],
)  # fmt: skip
def test_numbers_that_would_be_cut_are_refused(made: str, put: str) -> None:
    """``d = np.where(x > 0, 1, 0); d[x <= 0] = 0.01`` is 0 below: an array of integers."""
    with tracing({"x": X, "y": Y}) as run:
        array = coded(made)(run.symbols["x"])
        with pytest.raises(Unmodelled, match="numbers put into"):
            array[...] = coded(put)(None, run.symbols["y"])
        with pytest.raises(Unmodelled, match="numbers put into"):
            array[array > 0] = 0.01


@pytest.mark.parametrize(
    ("made", "put"),
    [("x > 0", "y > 0"), ("x > 0", "False"), ("(x > 0).astype(int)", "3"),
     ("np.where(x > 0, 1.0, 0)", "0.01"), ("(x > 0).astype(float)", "y"),
     ("np.where(x > 0, 1, 0) * 0.5", "0.25"), ("np.where(x > 0, 1, 0)", "(y > 0) * 2")],
)  # fmt: skip
def test_numbers_that_fit_are_put(made: str, put: str) -> None:
    def code(x: Any, y: Any) -> Any:
        array = coded(made)(x)
        array[...] = coded(put)(x, y)
        return array * 2.0

    agree(code, X, Y)


@pytest.mark.parametrize(
    "case",
    ["x[x > 0] = 0", "x[x > 0] = y[x > 0]", "x[x > 0] *= 2", "x[(x > 0) & (y > 0)] += 1",
     "x[x > 0] = -x[x > 0] + 3", "x[x > 0] = np.exp(x[x > 0]) / 2", "x[x[:, 0] > 0.75] = 5.0",
     "x[(x > 0,)] = 1", "x[1] = y[0]", "x[:, ::2] = 1", "x[np.array([0, 0])] += 1", "x.fill(2)",
     "x.flat[1:3] = 5", "x[0, 0] += y[1, 1]", "x[...] = y", "x[x > 0] = np.float64(2)",
     "x[1:] = x[:-1]", "x[x[:, 0] > 0.75] = y[x[:, 0] > 0.75]", "x[x > 0] **= 2",
     "x[x > 0] -= y[x > 0]",
     "x[x > 0] /= 2", "x[:, 0][x[:, 0] > 0.75] = 9", "x.T[x.T > 0] = 0"],
)  # fmt: skip
@pytest.mark.parametrize("merging", [True, False])
def test_what_is_put_is_where_numpy_puts_it(case: str, merging: bool) -> None:  # noqa: FBT001
    def code(x: Any, y: Any) -> Any:
        alias = x
        exec(case, {"np": np, "x": x, "y": y})  # noqa: S102
        return alias

    agree(code, X, Y, merging=merging)


def test_entries_that_python_puts_are_read_in_place() -> None:
    with tracing({"x": X}) as run:
        x = run.symbols["x"]
        x.flat[0] = 5
        view = np.reshape(x, -1)
        view[1] = 7
        assert run.floats(x)[0, :2].tolist() == [5, 7]


def test_copies_share_no_memory() -> None:
    with tracing({"x": X}) as run:
        x = run.symbols["x"]
        for other in (x.copy(), copy.copy(x), copy.deepcopy(x)):
            other[...] = 0
        assert run.floats(x).tolist() == X.tolist()


def test_a_symbol_of_another_run_is_refused() -> None:
    with tracing({"x": X}) as run:
        left = run.symbols["x"]
    with tracing({"x": X}) as run, pytest.raises(Unmodelled, match="earlier run"):
        run.symbols["x"] + left
    with tracing({"x": X}), pytest.raises(Unmodelled, match="earlier run"):
        left[0, 0]


@pytest.mark.parametrize(
    "value",
    ["text", 1j, None, np.array(["a"]), np.array([1j]), [object()]],
    ids=["text", "complex", "none", "texts", "complexes", "objects"],
)
def test_only_real_numbers_are_entries(value: Any) -> None:
    with tracing(), pytest.raises(Unmodelled):
        entries(value)


def test_printing_does_no_harm() -> None:
    with tracing({"x": X}) as run:
        x = run.symbols["x"]
        text = f"{x[0, 0]:.3f} {x[0, 1]} {x[0, 0]!s:>10}"
        assert len({str(one) for one in x.flat}) == x.size
        assert "symbol" in text


def test_branches_are_decided_at_the_point_and_noted() -> None:
    with tracing({"x": X}, merging=False) as run:
        x = run.symbols["x"]
        assert bool(x[0, 0] > 0)
        assert not x[0, 1] > 0
        assert (x > 0).tolist() == (X > 0).tolist()
        assert len(run.trace.conditions) == X.size


def test_it_is_an_array() -> None:
    with tracing({"x": X}) as run:
        x = run.symbols["x"]
        assert isinstance(x, np.ndarray)
        assert isinstance(x, SymbolicArray)
        assert isinstance(x[0, 0], float)
        assert isinstance(x[0, 0], np.floating)
        assert wrapped(x).base is not None
