"""``x[mask]`` where the mask depends on the inputs."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from symbols import agree, coded, tracing

from gradcheck.proof.limits import Unmodelled

X = np.array([[0.5, -1.5, 2.0], [1.25, 0.75, -0.5]])
Y = np.array([[1.5, 2.5, -2.0], [0.25, 1.75, 0.5]])


def test_it_is_a_copy() -> None:
    def code(x: Any) -> Any:
        mask = x > 0
        chosen = x[mask]
        x[mask] = 0.0
        y = x.copy()
        y[mask] = chosen * 2
        return y

    agree(code, X)


def test_it_keeps_its_mask() -> None:
    def code(x: Any) -> Any:
        mask = x > 0
        chosen = x[mask]
        mask[...] = False
        return chosen.sum()

    agree(code, X)


def test_it_changes_in_place_under_all_its_names() -> None:
    def code(x: Any) -> Any:
        chosen = x[x > 0]
        alias = chosen
        chosen *= 3
        x[x > 0] = alias
        return x

    agree(code, X)


@pytest.mark.parametrize(
    "case",
    [
        "x[x > 0].sum()",
        "np.sum(x[x > 0])",
        "x[x[:, 0] > 0.75].sum()",
        "(x[x > 0] * y[x > 0] - 1).sum()",
    ],
)
def test_sums(case: str) -> None:
    agree(coded(case), X, Y)


def test_sums_over_a_mask_of_rows_of_a_square() -> None:
    agree(coded("x[x[:, 0] > 0.75].sum()"), X[:, :2])


@pytest.mark.parametrize(
    "case",
    ["x[x > 0].mean()", "len(x[x > 0])", "x[x > 0].size", "x[x > 0][0]", "list(x[x > 0])",
     "x[x > 0] == 0", "x[x > 0] != 0", "x[x > 0] > 0", "bool(x[x > 0])", "0 in x[x > 0]",
     "np.mean(x[x > 0])", "np.sum(x[x > 0], axis=0)", "x[x > 0] + x[x > 1]", "x[x > 0] + x",
     "x + x[x > 0]", "np.add(x[x > 0], 1, out=x)", "hash(x[x > 0])",
     "np.maximum.reduce(x[x > 0])", "x.__setitem__(0, x[x > 0])",
     "x.__setitem__(x > 1, x[x > 0])", "x.__setitem__(x > 0, x)", "x[x > 0] * x[:, 0]",
     "x.__setitem__(x[:, 0] > 0, x[0][x[:, 0] > 0])", "x[(x > 0)[:, :2]]", "x[x[0] > 0]",
     "np.where(x > 0, 1, 0)[x > 0].__itruediv__(2)", "x[x > 0].copy()"],
)  # fmt: skip
def test_it_refuses_what_depends_on_how_many_there_are(case: str) -> None:
    with tracing({"x": X}) as run, pytest.raises(Unmodelled):
        coded(case)(run.symbols["x"])


def test_a_mask_of_numbers_alone_is_decided() -> None:
    agree(lambda x: x[np.zeros_like(x) == 0], X)
