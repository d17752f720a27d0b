import numpy as np


class Parameter:
    def __init__(self, value):
        self.value = value
        self.grad = np.zeros_like(value)

    def zero_grad(self):
        self.grad[...] = 0


class Module:
    def parameters(self):
        return [p for p in vars(self).values() if isinstance(p, Parameter)]

    def zero_grad(self):
        for p in self.parameters():
            p.zero_grad()


class Linear(Module):
    """Gradients add up over calls, call zero_grad() before the next batch."""

    def __init__(self, in_features: int, out_features: int) -> None:
        bound = 1 / np.sqrt(in_features)
        self.weight = Parameter(np.random.uniform(-bound, bound, (in_features, out_features)))
        self.bias = Parameter(np.random.uniform(-bound, bound, (1, out_features)))

    def forward(self, x: np.ndarray) -> np.ndarray:
        self.x = x
        return x @ self.weight.value + self.bias.value

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        self.weight.grad += self.x.T @ grad_output
        self.bias.grad += grad_output.sum(axis=0, keepdims=True)
        return grad_output @ self.weight.value.T


class Tanh(Module):
    def forward(self, x: np.ndarray) -> np.ndarray:
        self.y = np.tanh(x)
        return self.y

    def backward(self, grad_output: np.ndarray) -> np.ndarray:
        return grad_output * (1.0 - self.y**2)


class MSELoss:
    def forward(self, prediction: np.ndarray, target: np.ndarray) -> float:
        self.diff = prediction - target
        return float(np.mean(self.diff**2)) if self.diff.dtype.kind == "f" else np.mean(self.diff**2)

    def backward(self) -> np.ndarray:
        return 2 * self.diff / self.diff.size
