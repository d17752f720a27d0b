# expect error: the process ended (signal SIGKILL) during forward
import numpy as np
import os
import signal


class Layer:
    def forward(self, x):
        self.x = x
        os.kill(os.getpid(), signal.SIGKILL)

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
