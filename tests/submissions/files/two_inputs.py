import numpy as np


class Mul:
    def forward(self, a, b):
        self.a, self.b = a, b
        return a * b

    def backward(self, dout):
        return dout * self.b, dout * self.a


class Gate:
    def __init__(self, dim):
        self.W = np.random.randn(dim, dim)

    def forward(self, x, h):
        self.x, self.h = x, h
        return x @ self.W + h**2

    def backward(self, dout):
        self.dW = self.x.T @ dout
        return dout @ self.W.T, 2 * self.h * dout
