# expect error: the process ended (exit code 0) during backward
import numpy as np
import os


class Layer:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, g):
        os._exit(0)



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
