"""What a layer of images is built and run with, by the names of its arguments."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gradcheck.students.arguments import arguments_of, arrays_among
from gradcheck.students.construct import needed_arguments, proposals
from gradcheck.students.images import (
    CHANNELS,
    FILTERS,
    Picture,
    is_pooling,
    pictures,
    speaks_of_windows,
)
from gradcheck.students.setting import Setting
from gradcheck.students.shapes import of_images
from gradcheck.students.stock import Sizes, Stock

FIRST = Picture("NCHW", 5)
LAST = Picture("NHWC", 5)


def constructor(names: str) -> Any:
    namespace: dict[str, Any] = {}
    exec(f"def made({names}): ...", namespace)  # noqa: S102 - a signature from the table
    return namespace["made"]


@pytest.mark.parametrize(
    ("picture", "name", "value"),
    [
        (FIRST, "kernel_size", 3), (FIRST, "filter_size", 3), (FIRST, "k_size", 3),
        (FIRST, "pool_size", 2), (FIRST, "stride", 1), (FIRST, "input_shape", (3, 5, 5)),
        (LAST, "input_shape", (5, 5, 3)), (FIRST, "in_depth", None), (FIRST, "units", None),
        (Picture("NHWC", 5, batched=True), "input_shape", (2, 5, 5, 3)),
        (Picture("CHW", 4), "image_shape", (3, 4, 4)),
        (Picture("NCHW", 5, window="pair"), "filter_shape", (3, 3)),
        (Picture("NCHW", 5, window="pair"), "stride", 1),
        (Picture("NCHW", 5, window="pairs"), "stride", (1, 1)),
        (Picture("NCHW", 5, window="pairs", padding=1), "padding", (1, 1)),
        (Picture("NHWC", 5, window="list"), "kernel", [3, 3, 3, 2]),
        (Picture("NCHW", 5, pooling=True), "kernel_size", 2),
        (Picture("NCHW", 5, pooling=True), "stride", 2),
    ],
)  # fmt: skip
def test_an_argument_is_told_of_the_images(picture: Picture, name: str, value: Any) -> None:
    assert picture.value(name) == value


@pytest.mark.parametrize(
    ("layout", "shape"),
    [("NCHW", (2, 3, 3, 3)), ("NHWC", (3, 3, 3, 2)), ("NCL", (2, 3, 3)), ("HW", (3, 3))],
)
def test_weights_are_laid_out_as_the_data(layout: str, shape: tuple[int, ...]) -> None:
    assert np.shape(Picture(layout, 5).value("W")) == shape


def test_channels_and_filters_differ() -> None:
    made = constructor("in_channels, out_channels, kernel_size")
    way = next(proposals(made, Sizes(), Stock(), picture=FIRST))
    given = {"in_channels": CHANNELS, "out_channels": FILTERS, "kernel_size": 3}
    assert way() == ((), given)


@pytest.mark.parametrize(
    ("names", "paddings"),
    [
        (["kernel_size"], [0]),
        (["kernel_size", "padding"], [1, 0]),
        (["pool_size", "pad"], [0, 1]),
        (["padding"], [1]),
    ],
)
def test_a_convolution_is_tried_with_its_padding_first(
    names: list[str], paddings: list[int]
) -> None:
    alike = next(pictures(names, pooling=any(map(is_pooling, names))))
    assert [picture.padding for picture in alike] == paddings


def test_a_padding_that_is_0_unless_it_is_given_is_given() -> None:
    made = constructor("n_filters, padding=0, mode='same', stride=1")
    needed = needed_arguments(made, Stock(), images=True) or []
    assert [a.name for a in needed] == ["n_filters", "padding"]
    assert [a.name for a in needed_arguments(made, Stock()) or []] == ["n_filters"]


@pytest.mark.parametrize("name", ["stride", "pad", "kernel_size", "pool_size", "f"])
def test_a_number_of_a_window_is_told_by_its_name(name: str) -> None:
    assert speaks_of_windows(name)


@pytest.mark.parametrize("name", ["x", "w", "kernel", "bias", "gamma"])
def test_an_array_is_no_number(name: str) -> None:
    assert not speaks_of_windows(name)


def test_a_pooling_is_told_by_its_name() -> None:
    assert is_pooling("MaxPool2D")
    assert not is_pooling("Conv2D")


def test_a_function_of_images_gets_its_numbers_and_settings() -> None:
    arguments = arguments_of(constructor("x, w, b, stride, conv_param")) or []
    first = next(of_images("conv_forward", arguments, arrays_among(arguments), SETTING))
    assert [a.name for a in first.arrays] == ["x", "w", "b"]
    assert list(first.shapes) == [(2, 3, 5, 5), (2, 3, 3, 3), (2,)]
    assert first.values == {"stride": ("value", 1)}


def test_the_windows_of_a_pooling_lie_side_by_side() -> None:
    arguments = arguments_of(constructor("x, pool_param")) or []
    first = next(of_images("max_pool", arguments, arrays_among(arguments), SETTING))
    assert first.values["pool_param"][1]["stride"] == first.values["pool_param"][1]["pool_height"]


SETTING = Setting(orientation="batch_features")
