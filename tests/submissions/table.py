"""All samples."""

from __future__ import annotations

from submissions import wrong_activations, wrong_dense, wrong_losses, wrong_others, wrong_sizes
from submissions.right import RIGHT

WRONG = (
    *wrong_dense.WRONG,
    *wrong_activations.WRONG,
    *wrong_losses.WRONG,
    *wrong_others.WRONG,
    *wrong_sizes.WRONG,
)

__all__ = ["RIGHT", "WRONG"]
