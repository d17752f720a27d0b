"""Dense layers: rows, columns, vectors, loops, caches, flat parameters."""

from __future__ import annotations

import numpy as np

from .case import Written, written


class DenseRows:
    def forward(self, x, W, b):
        self.x, self.W = x, W
        return x @ W + b

    def backward(self, g):
        return g @ self.W.T, self.x.T @ g, g.sum(axis=0)


class DenseColumns:
    def forward(self, X, W, b):
        self.X, self.W = X, W
        return np.dot(W, X) + b

    def backward(self, g):
        dW = np.dot(g, self.X.T)
        db = np.sum(g, axis=1, keepdims=True)
        return np.dot(self.W.T, g), dW, db


class DenseVector:
    def forward(self, x, W, b):
        self.cache = (x, W)
        return W.dot(x) + b

    def backward(self, g):
        x, W = self.cache
        return W.T.dot(g), np.outer(g, x), g.copy()


class DenseLoops:
    def forward(self, x, W, b):
        self.x, self.W = x, W
        y = np.zeros(len(b))
        for j in range(len(b)):
            for i in range(len(x)):
                y[j] += W[j, i] * x[i]
            y[j] += b[j]
        return y

    def backward(self, g):
        dx = np.zeros_like(self.x)
        dW = np.zeros(self.W.shape)
        for j in range(g.shape[0]):
            for i in range(self.x.shape[0]):
                dW[j, i] = g[j] * self.x[i]
                dx[i] += self.W[j, i] * g[j]
        return dx, dW, g


class DenseEinsum:
    def forward(self, x, W, b):
        self.x, self.W = x, W
        return np.einsum("ni,io->no", x, W) + b[None, :]

    def backward(self, g):
        dx = np.einsum("no,io->ni", g, self.W)
        dW = np.einsum("ni,no->io", self.x, g)
        return dx, dW, np.einsum("no->o", g)


class DenseReshaped:
    def forward(self, x, w, b):
        self.cache = (x, w, b)
        return x.reshape(x.shape[0], -1).dot(w) + b

    def backward(self, dout):
        x, w, _ = self.cache
        dx = dout.dot(w.T).reshape(x.shape)
        dw = x.reshape(x.shape[0], -1).T.dot(dout)
        return dx, dw, np.sum(dout, axis=0)


class DenseBroadcast:
    def forward(self, x, W, b):
        self.x, self.W = x, W
        return (x[:, :, None] * W[None, :, :]).sum(axis=1) + b

    def backward(self, g):
        dx = (self.W[None] * g[:, None, :]).sum(axis=2)
        dW = (self.x[:, :, None] * g[:, None, :]).sum(axis=0)
        return dx, dW, g.sum(axis=0)


class DenseBiasColumn:
    def forward(self, x, W):
        self.a = np.hstack([np.ones((x.shape[0], 1)), x])
        self.W = W
        return self.a @ W

    def backward(self, g):
        return (g @ self.W.T)[:, 1:], self.a.T @ g


class TwoLayers:
    def forward(self, x, W, V):
        self.x, self.W, self.V = x, W, V
        self.h = np.tanh(x @ W)
        return self.h @ V

    def backward(self, g):
        dV = self.h.T @ g
        dz = (g @ self.V.T) * (1 - self.h**2)
        return dz @ self.W.T, self.x.T @ dz, dV


class TwoLayersRelu:
    def forward(self, x, W, V):
        self.x, self.W, self.V = x, W, V
        self.z = np.dot(W, x)
        self.a = np.maximum(0, self.z)
        return np.dot(V, self.a)

    def backward(self, g):
        dV = np.dot(g, self.a.T)
        da = np.dot(self.V.T, g)
        dz = np.array(da, copy=True)
        dz[self.z <= 0] = 0
        return np.dot(self.W.T, dz), np.dot(dz, self.x.T), dV


class Scaled:
    def forward(self, x, a):
        self.x, self.a = x, a
        y = x.copy()
        y *= a
        y += 0.5
        return y

    def backward(self, g):
        da = (g * self.x).sum(axis=0)
        dx = g + 0
        dx *= self.a
        return dx, da


class Product:
    def forward(self, x, z):
        self.x, self.z = x, z
        return x * z / (1 + z**2)

    def backward(self, g):
        below = 1 + self.z**2
        dx = g * self.z / below
        dz = g * self.x * (below - 2 * self.z**2) / below**2
        return dx, dz


LAYERS = [
    written(DenseRows, x=(2, 3), W=(3, 4), b=(4,)),
    written(DenseColumns, X=(3, 2), W=(4, 3), b=(4, 1)),
    written(DenseVector, x=(3,), W=(2, 3), b=(2,)),
    written(DenseLoops, x=(3,), W=(2, 3), b=(2,)),
    written(DenseEinsum, x=(2, 3), W=(3, 4), b=(4,)),
    written(DenseReshaped, x=(2, 1, 3), w=(3, 4), b=(4,)),
    written(DenseBroadcast, x=(2, 3), W=(3, 4), b=(4,)),
    written(DenseBiasColumn, x=(2, 3), W=(4, 2)),
    Written(
        layer=TwoLayers,
        shapes={"x": (1, 3), "W": (3, 2), "V": (2, 2)},
        domain={"W": (-1, 1)},  # no entry of tanh is saturated
    ),
    written(TwoLayersRelu, x=(3, 1), W=(2, 3), V=(2, 2)),
    written(Scaled, x=(2, 3), a=(3,)),
    written(Product, x=(2, 2), z=(2, 2)),
]
