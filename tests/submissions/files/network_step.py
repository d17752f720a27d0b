import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


class NeuralNet:
    """Logistic output, binary cross-entropy. x: (n_in, m), y: (n_out, m) of zeros and ones."""

    def __init__(self, n_in, n_hidden, n_out, lr=0.1):
        self.W1 = np.random.randn(n_hidden, n_in)
        self.b1 = np.zeros((n_hidden, 1))
        self.W2 = np.random.randn(n_out, n_hidden)
        self.b2 = np.zeros((n_out, 1))
        self.lr = lr

    def forward(self, x):
        self.a1 = np.tanh(self.W1 @ x + self.b1)
        self.a2 = sigmoid(self.W2 @ self.a1 + self.b2)
        return self.a2

    def cost(self, x, y):
        a = self.forward(x)
        m = y.shape[1]
        return -np.sum(y * np.log(a) + (1 - y) * np.log(1 - a)) / m

    def backward(self, x, y):
        m = y.shape[1]
        a2 = self.forward(x)
        dz2 = (a2 - y) / m
        dW2 = dz2 @ self.a1.T
        db2 = np.sum(dz2, axis=1, keepdims=True)
        dz1 = (self.W2.T @ dz2) * (1 - self.a1**2)
        dW1 = dz1 @ x.T
        db1 = np.sum(dz1, axis=1, keepdims=True)
        return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}

    def update(self, grads):
        for name in ("W1", "b1", "W2", "b2"):
            setattr(self, name, getattr(self, name) - self.lr * grads["d" + name])
