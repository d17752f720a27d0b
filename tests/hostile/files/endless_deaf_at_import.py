# expect unloaded: no answer within
import numpy as np
import signal
signal.signal(signal.SIGALRM, signal.SIG_IGN)


def spin():
    while True:
        signal.setitimer(signal.ITIMER_REAL, 0)


spin()


class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
