"""Homework 3 - layers for a small MLP. X always has one example per row."""

import numpy as np


class Linear:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) * np.sqrt(2.0 / n_in)
        self.b = np.zeros((1, n_out))

    def forward(self, X):
        self.X = X
        return X @ self.W + self.b

    def backward(self, grad):
        self.dW = self.X.T @ grad
        self.db = np.sum(grad, axis=0, keepdims=True)
        return grad @ self.W.T

    def step(self, lr):
        self.W -= lr * self.dW
        self.b -= lr * self.db


class ReLU:
    def forward(self, X):
        self.mask = X > 0
        return X * self.mask

    def backward(self, grad):
        return grad * self.mask


class Sigmoid:
    def forward(self, X):
        self.out = 0.5 * (1 + np.tanh(X / 2))  # same thing, does not overflow
        return self.out

    def backward(self, grad):
        return grad * self.out * (1 - self.out)


class Softmax:
    def forward(self, X):
        shifted = X - np.max(X, axis=1, keepdims=True)
        powers = np.exp(shifted)
        self.out = powers / np.sum(powers, axis=1, keepdims=True)
        return self.out

    def backward(self, grad):
        inner = np.sum(grad * self.out, axis=1, keepdims=True)
        return self.out * (grad - inner)


class CrossEntropyLoss:
    """targets are one-hot rows"""

    def forward(self, pred, target):
        self.pred = np.clip(pred, 1e-12, 1.0)
        self.target = target
        return -np.sum(target * np.log(self.pred)) / len(pred)

    def backward(self):
        return -self.target / self.pred / len(self.pred)
