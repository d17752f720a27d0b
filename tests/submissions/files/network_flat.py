import numpy as np


class NeuralNetwork:
    """All weights in one vector theta, the gradient is one vector as well."""

    def __init__(self, n_in, n_hidden, n_out):
        self.shapes = [(n_in, n_hidden), (1, n_hidden), (n_hidden, n_out), (1, n_out)]
        total = sum(a * b for a, b in self.shapes)
        self.theta = 0.3 * np.random.randn(total)

    def unpack(self):
        parts, start = [], 0
        for shape in self.shapes:
            size = shape[0] * shape[1]
            parts.append(self.theta[start:start + size].reshape(shape))
            start += size
        return parts

    def forward(self, X):
        W1, b1, W2, b2 = self.unpack()
        self.h = np.tanh(X @ W1 + b1)
        return self.h @ W2 + b2

    def loss(self, X, Y):
        return np.mean((self.forward(X) - Y) ** 2)

    def gradient(self, X, Y):
        W1, b1, W2, b2 = self.unpack()
        out = self.forward(X)
        d2 = 2 * (out - Y) / Y.size
        dW2 = self.h.T @ d2
        db2 = d2.sum(axis=0, keepdims=True)
        d1 = (d2 @ W2.T) * (1 - self.h**2)
        dW1 = X.T @ d1
        db1 = d1.sum(axis=0, keepdims=True)
        return np.concatenate([g.ravel() for g in (dW1, db1, dW2, db2)])
