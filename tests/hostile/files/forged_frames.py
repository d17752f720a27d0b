# expect error: answer not understood during backward
import numpy as np
import os
import struct



class Layer:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, g):
        frame = struct.pack("<4sBIQQi", b"gck\x01", 0, 0, 0, 12345, 0)
        for fd in range(3, 64):
            try:
                os.write(fd, frame * 3)
            except OSError:
                pass
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
