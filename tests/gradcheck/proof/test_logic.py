"""What is a truth value, and what an integer."""

from __future__ import annotations

import numpy as np
import pytest
from symbols import coded, tracing

from gradcheck.proof.logic import boolean, whole

X = np.array([0.5, -1.5, 2.0])


@pytest.mark.parametrize(
    ("case", "whole_number", "truth"),
    [("x[0] > 0", True, True), ("(x[0] > 0) * (x[1] > 0)", True, True), ("1 - (x[0] > 0)", True,
    True),
     ("np.logical_or(x[0] > 0, x[1] > 0)", True, True), ("2 * (x[0] > 0)", True, False),
     ("(x[0] > 0) * 3 + 1", True, False), ("x[0]", False, False), ("0.5 * (x[0] > 0)", False,
     False),
     ("x[0] * (x[0] > 0)", False, False), ("np.exp(x[0] > 1.5 * x[1]) if False else x[1] + 1",
     False, False)],
)  # fmt: skip
def test_what_is_a_truth_value_and_what_an_integer(
    case: str,
    whole_number: bool,  # noqa: FBT001
    truth: bool,  # noqa: FBT001
) -> None:
    with tracing({"x": X}) as run:
        node = coded(case)(run.symbols["x"])
        assert (whole(node), boolean(node)) == (whole_number, truth)
