"""From a figure to inline SVG: small, the same bytes for the same numbers, readable on dark too.

Colours are names of the page's style sheet. A figure is drawn in stand-ins for them, for matplotlib
takes numbers only, and they are replaced in the text that comes out.
"""

from __future__ import annotations

import re
from html import escape
from io import StringIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

Figure = Any
Axes = Any
"""Matplotlib is imported where a figure is drawn."""

HEATS = 5
"""Levels of a heat map."""

_NAMES = (
    "ink", "dim", "rule", "paper", "wrong", "right", "mark",
    *(f"heat-{k}" for k in range(HEATS)),
    *(f"heat-ink-{k}" for k in range(HEATS)),
)  # fmt: skip

COLOURS: Mapping[str, str] = {name: f"#0123{k:02x}" for k, name in enumerate(_NAMES)}
"""By the name in the style sheet, what a figure is drawn in."""

_SETTINGS: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "gradcheck",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": 11,
    "axes.unicode_minus": False,
    "axes.linewidth": 0.8,
    "path.simplify": True,
    **dict.fromkeys(
        ("text.color", "axes.labelcolor", "xtick.color", "ytick.color"), COLOURS["ink"]
    ),
    "axes.edgecolor": COLOURS["dim"],
}


def figure(width: float, height: float) -> tuple[Figure, Axes]:
    """Return an empty figure of this size in inches, and its axes, without a frame above and right.

    Nothing of foreign origin is written into a figure: its words stand in the page beside it.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure as MatplotlibFigure

    with rc_context(_SETTINGS):
        made = MatplotlibFigure(figsize=(width, height), dpi=72)
        axes = made.add_subplot()
    axes.spines[["top", "right"]].set_visible(False)
    made.patch.set_visible(False)
    axes.patch.set_visible(False)
    return made, axes


def svg(drawn: Figure, name: str, title: str, description: str) -> str:
    """Return a figure as an SVG element to be put into a page.

    Parameters
    ----------
    drawn : Figure
    name : str
        Of ASCII letters, digits and "-"; no other picture of the page may have it.
    title, description : str
        The text alternative, of any origin.
    """
    from matplotlib import rc_context
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    out = StringIO()
    canvas: Any = FigureCanvasSVG(drawn)
    with rc_context(_SETTINGS):
        nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
        canvas.print_svg(out, metadata=nothing)
    text = out.getvalue()
    inside = text[text.index("<svg") :]
    head, _, body = inside.partition(">")
    box = re.search(r'viewBox="([^"]*)"', head)
    # A rule for "*" would hold for the whole page: it stands in the page's style sheet.
    body = re.sub(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</defs>", "", body, flags=re.S)
    body = body.replace("xlink:href", "href")
    body = _named(body, name)
    for colour, stand_in in COLOURS.items():
        body = body.replace(stand_in, f"var(--{colour})")
    body = re.sub(r"font: ([\d.]+px) [^;\"]*", r"font-size: \1", body)
    body = re.sub(r" font-family: [^;\"]*;| transform=\"rotate\(-0 [^\"]*\"", "", body)
    # Of places alone, to a hundredth of a pixel: what is written in a picture stays as it is.
    body = re.sub(r"<[^>]*>", lambda m: re.sub(r"(\d+\.\d{2})\d+", r"\1", m[0]), body)
    body = re.sub(r"\s*\n\s*", " ", body)
    viewed = box[1] if box else "0 0 100 100"
    return (
        f'<svg class="picture" role="img" width="{viewed.split()[2]}" viewBox="{viewed}" '
        f'aria-labelledby="{name}-title {name}-text">'
        f'<title id="{name}-title">{escape(title)}</title>'
        f'<desc id="{name}-text">{escape(description)}</desc>{body.strip()}'
    )


def _named(body: str, name: str) -> str:
    """Drop the ids that nothing refers to, and give the others names of this picture's own."""
    used = dict.fromkeys(re.findall(r'(?:url\(|href=")#([^)"]+)', body))
    names = {old: f"{name}-{k}" for k, old in enumerate(used)}
    body = re.sub(r' id="([^"]*)"', lambda m: f' id="{names[m[1]]}"' if m[1] in names else "", body)
    return re.sub(r'(url\(|href=")#([^)"]+)', lambda m: f"{m[1]}#{names[m[2]]}", body)
