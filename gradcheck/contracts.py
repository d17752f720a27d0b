"""What a backward pass owes its caller beyond right values.

Shape and dtype of each gradient; purity (the bytes of every array of the caller are unchanged);
the same call gives the same answer; linearity in the upstream gradient, and zero for zero;
backward belongs to the latest forward of its own instance, and to its parameters as they are; what
it returns does not depend on the learning rate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.account import Account, changed, match
from gradcheck.errors import SubjectError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.execution import Runner
    from gradcheck.records import Array
    from gradcheck.subject import Instance, Subject

CONTRACTS = (
    *("shape", "purity", "repeatable", "linear", "zero", "latest-forward", "instances"),
    *("learning-rate", "after-step"),
)
"""The names of the contracts, in the order in which they are reported."""

RATES = (0.5, 2.0**-10)
"""Parts of the usual learning rate: of its order, and so small that an early update hides."""

ROUNDED = 1e-9
"""Relative error of a gradient that was read from an update, or that the same code gives twice at
another point, where the rounding is not measured."""

SLACK = 64.0
"""Units in the last place of the largest entry, for a few roundings; exceeded, it is measured. What
is smaller is no matter here: the oracles look at each entry."""

STRETCH, PART = -256.0, 128.0
"""Factors of the linear combination: powers of two, large enough for a clipped norm to show."""

FAINT = {np.float64: 2.0**-20, np.float32: 2.0**-10}
"""A factor that makes an upstream gradient small, and what is left of it larger than rounding."""


def contracts_of(subject: Subject) -> tuple[str, ...]:
    """Return the names of the contracts that a subject can be held to."""
    left_out = {
        "instances": not subject.separate,
        "learning-rate": subject.at_rate is None,
        "after-step": not subject.steps,
    }
    return tuple(name for name in CONTRACTS if not left_out.get(name, False))


def examine(
    runner: Runner,
    inputs: Sequence[Array],
    earlier: Sequence[Array],
    draw: Callable[[Array], tuple[Array, Array]],
    rounding: Callable[[Array, Array], list[Array | None]],
) -> tuple[Account, Array]:
    """Return the account of one subject, and the upstream gradient that was used.

    Parameters
    ----------
    runner : Runner
    inputs, earlier : sequences of Array
        The point B, and another point A that goes through forward before it. Whether backward then
        uses A is told by the oracles: it shows in the values.
    draw : callable
        Takes y, returns two upstream gradients of its shape; the second is a basis vector.
    rounding : callable
        Takes y and an upstream gradient, returns the rounding error of each gradient, or None where
        it cannot be measured. Called only where a comparison is not settled without it.

    Raises
    ------
    SubjectError
        Where forward raises at B, or returns nothing that can be checked.
    """
    return _Examination(runner, inputs, rounding).run(earlier, draw)


class _Examination:
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

    def run(
        self, earlier: Sequence[Array], draw: Callable[[Array], tuple[Array, Array]]
    ) -> tuple[Account, Array]:
        runner = self.runner
        instance = runner.make()
        try:
            runner.call_forward(instance, [array.copy() for array in earlier])
            before = True
        except SubjectError:
            before = False
        given = [array.copy() for array in self.inputs]
        y = runner.call_forward(instance, given)
        if y.size == 0:
            raise SubjectError(f"forward returned an empty array of shape {y.shape}")
        if y.dtype.kind != "f":
            raise SubjectError(f"forward returned {y.dtype} for real inputs, must be real")
        self.account = Account(y=y.copy())
        self.upstream, basis = draw(y)
        kinds = [np.finfo(a.dtype) for a in (y, *self.inputs) if a.dtype.kind == "f"]
        self.eps = max(float(kind.eps) for kind in kinds)
        self.tiny = SLACK * -STRETCH * max(float(kind.tiny) for kind in kinds)
        coarsest = max(kinds, key=lambda kind: float(kind.eps)).dtype.type
        self.faint = FAINT.get(coarsest, 1.0)
        self._unchanged(given, "forward")
        if self._first(instance, given, y):
            self.account.looked_at.update(("purity", "repeatable"))
            if before:
                self.account.looked_at.add("latest-forward")
            self._repeated(instance)
            if not self.changing:
                # Of a forward that is another one at every call nothing more can be said.
                self._linear(instance, basis)
                if runner.subject.separate:
                    self._instances(earlier)
                if runner.subject.at_rate is not None:
                    self._rates()
                if runner.subject.steps:
                    self._after_step()
        return self.account, self.upstream

    def _first(self, instance: Instance, given: Sequence[Array], y: Array) -> bool:
        """Call backward for the first time; False where it raises."""
        account, upstream = self.account, self.upstream.copy()
        try:
            handed = self.runner.call_backward(instance, upstream)
        except SubjectError as error:
            account.crash = error
            return False
        account.inner_forwards = int(getattr(instance, "inner_forwards", 0))
        match(self.runner.subject, self.inputs, handed, account)
        if upstream.tobytes() != self.upstream.tobytes():
            text = "backward changes the upstream gradient, which is its caller's"
            account.broken("purity", "mutates-upstream", self.runner.subject.first, text)
        if y.tobytes() != account.y.tobytes():
            text = "backward changes y, which forward handed out"
            account.broken("purity", "mutates-output", "y", text)
        self._unchanged(given, "backward")
        return True

    def _unchanged(self, given: Sequence[Array], who: str) -> None:
        for k, code in changed(self.runner.subject, given, self.inputs):
            text = f"{who} changes {self.names[k]}, which is its caller's"
            self.account.broken("purity", code, self.names[k], text)
            _restore(given[k], self.inputs[k])
            if who == "forward":
                self.runner.copies = True

    def _repeated(self, instance: Instance) -> None:
        account = self.account
        try:
            again = self._gradients(self._backward(instance, self.upstream))
            y = self._forward(instance)
            if not self._all_equal(again):
                # What a backward does to its own cache is no fault, if a forward makes it anew.
                renewed = self._gradients(self._backward(instance, self.upstream))
                self.renew = self._all_equal(renewed)
                if self.renew:
                    # What is drawn at random may be the same once.
                    self._forward(instance)
                    renewed = self._gradients(self._backward(instance, self.upstream))
                    self.renew = self._all_equal(renewed)
                again = renewed if self.renew else again
        except SubjectError as error:
            text = f"the second time, {error}"
            account.broken("repeatable", "non-deterministic", "backward", text)
            return
        if y.shape != account.y.shape or not _close(y, account.y):
            text = "forward gives another answer the second time it is called with the same inputs"
            account.broken("repeatable", "non-deterministic", "y", text)
            self.changing = True
        for k, (got, repeated) in enumerate(zip(account.gradients, again, strict=True)):
            if got is None or repeated is None or self._equal(got, repeated, k):
                continue
            code, text = "non-deterministic", "the same call gives another answer the second time"
            if _close(repeated, 2 * got):
                code, text = "accumulates", "the second backward gives twice the first"
            difference = float(np.nanmax(np.abs(got - repeated), initial=0.0))
            account.broken("repeatable", code, f"d{self.names[k]}", text, difference=difference)

    def _all_equal(self, gradients: Sequence[Array | None]) -> bool:
        pairs = enumerate(zip(self.account.gradients, gradients, strict=True))
        return all(
            got is None or other is None or self._equal(got, other, k) for k, (got, other) in pairs
        )

    def _linear(self, instance: Instance, basis: Array) -> None:
        account = self.account
        account.looked_at.update(("linear", "zero"))
        mixed = np.asarray(STRETCH * self.upstream + PART * basis, dtype=self.upstream.dtype)
        try:
            parts = self._gradients(self._backward(instance, basis))
            wholes = self._gradients(self._backward(instance, mixed))
            faint = self._gradients(self._backward(instance, self.faint * self.upstream))
            zeros = self._gradients(self._backward(instance, np.zeros_like(basis)))
        except SubjectError as error:
            text = f"for another upstream gradient, {error}"
            account.broken("linear", "crash", "backward", text)
            return
        for k, got in enumerate(account.gradients):
            part, whole, little, zero = parts[k], wholes[k], faint[k], zeros[k]
            if got is None or part is None or whole is None or little is None or zero is None:
                continue
            if not np.isfinite(got).all():
                continue
            quantity = f"d{self.names[k]}"
            if zero.any():
                value = zero[zero != 0].flat[0]
                text = f"backward(0) is not 0: {quantity} holds {value:.3g}"
                account.broken("zero", "upstream-nonlinear", quantity, text)
            first, second = STRETCH * got, PART * part
            gap = np.abs(whole - (first + second))
            size = float((np.abs(first) + np.abs(second)).max())
            settled = gap <= self.eps * SLACK * size + self.tiny
            if not settled.all() and not self._rounded(gap, k, mixed, basis):
                index = np.unravel_index(np.argmax(np.nan_to_num(gap, nan=np.inf)), gap.shape)
                text = (
                    f"backward(a·g₁ + b·g₂) is {whole[index]:.6g}, a·backward(g₁) + b·backward(g₂) "
                    f"is {first[index] + second[index]:.6g} in {quantity}"
                )
                account.broken("linear", "upstream-nonlinear", quantity, text)
            self._faint(k, got, little)

    def _faint(self, k: int, got: Array, little: Array) -> None:
        """Compare with the gradient of a small upstream, which some code drops or rounds."""
        gap = np.abs(little - self.faint * got)
        size = float(np.abs(got).max())
        if np.all(gap <= self.eps * SLACK * size + self.tiny):
            return
        measured = self._measure(self.upstream)[k]
        if measured is None or not np.all(gap <= 2 * measured + self.tiny):
            quantity = f"d{self.names[k]}"
            index = np.unravel_index(np.argmax(np.nan_to_num(gap, nan=np.inf)), gap.shape)
            text = (
                f"backward(a·g) is {little[index]:.6g} for a = {self.faint:.3g}, a·backward(g) is "
                f"{self.faint * got[index]:.6g} in {quantity}"
            )
            self.account.broken("linear", "upstream-nonlinear", quantity, text)

    def _instances(self, earlier: Sequence[Array]) -> None:
        account = self.account
        account.looked_at.add("instances")
        try:
            one, two = self.runner.make(), self.runner.make()
            # As the instance before it, so that a stale cache is not taken for a shared one.
            self.runner.call_forward(one, [array.copy() for array in earlier])
            self._forward(one)
            self.runner.call_forward(two, [array.copy() for array in earlier])
            beside = self._gradients(self.runner.call_backward(one, self.upstream.copy()))
        except SubjectError:
            return
        for k, (got, other) in enumerate(zip(account.gradients, beside, strict=True)):
            if got is not None and other is not None and not self._equal(got, other, k):
                text = "forward of a second instance changes what backward of the first returns"
                account.broken("instances", "shared-state", f"d{self.names[k]}", text)

    def _rates(self) -> None:
        """Compare the gradients at smaller learning rates: they must not depend on it."""
        account = self.account
        seen = []
        try:
            for rate in RATES:
                instance = self.runner.make(rate)
                self._forward(instance)
                seen.append(self._gradients(self.runner.call_backward(instance, self._fresh())))
        except SubjectError:
            return
        account.looked_at.add("learning-rate")
        for k, got in enumerate(account.gradients):
            half, small = (gradients[k] for gradients in seen)
            if got is None or half is None or small is None:
                continue
            if self._alike(got, half, k, RATES[0]) and self._alike(got, small, k, RATES[1]):
                continue
            account.by_rate[k] = (half, small)
            self._depends(k, got, small)

    def _depends(self, k: int, got: Array, small: Array) -> None:
        """Note a gradient that changes with the learning rate, by how it does."""
        quantity, rate = f"d{self.names[k]}", RATES[1]
        size = float(np.abs(got).max(initial=0.0))
        index = np.unravel_index(np.argmax(np.nan_to_num(np.abs(got - small))), got.shape)
        numbers = {"usual": float(got[index]), "small": float(small[index]), "rate": rate}
        seen = (
            f"{quantity}{list(map(int, index))} is {got[index]:.6g} at the usual rate and "
            f"{small[index]:.6g} at {rate:.2g} of it"
        )
        if np.all(np.abs(small - rate * got) <= ROUNDED * size):
            text = f"it is multiplied by the learning rate: {seen}"
            self.account.broken("learning-rate", "factor", quantity, text, **numbers)
        elif self.names[k] in self.runner.subject.parameters:
            text = f"it changes with the learning rate: {seen}"
            self.account.broken("learning-rate", "unlisted", quantity, text, **numbers)
        else:
            self.account.broken("learning-rate", "updated-before-use", quantity, seen, **numbers)

    def _alike(self, got: Array, other: Array, k: int, rate: float) -> bool:
        """Say whether two gradients are one, if those of parameters were read from an update."""
        if np.array_equal(got, other, equal_nan=True):
            return True
        size = float(np.abs(np.nan_to_num(got, posinf=0.0, neginf=0.0)).max(initial=0.0))
        allowed = max(ROUNDED, SLACK * self.eps) * size + self.tiny
        if self.names[k] in self.runner.subject.parameters:
            allowed += self.eps * SLACK * float(np.abs(self.inputs[k]).max(initial=0.0)) / rate
            allowed += self.eps * SLACK * size / rate
        return self._equal(got, other, k) or bool(np.all(np.abs(got - other) <= allowed))

    def _after_step(self) -> None:
        """Let the code step, and compare it with a fresh instance of the same parameters."""
        account, runner = self.account, self.runner
        if any(breach.contract == "repeatable" for breach in account.breaches):
            return
        try:
            instance = runner.make()
            self._forward(instance)
            runner.call_backward(instance, self._fresh())
            stepped = runner.call_step(instance)
            given = [array.copy() for array in stepped]
            if all(np.array_equal(a, b) for a, b in zip(given, self.inputs, strict=True)):
                return
            y = runner.call_forward(instance, stepped).copy()
            got = self._gradients(runner.call_backward(instance, self._fresh()))
            other = runner.make()
            wanted_y = runner.call_forward(other, [array.copy() for array in given]).copy()
            wanted = self._gradients(runner.call_backward(other, self._fresh()))
        except SubjectError:
            return
        account.looked_at.add("after-step")
        text = "after a step it is not what a fresh layer with the same parameters gives"
        if not self._near(y, wanted_y):
            account.broken("after-step", "stale-parameter", "y", text)
        for k, (one, two) in enumerate(zip(got, wanted, strict=True)):
            if one is not None and two is not None and not self._near(one, two):
                with np.errstate(invalid="ignore"):
                    gap = float(np.nanmax(np.abs(one - two), initial=0.0))
                quantity = f"d{self.names[k]}"
                account.broken("after-step", "stale-parameter", quantity, text, difference=gap)

    def _near(self, got: Array, wanted: Array) -> bool:
        """Say whether the same code at the same point gave the same array twice."""
        if got.shape != wanted.shape:
            return False
        if np.array_equal(got, wanted, equal_nan=True):
            return True
        size = float(np.abs(np.nan_to_num(wanted, posinf=0.0, neginf=0.0)).max(initial=0.0))
        rounded = max(ROUNDED, SLACK * self.eps) * size + self.tiny
        return bool(np.all(np.abs(got - wanted) <= rounded))

    def _fresh(self) -> Array:
        return self.upstream.copy()

    def _forward(self, instance: Instance) -> Array:
        return self.runner.call_forward(instance, [array.copy() for array in self.inputs])

    def _backward(self, instance: Instance, upstream: Array) -> tuple[Any, ...]:
        """Call backward once more; after a new forward, where it keeps nothing for a second call.

        Raises
        ------
        SubjectError
            Where it raises then too.
        """
        try:
            if self.renew:
                self._forward(instance)
            return self.runner.call_backward(instance, upstream.copy())
        except SubjectError:
            self._forward(instance)
            return self.runner.call_backward(instance, upstream.copy())

    def _gradients(self, handed: tuple[Any, ...]) -> list[Array | None]:
        """Return the gradients one an input, None where one cannot be compared."""
        scratch = Account(y=self.account.y)
        match(self.runner.subject, self.inputs, handed, scratch)
        return scratch.gradients

    def _equal(self, got: Array, other: Array, k: int) -> bool:
        if got.tobytes() == other.tobytes():
            return True
        error = np.abs(got - other)
        size = float(np.abs(np.nan_to_num(got, posinf=0.0, neginf=0.0)).max())
        if np.all((error <= self.eps * SLACK * size) | (np.isnan(got) & np.isnan(other))):
            return True
        measured = self._measure(self.upstream)[k]
        return measured is not None and bool(np.all(error <= 2 * measured + self.tiny))

    def _rounded(self, error: Array, k: int, mixed: Array, basis: Array) -> bool:
        """Say whether the error is that of rounding, measured for the three calls."""
        allowed = np.full(error.shape, self.tiny)
        for factor, upstream in ((1.0, mixed), (-STRETCH, self.upstream), (PART, basis)):
            measured = self._measure(upstream)[k]
            if measured is None:
                return False
            allowed += factor * measured
        return bool(np.all(error <= allowed))

    def _measure(self, upstream: Array) -> list[Array | None]:
        key = upstream.tobytes()
        if key not in self._measured:
            self._measured[key] = self._rounding(self.account.y, upstream)
        return self._measured[key]


def _restore(array: Array, original: Array) -> None:
    """Put the values back, so that backward sees the point that it is judged at."""
    if array.dtype == original.dtype and array.shape == original.shape:
        array.setflags(write=True)
        array[...] = original


def _close(array: Array, other: Array) -> bool:
    if array.tobytes() == other.tobytes():
        return True
    return bool(np.allclose(array, other, rtol=1e-10, atol=0.0, equal_nan=True))
