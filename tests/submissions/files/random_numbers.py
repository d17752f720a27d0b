import numpy as np

rng = np.random.default_rng()


class Dense:
    def __init__(self, n_in=784, n_out=10):
        own = np.random.default_rng()
        self.W = own.normal(size=(n_in, n_out))
        self.b = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, g):
        self.dW = self.x.T @ g
        self.db = g.sum(axis=0)
        return g @ self.W.T


class Dropout:
    def __init__(self, p=0.3):
        self.p = p
        self.rng = np.random.default_rng()

    def forward(self, x):
        self.mask = (self.rng.random(x.shape) >= self.p) / (1 - self.p)
        return x * self.mask

    def backward(self, g):
        return g * self.mask


class NoisyScale:
    def __init__(self):
        self.state = np.random.RandomState()

    def forward(self, x):
        self.scale = 1 + 0.1 * self.state.rand(*x.shape)
        return x * self.scale

    def backward(self, g):
        return g * self.scale


class Linear:
    def __init__(self, n_in, n_out):
        self.W = rng.normal(size=(n_in, n_out))

    def forward(self, x):
        self.x = x
        return x @ self.W

    def backward(self, g):
        self.dW = self.x.T @ g
        return g @ self.W.T


class Block:
    def __init__(self, n_in, n_out):
        self.dense = Dense(n_in, n_out)
        self.dropout = Dropout()

    def forward(self, x):
        return self.dropout.forward(self.dense.forward(x))

    def backward(self, g):
        return self.dense.backward(self.dropout.backward(g))


def dropout_forward(x, p=0.5):
    mask = (rng.random(x.shape) > p) / (1 - p)
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache
