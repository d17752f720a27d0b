"""The stand-ins for `np`, `math`, `float`, `type`, `max` and `min` while code runs on symbols."""

from __future__ import annotations

import math
import types
from typing import Any

import numpy as np
import pytest
from symbols import agree, tracing

from gradcheck.proof.array import SymbolicArray
from gradcheck.proof.builtin_proxies import FloatProxy
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.proxies import installed
from gradcheck.proof.scalar import Scalar

X = np.array([0.5, -1.25, 2.0])

SOURCE = """
import math
import math as m
import numpy as np
import numpy
from math import exp, floor, pi
from numpy import exp as nexp, zeros

RATE = 0.1
COUNT = 3
INF = float("inf")

def run(code, *args):
    return eval(code, globals(), dict(zip("xyz", args)))
"""


def module(**more: Any) -> types.ModuleType:
    made = types.ModuleType("students_own")
    exec(SOURCE, made.__dict__)  # noqa: S102
    made.__dict__.update(more)
    return made


def same(case: str, *, floats: bool = True, merging: bool = True) -> None:
    """Assert that a text of code gives on symbols, with the stand-ins, what it gives without."""
    own = module()

    def code(x: Any) -> Any:
        if not isinstance(x, SymbolicArray):
            return own.run(case, x)
        with installed([own.__dict__], floats=floats):
            return own.run(case, x)

    agree(code, X, merging=merging)


@pytest.mark.parametrize(
    "case",
    ["np.zeros(3) + x", "np.zeros((2, 3), dtype=float)", "np.ones(3) * x", "np.zeros(3, dtype=int)",
     "np.full(3, 2.5) + x", "np.full(3, 2)", "np.full((2, 3), x)", "np.full(2, True)",
     "np.full(3, np.int64(2))", "np.eye(3) @ x", "np.identity(3)", "np.array([x[0], 1.0])",
     "np.array([[x[0], x[1]], [x[2], 3]])", "np.array([1.5, 2.5])", "np.array([1, 2])",
     "np.array(x)",
     "np.array(x, ndmin=2)", "np.array([x, x])", "np.array(x, dtype=float)", "np.asarray(x)",
     "np.asarray([x[0], 2])", "np.asarray([1, 2])", "np.ascontiguousarray(x)", "np.asanyarray(x)",
     "np.ascontiguousarray(x.reshape(3, 1).T)", "np.atleast_1d(np.array([1.5]))", "numpy.exp(x)",
     "nexp(x)", "zeros(3) + x", "np.pi * x", "np.e * x", "math.pi * x", "pi * x", "m.e * x",
     "np.sqrt(2) * x", "np.sqrt(4.0)", "math.sqrt(2) * x", "np.sqrt(x**2)", "exp(x[0])",
     "math.exp(x[0])",
     "math.log(1 + x[0]**2)", "math.tanh(x[0])", "math.pow(x[0], 2)", "math.fabs(x[1])",
     "math.erf(x[0])", "math.erf(0.5)", "math.sqrt(x[0])", "math.floor(2.5)", "floor(2.5)",
     "math.isnan(x[0])", "math.log(8, 2)", "float(x[0])", "float(x[:1].reshape(()))", "float(2)",
     "float('1.5')",
     "isinstance(x[0], float)", "isinstance(2.0, float)", "isinstance(2, float)",
     "isinstance(x[0], (int, float))", "isinstance(x[0], np.floating)", "isinstance(x, np.ndarray)",
     "isinstance(x[0], int)", "x.astype(float)", "np.zeros(2, float)", "np.dtype(float) == x.dtype",
     "type(x) is np.ndarray", "type(x) == np.ndarray", "type(2.0) == float", "type('a') is str",
     "isinstance(int, type)", "type('T', (), {}).__name__ == 'T'", "max(x[0], 0)", "min(x[1], 2)",
     "max(x)", "min(x)", "max(1, 2)", "max([1, 3], key=abs)", "max([], default=0)", "RATE * x",
     "COUNT * x", "np.vectorize(lambda v: v * v + 1)(x)", "np.vectorize(lambda v: v)(np.arange(3))",
     "np.vectorize(lambda v, w: v * w, otypes=[float])(x, x)", "np.isscalar(x[0])",
     "np.isscalar(x)",
     "np.arange(3) * x", "np.linspace(0, 1, 3) * x", "np.finfo(float).eps * x", "np.float64(2) * x",
     "np.random.RandomState(0).rand(3) * x", "INF > 3", "np.inf > 3",
     "np.ndarray.__name__ == 'ndarray'"],
)  # fmt: skip
def test_each_is_what_it_is_on_numbers(case: str) -> None:
    same(case)
    same(case, floats=False)


@pytest.mark.parametrize("case", ["np.vectorize(lambda v: v if v > 0 else 0.0)(x)",
                                  "[1.0 if v > 0 else v for v in x]", "max(x, key=lambda v: v * v)",
                                  "np.vectorize(lambda v: 1.0 if v > 0 else v)(x)"])  # fmt: skip
def test_branches_where_comparisons_are_decided(case: str) -> None:
    same(case, merging=False)


