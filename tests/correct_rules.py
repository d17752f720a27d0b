"""The gallery of right but nasty backward passes: none of these may be called wrong."""

from __future__ import annotations

from gallery import correct_found, correct_layers, correct_points, correct_styles
from gallery.case import Case, Right

__all__ = ["CASES", "Case", "Right"]

CASES: list[Right] = [
    *correct_points.CASES,
    *correct_styles.CASES,
    *correct_layers.CASES,
    *correct_found.CASES,
]
