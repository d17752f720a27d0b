# expect fail: 

import numpy as np


class Liar(np.ndarray):
    def __array_ufunc__(self, *args, **kwargs):
        return np.True_

    def __array_function__(self, *args, **kwargs):
        return np.True_

    def __eq__(self, other):
        return True

    def __sub__(self, other):
        return np.zeros(self.shape)

    __rsub__ = __abs__ = __sub__

    def tobytes(self, *args):
        return b""

    def __array__(self, *args, **kwargs):
        return np.zeros((7, 7))

    @property
    def shape(self):
        return (3, 4)

    @property
    def dtype(self):
        return np.dtype("float64")



class Layer:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, g):
        return np.array(3 * self.x * g).view(Liar)



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
