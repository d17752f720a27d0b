import numpy as np


class GradientDescent:
    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate

    def update(self, param, grad):
        return param - self.learning_rate * grad


class Dense:
    def __init__(self, n_inputs, n_units, optimizer=None):
        self.W = np.random.randn(n_inputs, n_units) / np.sqrt(n_inputs)
        self.b = np.zeros((1, n_units))
        self.optimizer = optimizer or GradientDescent()

    def forward(self, X):
        self.layer_input = X
        return X.dot(self.W) + self.b

    def backward(self, accum_grad):
        W = self.W
        grad_w = self.layer_input.T.dot(accum_grad)
        grad_b = np.sum(accum_grad, axis=0, keepdims=True)
        self.W = self.optimizer.update(self.W, grad_w)
        self.b = self.optimizer.update(self.b, grad_b)
        return accum_grad.dot(W.T)


class SELU:
    alpha = 1.6732632423543772
    scale = 1.0507009873554805

    def forward(self, X):
        self.X = X
        return self.scale * np.where(X > 0, X, self.alpha * np.expm1(np.minimum(X, 0)))

    def backward(self, accum_grad):
        slope = np.where(self.X > 0, 1, self.alpha * np.exp(np.minimum(self.X, 0)))
        return accum_grad * self.scale * slope
