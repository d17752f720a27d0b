"""What the notes say of a layer, as MathML: its formula, its Jacobian, and the equations."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gradcheck.notes.citations import CITED
from gradcheck.notes.formulas import FORMULAS
from gradcheck.notes.index import BY_ID
from gradcheck.notes.jacobian import jacobians
from gradcheck.notes.latex.plain import plain as in_words
from gradcheck.render.html.environment import made_here
from gradcheck.render.notes.mathml import mathml
from gradcheck.render.words import symbol


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An equation of the notes, and of which quantity it speaks."""

    quantity: str
    id: str
    heading: str
    formula: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Theory:
    """What the notes say of one role; empty where they say nothing."""

    heading: str = ""
    formula: Any = ""
    supplement: Any = ""
    jacobians: tuple[Any, ...] = ()
    rules: tuple[Rule, ...] = ()


@lru_cache(maxsize=64)
def equation(name: str) -> Any:
    """Return an equation of the notes by its id; a line that goes on another, with its left side.

    Empty where the notes have none of that name.
    """
    known = BY_ID.get(name)
    if known is None:
        return ""
    left = BY_ID[known.continues].formula.partition("=")[0] if known.continues else ""
    return made_here(mathml(left + known.formula))


@lru_cache(maxsize=32)
def theory(role: str) -> Theory:
    """Return what the notes say of a role."""
    formula = FORMULAS.get(role)
    rules = tuple(
        Rule(
            quantity=symbol(quantity),
            id=name,
            heading=BY_ID[name].heading,
            formula=equation(name),
        )
        for quantity, name in CITED.get(role, {}).items()
    )
    if formula is None:
        return Theory(rules=rules)
    supplement = formula.supplement
    written = supplement.startswith("F(x)")
    return Theory(
        heading=formula.heading,
        formula=made_here(mathml(formula.equation)),
        supplement=made_here(mathml(supplement)) if written else in_words(supplement),
        jacobians=tuple(made_here(mathml(latex)) for _, latex in jacobians(role)),
        rules=rules,
    )
