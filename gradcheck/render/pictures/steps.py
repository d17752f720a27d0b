"""The V-curve: the error of finite differences against the step, and where the code stands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gradcheck.render.pictures.canvas import COLOURS, figure, svg

if TYPE_CHECKING:
    from gradcheck.evidence import StepStudy

SMALLEST, LARGEST = 1e-20, 1e20
"""What is drawn; an error of 0 is drawn at the floor."""


def drawable(study: StepStudy) -> bool:
    """Say whether there are numbers enough to be drawn."""
    return sum(_finite(step, error) for step, error in _pairs(study)) >= 2


def step_curve(study: StepStudy, name: str) -> str:
    """Return the V-curve as SVG.

    Parameters
    ----------
    study : StepStudy
        One that is `drawable`.
    name : str
        See `canvas.svg`.
    """
    pairs = [(step, error) for step, error in _pairs(study) if _finite(step, error)]
    floor = _floor(study, [error for _, error in pairs])
    steps, errors = [s for s, _ in pairs], [min(max(e, floor), LARGEST) for _, e in pairs]
    drawn, axes = figure(5.4, 3.5)
    axes.set_xscale("log")
    axes.set_yscale("log")
    marks = [("oracle's bound, extrapolated", study.bound, "right", "--"), *_code(study)]
    marks = [mark for mark in marks if math.isfinite(mark[1])]
    sizes = [*errors, *(min(max(abs(value), floor), LARGEST) for _, value, _, _ in marks)]
    axes.set_ylim(min(sizes) / 30, max(sizes) * 30)
    axes.set_xlim(min(steps) / 4, max(steps) * 4)
    axes.plot(steps, errors, "o-", color=COLOURS["mark"], markersize=4.5, linewidth=1.6)
    for label, value, colour, style in marks:
        at = min(max(abs(value), floor), LARGEST)
        axes.axhline(at, color=COLOURS[colour], linestyle=style, linewidth=1.6)
        # Each on a side of its own: the two lines may be close.
        edge, side = (0.01, "left") if colour == "right" else (1.0, "right")
        axes.annotate(
            label, (edge, at), xycoords=("axes fraction", "data"), xytext=(0, 3),
            textcoords="offset points", ha=side, va="bottom", color=COLOURS[colour], fontsize=10,
        )  # fmt: skip
    if SMALLEST < study.chosen < LARGEST:
        axes.axvline(study.chosen, color=COLOURS["dim"], linestyle=":", linewidth=1.4)
        # On the side where there is room for it.
        late = study.chosen**2 > min(steps) * max(steps)
        axes.annotate(
            "chosen step", (study.chosen, 0.0), xycoords=("data", "axes fraction"),
            xytext=(-4 if late else 4, 3), textcoords="offset points",
            ha="right" if late else "left", va="bottom", color=COLOURS["dim"], fontsize=10,
        )  # fmt: skip
    axes.set_xlabel("step h", labelpad=2)
    axes.set_ylabel("error of the slope", labelpad=2)
    _decades(axes)
    drawn.subplots_adjust(left=0.16, right=0.98, top=0.97, bottom=0.15)
    return svg(drawn, name, "Error of finite differences against the step", in_words(study))


def in_words(study: StepStudy) -> str:
    """Return what the picture shows, with its figures."""
    told = [(error, step) for step, error in _pairs(study) if _finite(step, error)]
    least, at = min(told)
    return (
        f"From step {told[0][1]:.1e} the error of the central difference falls to {least:.1e} at "
        f"step {at:.1e} and is {told[-1][0]:.1e} at step {told[-1][1]:.1e}. After extrapolation "
        f"from step {study.chosen:.1e} the oracle states a bound of {study.bound:.1e}. "
        f"The code's value is {study.residual:.1e} off."
    )


def _code(study: StepStudy) -> list[tuple[str, float, str, str]]:
    wrong = not study.residual <= max(study.bound, 0.0)
    return [("the code's residual", study.residual, "wrong" if wrong else "ink", "-.")]


def _pairs(study: StepStudy) -> list[tuple[float, float]]:
    return list(zip(study.steps, study.errors, strict=True))


def _finite(step: float, error: float) -> bool:
    return SMALLEST < step < LARGEST and 0 <= error < math.inf


def _floor(study: StepStudy, errors: list[float]) -> float:
    """Return where a 0 is drawn: a decade below the smallest that is none."""
    sizes = [*errors, study.bound, study.residual]
    seen = [size for size in sizes if SMALLEST < size < LARGEST]
    return max(min(seen, default=1e-16) / 10, SMALLEST)


def _decades(axes: object) -> None:
    """Write powers of ten as 1e-6: matplotlib's own way needs fonts that a page may not have."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

    for axis in (axes.xaxis, axes.yaxis):  # type: ignore[attr-defined]
        axis.set_major_locator(LogLocator(numticks=6))
        axis.set_minor_locator(NullLocator())
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0e}"))
