"""Normalisation, convolution, pooling, embedding, recurrence."""

from __future__ import annotations

import numpy as np

from .case import Written, written


class BatchNorm:
    def forward(self, x, gamma, beta):
        self.gamma = gamma
        self.std = np.sqrt(x.var(axis=0) + 1e-3)
        self.h = (x - x.mean(axis=0)) / self.std
        return gamma * self.h + beta

    def backward(self, g):
        n = len(g)
        dh = g * self.gamma
        dx = (n * dh - dh.sum(axis=0) - self.h * (dh * self.h).sum(axis=0)) / (n * self.std)
        return dx, (g * self.h).sum(axis=0), g.sum(axis=0)


class BatchNormSteps:
    def forward(self, x):
        self.xmu = x - np.mean(x, axis=0)
        self.var = np.mean(self.xmu**2, axis=0) + 0.01
        self.ivar = 1 / np.sqrt(self.var)
        return self.xmu * self.ivar

    def backward(self, g):
        n = g.shape[0]
        divar = np.sum(g * self.xmu, axis=0)
        dvar = -0.5 * divar / np.sqrt(self.var) ** 3
        dxmu = g * self.ivar + 2 * self.xmu * dvar / n
        return dxmu - np.sum(dxmu, axis=0) / n


class LayerNorm:
    def forward(self, x, gain):
        self.gain = gain
        centred = x - x.mean(axis=-1, keepdims=True)
        self.std = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + 0.01)
        self.h = centred / self.std
        return self.h * gain

    def backward(self, g):
        d = g * self.gain
        m = d.mean(axis=-1, keepdims=True)
        p = (d * self.h).mean(axis=-1, keepdims=True)
        return (d - m - self.h * p) / self.std, (g * self.h).sum(axis=0)


class UnitLength:
    def forward(self, x):
        self.n = np.sqrt((x**2).sum())
        self.y = x / self.n
        return self.y

    def backward(self, g):
        return (g - self.y * (g * self.y).sum()) / self.n


class Convolution:
    def forward(self, x, w, b):
        self.x, self.w = x, w
        n, k = len(x), len(w)
        y = np.zeros(n - k + 1)
        for i in range(n - k + 1):
            y[i] = np.sum(x[i : i + k] * w) + b[0]
        return y

    def backward(self, g):
        k = len(self.w)
        dx, dw = np.zeros_like(self.x), np.zeros_like(self.w)
        for i in range(len(g)):
            dw += g[i] * self.x[i : i + k]
            dx[i : i + k] += g[i] * self.w
        return dx, dw, np.array([g.sum()])


class ConvolutionTwo:
    def forward(self, x, w):
        self.x, self.w = x, w
        h, v = x.shape[0] - 1, x.shape[1] - 1
        y = np.zeros((h, v))
        for i in range(h):
            for j in range(v):
                y[i, j] = (x[i : i + 2, j : j + 2] * w).sum()
        return y

    def backward(self, g):
        dx, dw = np.zeros(self.x.shape), np.zeros(self.w.shape)
        for i in range(g.shape[0]):
            for j in range(g.shape[1]):
                dw += self.x[i : i + 2, j : j + 2] * g[i, j]
                dx[i : i + 2, j : j + 2] += self.w * g[i, j]
        return dx, dw


class MaxPool:
    def forward(self, x):
        self.x = x
        self.y = x.reshape(2, 2).max(axis=1)
        return self.y

    def backward(self, g):
        mask = self.x.reshape(2, 2) == self.y[:, None]
        return (mask * g[:, None]).reshape(4)


class MaxPoolArgmax:
    def forward(self, x):
        self.shape = x.shape
        y = np.zeros(len(x) // 2)
        self.where = []
        for k in range(len(y)):
            best = np.argmax(x[2 * k : 2 * k + 2])
            self.where.append(2 * k + best)
            y[k] = x[2 * k + best]
        return y

    def backward(self, g):
        d = np.zeros(self.shape)
        for k, place in enumerate(self.where):
            d[place] += g[k]
        return d


class MeanPool:
    def forward(self, x):
        self.shape = x.shape
        return x.reshape(-1, 2, 3).mean(axis=1)

    def backward(self, g):
        return np.repeat(g[:, None, :], 2, axis=1).reshape(self.shape) / 2


class Embedding:
    def forward(self, E, index):
        self.shape, self.index = E.shape, index
        return E[index]

    def backward(self, g):
        d = np.zeros(self.shape)
        np.add.at(d, self.index, g)
        return d


class Recurrence:
    def forward(self, x, w, u):
        self.x, self.w, self.u = x, w, u
        self.h = [0.0]
        for v in x:
            self.h.append(np.tanh(w[0] * self.h[-1] + u[0] * v))
        return self.h[-1]

    def backward(self, g):
        dx = np.zeros_like(self.x)
        dw, du = 0.0, 0.0
        for k in range(len(self.x) - 1, -1, -1):
            d = g * (1 - self.h[k + 1] ** 2)
            dw += d * self.h[k]
            du += d * self.x[k]
            dx[k] = d * self.u[0]
            g = d * self.w[0]
        return dx, np.array([dw]), np.array([du])


LAYERS = [
    written(BatchNorm, x=(3, 2), gamma=(2,), beta=(2,)),
    written(BatchNormSteps, x=(3, 1)),
    written(LayerNorm, x=(2, 3), gain=(3,)),
    written(UnitLength, x=(3,)),
    written(Convolution, x=(4,), w=(2,), b=(1,)),
    written(ConvolutionTwo, x=(3, 4), w=(2, 2)),
    written(MaxPool, x=(4,)),
    written(MaxPoolArgmax, x=(4,)),
    written(MeanPool, x=(4, 3)),
    Written(layer=Embedding, shapes={"E": (4, 2)}, constants={"index": [3, 1, 3]}),
    written(Recurrence, x=(2,), w=(1,), u=(1,)),
]
