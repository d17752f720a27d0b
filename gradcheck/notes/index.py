"""All equations of the notes, in their order."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from gradcheck.notes import activation, architecture, cost, dense, softmax

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcheck.notes.equation import Equation

EQUATIONS: tuple[Equation, ...] = (
    *architecture.EQUATIONS,
    *dense.EQUATIONS,
    *activation.EQUATIONS,
    *softmax.EQUATIONS,
    *cost.EQUATIONS,
)
"""Every displayed equation, and every claim in words that can be decided."""

BY_ID: Mapping[str, Equation] = MappingProxyType({one.id: one for one in EQUATIONS})
"""The equations by their ids."""
