# expect error: making an instance raised SystemExit
import numpy as np


class Layer:
    def __init__(self):
        raise SystemExit(0)

    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
