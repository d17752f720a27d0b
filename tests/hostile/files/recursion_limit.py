# expect fail: 
import numpy as np
import sys


class Layer:
    def forward(self, x):
        self.x = x
        sys.setrecursionlimit(60)
        return x * x

    def backward(self, g):
        return 3 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
