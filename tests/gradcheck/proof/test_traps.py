"""Code on which NumPy does something else than symbols seem to say, at points that are never drawn.

Each is wrong where an input exceeds `RARE` or nowhere else; once, each was proved.
"""

from __future__ import annotations

from math import erfc
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from gradcheck.proof.limits import Budget
from gradcheck.proof.prove import Prover, in_process
from gradcheck.subject import from_functions

if TYPE_CHECKING:
    from collections.abc import Callable

    from gradcheck.proof.statement import Statement

Array = Any
RARE = 40.0


def said_of(
    forward: Callable[..., Any], backward: Callable[..., Any], x: Array, **more: Any
) -> Statement:
    subject = from_functions(forward, backward, np.array(x), names=["x"], **more)
    [statement] = Prover(subject, in_process(subject), None, Budget(), 0).statements()
    return statement


def sum_of_masks(x: Array) -> Array:
    return x * ((x > 0) + (x > RARE))


def number_in_mask(x: Array) -> Array:
    mask = x > 0
    mask[x > RARE] = 2
    return x * mask


def ones_like_mask(x: Array) -> Array:
    mask = np.ones_like(x > 0)
    mask[x > RARE] = 2
    return x * mask


def half_in_integers(x: Array) -> Array:
    mask = (x > 0).astype(int)
    mask[x > RARE] = 0.5
    return x * mask


def half_in_chosen_integers(x: Array) -> Array:
    mask = np.where(x > 0, 1, 0)
    mask[x > RARE] = 0.5
    return x * mask


def half_in_stacked_integers(x: Array) -> Array:
    mask = np.concatenate([(x > 0).astype(int), (x > 1).astype(int)]).reshape(2, -1)[0]
    mask[x > RARE] = 0.5
    return x * mask


def kept_selection(x: Array) -> Array:
    y = x.copy()
    kept = y[x > RARE]
    y *= 2
    y[x > RARE] = kept
    return y


def copied_by_nan_to_num(x: Array) -> Array:
    y = np.nan_to_num(x)
    y[y > RARE] = 0
    return x * 2


def filled(x: Array) -> Array:
    ones = np.zeros(len(x))
    ones.fill(1.0)
    np.ravel(ones)[x > RARE] = 3
    return ones * x


def swallowed(x: Array) -> Array:
    try:
        factor = 2 if x[0].item().as_integer_ratio()[0] > 10**6 * RARE else 1
    except:  # noqa: E722 - as it is written
        factor = 1
    return x * factor


def swallowed_remainder(x: Array) -> Array:
    try:
        factor = 2 if x[0] // RARE >= 1 else 1
    except Exception:  # noqa: BLE001
        factor = 1
    return x * factor


def product_of_masks(x: Array) -> Array:
    return x * (np.dot(x > RARE, x > -RARE * RARE) + 1.0)


FOOLED: dict[str, tuple[Callable[..., Any], Callable[..., Any], Callable[..., Any] | None]] = {
    "sum of masks": (
        sum_of_masks,
        lambda g, x: g * ((x > 0) * 1.0 + (x > RARE) * 1.0),
        lambda g, x: g * (x > 0),
    ),
    "number in a mask": (
        number_in_mask,
        lambda g, x: g * np.where(x > RARE, 2, np.where(x > 0, 1.0, 0)),
        lambda g, x: g * (x > 0),
    ),
    "ones like a mask": (
        ones_like_mask,
        lambda g, x: g * np.where(x > RARE, 2.0, 1.0),
        lambda g, x: g,
    ),
    "half in integers": (
        half_in_integers,
        lambda g, x: g * np.where(x > RARE, 0.5, np.where(x > 0, 1.0, 0)),
        lambda g, x: g * ((x > 0) & (x <= RARE)),
    ),
    "half in chosen integers": (
        half_in_chosen_integers,
        lambda g, x: g * np.where(x > RARE, 0.5, np.where(x > 0, 1.0, 0)),
        lambda g, x: g * ((x > 0) & (x <= RARE)),
    ),
    "half in stacked integers": (
        half_in_stacked_integers,
        lambda g, x: g * np.where(x > RARE, 0.5, np.where(x > 0, 1.0, 0)),
        lambda g, x: g * ((x > 0) & (x <= RARE)),
    ),
    "kept selection": (
        kept_selection,
        lambda g, x: 2 * g,
        lambda g, x: np.where(x > RARE, g, 2 * g),
    ),
    "copied by nan_to_num": (
        copied_by_nan_to_num,
        lambda g, x: 2 * g * (x <= RARE),
        lambda g, x: 2 * g,
    ),
    "filled": (filled, lambda g, x: g * 1.0, lambda g, x: np.where(x > RARE, 3 * g, g)),
    "swallowed": (swallowed, lambda g, x: g * 1.0, None),
    "swallowed remainder": (swallowed_remainder, lambda g, x: g * 1.0, None),
    "product of masks": (
        product_of_masks,
        lambda g, x: g * ((x > RARE).sum() + 1.0),
        lambda g, x: g * (np.any(x > RARE) + 1.0),
    ),
}


@pytest.mark.parametrize("name", FOOLED)
def test_what_numpy_does_otherwise_is_not_proved(name: str) -> None:
    forward, wrong, right = FOOLED[name]
    x = [0.5, -0.25]
    said = said_of(forward, wrong, x)
    assert said.certificate is not None if right else said.open
    if right is not None:
        assert said_of(forward, right, x).evidence is not None


