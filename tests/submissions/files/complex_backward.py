import numpy as np


class Tanh:
    def forward(self, x):
        self.x = x
        return np.tanh(x)

    def backward(self, g):
        step = 1e-20
        return g * np.imag(self.forward(self.x + 1j * step)) / step


class Sigmoid:
    def forward(self, x):
        self.x = x
        return 0.5 * (1 + np.tanh(0.5 * x))

    def backward(self, g):
        y = self.forward(self.x)
        return g * y * (1 - y)
