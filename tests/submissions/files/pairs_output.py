import numpy as np


# the derivatives take the OUTPUT of the function, that saves an exp
def sigmoid(x):
    return 1 / (1 + np.exp(-np.clip(x, -500, 500)))


def dsigmoid(y):
    return y * (1 - y)


def tanh(x):
    return np.tanh(x)


def dtanh(y):
    return 1 - y**2


def train_step(x, target, W1, W2, lr):
    h = tanh(W1 @ x)
    out = sigmoid(W2 @ h)
    delta2 = (out - target) * dsigmoid(out)
    delta1 = (W2.T @ delta2) * dtanh(h)
    return W1 - lr * np.outer(delta1, x), W2 - lr * np.outer(delta2, h)
