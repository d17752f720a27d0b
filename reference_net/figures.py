"""The pictures of the digits demo. Each function writes one PNG and touches no global state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, MaxNLocator, NullLocator

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from reference_net.datasets import Digits
    from reference_net.validation import Array

_SAMPLES = 8
_DPI = 150
_TRAIN, _TEST = "#0072b2", "#d55e00"


def draw_samples(path: Path, digits: Digits) -> None:
    """Draw the first pictures of each class, a class to a row.

    Parameters
    ----------
    path : Path
        Where the PNG goes.
    digits : Digits
        The data.
    """
    tile = 8 + 1
    sheet = np.full((10 * tile - 1, _SAMPLES * tile - 1), np.nan)
    for digit in range(10):
        of_class = digits.images[digits.labels == digit][:_SAMPLES]
        for k, image in enumerate(of_class):
            sheet[digit * tile :, k * tile :][:8, :8] = image
    figure = _figure(5.0, 5.0)
    axes = figure.subplots()
    inks = axes.imshow(sheet, cmap="gray_r", vmin=0.0, vmax=16.0, interpolation="nearest")
    axes.set_facecolor("#b9d3e8")
    axes.set_xticks([])
    axes.set_yticks(np.arange(10) * tile + 3.5, labels=list(map(str, range(10))))
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.set_ylabel("digit")
    axes.set_title(f"The first {_SAMPLES} pictures of each digit")
    figure.colorbar(inks, label="ink", shrink=0.5, ticks=[0, 4, 8, 12, 16])
    _write(figure, path)


def draw_losses(path: Path, train: Sequence[float], test: Sequence[float]) -> None:
    """Draw the cost of each epoch on the training data and on the test data.

    Parameters
    ----------
    path : Path
        Where the PNG goes.
    train, test : sequence of float
        The costs, epoch 1 first.
    """
    figure = _figure(6.4, 4.0)
    axes = figure.subplots()
    epochs = range(1, len(train) + 1)
    for name, losses, colour, side in (
        ("test", test, _TEST, "bottom"),
        ("train", train, _TRAIN, "top"),
    ):
        axes.plot(epochs, losses, color=colour, linewidth=1.8, marker="o", markersize=2.5)
        axes.annotate(
            f"{name} {losses[-1]:.2g}",
            (epochs[-1], losses[-1]),
            xytext=(7, 0),
            textcoords="offset points",
            color=colour,
            verticalalignment=side,
        )
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_locator(NullLocator())
    axes.set_xlabel("epoch")
    axes.set_ylabel("mean-squared error (log scale)")
    axes.set_title("Handwritten digits: cost after each epoch")
    axes.set_xlim(0, 1.04 * len(train))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
    axes.grid(visible=True, alpha=0.25)
    axes.spines[["top", "right"]].set_visible(False)
    _write(figure, path)


def draw_confusion(path: Path, labels: Array, predicted: Array) -> None:
    """Draw how often each digit was taken for each digit.

    Parameters
    ----------
    path : Path
        Where the PNG goes.
    labels, predicted : (N,) int
        The digits shown, and the digits that the network saw.
    """
    counts = np.zeros((10, 10), dtype=int)
    np.add.at(counts, (labels, predicted), 1)
    figure = _figure(5.6, 5.4)
    axes = figure.subplots()
    # A square root, for one mistake must be visible beside forty pictures that were right.
    axes.imshow(np.sqrt(counts), cmap="Blues")
    dark = counts > counts.max() / 3
    for (row, column), count in np.ndenumerate(counts):
        if count:
            axes.text(
                column,
                row,
                str(count),
                horizontalalignment="center",
                verticalalignment="center",
                color="white" if dark[row, column] else "black",
                fontweight="normal" if row == column else "bold",
            )
    axes.set_xticks(range(10))
    axes.set_yticks(range(10))
    axes.set_xticks(np.arange(9) + 0.5, minor=True)
    axes.set_yticks(np.arange(9) + 0.5, minor=True)
    axes.grid(visible=True, which="minor", color="white", linewidth=1.5)
    axes.tick_params(which="minor", length=0)
    axes.set_xlabel("digit predicted")
    axes.set_ylabel("digit shown")
    right = int(counts.trace())
    axes.set_title(f"Test pictures: {right} of {counts.sum()} right ({right / counts.sum():.1%})")
    _write(figure, path)


def _figure(width: float, height: float) -> Figure:
    figure = Figure(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def _write(figure: Figure, path: Path) -> None:
    # Without the version of matplotlib in it the same run writes the same bytes.
    figure.savefig(path, format="png", metadata={"Software": None})
