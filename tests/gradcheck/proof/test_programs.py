"""Random programs: one run on symbols is the program at every point, not at its own alone."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from symbols import tracing

from gradcheck.proof.array import entries
from gradcheck.proof.evaluation import FloatValues, enclosed
from gradcheck.proof.graph import variables_of
from gradcheck.proof.limits import Unmodelled

if TYPE_CHECKING:
    from gradcheck.proof.expression import Expression

SHAPE = (2, 3)

STATEMENTS = (
    # a, b: arrays of floats; m: a mask; k: an array of integers, or of truth values; s: a number.
    "a = b * a", "a = a + b", "a = b - a", "a = np.maximum(a, b)", "a = np.minimum(a, 0.5)",
    "a = np.where(m, a, b)", "a = np.where(m, 1, 0)", "a = np.where(m, a, 0)", "a = abs(a)",
    "a = np.clip(a, -0.5, 0.75)", "a = a * m", "a = a * k", "a = k * 0.5", "a = np.exp(-a * a)",
    "a = a.T.copy().T", "a = np.sign(a) * b", "a = np.tanh(a)",
    "a = a - a.mean(axis=1, keepdims=True)",
    "a = a / (1 + b * b)", "a = np.select([m, a > b], [b, a], 2.0)", "a = a ** 2", "a = k + a",
    "a = np.heaviside(a, 0.5) + b", "a = a.cumsum(axis=1)", "a = np.sqrt(a * a + 1)", "a = -a",
    "b = a", "b = a.copy()", "b = a[::-1]", "b = b[:, ::-1]",
    "b = a.reshape(-1)[::-1].reshape(2, 3)",
    "b = np.zeros_like(a)", "b = np.ones_like(a) + a", "b = np.stack([a[1], b[0]])",
    "b = a.astype(float, copy=False)", "b = a.astype(np.float64)",
    "b = np.concatenate([a[:1], b[1:]])",
    "b = np.roll(a, 1)", "b = np.flip(a, axis=0)", "b = np.nan_to_num(a)",
    "b = np.add(a, 1, out=b)",
    "m = a > b", "m = a >= 0.25", "m = b < a", "m = ~m", "m = m & (a > 0)", "m = m | (b > 0.5)",
    "m = m + (a > 0)", "m = m * (b > 0)", "m = np.logical_not(m)", "m = np.isfinite(a)",
    "m = a != b",
    "m = (a > 0) == m", "m = np.maximum(m, b > 0)", "m = m.copy()", "m = m[::-1]",
    "k = m * 1", "k = m + 1", "k = 1 - m", "k = np.where(m, 1, 2)", "k = m.astype(int)", "k = m",
    "k = k * k", "k = k + m", "k = k + k", "k = np.sum(m, axis=0, keepdims=True) + k", "k = abs(k)",
    "k = np.maximum(k, 1)", "k = k[::-1]", "k = np.cumsum(m, axis=1)", "k = k.copy()",
    "s = a.sum()", "s = a.max()", "s = (b * m).sum()", "s = m.sum() / 2", "s = np.any(m) * 0.5",
    "s = a[0, 0]", "s = a[0, 0] > 0", "s = np.all(m) + 1", "s = b.min() * s", "s = k.sum()",
    "s = b[m].sum()", "s = max(0.25, 0.5)", "s = m.mean()", "s = 1.0 * (a[0, 1] > b[0, 1])",
    "a[m] = 0.25", "a[m] = b[m]", "a[m] *= 2", "a[m] += s", "a[0] = b[1]", "a[:, 1] += b[:, 0]",
    "a[...] = b", "a += b", "a *= m", "a -= s * b", "b[m] = -b[m]", "b[0, 1] = s",
    "b[m & (a > 0)] = 1.5",
    "b[a[:, 0] > 0] = 0.125", "a.T[1] = b.T[0]", "k[m] = 3", "k[m] = 0.5", "k[...] = m", "k[0] = s",
    "k *= 2", "m[0] = False", "m[a > b] = True", "np.copyto(a, b, where=m)", "a.fill(s)",
    "np.multiply(a, b, out=a)", "np.divide(a, 2.0, out=b, where=m)",
    "np.add.at(a, ([0, 0], [1, 1]), 0.5)",
    "c = a[m]; a[m] = 0; a[m] = c * 2", "c = a; a = a + 1; c *= 0.5; b = c + a", "a = a + s",
    "a = s * b",
)  # fmt: skip

BRANCHES = (
    "if a[0, 0] > 0: a = a * 2", "if s > 0.25: b = b + 1", "s = max(a[0, 0], b[0, 0])",
    "a = np.stack([np.stack([v if v > 0 else v * v for v in p]) for p in a])",
    "b = b[a[:, 0].argsort()] if False else b[[a[:, 0].argmax(), 0]]", "s = sorted(a[0])[0]",
    "a = a[:, ::-1] if m.any() else a", "b[np.nonzero(m)] = 0.5",
    "s = a[m].mean() if m.all() else s",
    "a = np.take_along_axis(a, a.argmin(axis=1)[:, None], 1) + b", "s = len(a[m])",
    "s = a.ravel()[np.argmax(b)]", "k = k if k[0, 0] else k + 1", "s = -s if s < 0 else s",
)  # fmt: skip

FORWARD = "a, b, m, k, s = x * 1.0, x[::-1] * 0.5, x > 0.1, np.where(x > -0.1, 1, 0), 0.5\n"
BACK = "\nresult = (a + 0.0, b + 0.0, 1.0 * m, 1.0 * k, 1.0 * s)"


def ran(program: str, x: Any) -> Any:
    names: dict[str, Any] = {"np": np, "x": x}
    exec(FORWARD + program + BACK, names)  # noqa: S102
    return names["result"]


def checked(program: str, seed: int, *, merging: bool = True) -> str:
    """Run a program on symbols and on numbers at many points; return what became of it.

    Where comparisons are decided, it speaks of the points of its region alone.
    """
    rng = np.random.default_rng(seed)
    points = [np.round(rng.uniform(-1.5, 1.5, SHAPE), 3) for _ in range(6)]
    points += [point * rng.choice([0.1, 1.0], SHAPE) for point in points]
    try:
        with np.errstate(all="ignore"):
            wanted = [ran(program, point.copy()) for point in points]
    except (TypeError, ValueError, IndexError):
        return "no program"
    with tracing({"x": points[0]}, merging=merging) as run:
        try:
            got = [entries(one).copy() for one in ran(program, run.symbols["x"])]
        except (IndexError, TypeError, ValueError, Unmodelled):  # `traced` refuses all of them
            return "refused"
        region = list(run.trace.conditions.values())
    for point, results in zip(points, wanted, strict=True):
        values = FloatValues(dict(zip(variables_of("x", SHAPE), point.flat, strict=True)))
        if any(bool(values.of(node)) is not decided for node, decided in region):
            continue
        for symbolic, numbers in zip(got, results, strict=True):
            assert symbolic.shape == np.shape(numbers)
            for node, number in zip(symbolic.flat, np.ravel(numbers), strict=True):
                assert close(values.of(node), number) or close(exactly(node, point, number), number)
    return "equal"


def close(one: float, other: Any) -> bool:
    return abs(one - float(other)) <= 1e-9 * (1 + abs(one))


def exactly(node: Expression, point: Any, at_a_tie: Any) -> float:
    """Return a value by intervals: a + (b − a) > b is not to be told in floats."""
    exact = {
        name: Fraction(value)
        for name, value in zip(variables_of("x", SHAPE), point.flat, strict=True)
    }
    try:
        [interval] = enclosed([node], exact)
    except ArithmeticError:
        return float(at_a_tie)
    return float(interval.mid.a)


@given(lines=st.lists(st.sampled_from(STATEMENTS), min_size=2, max_size=8), seed=st.integers(0, 99))
@settings(max_examples=200, deadline=None)
def test_a_run_on_symbols_is_the_program_everywhere(lines: list[str], seed: int) -> None:
    checked("\n".join(lines), seed)


@given(
    lines=st.lists(st.sampled_from((*STATEMENTS, *BRANCHES)), min_size=2, max_size=8),
    seed=st.integers(0, 99),
)
@settings(max_examples=100, deadline=None)
def test_a_run_for_a_region_is_the_program_there(lines: list[str], seed: int) -> None:
    checked("\n".join(lines), seed, merging=False)


def test_most_programs_are_modelled() -> None:
    rng = np.random.default_rng(5)
    found = Counter(
        checked("\n".join(rng.choice(STATEMENTS, rng.integers(2, 6))), int(k)) for k in range(150)
    )
    assert found["equal"] > found["refused"] > 0
