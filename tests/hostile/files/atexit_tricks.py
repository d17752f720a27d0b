# expect error: the process ended (exit code 0) during forward
import numpy as np
import atexit
import os

atexit.register(lambda: os._exit(0))
atexit.register(print, "PASS")


class Layer:
    def forward(self, x):
        self.x = x
        import atexit
        atexit._run_exitfuncs()
        return x * x

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
