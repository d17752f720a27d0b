"""One subject under examination: how the contracts call it and compare what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.account import Account, match
from gradcheck.errors import SubjectError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.execution import Runner
    from gradcheck.records import Array
    from gradcheck.subject import Instance

SLACK = 64.0
"""Units in the last place of the largest entry, for a few roundings; exceeded, it is measured. What
is smaller is no matter here: the oracles look at each entry."""

STRETCH, PART = -256.0, 128.0
"""Factors of the linear combination: powers of two, large enough for a clipped norm to show."""

FAINT = {np.float64: 2.0**-20, np.float32: 2.0**-10}
"""A factor that makes an upstream gradient small, and what is left of it larger than rounding."""


class Examination:
    """One subject at one point: the upstream gradient and the account of its first calls.

    Parameters
    ----------
    runner : Runner
    inputs : sequence of Array
        The point.
    rounding : callable
        As in `gradcheck.contracts.examine`.

    Attributes
    ----------
    account : Account
    upstream : Array
    eps, tiny, faint : float
        Unit roundoff, smallest number and small factor of the coarsest array.
    renew : bool
        A second backward needs a new forward before it.
    changing : bool
        Forward gives another answer at every call.
    """

    def __init__(
        self,
        runner: Runner,
        inputs: Sequence[Array],
        rounding: Callable[[Array, Array], list[Array | None]],
    ) -> None:
        self.runner = runner
        self.names = runner.subject.names
        self.inputs = inputs
        self._rounding = rounding
        self.account: Account
        self.upstream: Array
        self.eps: float
        self.tiny: float
        self.faint: float
        self.renew = False
        self.changing = False
        self._measured: dict[bytes, list[Array | None]] = {}

    def begin(self, y: Array, draw: Callable[[Array], tuple[Array, Array]]) -> Array:
        """Open the account with what forward gave; return the second upstream gradient."""
        self.account = Account(y=y.copy())
        self.upstream, basis = draw(y)
        kinds = [np.finfo(a.dtype) for a in (y, *self.inputs) if a.dtype.kind == "f"]
        self.eps = max(float(kind.eps) for kind in kinds)
        self.tiny = SLACK * -STRETCH * max(float(kind.tiny) for kind in kinds)
        coarsest = max(kinds, key=lambda kind: float(kind.eps)).dtype.type
        self.faint = FAINT.get(coarsest, 1.0)
        return basis

    def fresh_upstream(self) -> Array:
        """Return a copy of the upstream gradient, which the code may change."""
        return self.upstream.copy()

    def forward(self, instance: Instance) -> Array:
        """Return y of this instance at copies of the inputs."""
        return self.runner.call_forward(instance, [array.copy() for array in self.inputs])

    def backward(self, instance: Instance, upstream: Array) -> tuple[Any, ...]:
        """Call backward once more; after a new forward, where it keeps nothing for a second call.

        Raises
        ------
        SubjectError
            Where it raises then too.
        """
        try:
            if self.renew:
                self.forward(instance)
            return self.runner.call_backward(instance, upstream.copy())
        except SubjectError:
            self.forward(instance)
            return self.runner.call_backward(instance, upstream.copy())

    def gradients(self, handed: tuple[Any, ...]) -> list[Array | None]:
        """Return the gradients one an input, None where one cannot be compared."""
        scratch = Account(y=self.account.y)
        match(self.runner.subject, self.inputs, handed, scratch)
        return scratch.gradients

    def all_equal(self, gradients: Sequence[Array | None]) -> bool:
        """Say whether all gradients are those of the first call."""
        pairs = enumerate(zip(self.account.gradients, gradients, strict=True))
        return all(
            got is None or other is None or self.equal(got, other, k) for k, (got, other) in pairs
        )

    def equal(self, got: Array, other: Array, k: int) -> bool:
        """Say whether two gradients of input k differ by rounding at most."""
        if got.tobytes() == other.tobytes():
            return True
        error = np.abs(got - other)
        size = float(np.abs(np.nan_to_num(got, posinf=0.0, neginf=0.0)).max())
        if np.all((error <= self.eps * SLACK * size) | (np.isnan(got) & np.isnan(other))):
            return True
        measured = self.measure(self.upstream)[k]
        return measured is not None and bool(np.all(error <= 2 * measured + self.tiny))

    def rounded(self, error: Array, k: int, mixed: Array, basis: Array) -> bool:
        """Say whether the error is that of rounding, measured for the three calls."""
        allowed = np.full(error.shape, self.tiny)
        for factor, upstream in ((1.0, mixed), (-STRETCH, self.upstream), (PART, basis)):
            measured = self.measure(upstream)[k]
            if measured is None:
                return False
            allowed += factor * measured
        return bool(np.all(error <= allowed))

    def measure(self, upstream: Array) -> list[Array | None]:
        """Return the rounding of each gradient for this upstream, measured once."""
        key = upstream.tobytes()
        if key not in self._measured:
            self._measured[key] = self._rounding(self.account.y, upstream)
        return self._measured[key]
