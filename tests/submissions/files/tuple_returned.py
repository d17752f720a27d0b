import numpy as np


class Dense:
    def __init__(self, in_dim, out_dim):
        self.w = np.random.standard_normal((out_dim, in_dim)) * 0.3
        self.b = np.zeros((out_dim, 1))
        self.velocity_w = np.zeros_like(self.w)

    # x: (in_dim, N), one example per column
    def forward(self, x):
        self.x = x
        return self.w @ x + self.b

    def backward(self, dy):
        dw = dy @ self.x.T
        db = dy.sum(axis=1, keepdims=True)
        dx = self.w.T @ dy
        return dx, dw, db

    def update(self, dw, db, lr):
        self.w -= lr * dw
        self.b -= lr * db


class Swish:
    def forward(self, x):
        self.x = x
        self.s = 1 / (1 + np.exp(-np.clip(x, -500, 500)))
        return x * self.s

    def backward(self, dy):
        return dy * (self.s + self.x * self.s * (1 - self.s))
