# expect fail error: 
import numpy as np


class Layer:
    def forward(self, x):
        self.x = x
        x.resize((12, 1), refcheck=False)
        return np.zeros((3, 4))

    def backward(self, g):
        return np.zeros((3, 4))



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
