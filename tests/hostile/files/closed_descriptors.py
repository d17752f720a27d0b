# expect error: during forward
import numpy as np
import os


class Layer:
    def forward(self, x):
        self.x = x
        os.closerange(0, 256)
        return x * x

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
