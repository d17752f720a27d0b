# expect error: answer not understood|during
import numpy as np
import os
import threading


def write():
    while True:
        for fd in range(3, 64):
            try:
                os.write(fd, b"PASS" * 64)
            except OSError:
                pass



class Layer:
    def forward(self, x):
        self.x = x
        threading.Thread(target=write, daemon=True).start()
        import time
        time.sleep(0.05)
        return x * x

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
