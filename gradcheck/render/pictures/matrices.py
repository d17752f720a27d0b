"""A wrong gradient entry by entry: a heat map of |got − oracle|, the signs, and a scatter."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradcheck.render.pictures.canvas import COLOURS, HEATS, Axes, Figure, figure, svg

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.evidence import Entries

WRITTEN = 40
"""Entries up to which a number stands in each cell."""


def gaps(entries: Entries) -> list[float]:
    """Return |got − oracle|; infinite where one is not finite."""
    differences = [abs(g - o) for g, o in zip(entries.got, entries.oracle, strict=True)]
    return [gap if math.isfinite(gap) else math.inf for gap in differences]


def off(entries: Entries) -> list[bool]:
    """Say of each entry whether it is off by more than the oracle's bound and rounding."""
    sizes = [abs(one) for one in entries.oracle if math.isfinite(one)]
    largest = max(sizes, default=0.0)
    return [
        not gap <= (bound if math.isfinite(bound) else 0.0) + 1e-10 * largest
        for gap, bound in zip(gaps(entries), entries.bound, strict=True)
    ]


def heat_map(entries: Entries, name: str) -> str:
    """Return the heat map as SVG: 0 is white, the largest is darkest; small arrays with numbers."""
    sizes = gaps(entries)
    wrong = off(entries)
    finite = [size for size in sizes if size < math.inf]
    largest = max(finite, default=0.0)

    def level(k: int) -> int:
        if not wrong[k]:
            return 0
        part = sizes[k] / largest if largest > 0 and sizes[k] < math.inf else 1.0
        return 1 + min(HEATS - 2, int(part * (HEATS - 1)))

    drawn = _cells(entries, level, lambda k: _short(sizes[k]) if wrong[k] else "0")
    number = sum(wrong)
    text = f"{number} of {len(sizes)} entries are off, by up to {largest:.3g}."
    return svg(drawn, name, "Heat map of |got - oracle|", f"{text} {_rows(entries, sizes)}")


def sign_pattern(entries: Entries, name: str) -> str:
    """Return the signs as SVG: what was got and what it should be, darker where they differ."""
    pairs = [(_sign(g), _sign(o)) for g, o in zip(entries.got, entries.oracle, strict=True)]
    drawn = _cells(
        entries,
        lambda k: 0 if pairs[k][0] == pairs[k][1] else HEATS - 2,
        lambda k: pairs[k][0] if pairs[k][0] == pairs[k][1] else f"{pairs[k][0]} ≠ {pairs[k][1]}",
        always=len(pairs) <= 4 * WRITTEN,
    )
    number = sum(got != oracle for got, oracle in pairs)
    text = f"{number} of {len(pairs)} entries have another sign than the oracle's."
    return svg(drawn, name, "Signs of got and oracle", text)


def scatter(entries: Entries, name: str) -> str:
    """Return got against oracle as SVG, with the diagonal on which they are equal."""
    pairs = [
        (oracle, got)
        for got, oracle in zip(entries.got, entries.oracle, strict=True)
        if abs(got) < 1e100 and abs(oracle) < 1e100
    ]
    drawn, axes = figure(3.4, 3.2)
    values = [value for pair in pairs for value in pair] or [0.0, 1.0]
    low, high = min(values), max(values)
    margin = 0.08 * (high - low) or abs(high) or 1.0
    ends = (low - margin, high + margin)
    axes.plot(ends, ends, color=COLOURS["dim"], linewidth=1.2, linestyle="--")
    axes.scatter(
        [oracle for oracle, _ in pairs], [got for _, got in pairs], s=26,
        facecolors="none", edgecolors=COLOURS["wrong"], linewidths=1.5,
    )  # fmt: skip
    axes.set_xlim(*ends)
    axes.set_ylim(*ends)
    axes.set_xlabel("oracle", labelpad=2)
    axes.set_ylabel("got", labelpad=2)
    axes.locator_params(nbins=4)
    axes.annotate(
        "- - got = oracle", (1.0, 1.0), xycoords="axes fraction", ha="right", va="bottom",
        xytext=(0, 2), textcoords="offset points", color=COLOURS["dim"], fontsize=10,
    )  # fmt: skip
    drawn.subplots_adjust(left=0.2, right=0.97, top=0.92, bottom=0.16)
    return svg(drawn, name, "Got against oracle", line_in_words(entries))


