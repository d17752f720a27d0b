from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Vec = NDArray[np.float64]


@dataclass
class Dense:
    n_in: int
    n_out: int
    W: Vec = field(init=False)
    b: Vec = field(init=False)
    dW: Vec | None = field(init=False, default=None)
    db: Vec | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.W = np.random.default_rng(0).normal(size=(self.n_in, self.n_out))
        self.b = np.zeros(self.n_out)

    def forward(self, x: Vec) -> Vec:
        self._x = x
        return x @ self.W + self.b

    def backward(self, grad: Vec) -> Vec:
        self.dW = self._x.T @ grad
        self.db = grad.sum(axis=0)
        return grad @ self.W.T


@dataclass
class LeakyReLU:
    slope: float = 0.2

    def forward(self, x: Vec) -> Vec:
        self._x = x
        return np.where(x > 0, x, self.slope * x)

    def backward(self, grad: Vec) -> Vec:
        return np.where(self._x > 0, grad, self.slope * grad)
