# expect error: during forward|forward raised RecursionError
import numpy as np
import sys



class Layer:
    def forward(self, x):
        self.x = x
        sys.setrecursionlimit(10**9)

        def down(n):
            return down(n + 1) + 1

        return down(0)

    def backward(self, g):
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
