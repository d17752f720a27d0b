# expect fail: 
import numpy as np

import builtins
import json
import os
import struct
import sys

json.dumps = json.loads = json.dump = lambda *a, **k: "true"
struct.pack = struct.unpack = struct.pack_into = lambda *a, **k: b"PASS"
os.write = lambda fd, data: len(data)
os.read = lambda fd, n: b""
os._exit = sys.exit = lambda *a: None


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
