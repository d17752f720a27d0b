"""Whether an array of symbols holds floats, integers or truth values: as NumPy's would."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from symbols import coded, tracing

from gradcheck.proof import kinds
from gradcheck.proof.array import SymbolicArray
from gradcheck.proof.kinds import BOOL, FLOAT, INTEGER, UNKNOWN, dtype_of, joined, kind_of, must_fit
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, scalar

X = np.array([[0.5, -1.5, 2.0], [1.25, 0.75, -0.5]])
Y = np.array([[1.5, 2.5, -2.0], [0.25, 1.75, 0.5]])

SAME = [
    "x", "x > 0", "(x > 0) & (y > 0)", "~(x > 0)", "(x > 0) + (y > 0)", "(x > 0) * (y > 0)",
    "(x > 0) * 2",
    "(x > 0) * 2.0", "(x > 0) + 1", "1 - (x > 0)", "(x > 0) / 2", "(x > 0) * y",
    "np.where(x > 0, 1, 0)",
    "np.where(x > 0, 1.0, 0)", "np.where(x > 0, True, False)", "np.where(x > 0, x, 0)",
    "(x > 0).astype(int)",
    "(x > 0).astype(float)", "(x > 0).astype(int) * 3", "np.where(x > 0, 1, 0) * 0.5",
    "abs(np.where(x > 0, 1, -1))",
    "-np.where(x > 0, 1, -1)", "np.where(x > 0, 1, 2) ** 2", "np.exp(np.where(x > 0, 1, 2))",
    "np.sqrt(np.where(x > 0, 1, 2))", "np.where(x > 0, 1, 2) / 2",
    "np.maximum(np.where(x > 0, 1, 2), 1.5)",
    "np.maximum(np.where(x > 0, 1, 2), 1)", "np.maximum(x > 0, y > 0)",
    "np.square(np.where(x > 0, 1, 2))",
    "np.sum(x > 0, axis=0)", "np.prod(x > 0, axis=0)", "np.mean(x > 0, axis=0)",
    "np.max(x > 0, axis=0)",
    "np.cumsum(x > 0, axis=0)", "np.sum(x > 0, axis=0, dtype=float)", "np.any(x > 0, axis=0)",
    "np.all(x, axis=0)", "np.logical_and(x, y)", "np.isnan(x)", "np.reshape(x > 0, -1)",
    "(x > 0).T",
    "(x > 0)[0]", "(x > 0).copy()", "np.stack([x > 0, y > 0])", "np.stack([x > 0, x])",
    "np.concatenate([x > 0, np.ones((1, 3), dtype=int)])",
    "np.concatenate([np.where(x > 0, 1, 0), x])",
    "np.take(x > 0, [0, 1], axis=1)", "np.repeat(np.where(x > 0, 1, 0), 2)", "np.tril(x > 0)",
    "np.tril(np.where(x > 0, 1, 2))", "np.diff(np.where(x > 0, 1, 2))",
    "np.pad(np.where(x > 0, 1, 2), 1)",
    "np.where(x > 0, 1, 2) @ np.where(y > 0, 2, 3).T", "np.where(x > 0, 1, 2) @ y.T",
    "np.select([x > 0], [np.where(x > 0, 1, 2)], 0)",
    "np.select([x > 0], [np.where(x > 0, 1, 2)], 0.5)",
    "np.add.outer(x[0] > 0, np.arange(2))", "np.clip(np.where(x > 0, 1, 2), 0, 1)",
    "np.clip(np.where(x > 0, 1, 2), 0, 1.5)", "np.zeros_like(x > 0)",
    "np.ones_like(np.where(x > 0, 1, 2))",
    "np.full_like(x > 0, 2)", "np.zeros_like(x)", "np.empty_like(x > 0)",
    "np.sign(np.where(x > 0, 1, 2))",
    "np.invert(x > 0)", "np.greater.outer(x[0], y[0])", "np.absolute(x > 0)", "np.nan_to_num(x)",
    "np.flip(x > 0)", "np.apply_along_axis(lambda r: r > 0, 1, x)",
    "np.einsum('ij,kj->ik', np.where(x > 0, 1, 2), y)",
]  # fmt: skip


@pytest.mark.parametrize("case", SAME)
def test_the_dtype_is_numpys(case: str) -> None:
    wanted = coded(case)(X, Y).dtype
    with tracing({"x": X, "y": Y}) as run:
        got = coded(case)(run.symbols["x"], run.symbols["y"])
        assert got.dtype == wanted
        assert isinstance(got, SymbolicArray) or wanted.kind in "ib"


def test_of_numbers_and_lists() -> None:
    with tracing({"x": X}) as run:
        x = run.symbols["x"]
        found = {
            "float": kind_of(1.5),
            "int": kind_of(2),
            "bool": kind_of(True),  # noqa: FBT003
            "int64": kind_of(np.int64(2)),
            "floats": kind_of(np.ones(2)),
            "list": kind_of([1, 2.5]),
            "symbol": kind_of(x[0, 0]),
            "list of symbols": kind_of([x[0, 0], 1]),
        }
        assert found == {
            "float": FLOAT,
            "int": INTEGER,
            "bool": BOOL,
            "int64": INTEGER,
            "floats": FLOAT,
            "list": FLOAT,
            "symbol": FLOAT,
            "list of symbols": FLOAT,
        }
        assert kind_of(x[0, 0] > 0) == UNKNOWN
        assert kind_of([x[0, 0] > 0, x[0, 1] > 0]) == UNKNOWN
        assert kind_of(scalar(2)) == FLOAT


@pytest.mark.parametrize(
    ("several", "wanted"),
    [([], FLOAT), ([BOOL], BOOL), ([BOOL, INTEGER], INTEGER), ([INTEGER, FLOAT], FLOAT),
     ([UNKNOWN, INTEGER], UNKNOWN), ([UNKNOWN, FLOAT], FLOAT)],
)  # fmt: skip
def test_together(several: list[str], wanted: str) -> None:
    assert joined(several) == wanted


def test_what_is_unknown_has_no_dtype() -> None:
    assert dtype_of(INTEGER) == np.int64
    with pytest.raises(Unmodelled):
        dtype_of(UNKNOWN)


def test_what_is_unknown_is_multiplied_and_nothing_else() -> None:
    with tracing({"x": X}) as run:
        x = run.symbols["x"]
        made: Any = np.array([x[0, 0] > 0, x[0, 1] > 0]).view(SymbolicArray)
        made.kind = UNKNOWN
        assert (made * 2.0).kind == FLOAT
        assert (made * made).kind == UNKNOWN
        for refused in (lambda: made + made, lambda: np.exp(made), lambda: made.sum(),
        lambda: made @ made,
                        lambda: made.__setitem__(0, 0.5), lambda: ~made, lambda: x[made],
                        lambda: made.dtype):  # fmt: skip
            with pytest.raises(Unmodelled):
                refused()


def test_what_fits() -> None:
    with tracing({"x": X}) as run:
        x = run.symbols["x"]
        floats = np.array([x[0, 0]], dtype=object)
        truth = np.array([x[0, 0] > 0], dtype=object)
        counts = np.array([2 * (x[0, 0] > 0)], dtype=object)
        must_fit(FLOAT, floats)
        must_fit(INTEGER, counts)
        must_fit(BOOL, truth)
        for kind, given in ((INTEGER, floats), (BOOL, floats), (BOOL, counts), (UNKNOWN, counts)):
            with pytest.raises(Unmodelled):
                must_fit(kind, given)


def test_arrays_that_numpy_would_convert_are_refused() -> None:
    with tracing({"x": X}) as run:
        x = run.symbols["x"]
        assert kinds.same([x, x]) == FLOAT
        assert kinds.same([]) == FLOAT
        with pytest.raises(Unmodelled):
            kinds.same([x, x > 0])


def test_a_scalar_is_a_symbol() -> None:
    with tracing({"x": X}) as run:
        assert type(run.symbols["x"][0, 0]) is Scalar
