import numpy as np


class Neuron:
    """Logistic: one number an example, and a bias that is a number."""

    def __init__(self, n_in):
        self.w = np.random.randn(n_in)
        self.b = 0.0

    def forward(self, x):
        self.x = x
        self.y = 1 / (1 + np.exp(-(x @ self.w + self.b)))
        return self.y

    def backward(self, grad):
        dz = grad * self.y * (1 - self.y)
        self.dw = self.x.T @ dz
        self.db = dz.sum()
        return np.outer(dz, self.w)


class Perceptron:
    """The same without the sigmoid, updated as it goes back."""

    def __init__(self, n_in):
        self.weights = np.random.randn(n_in)
        self.bias = 0.5

    def forward(self, x):
        self.x = x
        return x @ self.weights + self.bias

    def backward(self, grad, lr):
        dx = np.outer(grad, self.weights)
        self.weights -= lr * self.x.T @ grad
        self.bias -= lr * np.sum(grad)
        return dx


class ScaledTanh:
    """a and b are no parameters: nobody trains them."""

    def __init__(self):
        self.a, self.b = 1.7159, 2 / 3

    def forward(self, x):
        self.t = np.tanh(self.b * x)
        return self.a * self.t

    def backward(self, grad):
        return grad * self.a * self.b * (1 - self.t**2)
