# expect error: forward returned ndarray of dtype object, must be numbers
import numpy as np


class Layer:
    def forward(self, x):
        self.x = x
        return np.array([[None] * 4] * 3, dtype=object)

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
