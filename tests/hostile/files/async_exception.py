# expect fail error: 
import numpy as np
import signal

signal.signal(signal.SIGALRM, lambda *a: 1 / 0)


class Layer:
    def forward(self, x):
        self.x = x
        signal.setitimer(signal.ITIMER_REAL, 0.001, 0.001)
        return x * x

    def backward(self, g):
        return 3 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
