import numpy as np


def conv_forward(x, w, b, conv_param):
    """x: (N, C, H, W), w: (F, C, HH, WW), b: (F,)."""
    stride, pad = conv_param["stride"], conv_param["pad"]
    padded = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    f, _, hh, ww = w.shape
    rows = 1 + (padded.shape[2] - hh) // stride
    columns = 1 + (padded.shape[3] - ww) // stride
    out = np.empty((len(x), f, rows, columns), dtype=padded.dtype)
    for i in range(rows):
        for j in range(columns):
            patch = padded[:, :, i * stride : i * stride + hh, j * stride : j * stride + ww]
            out[:, :, i, j] = np.tensordot(patch, w, axes=((1, 2, 3), (1, 2, 3))) + b
    return out, (padded, w, conv_param)


def conv_backward(dout, cache):
    padded, w, conv_param = cache
    stride, pad = conv_param["stride"], conv_param["pad"]
    hh, ww = w.shape[2:]
    dx, dw, db = np.zeros_like(padded), np.zeros_like(w), dout.sum(axis=(0, 2, 3))
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + hh)
            columns = slice(j * stride, j * stride + ww)
            g = dout[:, :, i, j]
            dw += np.tensordot(g, padded[:, :, rows, columns], axes=(0, 0))
            dx[:, :, rows, columns] += np.tensordot(g, w, axes=(1, 0))
    return dx[:, :, pad:-pad, pad:-pad], dw, db


def max_pool_forward(x, pool_param):
    hh, ww, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    rows, columns = 1 + (x.shape[2] - hh) // stride, 1 + (x.shape[3] - ww) // stride
    out = np.empty((*x.shape[:2], rows, columns))
    for i in range(rows):
        for j in range(columns):
            patch = x[:, :, i * stride : i * stride + hh, j * stride : j * stride + ww]
            out[:, :, i, j] = patch.max(axis=(2, 3))
    return out, (x, out, pool_param)


def max_pool_backward(dout, cache):
    x, out, pool_param = cache
    hh, ww, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
    dx = np.zeros_like(x)
    for i in range(out.shape[2]):
        for j in range(out.shape[3]):
            rows = slice(i * stride, i * stride + hh)
            columns = slice(j * stride, j * stride + ww)
            mask = x[:, :, rows, columns] == out[:, :, i, j][:, :, None, None]
            share = mask / mask.sum(axis=(2, 3), keepdims=True)
            dx[:, :, rows, columns] += share * dout[:, :, i, j][:, :, None, None]
    return dx


def dropout_forward(x, keep_prob):
    mask = (np.random.rand(*x.shape) < keep_prob) / keep_prob
    return x * mask, mask


def dropout_backward(dout, cache):
    return dout * cache
