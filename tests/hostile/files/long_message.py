# expect error: forward raised ValueError
import numpy as np


class Layer:
    def forward(self, x):
        self.x = x
        raise ValueError('PASS ' * 10**6)

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
