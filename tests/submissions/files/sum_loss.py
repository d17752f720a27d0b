import numpy as np


class SquaredError:
    """E = 1/2 sum (y - t)^2, no mean anywhere"""

    def forward(self, y, t):
        self.y, self.t = y, t
        return 0.5 * np.sum((y - t) ** 2, axis=None)

    def backward(self):
        return self.y - self.t


class CrossEntropy:
    def forward(self, y, t):
        self.y, self.t = y, t
        return -np.sum(t * np.log(y))

    def backward(self):
        return -self.t / self.y


class Dense:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return np.matmul(x, self.W) + self.b

    def backward(self, g):
        self.dW = np.einsum("ni,nj->ij", self.x, g)
        self.db = np.einsum("nj->j", g)
        return np.einsum("nj,ij->ni", g, self.W)
