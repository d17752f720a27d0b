from __future__ import annotations

import numpy as np
import pytest

from reference_net.datasets import Digits, load_digits, xor


def test_xor_is_the_truth_table():
    X, target = xor()
    assert (X.shape, target.shape) == ((2, 4), (1, 4))
    for (first, second), wanted in zip(X.T, target[0], strict=True):
        assert wanted == (int(first) ^ int(second))


@pytest.fixture(scope="module")
def digits():
    return load_digits()


def test_digits_become_columns(digits):
    X, target = digits.columns()
    assert (X.shape, target.shape) == ((64, 1797), (10, 1797))
    assert (X.min(), X.max()) == (0.0, 1.0)
    np.testing.assert_array_equal(X[:, 5] * 16, digits.images[5].ravel())
    np.testing.assert_array_equal(target.argmax(axis=0), digits.labels)
    np.testing.assert_array_equal(target.sum(axis=0), 1.0)


def test_the_split_keeps_every_picture_once_and_the_classes_even(digits, rng):
    train, test = digits.split(rng)
    together = np.concatenate([train.images, test.images]).reshape(1797, 64)
    assert sorted(map(bytes, together)) == sorted(map(bytes, digits.images.reshape(1797, 64)))
    for digit in range(10):
        whole = (digits.labels == digit).sum()
        assert (test.labels == digit).sum() == round(0.2 * whole)


def test_the_split_comes_from_the_generator(digits):
    first, second, third = (digits.split(np.random.default_rng(k))[1].images for k in (1, 1, 2))
    np.testing.assert_array_equal(first, second)
    assert not np.array_equal(first, third)
    with pytest.raises(TypeError, match=r"rng is of type int, must be a numpy\.random\.Generator"):
        digits.split(1)


def test_the_preview_is_darker_where_the_ink_is():
    images = np.zeros((2, 8, 8))
    images[0, 0, 0] = 16.0
    images[1, 7, 7] = 8.0
    lines = Digits(images=images, labels=np.array([0, 1])).preview().split("\n")
    assert lines == ["@@", *[""] * 6, " " * 32 + "=="]
