"""Softmax in several styles, and losses."""

from __future__ import annotations

import numpy as np

from .case import Written, written


class SoftmaxJacobian:
    def forward(self, x):
        e = np.exp(x - x.max())
        self.y = e / e.sum()
        return self.y

    def backward(self, g):
        J = np.diag(self.y) - np.outer(self.y, self.y)
        return J.T @ g


class SoftmaxTile:
    def forward(self, x):
        e = np.exp(x)
        self.y = e / np.sum(e)
        return self.y

    def backward(self, g):
        n = np.size(self.y)
        A = np.tile(self.y, n)
        return np.dot(A * (np.identity(n) - A.T), g)


class SoftmaxRows:
    def forward(self, x):
        e = np.exp(x - np.max(x, axis=1, keepdims=True))
        self.y = e / np.sum(e, axis=1, keepdims=True)
        return self.y

    def backward(self, g):
        return self.y * (g - np.sum(g * self.y, axis=1, keepdims=True))


class SoftmaxLoops:
    def forward(self, x):
        e = np.exp(x)
        self.y = e / e.sum()
        return self.y

    def backward(self, g):
        d = np.zeros_like(g)
        for i in range(len(g)):
            for j in range(len(g)):
                if i == j:
                    d[i] += g[j] * self.y[i] * (1 - self.y[i])
                else:
                    d[i] -= g[j] * self.y[i] * self.y[j]
        return d


class LogSoftmax:
    def forward(self, x):
        shifted = x - x.max(axis=0)
        self.y = shifted - np.log(np.exp(shifted).sum(axis=0))
        return self.y

    def backward(self, g):
        return g - np.exp(self.y) * g.sum(axis=0)


class MeanSquares:
    def forward(self, y, t):
        self.y, self.t = y, t
        return np.mean((y - t) ** 2)

    def backward(self, g):
        dy = g * 2 * (self.y - self.t) / self.y.size
        return dy, -dy


class HalfSquares:
    def forward(self, y, t):
        self.d = y - t
        return 0.5 * np.sum(self.d * self.d) / y.shape[0]

    def backward(self, g):
        return g * self.d / self.d.shape[0], -g * self.d / len(self.d)


class CrossEntropyLabels:
    def forward(self, x, labels):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        self.p, self.labels = e / e.sum(axis=1, keepdims=True), labels
        return -np.log(self.p[np.arange(len(x)), labels]).mean()

    def backward(self, g):
        d = self.p.copy()
        d[np.arange(len(d)), self.labels] -= 1
        return g * d / len(d)


class CrossEntropyOneHot:
    def forward(self, p, t):
        self.p, self.t = p, t
        return -np.sum(t * np.log(p)) / p.shape[0]

    def backward(self, g):
        return -g * self.t / self.p / self.p.shape[0]


class BinaryCrossEntropy:
    def forward(self, p, t):
        self.p, self.t = p, t
        return np.mean(-t * np.log(p) - (1 - t) * np.log(1 - p))

    def backward(self, g):
        return g * ((1 - self.t) / (1 - self.p) - self.t / self.p) / np.size(self.t)


class Huber:
    def forward(self, y, t):
        self.d = y - t
        small = np.abs(self.d) <= 1
        return np.where(small, 0.5 * self.d**2, np.abs(self.d) - 0.5).sum()

    def backward(self, g):
        dy = g * np.where(np.abs(self.d) <= 1, self.d, np.sign(self.d))
        return dy, -dy


class Hinge:
    def forward(self, s, t):
        self.t = t
        self.margin = 1 - t * s
        return np.maximum(0, self.margin).mean()

    def backward(self, g):
        d = np.zeros_like(self.margin)
        d[self.margin > 0] = -1
        return g * d * self.t / self.t.size


POSITIVE = {"p": (0.05, 0.95)}

LAYERS = [
    written(SoftmaxJacobian, x=(3,)),
    written(SoftmaxTile, x=(3, 1)),
    written(SoftmaxRows, x=(2, 3)),
    written(SoftmaxLoops, x=(3,)),
    written(LogSoftmax, x=(3, 2)),
    written(MeanSquares, y=(2, 3), t=(2, 3)),
    written(HalfSquares, y=(2, 3), t=(2, 3)),
    Written(layer=CrossEntropyLabels, shapes={"x": (2, 3)}, constants={"labels": [2, 0]}),
    Written(
        layer=CrossEntropyOneHot,
        shapes={"p": (2, 3)},
        domain=POSITIVE,
        constants={"t": [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]},
    ),
    Written(
        layer=BinaryCrossEntropy,
        shapes={"p": (4,)},
        domain=POSITIVE,
        constants={"t": [0.0, 1.0, 1.0, 0.0]},
    ),
    written(Huber, y=(3,), t=(3,)),
    Written(layer=Hinge, shapes={"s": (4,)}, constants={"t": [1.0, -1.0, 1.0, -1.0]}),
]
