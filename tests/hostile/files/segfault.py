# expect error: the process ended (signal SIGSEGV) during forward
import numpy as np
import ctypes


class Layer:
    def forward(self, x):
        self.x = x
        ctypes.string_at(0)

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
