import numpy as np


def affine_forward(x, w, b):
    """x: (N, D), w: (D, M), b: (M,).  Returns out (N, M) and the cache."""
    out = x @ w + b
    return out, (x, w)


def affine_backward(dout, cache):
    x, w = cache
    dx = dout @ w.T
    dw = x.T @ dout
    db = dout.sum(axis=0)
    return dx, dw, db


def relu_forward(x):
    out = np.maximum(0, x)
    return out, x


def relu_backward(dout, cache):
    x = cache
    dx = dout * (x > 0)
    return dx


def softplus_forward(x):
    out = np.logaddexp(0, x)
    return out, x


def softplus_backward(dout, cache):
    x = cache
    return dout * 0.5 * (1 + np.tanh(x / 2))


def affine_relu_forward(x, w, b):
    a, fc_cache = affine_forward(x, w, b)
    out, relu_cache = relu_forward(a)
    return out, (fc_cache, relu_cache)


def affine_relu_backward(dout, cache):
    fc_cache, relu_cache = cache
    da = relu_backward(dout, relu_cache)
    return affine_backward(da, fc_cache)


def mse_loss(x, y):
    """Returns (loss, dx)."""
    diff = x - y
    loss = np.sum(diff**2) / diff.size
    return loss, 2 * diff / diff.size
