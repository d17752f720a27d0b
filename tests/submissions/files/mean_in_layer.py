import numpy as np


# the loss is the SUM over the m examples, the layers divide by m
class Dense:
    def __init__(self, nx, ny):
        self.W = np.random.randn(ny, nx) * 0.01
        self.b = np.zeros((ny, 1))

    def forward(self, A):
        self.A = A
        return self.W.dot(A) + self.b

    def backward(self, dZ):
        m = self.A.shape[1]
        self.dW = dZ.dot(self.A.T) / m
        self.db = np.sum(dZ, axis=1, keepdims=True) / m
        return self.W.T.dot(dZ)


class MSE:
    def forward(self, Y_hat, Y):
        self.Y_hat, self.Y = Y_hat, Y
        return np.sum((Y_hat - Y) ** 2) / Y.shape[1]

    def backward(self):
        return 2 * (self.Y_hat - self.Y)
