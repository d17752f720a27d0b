import numpy as np


class ActivationFunction:
    def f(self, z):
        raise NotImplementedError

    def df(self, z):
        raise NotImplementedError


class Sigmoid(ActivationFunction):
    def f(self, z):
        return 0.5 * (1.0 + np.tanh(0.5 * z))

    def df(self, z):
        s = self.f(z)
        return s * (1.0 - s)


class Relu(ActivationFunction):
    def f(self, z):
        return np.maximum(z, 0.0)

    def df(self, z):
        return np.where(z > 0, 1.0, 0.0)


class Softplus(ActivationFunction):
    def f(self, z):
        return np.logaddexp(0.0, z)

    def df(self, z):
        return 0.5 * (1.0 + np.tanh(0.5 * z))


class Swish(ActivationFunction):
    def f(self, z):
        return z * 0.5 * (1.0 + np.tanh(0.5 * z))

    def df(self, z):
        s = 0.5 * (1.0 + np.tanh(0.5 * z))
        return s + z * s * (1.0 - s)
