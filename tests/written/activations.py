"""Activations: by masks, by where, by maximum, by loops, in place, and smooth ones."""

from __future__ import annotations

import math

import numpy as np

from .case import written


class ReluMaximum:
    def forward(self, x):
        self.x = x
        return np.maximum(x, 0)

    def backward(self, g):
        return g * (self.x > 0)


class ReluMask:
    def forward(self, x):
        self.off = x <= 0
        y = x.copy()
        y[self.off] = 0
        return y

    def backward(self, g):
        d = g.copy()
        d[self.off] = 0
        return d


class ReluLoops:
    def forward(self, x):
        self.x = x
        y = np.zeros(x.size)
        for k in range(x.size):
            if x[k] > 0:
                y[k] = x[k]
        return y

    def backward(self, g):
        d = np.zeros_like(g)
        for k in range(g.size):
            if self.x[k] > 0:
                d[k] = g[k]
            else:
                d[k] = 0
        return d


class LeakyWhere:
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, 0.01 * x)

    def backward(self, g):
        return np.where(self.x > 0, g, 0.01 * g)


class LeakyInPlace:
    slope = 0.1

    def forward(self, x):
        self.x = x
        return np.maximum(self.slope * x, x)

    def backward(self, g):
        d = np.ones_like(self.x)
        d[self.x < 0] = self.slope
        d *= g
        return d


class Clipped:
    def forward(self, x):
        self.x = x
        return np.clip(x, -1, 2)

    def backward(self, g):
        return g * ((self.x > -1) & (self.x < 2))


class Elu:
    def forward(self, x):
        self.x = x
        return np.where(x > 0, x, 0.7 * (np.exp(x) - 1))

    def backward(self, g):
        d = np.where(self.x > 0, 1, 0.7 * np.exp(self.x))
        return g * d


class Selu:
    scale, alpha = 1.0507, 1.67326

    def forward(self, x):
        self.mask = (x > 0).astype(float)
        self.e = self.alpha * np.exp(x)
        return self.scale * (self.mask * x + (1 - self.mask) * (self.e - self.alpha))

    def backward(self, g):
        return g * self.scale * (self.mask + (1 - self.mask) * self.e)


class Sigmoid:
    def forward(self, x):
        self.s = 1 / (1 + np.exp(-x))
        return self.s

    def backward(self, g):
        return g * self.s * (1 - self.s)


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - np.square(self.y))


class TanhByExponentials:
    def forward(self, x):
        a, b = np.exp(x), np.exp(-x)
        self.total = a + b
        return (a - b) / self.total

    def backward(self, g):
        return 4 * g / self.total**2


class Gelu:
    def forward(self, x):
        self.x = x
        self.t = np.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * x**3))
        return 0.5 * x * (1 + self.t)

    def backward(self, g):
        inner = np.sqrt(2 / np.pi) * (1 + 3 * 0.044715 * self.x**2)
        return g * (0.5 * (1 + self.t) + 0.5 * self.x * (1 - self.t**2) * inner)


class Swish:
    def forward(self, x):
        self.x = x
        self.s = 1 / (1 + np.exp(-x))
        return x * self.s

    def backward(self, g):
        return g * (self.s + self.x * self.s * (1 - self.s))


class Softplus:
    def forward(self, x):
        self.x = x
        return np.log(1 + np.exp(x))

    def backward(self, g):
        return g / (1 + np.exp(-self.x))


class Softsign:
    def forward(self, x):
        self.below = 1 + np.abs(x)
        return x / self.below

    def backward(self, g):
        return g / self.below**2


class SigmoidLoops:
    def forward(self, x):
        self.y = np.zeros(len(x))
        for k in range(len(x)):
            self.y[k] = 1.0 / (1.0 + math.exp(-x[k]))
        return self.y

    def backward(self, g):
        return np.array([a * b * (1.0 - b) for a, b in zip(g, self.y, strict=True)])


class Prelu:
    def forward(self, x, a):
        self.x, self.a = x, a
        return np.maximum(x, 0) + a * np.minimum(x, 0)

    def backward(self, g):
        low = self.x < 0
        da = (g * self.x * low).sum(axis=0)
        return g * ~low + g * low * self.a, da


LAYERS = [
    written(ReluMaximum, x=(2, 3)),
    written(ReluMask, x=(2, 3)),
    written(ReluLoops, x=(3,)),
    written(LeakyWhere, x=(2, 3)),
    written(LeakyInPlace, x=(2, 3)),
    written(Clipped, x=(5,)),
    written(Elu, x=(2, 2)),
    written(Selu, x=(2, 2)),
    written(Sigmoid, x=(2, 3)),
    written(Tanh, x=(2, 3)),
    written(TanhByExponentials, x=(2, 2)),
    written(Gelu, x=(3,)),
    written(Swish, x=(2, 2)),
    written(Softplus, x=(2, 2)),
    written(Softsign, x=(4,)),
    written(SigmoidLoops, x=(3,)),
    written(Prelu, x=(2, 2), a=(2,)),
]
