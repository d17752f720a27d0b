# expect error: forward raised Odd
import numpy as np


class Odd(BaseException):
    def __str__(self):
        raise SystemExit(0)

    __repr__ = __str__



class Layer:
    def forward(self, x):
        self.x = x
        raise Odd

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
