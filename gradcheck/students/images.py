"""Images that go into a layer, and what its constructor is told of them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.students.naming import plain, words

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gradcheck.records import Array

CHANNELS, FILTERS, BATCH, KERNEL, POOL = 3, 2, 2, 3, 2
"""Channels in and out, number of images, and the sides of a kernel and of a pooling window."""

SIDES = (5, 4)
"""Sides of an image: a window of 2 leaves a row of the first one over, and fills the second."""

LAYOUTS = ("NCHW", "NHWC", "CHW", "HWC", "NCL", "HW")
"""In the order in which they are tried."""

_WINDOWS = {
    "kernel", "kernels", "filter", "filters", "kernelsize", "filtersize", "ksize", "fsize", "k",
    "f", "kernelshape", "filtershape", "pool", "poolsize", "poolshape", "poolingsize", "size",
    "window", "windowsize", "poolh", "poolw", "kernelheight", "kernelwidth", "filterheight",
    "filterwidth", "kh", "kw", "fh", "fw",
}  # fmt: skip
_KERNELS = ("w", "weights", "weight", "w0", "kernel", "kernels", "filter", "filters")
_FOURFOLD = ("kernel", "kernelshape", "filtershape", "filter")
_STRIDES = ("stride", "strides", "s")
_PADDINGS = ("padding", "pad", "pads")


@dataclass(frozen=True, slots=True)
class Picture:
    """Images of one layout, and one reading of the arguments that speak of them.

    Attributes
    ----------
    layout : str
        One of `LAYOUTS`.
    side : int
        Height and width.
    batched : bool
        A shape that is an argument counts the images too.
    window : str
        What a kernel's size is: "number", "pair" (strides and paddings are numbers then), "pairs"
        (they are pairs too), "array" (its weights), or "list" (height, width, channels, filters).
    padding : int
    pooling : bool
        The layer pools: its windows do not overlap.
    """

    layout: str
    side: int
    batched: bool = False
    window: str = "number"
    padding: int = 0
    pooling: bool = False

    @property
    def shape(self) -> tuple[int, ...]:
        """Return the shape of the data."""
        # A signal is longer than an image is wide.
        extent = {"N": BATCH, "C": CHANNELS, "H": self.side, "W": self.side, "L": self.side + 2}
        return tuple(extent[axis] for axis in self.layout)

    def value(self, name: str) -> Any:
        """Return what goes in for an argument of this name; None where it says nothing of images.

        Arrays are fresh ones.
        """
        flat, tokens = plain(name), set(words(name))
        if flat in _WINDOWS and not (self.window == "array" and flat in _KERNELS):
            return self._window(flat)
        if flat in _KERNELS:
            return _weights(self.kernel())
        if flat in ("b", "bias", "biases"):
            return _weights((FILTERS,))
        if "shape" in tokens:
            return self.shape[1:] if self.layout[0] == "N" and not self.batched else self.shape
        if flat in ("inputdepth", "numchannels", "channels", "nchannels"):
            return CHANNELS
        if flat == "depth":
            return FILTERS
        if flat in _STRIDES:
            stride = POOL if self.pooling else 1
            return (stride, stride) if self.window == "pairs" else stride
        if flat in _PADDINGS:
            return (self.padding, self.padding) if self.window == "pairs" else self.padding
        return None

    def kernel(self) -> tuple[int, ...]:
        """Return the shape of a kernel's weights, as they are laid out for data of this layout."""
        if self.layout == "NCL":
            return (FILTERS, CHANNELS, KERNEL)
        if self.layout == "HW":
            return (KERNEL, KERNEL)
        last = self.layout.endswith("C")
        return (KERNEL, KERNEL, CHANNELS, FILTERS) if last else (FILTERS, CHANNELS, KERNEL, KERNEL)

    def _window(self, flat: str) -> Any:
        side = POOL if self.pooling or "pool" in flat or flat == "size" else KERNEL
        if self.window == "list" and flat in _FOURFOLD:
            return [side, side, CHANNELS, FILTERS]
        one = flat.endswith(("height", "width", "h", "w"))
        return (side, side) if self.window in ("pair", "pairs") and not one else side


def pictures(names: Collection[str], *, pooling: bool) -> Iterator[list[Picture]]:
    """Yield the images to try with a layer, and the readings of its arguments.

    They are the same in each list but for their padding: the first with which forward runs is
    taken. One that its backward forgets is a bug, and not to be found by another try.

    Parameters
    ----------
    names : collection of str
        Of the arguments that are given.
    pooling : bool
        See `Picture`.
    """
    flat = {plain(name) for name in names}
    shaped = any("shape" in words(name) for name in names)
    windows = ["number"]
    if flat & (_WINDOWS | {*_STRIDES, *_PADDINGS}):
        windows += ["pair", "pairs"]
    if flat & {*_KERNELS}:
        windows.append("array")
    if flat & {*_FOURFOLD}:
        windows.append("list")
    paddings = _paddings(flat, pooling=pooling)
    for side, window, batched, layout in product(
        SIDES, windows, (False, True) if shaped else (False,), LAYOUTS
    ):
        if layout[0] == "N" or not batched:
            yield [Picture(layout, side, batched, window, p, pooling) for p in paddings]


def _paddings(flat: Collection[str], *, pooling: bool) -> tuple[int, ...]:
    """Return the paddings to try, for the plain names of a layer's arguments."""
    others = _WINDOWS | {*_STRIDES, *_KERNELS}
    if not {*_PADDINGS} & set(flat):
        return (0,)
    if not others & set(flat):
        return (1,)  # it does nothing else
    # With 1, a convolution's output has the size of its input: some are written for that alone.
    return (0, 1) if pooling else (1, 0)


def speaks_of_windows(name: str) -> bool:
    """Say whether an argument is a number by its name: a stride, a padding, a window's size."""
    return plain(name) in _WINDOWS - {*_KERNELS} | {*_STRIDES, *_PADDINGS}


def is_padding(name: str) -> bool:
    """Say whether an argument is named as a padding."""
    return plain(name) in _PADDINGS


def is_pooling(name: str) -> bool:
    """Say whether a class or function is named as a pooling."""
    return "pool" in plain(name)


def _weights(shape: tuple[int, ...]) -> Array:
    return np.random.default_rng(0).standard_normal(shape)
