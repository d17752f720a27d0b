"""NumPy's universal functions on symbols, held against NumPy itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, mutually_broadcastable_shapes
from symbols import agree, coded, tracing

from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.ufuncs import ARITHMETIC, LOGICAL

if TYPE_CHECKING:
    from collections.abc import Callable

RNG = np.random.default_rng(7)
ROUNDING = {np.floor, np.ceil, np.rint, np.trunc}
"""Refused where all regions are run at once."""

WITHIN_ONE, ABOVE_ONE = {np.arcsin, np.arccos, np.arctanh}, {np.arccosh}
POSITIVE = {np.log, np.log2, np.log10, np.sqrt, np.log1p, np.reciprocal}
TRUTH_ONLY = {np.invert, np.bitwise_and, np.bitwise_or}
UFUNCS = [*ARITHMETIC, *LOGICAL]
BINARY = [ufunc for ufunc in UFUNCS if ufunc.nin == 2]


def numbers(*shape: int, positive: bool = False) -> Any:
    drawn = RNG.uniform(0.3, 2.0, shape)
    return drawn if positive else drawn * RNG.choice([-1, 1], shape)


def on_numbers(ufunc: Any) -> Callable[..., Any]:
    """Return the ufunc; of truth values, where it takes those alone."""
    if ufunc in TRUTH_ONLY:
        return lambda *arrays: ufunc(*[array > 0.4 for array in arrays])
    if ufunc in (np.power, np.float_power):
        return lambda a, b: ufunc(np.exp(a), b)
    if ufunc in WITHIN_ONE:
        return lambda a: ufunc(a / 3)
    if ufunc in ABOVE_ONE:
        return lambda a: ufunc(a * a + 1)
    return ufunc


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3), (2, 1, 3)], ids=str)
@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda u: u.__name__)
def test_each_is_what_numpy_gives(ufunc: Any, shape: tuple[int, ...]) -> None:
    if ufunc in TRUTH_ONLY and not shape:
        pytest.skip("of a number nothing says whether it is a truth value")
    arrays = [numbers(*shape, positive=ufunc in POSITIVE) for _ in range(ufunc.nin)]
    agree(on_numbers(ufunc), *arrays, merging=ufunc not in ROUNDING)


@pytest.mark.parametrize("ufunc", UFUNCS, ids=lambda u: u.__name__)
def test_each_where_comparisons_are_decided(ufunc: Any) -> None:
    arrays = [numbers(2, 3, positive=ufunc in POSITIVE) for _ in range(ufunc.nin)]
    agree(on_numbers(ufunc), *arrays, merging=False)


@pytest.mark.parametrize(
    "ufunc", [u for u in BINARY if u not in TRUTH_ONLY], ids=lambda u: u.__name__
)
@settings(max_examples=15, deadline=None)
@given(shapes=mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=3))
def test_broadcasting(ufunc: Any, shapes: Any) -> None:
    agree(on_numbers(ufunc), *[numbers(*shape) for shape in shapes.input_shapes])


@pytest.mark.parametrize("ufunc", [u for u in ARITHMETIC if u.nin == 2], ids=lambda u: u.__name__)
@pytest.mark.parametrize("number", [2, 2.0, 0.5, np.float64(1.5), np.int64(3)], ids=repr)
def test_with_a_number_on_either_side(ufunc: Any, number: Any) -> None:
    positive = ufunc in (np.power, np.float_power)
    array = numbers(3, positive=positive)
    agree(lambda a: ufunc(a, number), array)
    agree(lambda a: ufunc(number, a), array)


@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.maximum, np.minimum, np.logaddexp],
                         ids=lambda u: u.__name__)  # fmt: skip
@pytest.mark.parametrize("axis", [0, 1, -1, -2, None, (0, 2), (-1, 0), ()], ids=str)
@pytest.mark.parametrize("keepdims", [False, True])
def test_reductions(ufunc: Any, axis: Any, keepdims: bool) -> None:  # noqa: FBT001
    agree(lambda a: ufunc.reduce(a, axis=axis, keepdims=keepdims), numbers(2, 3, 2))


@pytest.mark.parametrize("ufunc", [np.logical_and, np.logical_or], ids=lambda u: u.__name__)
@pytest.mark.parametrize("shape", [(1,), (3,), (3, 1)], ids=str)
def test_reductions_to_truth_values_are_of_truth_values(ufunc: Any, shape: Any) -> None:
    agree(lambda a: 2.0 * ufunc.reduce(a, axis=-1), numbers(*shape))
    agree(lambda a: 2.0 * ufunc.reduce(a > 0, axis=-1), numbers(*shape))


@pytest.mark.parametrize("ufunc", [np.add, np.multiply, np.maximum, np.subtract],
                         ids=lambda u: u.__name__)  # fmt: skip
@pytest.mark.parametrize("axis", [0, 1, -1])
def test_accumulation(ufunc: Any, axis: int) -> None:
    agree(lambda a: ufunc.accumulate(a, axis=axis), numbers(2, 3))


@pytest.mark.parametrize("ufunc", [np.add, np.subtract, np.multiply, np.maximum, np.greater],
                         ids=lambda u: u.__name__)  # fmt: skip
def test_outer(ufunc: Any) -> None:
    agree(lambda a, b: ufunc.outer(a, b) * 1.0, numbers(3), numbers(2, 2))


def test_at_adds_up_what_has_one_place() -> None:
    def code(a: Any, b: Any) -> Any:
        np.add.at(a, np.array([0, 0, 2]), b)
        np.subtract.at(a, [1], b[0])
        return a

    agree(code, numbers(4), numbers(3))


def test_initial() -> None:
    agree(lambda a: np.add.reduce(a, axis=0, initial=5.0), numbers(3, 2))


@pytest.mark.parametrize(
    "shapes",
    [((2, 3), (3, 4)), ((3,), (3,)), ((2, 3), (3,)), ((3,), (3, 2)), ((2, 2, 3), (3, 2)),
     ((5, 1, 2, 3), (4, 3, 1))],
    ids=str,
)  # fmt: skip
def test_matmul(shapes: Any) -> None:
    a, b = (numbers(*shape) for shape in shapes)
    agree(lambda a, b: a @ b, a, b)
    agree(lambda a: a @ b, a)
    agree(lambda b: a @ b, b)


def test_out_is_the_array_that_is_given_and_its_views_see_it() -> None:
    def code(a: Any, b: Any) -> Any:
        row = a[0]
        given = np.multiply(a, b, out=a)
        assert given is a
        return row

    agree(code, numbers(2, 3), numbers(2, 3))


@pytest.mark.parametrize("number", range(5))
def test_in_place(number: int) -> None:
    def code(a: Any, b: Any) -> Any:
        alias, part = a, a[:, 1]
        if number == 0:
            alias += b
        elif number == 1:
            alias -= b
        elif number == 2:
            alias *= b
        elif number == 3:
            alias /= b
        else:
            alias **= 2
        part += 1
        return alias

    agree(code, numbers(2, 3), numbers(2, 3))


def test_where_keeps_the_other_entries_of_out() -> None:
    agree(lambda a: np.divide(1.0, a, out=np.zeros_like(a), where=a > 0), numbers(2, 3) + 0.1)
    agree(lambda a: np.divide(1.0, a, out=a, where=np.array([True, False, True])), numbers(2, 3))


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("np.floor(x)", "rounding"),
        ("np.rint(x)", "rounding"),
        ("np.mod(x, 2)", "remainder"),
        ("x % 2", "remainder"),
        ("x // 2", "floor_divide"),
        ("np.cbrt(x)", "cbrt"),
        ("np.arctan2(x, x)", "arctan2"),
        ("np.hypot(x, x)", "hypot"),
        ("np.add.reduceat(x, [0, 1])", "reduceat"),
        ("np.add(x, x, dtype=int)", "dtype"),
        ("np.add(x, x, where=x > 0)", "where"),
        ("np.add.reduce(x, where=x > 0)", "where"),
        ("np.maximum.reduce(x, initial=0)", "initial"),
        ("np.add(x, x, signature='dd->d')", "sig"),
        ("np.add(x, x, out=np.zeros(3))", "floats"),
        ("np.add.at(np.zeros(3), [0], x[0])", "floats"),
        ("np.zeros(3).__iadd__(x)", "floats"),
        ("np.logical_xor(x > 0, x > 1)", "logical_xor"),
        ("np.logical_and.accumulate(x)", "accumulate"),
        ("np.greater.reduce(x)", "reduce"),
        ("np.frompyfunc(lambda v: v, 1, 1)(x)", "np"),
        ("x**x", "negative"),
        ("x**65", "negative"),
        ("x ** (x > 0)", "negative"),
        ("np.isnan(np.log(x))", "NaN"),
        ("np.isfinite(1 / x)", "NaN"),
        ("np.fmax(np.log(x), 0)", "NaN"),
        ("np.matmul(x > 0, x > 1)", "bool"),
        ("np.exp(x > 0)", "bool"),
        ("-(x > 0)", "bool"),
        ("(x > 0) - (x > 1)", "bool"),
        ("~np.where(x > 0, 1, 0)", "truth"),
        ("np.reciprocal(np.where(x > 0, 1, 2))", "integer"),
        ("np.add(1.0, x, out=x > 0)", "bool"),
    ],
)  # fmt: skip
def test_what_has_no_exact_meaning_is_refused(code: str, reason: str) -> None:
    with tracing({"x": np.array([1.0, -2.0, 0.5])}) as run, pytest.raises(Unmodelled, match=reason):
        coded(code)(run.symbols["x"])


@pytest.mark.parametrize(
    "code",
    [
        "np.isnan(x * x) + np.isinf(1 / (1 + x**2)) + np.isfinite(np.exp(x))",
        "np.fmax(x, 0)",
        "2.0 ** (x > 0)",
        "np.exp(x) ** x",
        "~(x > 0) * 1.0",
        "np.add(1.0, x, out=x * 0)",
    ],
)
def test_their_near_neighbours_are_not(code: str) -> None:
    agree(coded(code), np.array([1.0, -2.0, 0.5]))


@settings(max_examples=40, deadline=None)
@given(data=st.data(), shape=array_shapes(max_dims=3, max_side=3))
def test_sums_of_any_axes(data: Any, shape: tuple[int, ...]) -> None:
    axes = data.draw(
        st.lists(st.integers(-len(shape), len(shape) - 1), unique_by=lambda k: k % len(shape))
    )
    keep = data.draw(st.booleans())
    agree(lambda a: a.sum(axis=tuple(axes), keepdims=keep), numbers(*shape))
    agree(lambda a: a.max(axis=tuple(axes), keepdims=keep), numbers(*shape))
