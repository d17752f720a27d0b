"""What `validation` lets through; what it refuses is shown beside the callers."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from reference_net import validation


@pytest.mark.parametrize("dtype", ["f2", "f4", "f8", "g", "c8", "c16"])
def test_any_floating_or_complex_dtype_passes(dtype):
    validation.require_columns("X", np.ones((2, 3), dtype=dtype), rows=2)
    validation.require_shape("X", np.ones((2, 3), dtype=dtype), (2, 3), like="a", fix="b")


def test_subclasses_pass(kept):
    validation.require_columns("X", np.ones((2, 3)).view(kept))


@pytest.mark.parametrize("value", [1, np.int64(3)])
def test_counts_pass(value):
    validation.require_count("epochs", value)


@pytest.mark.parametrize("value", [1, 0.5, np.float32(0.5), np.int8(2)])
def test_positive_numbers_pass(value):
    validation.require_positive("learning_rate", value)


def test_the_package_imports_numpy_and_nothing_else():
    code = (
        "import sys, numpy; before = set(sys.modules); import reference_net; "
        "new = {name.split('.')[0] for name in set(sys.modules) - before}; "
        "print(sorted(new - {'numpy'} - set(sys.stdlib_module_names)))"
    )
    command = [sys.executable, "-c", code]
    printed = subprocess.check_output(command, text=True)
    assert printed.strip() == "['reference_net']"
