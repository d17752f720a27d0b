# expect error: answer not understood
import numpy as np
import os

KEPT = []
real = os.write



class Layer:
    def forward(self, x):
        self.x = x
        return x * x

    def backward(self, g):
        import struct
        import sys
        frame = sys._getframe()
        while frame is not None:
            request = frame.f_locals.get("request")
            if request is not None:
                answer = struct.pack("<4sBIQQi", b"gck\x01", 0, 0, 0, request[7], 0)
                for fd in range(3, 64):
                    try:
                        os.write(fd, answer)
                    except OSError:
                        pass
                break
            frame = frame.f_back
        return 2 * self.x * g



class Good:
    def forward(self, x):
        self.y = np.tanh(x)
        return self.y

    def backward(self, g):
        return g * (1 - self.y**2)
