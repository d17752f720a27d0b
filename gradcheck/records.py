"""The frozen records that flow between the stages. Imports numpy only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


class Verdict(StrEnum):
    """What is known about one quantity, or about a whole subject."""

    PASS = "pass"
    FAIL = "fail"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"
    NOT_RUN = "not-run"


class Evidence(StrEnum):
    """How a pass is known, strongest first."""

    PROVED = "proved"
    PROVED_ON_REGIONS = "proved-on-regions"
    IDENTITY_TESTED = "identity-tested"
    TESTED = "tested"


class Oracle(StrEnum):
    """Who speaks: an oracle, or a contract that needs none."""

    FINITE_DIFFERENCE = "finite-difference"
    COMPLEX_STEP = "complex-step"
    SYMBOLIC = "symbolic"
    PROOF = "proof"
    CONTRACT = "contract"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What an oracle says of one array: its entries, each with a bound on their error.

    Attributes
    ----------
    value, bound, terms : Array
        Float arrays of one shape. `bound` is at least |value − truth|; `terms` is the size of the
        largest term that was added up for the entry. NaN in `value` means "cannot tell".
    lower, upper : Array or None
        At a kink, the ends of the interval between the one-sided derivatives; equal to `value`
        in the entries that have no kink. None where there is no kink at all.
    reason : str
        Why the oracle cannot tell (then every entry of `value` is NaN), else empty.
    """

    value: Array
    bound: Array
    terms: Array
    lower: Array | None = None
    upper: Array | None = None
    reason: str = ""

    @classmethod
    def cannot_tell(cls, shape: tuple[int, ...], reason: str) -> Estimate:
        """Return the estimate of an oracle that cannot tell, with the `reason`."""
        nan = np.full(shape, np.nan)
        return cls(value=nan, bound=nan, terms=nan, reason=reason)
