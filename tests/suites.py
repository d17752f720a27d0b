"""Test suites of a user's: run by pytest in a process of its own, with the plugin as installed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradcheck

if TYPE_CHECKING:
    import pytest

ROOT = Path(gradcheck.__file__).parents[1]

LAYERS = """
import numpy as np

class Dense:
    def __init__(self):
        rng = np.random.default_rng(0)
        self.W, self.b = rng.standard_normal((5, 4)), rng.standard_normal((5, 1))
    def forward(self, X):
        self.X = X
        return self.W @ X + self.b
    def backward(self, dY):
        self.dW = dY @ self.X.T
        self.db = dY.sum(axis=1, keepdims=True)
        return self.W.T @ dY

class DoubledDense(Dense):
    def backward(self, dY):
        dX = super().backward(dY)
        self.dW = 2 * self.dW
        return dX

class Sine:
    def forward(self, X):
        self.X = X
        return np.sin(X)
    def backward(self, dY):
        return dY * np.cos(self.X)
"""
"""One that is wrong among layers that are right."""

SUITE = """
import gradcheck
from layers import Dense, DoubledDense, Sine

@gradcheck.parametrize_layers([Dense, DoubledDense(), Sine])
def test_layers(check):
    check()
"""


def installed(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """Return pytester where the plugin is found as pytest finds it: by its entry point."""
    place = pytester.path / "site"
    metadata = place / "gradcheck_plugin-0.dist-info"
    metadata.mkdir(parents=True)
    (metadata / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: gradcheck-plugin\nVersion: 0\n"
    )
    (metadata / "entry_points.txt").write_text("[pytest11]\ngradcheck = gradcheck.pytest_plugin\n")
    monkeypatch.setenv("PYTHONPATH", f"{ROOT}:{place}")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeini("[pytest]\naddopts = -p no:benchmark\n")
    pytester.makepyfile(layers=LAYERS)
    return pytester


def ran(pytester: pytest.Pytester, *arguments: str) -> Any:
    """Return the result of pytest in a process of its own."""
    return pytester.runpytest_subprocess("-p", "no:cacheprovider", *arguments, timeout=120)
