# expect fail: 
import numpy as np

import builtins

builtins.len = lambda *a: 0
builtins.tuple = builtins.open = builtins.any = builtins.sum = builtins.getattr = lambda *a: ()
builtins.isinstance = builtins.all = builtins.issubclass = lambda *a: True


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
