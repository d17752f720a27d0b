import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class Recognizer:
    def __init__(self):
        self.W1 = np.random.randn(2, 4)
        self.b1 = np.zeros((1, 4))
        self.W2 = np.random.randn(4, 1)
        self.b2 = np.zeros((1, 1))

    def forward(self, X):
        self.h = sigmoid(X @ self.W1 + self.b1)
        self.p = sigmoid(self.h @ self.W2 + self.b2)
        return self.p

    def loss(self, X, y):
        p = self.forward(X)
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))

    def backward(self, X, y):
        d2 = (self.p - y) / len(X)
        d1 = (d2 @ self.W2.T) * self.h * (1 - self.h)
        return {
            "W1": X.T @ d1,
            "b1": d1.sum(axis=0, keepdims=True),
            "W2": self.h.T @ d2,
            "b2": d2.sum(axis=0, keepdims=True),
        }


class Regression:
    def __init__(self, n_inputs=2, n_hidden=3, n_outputs=1):
        self.W1 = np.random.randn(n_inputs, n_hidden)
        self.W2 = np.random.randn(n_hidden, n_outputs)

    def forward(self, X):
        self.h = np.tanh(X @ self.W1)
        return self.h @ self.W2

    def compute_loss(self, y, y_pred):
        return 0.5 * np.sum((y_pred - y) ** 2)

    def backward(self, X, y):
        d2 = self.forward(X) - y
        d1 = (d2 @ self.W2.T) * (1 - self.h**2)
        return {"W1": X.T @ d1, "W2": self.h.T @ d2}
