import numpy as np


def sigmoid(x, prime=False):
    s = 0.5 * (1 + np.tanh(0.5 * x))
    if prime:
        return s * (1 - s)
    return s


def hidden(z, upstream):
    return sigmoid(z), upstream * sigmoid(z, prime=True)


def relu(x, prime=False):
    if prime:
        return np.where(x >= 0, 1.0, 0.0)
    return np.maximum(0, x)


def arctan(x, derivative=False):
    if derivative:
        return 1 / (1 + x**2)
    return np.arctan(x)


def quadratic_cost(y_pred, y_true, derivative=False):
    if derivative:
        return 2 * (y_pred - y_true) / y_pred.size
    return np.mean((y_pred - y_true) ** 2)
