# expect error: forward raised
import numpy as np
import os


class Layer:
    def forward(self, x):
        self.x = x
        for _ in range(100):
            print('\x1b[32mPASS' * 1000)
            os.write(1, b'PASS' * 1000)
        raise ValueError('\x1b[2J\x1b[32m PASS')

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
