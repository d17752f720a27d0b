"""What a check costs: evaluations counted, and time by pytest-benchmark. Not part of a default run.

The layers and sizes are those on which other checkers are usually compared; each is checked at one
point, every entry of it (`regimes="point"`).
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

import gradcheck

SIZES = (8, 32, 128, 512)


def softmax(x):
    e = np.exp(x - x.real.max())
    return e / e.sum()


def dense(n, rng):
    inputs = (
        rng.standard_normal(n),
        rng.standard_normal((n, n)) / np.sqrt(n),
        rng.standard_normal(n),
    )
    return lambda x, W, b: W @ x + b, lambda g, x, W, b: (W.T @ g, np.outer(g, x), g), inputs


def relu(n, rng):
    return (
        lambda x: np.where(x.real > 0, x, 0),
        lambda g, x: g * (x > 0),
        (rng.standard_normal(n),),
    )


def tanh(n, rng):
    return np.tanh, lambda g, x: g * (1 - np.tanh(x) ** 2), (rng.standard_normal(n),)


def softmax_layer(n, rng):
    def backward(g, x):
        y = softmax(x)
        return y * (g - g @ y)

    return softmax, backward, (rng.standard_normal(n),)


def mse(n, rng):
    t = rng.standard_normal(n)
    return (
        lambda y: ((y - t) ** 2).sum() / n,
        lambda g, y: g * 2 / n * (y - t),
        (rng.standard_normal(n),),
    )


def sequential(n, rng):
    t = rng.random(n)

    def parts(x, W1, b1, W2, b2):
        z = W1 @ x + b1
        h = np.where(z.real > 0, z, 0)
        return z, h, softmax(W2 @ h + b2)

    def forward(*inputs):
        d = parts(*inputs)[2] - t
        return (d * d).sum() / n

    def backward(g, x, W1, b1, W2, b2):
        z, h, y = parts(x, W1, b1, W2, b2)
        dy = g * 2 / n * (y - t)
        dz2 = y * (dy - dy @ y)
        dz1 = (W2.T @ dz2) * (z > 0)
        return W1.T @ dz1, np.outer(dz1, x), dz1, np.outer(dz2, h), dz2

    W1 = rng.standard_normal((n, n)) * np.sqrt(2 / n)
    W2 = rng.standard_normal((n, n)) / np.sqrt(n)
    b1, b2 = 0.1 * rng.standard_normal((2, n))
    return forward, backward, (rng.standard_normal(n), W1, b1, W2, b2)


LAYERS = {
    "dense": dense,
    "relu": relu,
    "tanh": tanh,
    "softmax": softmax_layer,
    "mse": mse,
    "sequential": sequential,
}


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("layer", LAYERS)
def test_one_point(layer, n, benchmark):
    forward, backward, inputs = LAYERS[layer](n, np.random.default_rng(n))
    calls = Counter()

    def counted_forward(*arrays):
        calls["forward"] += 1
        return forward(*arrays)

    def counted_backward(*arrays):
        calls["backward"] += 1
        return backward(*arrays)

    names = [f"x{k}" for k in range(len(inputs))]
    result = gradcheck.check_functions(
        counted_forward, counted_backward, inputs, names=names, regimes="point"
    )
    benchmark.extra_info.update(calls)
    assert result.verdict is gradcheck.Verdict.PASS, str(result)

    benchmark(gradcheck.check_functions, forward, backward, inputs, names=names, regimes="point")


def test_every_regime_of_ten_thousand_parameters(benchmark):
    forward, backward, inputs = dense(100, np.random.default_rng(0))
    result = benchmark(gradcheck.check_functions, forward, backward, inputs, names=["x", "W", "b"])
    assert result.verdict is gradcheck.Verdict.PASS, str(result)
