"""The records of one point: what each oracle says there of each quantity."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gradcheck.records import Verdict

if TYPE_CHECKING:
    from gradcheck.records import Array, Estimate, Oracle, Worst
    from gradcheck.samples import Sample


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one oracle says of one quantity at one point."""

    quantity: str
    oracle: Oracle
    verdict: Verdict
    residual: float = float("nan")
    worst: Worst | None = None
    visible: float = 0.0
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kink:
    """What the code returns at a kink, and the derivatives to the left and right of it."""

    quantity: str
    index: tuple[int, ...]
    got: float
    left: float
    right: float


@dataclass(slots=True, kw_only=True)
class Outcome:
    """All that was learnt at one point.

    Attributes
    ----------
    sample, upstream, y :
        The point, the upstream gradient, and what forward returned.
    readings, kinks : list
    truth, got : dict of int to Estimate, to Array
        By the input's position: the oracle's gradient where every entry was looked at, and what the
        code returned.
    single : bool
        Whether the code works in float32 there.
    """

    sample: Sample
    upstream: Array
    y: Array
    single: bool
    readings: list[Reading] = field(default_factory=list)
    kinks: list[Kink] = field(default_factory=list)
    truth: dict[int, Estimate] = field(default_factory=dict)
    got: dict[int, Array] = field(default_factory=dict)

    def failed(self, quantity: str) -> bool:
        """Say whether an oracle called the gradient wrong here."""
        return any(r.quantity == quantity and r.verdict is Verdict.FAIL for r in self.readings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """A point at which y is not what the notes' formula says."""

    sample: Sample
    y: Array
    formula: Array
    reading: Reading
