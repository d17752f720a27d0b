# expect error: forward raised OSError
import numpy as np


class Layer:
    def forward(self, x):
        self.x = x
        with open('big', 'wb') as file:
            for _ in range(64):
                file.write(b'0' * (1 << 20))
        return x * x

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
