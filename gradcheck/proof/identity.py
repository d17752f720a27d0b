"""Decide an identity: whether a difference is 0, by its normal form, or in finite fields."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random, SystemRandom
from typing import TYPE_CHECKING, Literal

from gradcheck.proof.finite_field import FieldPoints
from gradcheck.proof.limits import GivenUp

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.proof.expression import Expression
    from gradcheck.proof.limits import Budget
    from gradcheck.proof.normal_form import NormalForms


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What is to be decided: that two gradients, or two outputs, are one.

    Attributes
    ----------
    quantity : str
        "y", "loss", or the gradient "dx".
    claim : str
        What it says.
    own, true : sequences of Expression
        Entries that the code gives, and what they must be.
    """

    quantity: str
    claim: str
    own: Sequence[Expression]
    true: Sequence[Expression]

    def differences(self) -> list[Expression]:
        """Return what must be 0."""
        return [a.pool.subtract(a, b) for a, b in zip(self.own, self.true, strict=True)]


Decision = Literal["zero", "nonzero", "zero-by-field"]


def decide(
    node: Expression, forms: NormalForms, budget: Budget, rng: Random | None = None
) -> Decision:
    """Decide whether an expression is 0 wherever it has a value, off the kinks.

    Parameters
    ----------
    node : Expression
        A difference, as a rule.
    forms : NormalForms
        Those of the pool so far; they stop when half of the time is over.
    budget : Budget
        What is left for the finite field.
    rng : random.Random, optional
        The system's by default: nobody can write code that fails at the points to come.

    Returns
    -------
    str
        "zero": proved. "zero-by-field": 0 at random points, wrong with a probability below 2^-100.
        "nonzero": not proved; a refutation needs a certificate.

    Raises
    ------
    GivenUp
        Where neither could be looked at.
    """
    try:
        return "zero" if forms.is_zero(node) else "nonzero"
    except GivenUp:
        budget.look()
    if forms.points is None:
        forms.points = FieldPoints(budget, rng or SystemRandom(), forms.assumed)
    return "zero-by-field" if forms.points.vanishes(node) else "nonzero"