@pytest.mark.parametrize(
    "case",
    ["math.floor(x[0])", "floor(x[0])", "math.hypot(x[0], 1)", "math.copysign(x[0], -1)",
     "math.isclose(x[0], 0)", "int(x[0])", "float(x)", "np.float64(x[0])", "np.array(x, dtype=int)",
     "np.asarray(x, dtype=int)", "np.asarray(x, copy=True)", "np.array(x, order='F')",
     "np.array([x[0]], dtype=bool)", "type(x[0])", "np.zeros(3, dtype=int).__iadd__(x)",
     "np.full(3, x[0] > 0)", "np.full(3, x[0], dtype=int)", "x[0] % 1", "np.asarray(x, order='F')",
     "np.vectorize(lambda v: v > 0)(x)", "np.vectorize(lambda v: v, otypes=[int])(x)", "INF * x",
     "np.vectorize(lambda v: (v > 0) * 2)(x)",
     "np.inf - x", "np.nan * x", "abs(INF) * x"],
)  # fmt: skip
def test_what_has_no_exact_meaning_is_refused(case: str) -> None:
    own = module()
    with (
        tracing({"x": X}) as run,
        installed([own.__dict__], floats=True),
        pytest.raises((Unmodelled, TypeError, ValueError)) as refused,
    ):
        own.run(case, run.symbols["x"])
    error: BaseException | None = refused.value
    while error is not None and not isinstance(error, Unmodelled):
        error = error.__cause__ or error.__context__
    assert error is not None or case == "float(x)"


def test_the_first_result_of_vectorize_decides_and_is_no_integer() -> None:
    own = module()
    with (
        tracing({"x": -X}, merging=False) as run,
        installed([own.__dict__], floats=True),
        pytest.raises(Unmodelled, match="no floats"),
    ):
        own.run("np.vectorize(lambda v: 0 if v < 0 else v)(x)", run.symbols["x"])


def test_constants_are_exact() -> None:
    own = module()
    with tracing() as run, installed([own.__dict__], floats=True):
        assert own.run("np.pi") is run.pool.variable("pi")
        assert own.run("pi") is own.run("math.pi")
        assert own.run("np.sqrt(2)").operation == "sqrt"
        assert own.run("RATE").value == own.run("1 * RATE").value
        assert own.run("np.e").operation == "exp"


def test_np_empty_is_unlike_anything() -> None:
    own = module()
    with tracing() as run, installed([own.__dict__], floats=True):
        made = own.run("np.empty((2, 2))")
        assert len({one.value for one in made.view(np.ndarray).flat}) == 4
        assert own.run("np.empty(2, dtype=int)").dtype == int
        assert np.isfinite(run.floats(made)).all()


def test_contiguous_copies_where_numpy_does() -> None:
    own = module()

    def code(x: Any) -> Any:
        with installed([own.__dict__] if isinstance(x, SymbolicArray) else [], floats=True):
            for text in ("np.ascontiguousarray(x.T)", "np.ascontiguousarray(x)",
                         "np.asarray(x, dtype=np.float32)", "np.array(x)"):  # fmt: skip
                part = own.run(text, x)
                part += 1
        return x

    agree(code, np.arange(6.0).reshape(2, 3))


def test_float_stands_for_itself() -> None:
    assert FloatProxy == float  # noqa: E721
    assert hash(FloatProxy) == hash(float)
    assert np.dtype(FloatProxy) == np.float64  # type: ignore[call-overload]


class TestNamesAreAsBefore:
    """Whatever happens inside, every name is afterwards what it was."""

    def test_after_a_run(self) -> None:
        own = module()
        before = dict(own.__dict__)
        with tracing(), installed([own.__dict__], floats=True):
            assert own.np is not np
            assert isinstance(own.RATE, Scalar)
            assert "float" in own.__dict__
        assert own.__dict__ == before
        assert all(own.__dict__[name] is value for name, value in before.items())

    def test_after_an_exception(self) -> None:
        own = module()
        before = dict(own.__dict__)
        for error in (ValueError, Unmodelled, KeyboardInterrupt):
            with pytest.raises(error), tracing(), installed([own.__dict__], floats=True):
                raise error("")
            assert own.__dict__ == before

    def test_names_that_the_code_makes_or_deletes(self) -> None:
        own = module()
        before = dict(own.__dict__)
        with tracing(), installed([own.__dict__], floats=True):
            own.NEW = 1
            del own.COUNT
            own.RATE = None
        assert own.__dict__ == before

    def test_names_of_its_own_stay(self) -> None:
        own = module(max=sum, float=str)
        with tracing(), installed([own.__dict__], floats=True):
            assert own.max is sum
            assert own.float is str
        assert own.max is sum

    def test_numbers_stay_where_they_must(self) -> None:
        own = module()
        with tracing(), installed([own.__dict__], floats=False):
            assert own.RATE == 0.1
            assert type(own.RATE) is float

    def test_of_several_modules(self) -> None:
        several = [module(), module()]
        before = [dict(one.__dict__) for one in several]
        with tracing(), installed([one.__dict__ for one in several], floats=True):
            assert several[0].np is several[1].np
        assert [one.__dict__ for one in several] == before
        assert several[0].math is math
