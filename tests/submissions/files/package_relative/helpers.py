import numpy as np


def glorot(n_in, n_out):
    return np.random.randn(n_in, n_out) * np.sqrt(2 / (n_in + n_out))


def over_batch(grad):
    return grad.sum(axis=0)


def logistic(x):
    return 0.5 * (1 + np.tanh(0.5 * x))
