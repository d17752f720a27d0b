# expect unloaded: the process ended (exit code 0) during loading the file
import numpy as np
import os
os._exit(0)


class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
