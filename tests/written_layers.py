"""Correct layers in many written styles: what the proof must prove, and what is mutated."""

from __future__ import annotations

from written import activations, dense, losses, normalisation
from written.case import Written

__all__ = ["LAYERS", "Written"]

LAYERS: list[Written] = [
    *dense.LAYERS,
    *activations.LAYERS,
    *losses.LAYERS,
    *normalisation.LAYERS,
]