def line_in_words(entries: Entries) -> str:
    """Return how the points lie: on the diagonal, on another line through 0, or on none."""
    pairs = [
        (oracle, got)
        for got, oracle in zip(entries.got, entries.oracle, strict=True)
        if math.isfinite(got) and math.isfinite(oracle)
    ]
    square = sum(oracle * oracle for oracle, _ in pairs)
    if not (0 < square < math.inf):
        return "A right entry lies on the diagonal."
    slope = sum(oracle * got for oracle, got in pairs) / square
    apart = max(abs(got - slope * oracle) for oracle, got in pairs)
    largest = max(abs(oracle) for oracle, _ in pairs)
    if len(pairs) > 2 and apart <= 1e-6 * largest * max(1.0, abs(slope)):
        return (
            f"All points lie on one line through 0, of slope {slope:.4g}: got is {slope:.4g} times "
            "the oracle."
        )
    on = sum(not wrong for wrong in off(entries))
    return f"A right entry lies on the diagonal: {on} of {len(entries.got)} do."


def _cells(
    entries: Entries,
    level: Callable[[int], int],
    written: Callable[[int], str],
    *,
    always: bool = False,
) -> Figure:
    from matplotlib.patches import Rectangle

    rows, columns = len(entries.rows), len(entries.columns)
    numbers = always or rows * columns <= WRITTEN
    texts = [written(k) for k in range(rows * columns)] if numbers else []
    widest = max((len(text) for text in texts), default=1)
    cell = max(0.42, 0.115 * widest) if numbers else 0.2
    width, height = min(7.0, 0.75 + cell * columns), min(7.0, 0.55 + 0.36 * rows)
    if not numbers:
        height = min(5.0, 0.55 + 0.2 * rows)
    drawn, axes = figure(max(width, 1.6), max(height, 1.0))
    for k in range(rows * columns):
        row, column = divmod(k, columns)
        heat = level(k)
        axes.add_patch(
            Rectangle(
                (column, row), 1, 1, facecolor=COLOURS[f"heat-{heat}"],
                edgecolor=COLOURS["rule"], linewidth=0.6,
            )
        )  # fmt: skip
        if numbers:
            axes.text(
                column + 0.5, row + 0.5, texts[k], ha="center", va="center", fontsize=10,
                color=COLOURS[f"heat-ink-{heat}"],
            )  # fmt: skip
    _ticks(axes, entries)
    size = drawn.get_size_inches()
    drawn.subplots_adjust(left=0.5 / size[0], right=0.98, top=1 - 0.36 / size[1], bottom=0.03)
    return drawn


def _ticks(axes: Axes, entries: Entries) -> None:
    rows, columns = entries.rows, entries.columns
    axes.set_xlim(0, len(columns))
    axes.set_ylim(len(rows), 0)
    axes.xaxis.tick_top()
    axes.tick_params(length=0, pad=2, labelsize=9)
    every = [max(1, math.ceil(len(places) / 10)) for places in (columns, rows)]
    across = list(range(0, len(columns), every[0]))
    down = list(range(0, len(rows), every[1]))
    axes.set_xticks([k + 0.5 for k in across], [str(columns[k]) for k in across])
    axes.set_yticks([k + 0.5 for k in down], [str(rows[k]) for k in down])
    axes.spines[["left", "bottom"]].set_visible(False)


def _sign(value: float) -> str:
    if math.isnan(value):
        return "nan"
    return "+" if value > 0 else "−" if value < 0 else "0"


def _short(value: float) -> str:
    if not math.isfinite(value):
        return "not finite"
    return f"{value:.2g}"


def _rows(entries: Entries, sizes: Sequence[float]) -> str:
    """Return the numbers of a small array, row by row, for who does not see the picture."""
    if len(sizes) > WRITTEN:
        return ""
    width = len(entries.columns)
    rows = [sizes[k : k + width] for k in range(0, len(sizes), width)]
    said = "; ".join(
        f"row {entries.rows[k]}: " + ", ".join(map(_short, row)) for k, row in enumerate(rows)
    )
    return f"By rows: {said}."
