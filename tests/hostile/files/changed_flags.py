# expect fail: 
import numpy as np


class Layer:
    def forward(self, x):
        self.x = x
        x.setflags(write=True)
        x[...] = 0.0
        return x * x

    def backward(self, g):
        return np.zeros_like(g)



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
