"""The notes under "Implementation Architecture": one claim, in words."""

from __future__ import annotations

from gradcheck.notes.equation import Equation

HEADING = "Implementation Architecture"
"""As printed."""

EQUATIONS = (
    Equation(
        id="architecture-sequential",
        heading=HEADING,
        printed="- Sequential Model: Output of one layer is input of the next",
        setting="sequential",
        claim="sequential",
    ),
)
"""In the notes' order."""
