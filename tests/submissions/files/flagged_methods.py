import numpy as np


class Classifier:
    """Its activations are methods, and a flag asks for their derivatives."""

    def __init__(self, layers):
        self.layers = layers

    def relu(self, x, derivative=False):
        if derivative:
            return np.where(x > 0, 1.0, 0.0)
        return np.maximum(0, x)

    @staticmethod
    def tanh(x, derivative=False):
        if derivative:
            return 1 - np.tanh(x) ** 2
        return np.tanh(x)

    def scaled(self, x, derivative=False):
        return self.layers * x

    def forward_all(self, x):
        return self.relu(x)
