# expect fail: 
import numpy as np


class Layer:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, g):
        return np.broadcast_to(np.float64(1.0), (10**9, 10))



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
