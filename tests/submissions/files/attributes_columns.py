# Neural net exercise, week 5.  A has shape (n_features, m): one column per example
import numpy as np


class DenseLayer:
    def __init__(self, input_size, output_size):
        self.weights = np.random.normal(0, 0.1, (output_size, input_size))
        self.biases = np.zeros((output_size, 1))

    def forward_pass(self, A_prev):
        self.A_prev = A_prev
        return np.dot(self.weights, A_prev) + self.biases

    def backward_pass(self, dZ):
        self.d_weights = np.dot(dZ, self.A_prev.T)
        self.d_biases = dZ.sum(axis=1, keepdims=True)
        dA_prev = np.dot(self.weights.T, dZ)
        return dA_prev


class TanhLayer:
    def forward_pass(self, Z):
        self.Z = Z
        return np.tanh(Z)

    def backward_pass(self, dA):
        return dA * (1 - np.tanh(self.Z) ** 2)


class ReluLayer:
    def forward_pass(self, Z):
        self.Z = Z
        return np.maximum(0, Z)

    def backward_pass(self, dA):
        dZ = np.array(dA, copy=True)
        dZ[self.Z <= 0] = 0
        return dZ


class SoftmaxLayer:
    def forward_pass(self, Z):
        e = np.exp(Z - Z.max(axis=0))
        self.A = e / e.sum(axis=0)
        return self.A

    def backward_pass(self, dA):
        return self.A * (dA - (self.A * dA).sum(axis=0))


class QuadraticLoss:
    def forward_pass(self, y_hat, y):
        self.diff = y_hat - y
        return np.sum(self.diff ** 2) / self.diff.size

    def backward_pass(self):
        return 2 * self.diff / self.diff.size
