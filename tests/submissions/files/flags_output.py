import numpy as np


def logistic(x, deriv=False):
    if deriv:
        return x * (1 - x)
    return 0.5 * (1 + np.tanh(0.5 * x))


def tanh(x, deriv=False):
    if deriv:
        return 1 - x**2
    return np.tanh(x)


def softplus(x, deriv=False):
    if deriv:
        return 1 - np.exp(-x)
    return np.logaddexp(0, x)