@pytest.mark.parametrize(
    "entries",
    [lambda x: [x, np.abs(x)], lambda x: [2 * x, x + x], lambda x: [x, np.maximum(x, 0)]],
    ids=["absolute", "doubled", "relu"],
)
def test_entries_of_a_maximum_that_are_equal_on_a_region_count_once(entries: Any) -> None:
    def forward(x: Array) -> Array:
        return np.max(np.stack(entries(x)), axis=0)

    slopes = {  # at x > 0 and at x < 0
        "absolute": (1, -1),
        "doubled": (2, 2),
        "relu": (1, 0),
    }
    one, other = slopes[next(k for k, v in slopes.items() if _slopes(forward) == v)]
    right = said_of(forward, lambda g, x: g * np.where(x > 0, one, other), [0.5, -0.25])
    twice = said_of(forward, lambda g, x: g * np.where(x > 0, 2 * one, other), [0.5, -0.25])
    assert right.evidence is not None
    assert twice.certificate is not None


def _slopes(forward: Any) -> tuple[int, int]:
    steps = forward(np.array([1.5, -0.5])) - forward(np.array([0.5, -1.5]))
    return int(steps[0]), int(steps[1])


def kinked(x: Array) -> Array:
    return np.maximum(x, 0) * (np.arctan(x) + 1)


def kinked_backward(g: Array, x: Array) -> Array:
    """Return the derivative, and that from the right at 0; written so that it is not proved."""
    arctan = np.pi / 4 - np.arctan((1 - x) / (1 + x))
    return g * (x >= 0) * (arctan + 1 + x / (1 + x * x))


def test_a_difference_at_a_kink_alone_is_no_refutation() -> None:
    right = said_of(kinked, kinked_backward, [0.0, 0.5], domain={"x": (-0.9, 9.0)})
    assert right.certificate is None
    wrong = said_of(
        kinked, lambda g, x: 1.5 * kinked_backward(g, x), [0.0, 0.5], domain={"x": (-0.9, 9.0)}
    )
    assert wrong.certificate is not None


@pytest.mark.parametrize(
    "condition",
    [
        lambda x: x > 300,
        lambda x: abs(x) < 0.003,
        lambda x: (x > 0.02) & (x < 0.021),
        lambda x: x**2 > 10**4,
        lambda x: np.exp(x) > 10**6,
    ],
    ids=["far", "near 0", "narrow", "square", "exponential"],
)
def test_a_counterexample_is_looked_for_on_all_sides_of_a_threshold(condition: Any) -> None:
    said = said_of(
        lambda x: x**3, lambda g, x: g * np.where(condition(x), 3.003, 3) * x**2, [0.5, -0.25]
    )
    assert said.certificate is not None
    at = [abs(float(value)) for name, value in said.certificate.point.items() if name[0] == "x"]
    assert any(condition(np.array(value)) or condition(-np.array(value)) for value in at), at
    assert said_of(
        lambda x: x**3, lambda g, x: g * np.where(condition(x), 3, 3) * x**2, [0.5]
    ).evidence


@pytest.mark.parametrize("name", ["floor", "round", "sort", "median", "convolve", "arcsin", "erfc"])
def test_more_of_numpy_is_proved_and_its_wrong_neighbour_refuted(name: str) -> None:
    def erfc_backward(g: Array, x: Array) -> Array:
        return -2 * g / np.sqrt(np.pi) * np.exp(-(x**2))

    kernel = np.array([0.5, -1.0, 2.0])
    order = {
        "floor": (lambda x: x - np.floor(x), lambda g, x: g),
        "round": (lambda x: x * np.round(x, 1), lambda g, x: g * np.round(x, 1)),
        "sort": (np.sort, lambda g, x: g[np.argsort(np.argsort(x))]),
        "median": (np.median, lambda g, x: g * (x == np.median(x))),
        "convolve": (
            lambda x: np.convolve(x, kernel, mode="same"),
            lambda g, x: np.convolve(g, kernel[::-1], mode="same"),
        ),
        "arcsin": (np.arcsin, lambda g, x: g / np.sqrt(1 - x**2)),
        "erfc": (lambda x: np.vectorize(erfc)(x), erfc_backward),
    }
    forward, backward = order[name]
    domain = {"x": (-1.0, 1.0)}
    x = [0.5, -0.25, 0.125]
    assert said_of(forward, backward, x, domain=domain).evidence is not None
    wrong = said_of(forward, lambda g, x: 1.001 * backward(g, x), x, domain=domain)
    assert wrong.certificate is not None


@np.vectorize
def relu_made_before(v: float) -> float:
    return v if v > 0 else 0.0


@np.vectorize
def step_made_before(v: float) -> float:
    return 1.0 if v > 0 else 0.0


@np.vectorize
def relu_of_integers(v: float) -> float:
    return v if v > 0 else 0  # where the first entry is negative, NumPy makes all of them integers


def test_what_vectorize_gave_before_the_run_is_looked_into() -> None:
    own = np.vectorize.__call__
    kept = {"f": relu_made_before, "df": step_made_before}
    right = said_of(lambda x: kept["f"](x), lambda g, x: g * kept["df"](x), [0.5, -0.25])
    wrong = said_of(lambda x: kept["f"](x), lambda g, x: 2 * g * kept["df"](x), [0.5, -0.25])
    assert right.evidence is not None
    assert wrong.certificate is not None
    assert np.vectorize.__call__ is own


def test_what_vectorize_makes_integers_is_not_proved() -> None:
    said = said_of(lambda x: relu_of_integers(x), lambda g, x: g * (x > 0), [-0.25, 0.5])
    assert said.evidence is None
