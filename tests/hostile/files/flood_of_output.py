# expect pass: 
import numpy as np
import os
for _ in range(2000):
    print('PASS ' * 100)
    os.write(1, b'PASS ' * 1000)
    os.write(2, b'PASS ' * 1000)


class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
