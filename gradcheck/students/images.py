"""Layers of images: the sizes and shapes with which they are tried."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from typing import Any

    from gradcheck.records import Array

CHANNELS, FILTERS, SIDE, KERNEL = 3, 2, 5, 3
"""Of images: channels in and out, height and width, and those of a kernel."""

IMAGES = (
    (2, CHANNELS, SIDE, SIDE), (2, SIDE, SIDE, CHANNELS), (CHANNELS, SIDE, SIDE),
    (SIDE, SIDE, CHANNELS), (2, CHANNELS, SIDE + 2), (SIDE, SIDE),
)  # fmt: skip
"""Shapes that are tried where data with features alone does not fit."""

NAMED = {
    "w", "weights", "weight", "kernel", "w0", "b", "bias", "biases", "inputshape", "imageshape",
    "shape", "inshape", "depth", "inputdepth", "numchannels", "channels", "poolh", "poolw",
    "poolsize", "size", "kernelsize", "filtersize", "kernel_size", "pool",
}  # fmt: skip
"""Arguments of constructors for which `of_image` has a value."""


def of_image(flat: str) -> Any:
    """Return what goes in for an argument of a layer of images."""
    if flat.startswith(("w", "kernel")) and flat not in ("kernelsize",):
        return filled_with(FILTERS, CHANNELS, KERNEL, KERNEL)
    if flat.startswith("b"):
        return filled_with(FILTERS)
    if "shape" in flat:
        return (CHANNELS, SIDE, SIDE)
    if flat in ("inputdepth", "numchannels", "channels"):
        return CHANNELS
    if flat == "depth":
        return FILTERS
    return 2 if "pool" in flat or flat == "size" else KERNEL


def filled_with(*shape: int) -> Array:
    """Return ordinary values of a shape, the same ones each time."""
    return np.random.default_rng(0).standard_normal(shape)
