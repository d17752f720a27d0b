"""Compare what the code returns with what an oracle says, entry by entry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.records import Worst

if TYPE_CHECKING:
    from gradcheck.records import Array, Estimate

FLOOR = 2.0
"""Units in the last place of the code's own result that are always allowed: its last rounding."""

VACUOUS = 1e-6
VACUOUS_SINGLE = 1e-2
"""Bound and allowance above this part of the terms prove nothing (float64; float32 code)."""

UNDERFLOW, UNDERFLOW_SINGLE = 1e-300, 1e-33
"""An error below these is none: it is what underflow may take from a gradient that is exactly 0."""

TOO_LARGE = "the bound and the allowance are too large beside the terms to prove anything"
"""Why a comparison that agrees may be no pass."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The residuals of one array.

    Attributes
    ----------
    residuals : Array
        |got − oracle| / (bound + allowance), with 0/0 = 0; infinite where got is NaN.
    error : Array
        bound + allowance; the bound alone where got is not finite.
    value : Array
        The oracle's value; at a kink, the point of its interval that is nearest to got.
    known : Array
        Where the oracle could tell.
    """

    residuals: Array
    error: Array
    value: Array
    got: Array
    known: Array

    @property
    def told(self) -> bool:
        """Say whether the oracle could tell at every entry."""
        return bool(self.known.all())

    @property
    def residual(self) -> float:
        """Return the largest residual."""
        return float(self.residuals.max(initial=0.0))

    @property
    def agrees(self) -> bool:
        """Say whether got is within bound and allowance everywhere; never true for NaN."""
        return bool(np.all(self.residuals <= 1.0))

    def worst(self) -> Worst:
        """Return the entry with the largest residual."""
        index = np.unravel_index(int(np.argmax(self.residuals)), self.residuals.shape)
        return Worst(
            index=tuple(int(i) for i in index),
            got=float(self.got[index]),
            oracle=float(self.value[index]),
            bound=float(self.error[index]),
            wrong=int(self.residuals.size - np.count_nonzero(self.residuals <= 1.0)),
            entries=int(self.residuals.size),
        )


def compare(got: Array, oracle: Estimate, allowance: Array) -> Comparison:
    """Return the residuals of `got`.

    Parameters
    ----------
    got : (*shape,) float64
    oracle : Estimate of the same shape
    allowance : (*shape,) float64
        Rounding error of the code's own operations.
    """
    value = oracle.value
    if oracle.lower is not None and oracle.upper is not None:
        nearest = np.clip(got, oracle.lower, oracle.upper)
        known = (oracle.lower <= oracle.upper) & ~np.isnan(value)
        value = np.where(known, nearest, value)
    error = oracle.bound + allowance
    difference = np.abs(got - value)
    with np.errstate(all="ignore"):
        residuals = difference / error
    known = np.isfinite(oracle.bound)
    if not np.isfinite(residuals).all() or not known.all():
        residuals = np.where(difference == 0, 0.0, np.where(error > 0, residuals, np.inf))
        known &= ~np.isnan(oracle.value)
        residuals = np.where(known, residuals, 0.0)
        residuals = np.where(np.isfinite(got), residuals, np.inf)
        # What is not finite has no rounding of its own: the oracle's bound alone is known.
        error = np.where(np.isfinite(got), error, oracle.bound)
    return Comparison(residuals=residuals, error=error, value=value, got=got, known=known)


def proves(error: Array, terms: Array | float, *, single: bool) -> bool:
    """Say whether bound and allowance are small beside the terms, so that a pass means something.

    Parameters
    ----------
    error : Array
        Bound and allowance.
    terms : Array or float
        Size of the terms that were added up; where it is 0, an error of 0 is exact.
    single : bool
        Whether the code works in float32.
    """
    least = UNDERFLOW_SINGLE if single else UNDERFLOW
    return bool(np.all(error <= vacuous_part(single=single) * terms + least))


def vacuous_part(*, single: bool) -> float:
    """Return the part of the terms above which bound and allowance prove nothing."""
    return VACUOUS_SINGLE if single else VACUOUS
