import numpy as np


class Conv2D:
    """Images are (N, C, H, W)."""

    def __init__(self, in_channels, out_channels, kernel_size, stride=1, padding=0):
        self.k, self.s, self.p = kernel_size, stride, padding
        self.W = 0.1 * np.random.randn(out_channels, in_channels, kernel_size, kernel_size)
        self.b = np.zeros(out_channels)

    def forward(self, x):
        n, c, h, w = x.shape
        k, s, p = self.k, self.s, self.p
        self.x = np.pad(x, ((0, 0), (0, 0), (p, p), (p, p)))
        rows, columns = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1
        out = np.empty((n, len(self.W), rows, columns), dtype=x.dtype)
        for i in range(rows):
            for j in range(columns):
                patch = self.x[:, :, i * s : i * s + k, j * s : j * s + k]
                out[:, :, i, j] = np.einsum("nchw,fchw->nf", patch, self.W) + self.b
        return out

    def backward(self, grad):
        k, s, p = self.k, self.s, self.p
        self.dW = np.zeros_like(self.W)
        self.db = grad.sum(axis=(0, 2, 3))
        dx = np.zeros_like(self.x)
        for i in range(grad.shape[2]):
            for j in range(grad.shape[3]):
                g = grad[:, :, i, j]
                patch = self.x[:, :, i * s : i * s + k, j * s : j * s + k]
                self.dW += np.einsum("nf,nchw->fchw", g, patch)
                dx[:, :, i * s : i * s + k, j * s : j * s + k] += np.einsum("nf,fchw->nchw", g, self.W)
        return dx[:, :, p : dx.shape[2] - p, p : dx.shape[3] - p]


class ConvChannelsLast:
    """The shape of the whole batch is given: (N, H, W, C). Only 'same' convolutions."""

    def __init__(self, input_shape, n_filters, k_size, pad):
        self.n, self.h, self.w, self.c = input_shape
        self.k, self.p = k_size, pad
        self.weights = 0.1 * np.random.randn(k_size, k_size, self.c, n_filters)
        self.bias = np.zeros(n_filters)

    def forward(self, x):
        p = self.p
        self.x = np.pad(x, ((0, 0), (p, p), (p, p), (0, 0)))
        rows, columns = self.h + 2 * p - self.k + 1, self.w + 2 * p - self.k + 1
        out = np.zeros((self.n, rows, columns, self.weights.shape[3]), dtype=x.dtype)
        for a in range(self.k):
            for b in range(self.k):
                out = out + self.x[:, a : a + rows, b : b + columns] @ self.weights[a, b]
        return out + self.bias

    def backprop(self, grad):
        rows, columns = grad.shape[1:3]
        self.d_weights = np.zeros_like(self.weights)
        self.d_bias = grad.sum(axis=(0, 1, 2))
        p = self.p
        padded = np.pad(grad, ((0, 0), (p, p), (p, p), (0, 0)))
        dx = np.zeros((self.n, self.h, self.w, self.c), dtype=grad.dtype)
        for a in range(self.k):
            for b in range(self.k):
                part = self.x[:, a : a + rows, b : b + columns]
                self.d_weights[a, b] = np.einsum("nhwc,nhwf->cf", part, grad)
                dx += padded[:, a : a + self.h, b : b + self.w] @ self.weights[-1 - a, -1 - b].T
        return dx


class MaxPool:
    """Windows side by side, which must fill the image: (C, H, W)."""

    def __init__(self, pool_size):
        self.size = pool_size

    def forward(self, x):
        c, h, w = x.shape
        s = self.size
        if h % s or w % s:
            raise ValueError("windows do not fill the image")
        self.tiles = x.reshape(c, h // s, s, w // s, s).transpose(0, 1, 3, 2, 4)
        return self.tiles.max(axis=(3, 4))

    def backward(self, grad):
        best = self.tiles.max(axis=(3, 4), keepdims=True)
        mask = self.tiles == best
        spread = mask * grad[..., None, None] / mask.sum(axis=(3, 4), keepdims=True)
        c, rows, columns = grad.shape
        return spread.transpose(0, 1, 3, 2, 4).reshape(c, rows * self.size, columns * self.size)


class AveragePool:
    def __init__(self, pool_shape, stride):
        self.pool_shape, self.stride = pool_shape, stride

    def forward(self, x):
        self.shape = x.shape
        (a, b), s = self.pool_shape, self.stride
        rows, columns = (x.shape[2] - a) // s + 1, (x.shape[3] - b) // s + 1
        out = np.empty((*x.shape[:2], rows, columns), dtype=x.dtype)
        for i in range(rows):
            for j in range(columns):
                out[:, :, i, j] = x[:, :, i * s : i * s + a, j * s : j * s + b].mean(axis=(2, 3))
        return out

    def backward(self, grad):
        (a, b), s = self.pool_shape, self.stride
        dx = np.zeros(self.shape, dtype=grad.dtype)
        for i in range(grad.shape[2]):
            for j in range(grad.shape[3]):
                part = grad[:, :, i, j][:, :, None, None] / (a * b)
                dx[:, :, i * s : i * s + a, j * s : j * s + b] += part
        return dx


class ZeroPadding:
    def __init__(self, padding):
        self.up, self.left = padding

    def forward(self, x):
        n, c, h, w = x.shape
        out = np.zeros((n, c, h + 2 * self.up, w + 2 * self.left), dtype=x.dtype)
        out[:, :, self.up : self.up + h, self.left : self.left + w] = x
        return out

    def backward(self, grad):
        h, w = grad.shape[2:]
        return grad[:, :, self.up : h - self.up, self.left : w - self.left]
