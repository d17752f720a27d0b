# expect error: forward
import numpy as np
import os
import time



class Layer:
    def forward(self, x):
        self.x = x
        for _ in range(8):
            try:
                if os.fork() == 0:
                    for _ in range(2):
                        os.fork()
                    time.sleep(30)
                    os._exit(0)
            except OSError:
                pass
        raise ValueError('forked')

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
