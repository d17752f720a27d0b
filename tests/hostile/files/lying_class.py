# expect fail: 

import numpy as np


class Meta(type):
    __name__ = "ndarray"

    def __instancecheck__(cls, other):
        return True

    def __getattribute__(cls, name):
        return "ndarray"


class Liar(metaclass=Meta):
    __class__ = np.ndarray
    shape = (3, 4)
    dtype = np.dtype("float64")

    def __getattr__(self, name):
        return lambda *a, **k: self

    def __array__(self, *args, **kwargs):
        raise SystemExit(0)



class Layer:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, g):
        return Liar()



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
