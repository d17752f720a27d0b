"""What a backward pass owes its caller beyond right values.

Shape and dtype of each gradient; purity (the bytes of every array of the caller are unchanged);
the same call gives the same answer; linearity in the upstream gradient, and zero for zero;
backward belongs to the latest forward of its own instance, and to its parameters as they are; what
it returns does not depend on the learning rate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck import state
from gradcheck.account import changed, match
from gradcheck.errors import SubjectError
from gradcheck.examination import PART, SLACK, STRETCH, Examination

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.account import Account
    from gradcheck.execution import Runner
    from gradcheck.records import Array
    from gradcheck.subject import Instance, Subject

CONTRACTS = (
    *("shape", "purity", "repeatable", "linear", "zero", "latest-forward", "instances"),
    *("learning-rate", "after-step"),
)
"""The names of the contracts, in the order in which they are reported."""

DECAY = 1e-9
"""Relative error at which what backward gives for no upstream is a multiple of an input."""


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


class _Examination(Examination):
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
        basis = self.begin(y, draw)
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
                    state.instances(self, earlier)
                if runner.subject.at_rate is not None:
                    state.rates(self)
                if runner.subject.steps:
                    state.after_step(self)
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
            else:
                self.renew = True  # else the next backward would be that of another point

    def _repeated(self, instance: Instance) -> None:
        account = self.account
        try:
            again = self.gradients(self.backward(instance, self.upstream))
            y = self.forward(instance).copy()  # it may be what a backward works in
            if not self.all_equal(again):
                # What a backward does to its own cache is no fault, if a forward makes it anew.
                renewed = self.gradients(self.backward(instance, self.upstream))
                self.renew = self.all_equal(renewed)
                if self.renew:
                    # What is drawn at random may be the same once.
                    self.forward(instance)
                    renewed = self.gradients(self.backward(instance, self.upstream))
                    self.renew = self.all_equal(renewed)
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
            if got is None or repeated is None or self.equal(got, repeated, k):
                continue
            code, text = "non-deterministic", "the same call gives another answer the second time"
            if _close(repeated, 2 * got):
                code, text = "accumulates", "the second backward gives twice the first"
            difference = float(np.nanmax(np.abs(got - repeated), initial=0.0))
            account.broken("repeatable", code, f"d{self.names[k]}", text, difference=difference)

    def _linear(self, instance: Instance, basis: Array) -> None:
        account = self.account
        account.looked_at.update(("linear", "zero"))
        mixed = np.asarray(STRETCH * self.upstream + PART * basis, dtype=self.upstream.dtype)
        try:
            parts = self.gradients(self.backward(instance, basis))
            wholes = self.gradients(self.backward(instance, mixed))
            faint = self.gradients(self.backward(instance, self.faint * self.upstream))
            zeros = self.gradients(self.backward(instance, np.zeros_like(basis)))
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
                text += self._decay(k, zero)
                account.broken("zero", "upstream-nonlinear", quantity, text)
            first, second = STRETCH * got, PART * part
            gap = np.abs(whole - (first + second))
            size = float((np.abs(first) + np.abs(second)).max())
            settled = gap <= self.eps * SLACK * size + self.tiny
            if not settled.all() and not self.rounded(gap, k, mixed, basis):
                index = np.unravel_index(np.argmax(np.nan_to_num(gap, nan=np.inf)), gap.shape)
                text = (
                    f"backward(a·g₁ + b·g₂) is {whole[index]:.6g}, a·backward(g₁) + b·backward(g₂) "
                    f"is {first[index] + second[index]:.6g} in {quantity}"
                )
                account.broken("linear", "upstream-nonlinear", quantity, text)
            self._faint(k, got, little)

    def _decay(self, k: int, zero: Array) -> str:
        """Return what a gradient without an upstream is where it is a multiple of its input."""
        given = self.inputs[k]
        if zero.shape != given.shape or zero.size < 2 or not np.isfinite(zero).all():
            return ""
        multiple = float(np.vdot(given, zero)) / (float(np.vdot(given, given)) or 1.0)
        gap = np.abs(zero - multiple * given).max()
        if not gap <= DECAY * np.abs(zero).max():
            return ""
        name = self.names[k]
        return f", {multiple:.6g}·{name}: a penalty's share, which belongs where the loss has one"

    def _faint(self, k: int, got: Array, little: Array) -> None:
        """Compare with the gradient of a small upstream, which some code drops or rounds."""
        gap = np.abs(little - self.faint * got)
        size = float(np.abs(got).max())
        if np.all(gap <= self.eps * SLACK * size + self.tiny):
            return
        measured = self.measure(self.upstream)[k]
        if measured is None or not np.all(gap <= 2 * measured + self.tiny):
            quantity = f"d{self.names[k]}"
            index = np.unravel_index(np.argmax(np.nan_to_num(gap, nan=np.inf)), gap.shape)
            text = (
                f"backward(a·g) is {little[index]:.6g} for a = {self.faint:.3g}, a·backward(g) is "
                f"{self.faint * got[index]:.6g} in {quantity}"
            )
            self.account.broken("linear", "upstream-nonlinear", quantity, text)


def _restore(array: Array, original: Array) -> None:
    """Put the values back, so that backward sees the point that it is judged at."""
    if array.dtype == original.dtype and array.shape == original.shape:
        array.setflags(write=True)
        array[...] = original


def _close(array: Array, other: Array) -> bool:
    if array.tobytes() == other.tobytes():
        return True
    return bool(np.allclose(array, other, rtol=1e-10, atol=0.0, equal_nan=True))
