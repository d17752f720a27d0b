"""The gallery of wrong backward passes: each rule says which finding must name it."""

from __future__ import annotations

from gallery import wrong_arrays, wrong_contracts, wrong_formulas, wrong_found, wrong_regions
from gallery.case import Case, Rule

__all__ = ["RULES", "Case", "Rule"]

RULES: list[Rule] = [
    *wrong_formulas.RULES,
    *wrong_arrays.RULES,
    *wrong_regions.RULES,
    *wrong_contracts.RULES,
    *wrong_found.RULES,
]
