import numpy as np

from . import helpers
from .base import Layer


class Dense(Layer):
    def __init__(self, n_in, n_out):
        self.W = helpers.glorot(n_in, n_out)
        self.b = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW = self.x.T @ grad
        self.db = helpers.over_batch(grad)
        return grad @ self.W.T


class Sigmoid(Layer):
    def forward(self, x):
        self.y = helpers.logistic(x)
        return self.y

    def backward(self, grad):
        return grad * self.y * (1 - self.y)
