# expect fail: 

import numpy as np

np.array_equal = np.allclose = lambda *a, **k: True
np.abs = np.absolute = np.maximum = lambda *a, **k: np.float64(0.0)
np.isfinite = lambda *a, **k: np.True_
np.asarray = np.array = np.ascontiguousarray = np.frombuffer = lambda *a, **k: None
np.seterr = np.errstate = np.zeros = np.empty = None


class Layer:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, g):
        return 3 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
