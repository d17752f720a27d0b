from __future__ import annotations

import numpy as np
import pytest


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20240229)


class Kept(np.ndarray):
    """An array that tells whether it came through."""


@pytest.fixture
def kept() -> type[Kept]:
    return Kept
