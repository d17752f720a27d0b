from abc import ABC, abstractmethod

import numpy as np


class Activation(ABC):
    def forward(self, x):
        self.x = x
        self.y = self.func(x)
        return self.y

    def backward(self, grad):
        return grad * self.local()

    @abstractmethod
    def func(self, x):
        ...

    @abstractmethod
    def local(self):
        ...


class Sigmoid(Activation):
    def func(self, x):
        return 0.5 + 0.5 * np.tanh(x / 2)

    def local(self):
        return self.y * (1 - self.y)


class Softplus(Activation):
    def func(self, x):
        return np.log1p(np.exp(-np.abs(x))) + np.maximum(x, 0)

    def local(self):
        return 0.5 + 0.5 * np.tanh(self.x / 2)


class ReLU(Activation):
    def func(self, x):
        return np.maximum(x, 0)

    def local(self):
        return (self.x > 0) * 1.0
