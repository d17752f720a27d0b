import matplotlib.pyplot as plt
import numpy as np
from nnfs.datasets import spiral_data


class Dense:
    def __init__(self, n_in, n_out):
        self.W = np.random.randn(n_in, n_out) * 0.5
        self.b = np.zeros((1, n_out))

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad, lr):
        dx = grad @ self.W.T
        self.W -= lr * self.x.T @ grad
        self.b -= lr * grad.sum(axis=0, keepdims=True)
        return dx


class Tanh:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad, lr):
        return grad * (1 - self.y**2)


net = [Dense(2, 4), Tanh(), Dense(4, 1)]
X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
Y = np.array([[0.0], [1], [1], [0]])
for epoch in range(200):
    out = X
    for layer in net:
        out = layer.forward(out)
    grad = 2 * (out - Y) / len(X)
    for layer in reversed(net):
        grad = layer.backward(grad, 0.1)
    if epoch % 50 == 0:
        print("epoch", epoch, "loss", np.mean((out - Y) ** 2))

points, labels = spiral_data(100, 3)
plt.scatter(points[:, 0], points[:, 1], c=labels)
plt.show()
