# expect error: forward raised MemoryError|no answer within
import numpy as np


class Layer:
    def forward(self, x):
        self.x = x
        grow = [0]
        while True:
            grow = grow * 2

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
