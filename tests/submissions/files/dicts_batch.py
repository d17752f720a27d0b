import numpy as np


class Affine:
    def __init__(self, fan_in, fan_out, seed=0):
        rng = np.random.default_rng(seed)
        self.params = {
            "W": rng.normal(0, 0.2, (fan_in, fan_out)),
            "b": np.zeros(fan_out),
        }
        self.grads = {}
        self.cache = None

    def forward(self, inputs):
        self.cache = inputs
        return inputs @ self.params["W"] + self.params["b"]

    def backward(self, dout):
        inputs = self.cache
        self.grads["W"] = inputs.T @ dout
        self.grads["b"] = dout.sum(axis=0)
        return dout @ self.params["W"].T


class ELU:
    def __init__(self, alpha=1.0):
        self.alpha = alpha

    def forward(self, inputs):
        self.x = inputs
        return np.where(inputs > 0, inputs, self.alpha * (np.exp(np.minimum(inputs, 0)) - 1))

    def backward(self, dout):
        slope = np.where(self.x > 0, 1.0, self.alpha * np.exp(np.minimum(self.x, 0)))
        return dout * slope


class SGD:
    def __init__(self, lr=0.1):
        self.lr = lr

    def step(self, layers):
        for layer in layers:
            for name in getattr(layer, "params", {}):
                layer.params[name] -= self.lr * layer.grads[name]


class SoftmaxCrossEntropy:
    """scores: (N, C), labels: (N,) ints"""

    def forward(self, scores, labels):
        shifted = scores - scores.max(axis=1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.probs = np.exp(logs)
        self.labels = labels
        return -logs[np.arange(len(labels)), labels].mean()

    def backward(self):
        d = self.probs.copy()
        d[np.arange(len(self.labels)), self.labels] -= 1
        return d / len(self.labels)
