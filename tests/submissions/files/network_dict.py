import numpy as np


class TwoLayerNet:
    """tanh hidden layer, softmax output. X is (N, D), y holds N integer labels."""

    def __init__(self, input_size, hidden_size, output_size, std=0.5):
        self.params = {}
        self.params["W1"] = std * np.random.randn(input_size, hidden_size)
        self.params["b1"] = np.zeros(hidden_size)
        self.params["W2"] = std * np.random.randn(hidden_size, output_size)
        self.params["b2"] = np.zeros(output_size)

    def predict(self, X):
        h = np.tanh(X @ self.params["W1"] + self.params["b1"])
        scores = h @ self.params["W2"] + self.params["b2"]
        scores = scores - scores.max(axis=1, keepdims=True)
        e = np.exp(scores)
        return e / e.sum(axis=1, keepdims=True)

    def loss(self, X, labels):
        p = self.predict(X)
        return -np.mean(np.log(p[np.arange(len(labels)), labels]))

    def gradients(self, X, labels):
        N = len(labels)
        h = np.tanh(X @ self.params["W1"] + self.params["b1"])
        delta = self.predict(X)
        delta[np.arange(N), labels] -= 1
        delta /= N
        grads = {}
        grads["W2"] = h.T @ delta
        grads["b2"] = delta.sum(axis=0)
        dh = delta @ self.params["W2"].T
        dz = dh * (1 - h**2)
        grads["W1"] = X.T @ dz
        grads["b1"] = dz.sum(axis=0)
        return grads

    def train(self, X, labels, lr=0.1, epochs=10):
        for _ in range(epochs):
            grads = self.gradients(X, labels)
            for key in self.params:
                self.params[key] -= lr * grads[key]
