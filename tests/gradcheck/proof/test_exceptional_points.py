"""Where an expression may have no value."""

from __future__ import annotations

import numpy as np
import pytest
from symbols import coded, tracing

from gradcheck.proof.exceptional_points import partial

X = np.array([0.5, -1.5, 2.0])


@pytest.mark.parametrize(
    ("case", "somewhere_without"),
    [("np.log(x[0])", True), ("np.sqrt(x[0])", True), ("1 / x[0]", True), ("1 / (x[0]**2)", True),
     ("np.log(1 + x[0])", True), ("np.sqrt(x[0]**3)", True), ("np.log(np.exp(x[0]) - 1)", True),
     ("x[0] ** 2", False), ("np.sqrt(1 + x[0] ** 2)", False), ("1 / (1 + x[0] ** 2)", False),
     ("1 / np.exp(x[0])", False), ("np.log(1 + np.exp(x[0]))", False), ("np.tanh(x[0])", False),
     ("x[0] * (x[0] > 0)", False)],
)  # fmt: skip
def test_what_may_have_no_value(case: str, somewhere_without: bool) -> None:  # noqa: FBT001
    with tracing({"x": X}) as run:
        assert partial(coded(case)(run.symbols["x"])) is somewhere_without
