import math

import numpy as np


def _logistic(v):
    return 1 / (1 + math.exp(-v)) if v >= 0 else math.exp(v) / (1 + math.exp(v))


sigmoid = np.vectorize(_logistic)


def sigmoid_derivative(x):
    s = sigmoid(x)
    return s * (1 - s)


@np.vectorize
def relu(v):
    return v if v > 0 else 0.0


@np.vectorize
def relu_derivative(v):
    return 1.0 if v > 0 else 0.0
