# expect error: the process ended (signal SIGTERM) during backward
import numpy as np
import os
import signal


class Layer:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, g):
        os.killpg(os.getpgrp(), signal.SIGTERM)



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
