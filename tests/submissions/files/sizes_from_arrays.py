"""Every size is taken from an array, but for one that the file itself fixes."""
import numpy as np

CLASSES = 5
W_OUT = np.linspace(-1.0, 1.0, 2 * CLASSES).reshape(2, CLASSES)


class Dense:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out)
        self.b = np.zeros((1, n_out))

    def forward(self, X):
        self.X = X
        return X @ self.W + self.b

    def backward(self, dY):
        self.dW = self.X.T @ dY
        self.db = np.sum(dY, axis=0, keepdims=True)
        return (dY @ self.W.T).reshape(self.X.shape)


class Softmax:
    def forward(self, X):
        e = np.exp(X - X.max(axis=1, keepdims=True))
        self.Y = e / e.sum(axis=1, keepdims=True)
        return self.Y

    def backward(self, dY):
        dX = np.zeros_like(dY)
        for i, y in enumerate(self.Y):
            J = y.reshape(-1, 1) * (np.eye(len(y)) - y)
            dX[i] = J @ dY[i]
        return dX


class Softsign:
    def forward(self, X):
        self.X = X
        return X / (1 + np.abs(X))

    def backward(self, dY):
        dX = np.zeros_like(dY)
        for i in range(dY.shape[0]):
            for j in range(dY.shape[1]):
                dX[i, j] = dY[i, j] / (1 + abs(self.X[i, j])) ** 2
        return dX


class Readout:
    """The weights are the file's: they take two features and no other number of them."""

    def forward(self, X):
        self.X = X
        return np.tanh(X @ W_OUT)

    def backward(self, dY):
        return (dY * (1 - np.tanh(self.X @ W_OUT) ** 2)) @ W_OUT.T.reshape(5, 2)


class MSE:
    def forward(self, Y, T):
        self.Y, self.T = Y, T
        return np.mean((Y - T) ** 2)

    def backward(self):
        return 2 * (self.Y - self.T) / self.Y.size


def quartic_loss(y, t):
    return np.sum((y - t) ** 4) / len(y)


def quartic_loss_grad(y, t):
    return 4 * (y - t) ** 3 / len(y)
