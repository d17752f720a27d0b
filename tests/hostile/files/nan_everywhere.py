# expect error fail inconclusive: 
import numpy as np


class Layer:
    def forward(self, x):
        self.x = x
        return x * np.nan

    def backward(self, g):
        return g * np.nan



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
