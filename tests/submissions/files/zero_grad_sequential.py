import numpy as np


class Parameter:
    def __init__(self, data):
        self.data = data
        self.grad = np.zeros_like(data)

    def zero_grad(self):
        self.grad[...] = 0


class Dense:
    def __init__(self, in_dim, out_dim):
        self.w = Parameter(np.random.randn(in_dim, out_dim))
        self.b = Parameter(np.zeros(out_dim))

    def forward(self, x):
        self.x = x
        return x @ self.w.data + self.b.data

    def backward(self, grad):
        self.w.grad += self.x.T @ grad
        self.b.grad += grad.sum(axis=0)
        return grad @ self.w.data.T


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad):
        return grad * (1 - self.y**2)


class Sequential:
    def __init__(self, *layers):
        self.layers = layers

    def forward(self, x):
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, grad):
        for layer in self.layers[::-1]:
            grad = layer.backward(grad)
        return grad
