"""The kink strip of an activation, and the bars of an overview."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradcheck.render.pictures.canvas import COLOURS, figure, svg

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.evidence import Strip

CLOSE = 1e-4
"""How far slopes of steps of 2⁻²⁰ may be off: no more than what is seen in a picture."""


def strip_picture(strip: Strip, name: str) -> str:
    """Return an activation's slope along a line as SVG, with what backward returns.

    At a kink a bar spans the slopes on both sides: any value on it is right.
    """
    drawn, axes = figure(5.4, 2.9)
    middles = [(left + right) / 2 for left, right in zip(strip.left, strip.right, strict=True)]
    places = kinks(strip)
    cut = [math.nan if k in places else slope for k, slope in enumerate(middles)]
    axes.axhline(0, color=COLOURS["rule"], linewidth=0.8)
    axes.plot(strip.x, cut, color=COLOURS["mark"], linewidth=2.2)
    for k in places:
        ends = sorted((strip.left[k], strip.right[k]))
        axes.plot([strip.x[k]] * 2, ends, color=COLOURS["right"], linewidth=5, alpha=0.55)
    wrong = set(astray(strip))
    for marked, marker, colour in ((False, ".", "ink"), (True, "x", "wrong")):
        chosen = [
            k for k, got in enumerate(strip.got) if (k in wrong) is marked and abs(got) < 1e100
        ]
        axes.plot(
            [strip.x[k] for k in chosen], [strip.got[k] for k in chosen], marker,
            color=COLOURS[colour], markersize=6,
        )  # fmt: skip
    axes.set_xlabel("x", labelpad=2)
    axes.set_ylabel("slope", labelpad=2)
    axes.locator_params(axis="y", nbins=5)
    drawn.subplots_adjust(left=0.13, right=0.98, top=0.96, bottom=0.17)
    return svg(drawn, name, "Slope of the activation, and what backward returns", in_words(strip))


def kinks(strip: Strip) -> list[int]:
    """Return where the slopes on both sides differ."""
    pairs = enumerate(zip(strip.left, strip.right, strict=True))
    return [k for k, (left, right) in pairs if abs(left - right) > CLOSE * _size(strip)]


def astray(strip: Strip) -> list[int]:
    """Return where what backward returns is not between the slopes on both sides."""
    room = CLOSE * _size(strip)
    triples = enumerate(zip(strip.left, strip.right, strip.got, strict=True))
    return [
        k
        for k, (left, right, got) in triples
        if not min(left, right) - room <= got <= max(left, right) + room
    ]


def in_words(strip: Strip) -> str:
    """Return what the picture shows: the kinks, and where backward is off."""
    parts = [
        f"At x = {strip.x[k]:g} there is a kink: the slope is {_round(strip.left[k])} on the left "
        f"and {_round(strip.right[k])} on the right, and any value between them is right; backward "
        f"returns {_round(strip.got[k])}."
        for k in kinks(strip)[:3]
    ]
    wrong = astray(strip)
    if wrong:
        first = wrong[0]
        parts.append(
            f"At {len(wrong)} of {len(strip.x)} places backward is off the slope of forward: at "
            f"x = {strip.x[first]:g} it returns {_round(strip.got[first])} and the slope is "
            f"{_round((strip.left[first] + strip.right[first]) / 2)}."
        )
    else:
        parts.append("Backward follows the slope of forward everywhere on the strip.")
    return " ".join(parts)


def _size(strip: Strip) -> float:
    return max(1.0, *(abs(one) for one in (*strip.left, *strip.right) if math.isfinite(one)))


def _round(value: float) -> str:
    return f"{round(value, 4) + 0.0:g}"


def bars(counts: Sequence[tuple[str, int]], name: str) -> str:
    """Return counts as horizontal bars in SVG, the first on top.

    Parameters
    ----------
    counts : sequence of (label, number)
        At least one; labels of ASCII letters, digits and "-".
    name : str
        See `canvas.svg`.
    """
    drawn, axes = figure(5.6, 0.35 + 0.3 * len(counts))
    numbers = [number for _, number in counts]
    places = list(range(len(counts)))
    axes.barh(places, numbers, color=COLOURS["mark"], height=0.68)
    for place, number in zip(places, numbers, strict=True):
        axes.annotate(
            str(number), (number, place), xytext=(4, 0), textcoords="offset points", va="center",
            color=COLOURS["ink"],
        )  # fmt: skip
    axes.set_yticks(places, [label for label, _ in counts])
    axes.set_ylim(len(counts) - 0.4, -0.6)
    axes.set_xlim(0, 1.12 * max(numbers))
    axes.set_xticks([])
    axes.tick_params(length=0)
    axes.spines[["bottom"]].set_visible(False)
    drawn.subplots_adjust(left=0.42, right=0.99, top=0.99, bottom=0.02)
    text = ", ".join(f"{label}: {number}" for label, number in counts)
    return svg(drawn, name, "How often each was found", f"{text}.")
