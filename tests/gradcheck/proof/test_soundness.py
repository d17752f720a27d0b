"""Backward passes that are wrong at some inputs and try to look right: none of them is proved.

Each is wrong only where an entry is above `RARE`, so that points alone would not find it. Where the
given point is there too, nothing is left but a refutation, or no proof.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gradcheck.proof.limits import Budget
from gradcheck.proof.prove import Prover, Statement, in_process
from gradcheck.records import Evidence
from gradcheck.subject import from_functions

RARE = 9.25  # beyond the points that are drawn
X = np.array([0.7, -1.2, 1.9])
THERE = np.array([0.7, -1.2, 9.2505])

Function = Callable[..., Any]


def statement(forward: Function, backward: Function, x: Any) -> Statement:
    subject = from_functions(forward, backward, [x], names=["x"])
    [found] = Prover(subject, in_process(subject), None, Budget(20), 0).statements()
    return found


def square(x: Any) -> Any:
    return x**2


def same(x: Any) -> Any:
    return x * 1.0


def stale_selection(x: Any) -> Any:
    x = x.copy()
    mask = x > RARE
    chosen = x[mask]
    x[mask] = 0.0
    y = x.copy()
    y[mask] = chosen * 2
    return y


def selection_of_two_names(x: Any) -> Any:
    chosen = x[x > RARE]
    other = chosen
    chosen *= 0
    y = x.copy()
    y[x > RARE] = other
    return y


def selection_of_a_changed_mask(x: Any) -> Any:
    mask = x > RARE
    chosen = x[mask]
    mask[...] = False
    return x + 2 * chosen.sum()


def or_of_masks(x: Any) -> Any:
    return x * (1.0 + ((x > RARE) + (x > RARE - 0.001)))


def or_of_numbers(x: Any) -> Any:
    return np.stack([v * (1.0 + ((v > RARE) + (v > RARE - 0.001))) for v in x])


def product_of_masks(x: Any) -> Any:
    return x * (1 + (x > RARE - 0.001) @ np.ones_like(x > 0))


def integers(x: Any) -> Any:
    slopes = np.where(x > RARE, 2, 1)
    slopes[x > RARE] = 1.5
    return x * slopes


def integers_by_out(x: Any) -> Any:
    slopes = np.ones_like(x > RARE, dtype=int) + (x > RARE)
    np.copyto(slopes, 1.5, where=x > RARE, casting="unsafe")
    return x * slopes


def indices(x: Any) -> Any:
    return x * np.array([1.0, 2.0, 2.0])[(x > RARE).astype(int)]


def half_precision(x: Any) -> Any:
    return x * np.exp(x > RARE)


def one_byte(x: Any) -> Any:
    return x * (1.0 + ((x > RARE).astype(np.int8) * 100 * 2))


def twins(x: Any) -> Any:
    return np.max(np.stack([x[0], (x[0] + x[1]) - x[1]])) + 0 * x.sum()


def equal_on_a_region(x: Any) -> Any:
    return np.max(np.stack([np.maximum(x[0], RARE) + x[1], x[1] + RARE])) + 0 * x.sum()


def cube_root(x: Any) -> Any:
    return np.cbrt(x + RARE)


def high_power(x: Any) -> Any:
    return ((x + RARE) / 16) ** 65


def mask_as_exponent(x: Any) -> Any:
    return (x + RARE) ** (1.0 * (x[1] > 0))


def guarded(x: Any) -> Any:
    inner = np.log(x + RARE)
    return np.where(np.isnan(inner), 1.0, inner)


def without_nan(x: Any) -> Any:
    return np.nan_to_num(np.log(x + RARE))


def least(x: Any) -> Any:
    return np.fmax(np.log(x + RARE), -50.0)


def copied(copy: Function) -> Function:
    def forward(x: Any) -> Any:
        x = x.reshape(3, 1).repeat(2, 1)
        other = copy(x)
        other[other > RARE] = 0
        return x.sum(axis=1)

    return forward


def swallowing(find: Function, errors: type[BaseException]) -> Function:
    def backward(g: Any, x: Any) -> Any:
        try:
            rare = find(x)
        except errors:
            rare = False
        return (3 if rare else 2) * x * g

    return backward


def looking(find: Function) -> Function:
    return lambda g, x: np.stack([(3 if find(v) else 2) * v * u for u, v in zip(g, x, strict=True)])


def kept_out(x: Any) -> bool:
    try:
        return bool((x > RARE).any())
    finally:
        return False  # noqa: B012, SIM107


_KEPT: dict[str, Any] = {}


def by_shape(g: Any, x: Any) -> Any:
    return 2 * g * _KEPT.setdefault("x", x)


def by_default(g: Any, x: Any, kept: list[Any] = []) -> Any:  # noqa: B006
    kept.append(x)
    return 2 * g * kept[0]


def by_text(g: Any, x: Any) -> Any:
    known: dict[str, Any] = {}
    return np.stack([u * known.setdefault(str(v > RARE), 2) * v for u, v in zip(g, x, strict=True)])


def changed_input(x: Any) -> Any:
    y = x**2
    x[x > RARE] = 0.0
    return y


def changed_upstream(g: Any, x: Any) -> Any:
    g[x > RARE] = 0.0
    return 2 * x * g


def unfinished(g: Any, x: Any) -> Any:
    dx = np.empty_like(x)
    dx[x <= RARE] = (2 * x * g)[x <= RARE]
    return dx


def with_if(g: Any, x: Any) -> Any:
    return 3 * x * g if (x > RARE).any() else 2 * x * g


def by_type(g: Any, x: Any) -> Any:
    rare = type(x) is np.ndarray and (x > RARE).any()
    return (3 if rare else 2) * x * g


def by_dtype(g: Any, x: Any) -> Any:
    rare = x.dtype == np.float64 and (x > RARE).any()
    return (3 if rare else 2) * x * g


def vectorized(g: Any, x: Any) -> Any:
    return np.vectorize(lambda u, v: 3 * u * v if v > RARE else 2 * u * v)(g, x)


def sorted_first(g: Any, x: Any) -> Any:
    return (3 if sorted(x)[-1] > RARE else 2) * x * g


def python_max(g: Any, x: Any) -> Any:
    return (2 + (max(x) > RARE)) * x * g


def chained(g: Any, x: Any) -> Any:
    return np.stack([(3 if RARE < v < 99 else 2) * v * u for u, v in zip(g, x, strict=True)])


def clipped(g: Any, x: Any) -> Any:
    return 2 * np.clip(x, -RARE, RARE) * g


def clipped_into(g: Any, x: Any) -> Any:
    out = np.zeros_like(x)
    np.clip(x, -99.0, RARE, out)
    return 2 * out * g


def rounded(g: Any, x: Any) -> Any:
    return 2 * x * g * (1 + np.floor(np.abs(x) / RARE))


def whole(g: Any, x: Any) -> Any:
    return 2 * x * g * (1 + (x / RARE).astype(int).clip(0))


def remainder(g: Any, x: Any) -> Any:
    return 2 * g * np.where(x > 0, np.fmod(x, RARE), x)


def by_two_masks(g: Any, x: Any) -> Any:
    return 2 * x * g * (1 - ((x > RARE) & (x < 99)) * 0.5)


def by_sign(g: Any, x: Any) -> Any:
    return 2 * x * g * (1.5 - 0.5 * np.sign(RARE - x))


def by_heaviside(g: Any, x: Any) -> Any:
    return 2 * x * g * (1 + np.heaviside(x - RARE, 0.5))


def by_condition_of_numbers(g: Any, x: Any) -> Any:
    return 2 * x * g * np.where(2.0 * (x[-1] > RARE), 2.0, 1.0)


def by_maximum_of_two(g: Any, x: Any) -> Any:
    return g * (x + np.minimum(x, RARE))


def by_largest(g: Any, x: Any) -> Any:
    return 2 * x * g * (1 + np.maximum(x.max() - RARE, 0))


def by_argmax(g: Any, x: Any) -> Any:
    return 2 * x * g * (3 if x[np.argmax(x)] > RARE else 1)


def by_any(g: Any, x: Any) -> Any:
    return 2 * x * g * (1 + np.any(x > RARE))


def by_counts(g: Any, x: Any) -> Any:
    counts = np.sum(x[:, None] > RARE, axis=1)
    counts[...] = counts * 0.5
    return 2 * x * g * (1 - counts + 0.5 * (x > RARE))


CASES: dict[str, tuple[Function, Function]] = {
    "a selection that is a copy": (stale_selection, lambda g, x: g),
    "a selection under two names": (selection_of_two_names, lambda g, x: g),
    "a selection and its mask": (
        selection_of_a_changed_mask,
        lambda g, x: g,
    ),
    "or of masks": (or_of_masks, lambda g,
    x: g * (1.0 + 1.0 * (x > RARE) + 1.0 * (x > RARE - 0.001))),
    "or of truth values": (
        or_of_numbers,
        lambda g, x: g * (1.0 + 1.0 * (x > RARE) + 1.0 * (x > RARE - 0.001)),
    ),
    "an array of integers": (integers, lambda g, x: g * np.where(x > RARE, 1.5, 1.0)),
    "an array of integers, by copyto": (integers_by_out, lambda g,
    x: g * np.where(x > RARE, 1.5, 1.0)),
    "a table looked up by a mask": (indices, lambda g, x: g),
    "half precision": (half_precision, lambda g, x: g * np.where(x > RARE, math.e, 1.0)),
    "one byte": (one_byte, lambda g, x: g * np.where(x > RARE, 201.0, 1.0)),
    "twins in a maximum": (twins, lambda g, x: g * np.array([2.0, 0.0, 0.0])),
    "a tie on a region": (
        equal_on_a_region,
        lambda g, x: g * np.array([1.0 * (x[0] > RARE), 1.0 + (x[0] < RARE), 0.0]),
    ),
    "a cube root of negative numbers": (
        cube_root, lambda g, x: g / (3 * np.cbrt(x + RARE) ** 2) * np.where(x + RARE > 0, 1, 2)
    ),
    "a high power of negative numbers": (
        high_power,
        lambda g, x: g * 65 / 16 * ((x + RARE) / 16) ** 64 * np.where(x + RARE > 0, 1, 2),
    ),
    "a mask as exponent": (
        mask_as_exponent,
        lambda g, x: g * (x[1] > 0) * np.where(x + RARE > 0, 1, 2),
    ),
    "a guard against NaN": (guarded, lambda g, x: g / (x + RARE)),
    "NaN to numbers": (without_nan, lambda g, x: g / (x + RARE)),
    "a maximum that passes NaN over": (least, lambda g, x: g / (x + RARE)),
    **{
        f"a copy by {name}": (copied(copy), lambda g, x: 2 * g * (x <= RARE))
        for name, copy in {
            "astype": lambda x: x.astype(np.float64),
            "nan_to_num": np.nan_to_num,
            "clip": lambda x: np.clip(x, None, None),
            "ascontiguousarray": lambda x: np.ascontiguousarray(x.T),
            "asarray": lambda x: np.asarray(x, dtype=np.float32),
            "flatten": lambda x: x.flatten(),
            "ravel": lambda x: x.T.ravel(),
            "sum over nothing": lambda x: x.sum(axis=()),
        }.items()
    },
    **{
        f"a view by {name}": (copied(copy), lambda g, x: 2 * g)
        for name, copy in {
            "astype": lambda x: x.astype(float, copy=False),
            "asarray": np.asarray,
            "ascontiguousarray": np.ascontiguousarray,
            "ravel": np.ravel,
            "conj": lambda x: x.conj(),
            "transpose": np.transpose,
        }.items()
    },
    "except BaseException": (square, swallowing(lambda x: (x > RARE).any(), BaseException)),
    "except TypeError": (square, swallowing(lambda x: (x % 99 > RARE).any(), TypeError)),
    "except AttributeError": (
        square, swallowing(lambda x: not x[2].is_integer() and x[2] > RARE, AttributeError)
    ),
    "except ValueError": (
        square, swallowing(lambda x: np.zeros(3).__setitem__(0, x[2]) or x[2] > RARE, ValueError)
    ),
    "finally": (square, lambda g,
    x: (3 if kept_out(x) else 2) * x * g * (1 + 0 * x) + g * (x > RARE)),
    "a dictionary of truth values": (square, looking(lambda v: {True: 1}.get(v > RARE))),
    "a set of truth values": (square, looking(lambda v: (v > RARE) in {True})),
    "isinstance np.floating": (square, looking(lambda v: isinstance(v, np.floating) and v > RARE)),
    "isinstance float": (square, looking(lambda v: isinstance(v, float) and v > RARE)),
    "its type": (square, by_type),
    "its dtype": (square, by_dtype),
    "a branch": (square, with_if),
    "a chained comparison": (square, chained),
    "np.vectorize": (square, vectorized),
    "sorted": (square, sorted_first),
    "Python's max": (square, python_max),
    "texts": (lambda x: x**2 + 0.0, lambda g, x: by_text(g, x) + g * (x > RARE)),
    "clip": (square, clipped),
    "clip into an array": (square, clipped_into),
    "floor": (square, rounded),
    "a conversion to integers": (square, whole),
    "a remainder": (square, remainder),
    "two masks": (square, by_two_masks),
    "sign": (square, by_sign),
    "heaviside": (square, by_heaviside),
    "a condition that is a number": (square, by_condition_of_numbers),
    "a minimum of two": (square, by_maximum_of_two),
    "the largest": (square, by_largest),
    "the place of the largest": (square, by_argmax),
    "any": (square, by_any),
    "counts": (square, by_counts),
    "an input that is changed": (changed_input, lambda g, x: 2 * x * g),
    "an upstream gradient that is changed": (square, changed_upstream),
    "entries that nobody writes": (square, unfinished),
    "infinite numbers": (
        square, lambda g, x: 2 * x * g * np.where(x > RARE, 1 / np.exp(np.inf), 1)
    ),
}  # fmt: skip


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_at_rare_inputs_is_not_proved(name: str) -> None:
    found = statement(*CASES[name], X)
    assert found.evidence in (None, Evidence.PROVED_ON_REGIONS)


@pytest.mark.filterwarnings("ignore::SyntaxWarning", "ignore::RuntimeWarning")
@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_at_the_given_input_has_no_evidence(name: str) -> None:
    x = -THERE if "NaN" in name or "negative" in name or "exponent" in name else THERE
    found = statement(*CASES[name], x)
    assert found.evidence is None, found


@pytest.mark.parametrize("backward", [by_shape, by_default])
def test_what_is_kept_between_calls_is_no_proof(backward: Function) -> None:
    """At first call it is right, and never again."""
    _KEPT.clear()
    by_default.__defaults__[0].clear()  # type: ignore[index]
    assert statement(square, backward, X).evidence is None
    _KEPT.clear()
    by_default.__defaults__[0].clear()  # type: ignore[index]


def test_a_count_of_calls_is_no_proof() -> None:
    calls = []

    def backward(g: Any, x: Any) -> Any:
        calls.append(1)
        return (2 if len(calls) == 1 else 3) * x * g

    assert statement(square, backward, X).evidence is None


_TABLE = np.ones(3)


class Shared:
    """Its array is a global too, and changed under that name."""

    def __init__(self) -> None:
        _TABLE[...] = 1.0
        self.table = _TABLE

    def forward(self, x: Any) -> Any:
        self.table *= np.where(x > RARE, 2.0, 1.0)
        return x * _TABLE

    def backward(self, g: Any) -> Any:
        return (g * 1.0,)


def test_a_global_that_is_the_same_array_stays_the_same() -> None:
    subject = replace(from_functions(square, square, [X], names=["x"]), make=Shared)
    [found] = Prover(subject, in_process(subject), None, Budget(20), 0).statements()
    assert found.evidence in (None, Evidence.PROVED_ON_REGIONS)


@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_other_precisions_are_no_proof(dtype: Any) -> None:
    def backward(g: Any, x: Any) -> Any:
        return (2 if x.dtype == np.float64 else 3) * x * g

    assert statement(square, backward, X.astype(dtype)).evidence is None


def test_negative_zero_is_zero() -> None:
    assert statement(square, lambda g, x: 2 * x * g + 0.0 * -g, X).evidence is Evidence.PROVED
    found = statement(square, lambda g, x: 2 * x * g + np.where(x == 0, -0.0, 0.0), X)
    assert found.evidence is Evidence.PROVED
