from __future__ import annotations

import sys

import numpy as np
import pytest
from matplotlib.image import imread

from reference_net.datasets import Digits
from reference_net.figures import draw_confusion, draw_losses, draw_samples


@pytest.fixture
def few_digits(rng):
    return Digits(images=rng.uniform(0, 16, (20, 8, 8)), labels=np.repeat([0, 1], 10))


def _draw(name, path, digits):
    if name == "samples":
        draw_samples(path, digits)
    elif name == "losses":
        draw_losses(path, [0.5, 0.1], [0.6, 0.2])
    else:
        draw_confusion(path, digits.labels, digits.labels[::-1])


@pytest.mark.parametrize("name", ["samples", "losses", "confusion"])
def test_a_picture_is_written_and_is_not_blank(name, tmp_path, few_digits):
    path = tmp_path / "picture.png"
    _draw(name, path, few_digits)
    picture = imread(path)
    assert min(picture.shape[:2]) >= 500
    assert picture[..., :3].std() > 0.01


@pytest.mark.parametrize("name", ["samples", "losses", "confusion"])
def test_the_same_data_give_the_same_bytes(name, tmp_path, few_digits):
    first, second = tmp_path / "first.png", tmp_path / "second.png"
    _draw(name, first, few_digits)
    _draw(name, second, few_digits)
    assert first.read_bytes() == second.read_bytes()


def test_pyplot_is_not_needed(tmp_path, few_digits, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.pyplot", None)
    for name in ("samples", "losses", "confusion"):
        _draw(name, tmp_path / f"{name}.png", few_digits)
