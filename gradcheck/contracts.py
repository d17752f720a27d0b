"""What a backward pass owes its caller beyond right values.

Shape and dtype of each gradient; purity (the bytes of every array of the caller are unchanged);
the same call gives the same answer; linearity in the upstream gradient, and zero for zero;
backward belongs to the latest forward of its own instance.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.errors import SubjectError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.execution import Runner
    from gradcheck.records import Array
    from gradcheck.subject import Subject

CONTRACTS = ("shape", "purity", "repeatable", "linear", "zero", "latest-forward", "instances")
"""The names of the contracts, in the order in which they are reported."""

SLACK = 64 * 2.0**-52
"""Of the size of the terms, for two roundings of one value; exceeded, it is measured."""

STRETCH, PART = -256.0, 128.0
"""Factors of the linear combination: powers of two, large enough for a clipped norm to show."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A contract that was seen broken."""

    contract: str
    code: str
    quantity: str
    message: str
    numbers: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Account:
    """What was seen of one subject at one point.

    Attributes
    ----------
    y : Array
        What forward returned.
    gradients : list of Array or None
        One an input; None where it is missing, or has the wrong shape or dtype.
    raw : list
        The gradients as they were handed back, one an input; None where none was.
    breaches : list of Breach
    looked_at : set of str
        Contracts that could be tested.
    crash : SubjectError or None
        What backward raised at the first call.
    stale : frozenset of str
        Gradients that are wrong at the given point B and right at the earlier point A.
    """

    y: Array
    gradients: list[Array | None] = field(default_factory=list)
    raw: list[Any] = field(default_factory=list)
    breaches: list[Breach] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)
    crash: SubjectError | None = None
    stale: frozenset[str] = frozenset()

    def broken(
        self, contract: str, code: str, quantity: str, message: str, **numbers: float
    ) -> None:
        """Note a breach, once for each contract, code and quantity."""
        seen = {(b.contract, b.code, b.quantity) for b in self.breaches}
        if (contract, code, quantity) not in seen:
            self.breaches.append(
                Breach(
                    contract=contract,
                    code=code,
                    quantity=quantity,
                    message=message,
                    numbers=numbers,
                )
            )


def examine(
    runner: Runner,
    inputs: Sequence[Array],
    earlier: Sequence[Array],
    upstream: Array,
    basis: Array,
    rounding: Callable[[Array], list[Array | None]],
) -> Account:
    """Return the account of one subject.

    Parameters
    ----------
    runner : Runner
    inputs, earlier : sequences of Array
        The point B, and another point A that goes through forward before it.
    upstream, basis : Array
        Two upstream gradients, of y's shape.
    rounding : callable
        Takes an upstream gradient, returns the rounding error of each gradient, or None where it
        cannot be measured. Called only where a comparison is not settled without it.

    Raises
    ------
    SubjectError
        Where forward raises at B.
    """
    return _Examination(runner, inputs, upstream, rounding).run(earlier, basis)


class _Examination:
    def __init__(
        self,
        runner: Runner,
        inputs: Sequence[Array],
        upstream: Array,
        rounding: Callable[[Array], list[Array | None]],
    ) -> None:
        self.runner = runner
        self.subject = runner.subject
        self.inputs = inputs
        self.upstream = upstream
        self.rounding = rounding
        self.active = [
            k for k, n in enumerate(self.subject.names) if n not in self.subject.constants
        ]

    def run(self, earlier: Sequence[Array], basis: Array) -> Account:
        runner = self.runner
        instance = runner.make()
        try:
            runner.call_forward(instance, [array.copy() for array in earlier])
            before = True
        except SubjectError:
            before = False
        given = [array.copy() for array in self.inputs]
        handed = runner.call_forward(instance, given)
        account = Account(y=handed.copy())
        account.looked_at.add("purity")
        self._unchanged(account, given, "forward")
        first = self._backward(account, instance, given, handed)
        if first is None:
            return account
        match(self.subject, self.inputs, first, account)
        if before:
            self._latest(account, earlier)
        if self.subject.separate:
            self._instances(account, earlier)
        self._repeated(account, instance)
        self._linear(account, instance, basis)
        return account

    def _unchanged(self, account: Account, given: Sequence[Array], who: str) -> None:
        for k, (array, original) in enumerate(zip(given, self.inputs, strict=True)):
            if not _same_bytes(array, original):
                name = self.subject.names[k]
                code = "mutates-parameter" if name in self.subject.parameters else "mutates-input"
                account.broken("purity", code, name, f"{who} changes {name}, which is its caller's")
                array[...] = original
                if who == "forward":
                    self.runner.copies = True

    def _backward(
        self, account: Account, instance: Any, given: Sequence[Array], handed: Array
    ) -> tuple[Any, ...] | None:
        upstream = self.upstream.copy()
        try:
            gradients = self.runner.call_backward(instance, upstream)
        except SubjectError as error:
            account.crash = error
            return None
        gradients = tuple(_kept(gradient) for gradient in gradients)
        if not _same_bytes(upstream, self.upstream):
            account.broken(
                "purity",
                "mutates-upstream",
                "upstream",
                "backward changes the upstream gradient, which is its caller's",
            )
        if not _same_bytes(handed, account.y):
            account.broken(
                "purity", "mutates-output", "y", "backward changes y, which forward handed out"
            )
        self._unchanged(account, given, "backward")
        return gradients

    def _latest(self, account: Account, earlier: Sequence[Array]) -> None:
        """Compare with what backward gives at A, where it would be if B had never been seen."""
        account.looked_at.add("latest-forward")
        try:
            _, there = self.runner.vjp(earlier, self.upstream)
            _, here = self.runner.vjp(self.inputs, self.upstream)
        except SubjectError:
            return
        fresh, old = self._arrays(here), self._arrays(there)
        for k in self.active:
            got, other, past = account.gradients[k], fresh[k], old[k]
            if got is None or other is None or past is None:
                continue
            if self._equal(got, other, k, self.upstream):
                continue
            quantity = "d" + self.subject.names[k]
            if _close(got, past):
                message = "after forward(A), forward(B), backward still uses A"
                account.broken("latest-forward", "stale-cache", quantity, message)
            elif _close(other, 2 * got):
                message = "the second backward gives twice the first"
                account.broken("repeatable", "accumulates", quantity, message)
            else:
                message = "the same call gives another answer the second time"
                account.broken("repeatable", "non-deterministic", quantity, message)

    def _instances(self, account: Account, earlier: Sequence[Array]) -> None:
        account.looked_at.add("instances")
        try:
            one, two = self.runner.make(), self.runner.make()
            self.runner.call_forward(one, [array.copy() for array in self.inputs])
            self.runner.call_forward(two, [array.copy() for array in earlier])
            beside = self._arrays(self.runner.call_backward(one, self.upstream.copy()))
        except SubjectError:
            return
        for k in self.active:
            got, other = account.gradients[k], beside[k]
            if got is not None and other is not None and not self._equal(got, other, k):
                account.broken(
                    "instances",
                    "shared-state",
                    "d" + self.subject.names[k],
                    "forward of a second instance changes what backward of the first returns",
                )

    def _repeated(self, account: Account, instance: Any) -> None:
        account.looked_at.add("repeatable")
        try:
            self._forward_again(account, instance)
            again = self._arrays(self.runner.call_backward(instance, self.upstream.copy()))
            third = self._arrays(self.runner.call_backward(instance, self.upstream.copy()))
        except SubjectError as error:
            account.broken(
                "repeatable", "non-deterministic", "backward", f"the second time, {error}"
            )
            return
        for k in self.active:
            for repeated in (again[k], third[k]):
                got = account.gradients[k]
                if got is None or repeated is None or self._equal(got, repeated, k):
                    continue
                double = _close(repeated, 2 * got)
                account.broken(
                    "repeatable",
                    "accumulates" if double else "non-deterministic",
                    "d" + self.subject.names[k],
                    "the second backward gives twice the first"
                    if double
                    else "the same call gives another answer the second time",
                    difference=float(np.nanmax(np.abs(got - repeated), initial=0.0)),
                )
                break

    def _forward_again(self, account: Account, instance: Any) -> None:
        again = self.runner.call_forward(instance, [array.copy() for array in self.inputs])
        if again.shape != account.y.shape or not _close(again, account.y):
            account.broken(
                "repeatable",
                "non-deterministic",
                "y",
                "forward gives another answer the second time it is called with the same inputs",
            )

    def _linear(self, account: Account, instance: Any, basis: Array) -> None:
        account.looked_at.update(("linear", "zero"))
        mixed = np.asarray(STRETCH * self.upstream + PART * basis, dtype=self.upstream.dtype)
        answers = []
        for upstream in (basis, mixed, np.zeros_like(self.upstream)):
            try:
                self.runner.call_forward(instance, [array.copy() for array in self.inputs])
                answers.append(self._arrays(self.runner.call_backward(instance, upstream.copy())))
            except SubjectError as error:
                what = "zero" if len(answers) == 2 else "linear"
                account.broken(what, "crash", "backward", f"for another upstream gradient, {error}")
                return
        of_basis, of_mixed, of_zero = answers
        for k in self.active:
            quantity = "d" + self.subject.names[k]
            got, part, whole, zero = account.gradients[k], of_basis[k], of_mixed[k], of_zero[k]
            if got is None or part is None or whole is None or zero is None:
                continue
            if not np.isfinite(got).all():
                continue
            if np.any(zero != 0):
                account.broken(
                    "zero",
                    "upstream-nonlinear",
                    quantity,
                    f"backward(0) is not 0: {quantity} holds {zero[zero != 0].flat[0]:.3g}",
                )
            error = np.abs(whole - (STRETCH * got + PART * part))
            size = np.abs(STRETCH * got) + np.abs(PART * part)
            if not np.all(error <= SLACK * size) and not self._rounded(error, k, mixed, basis):
                index = np.unravel_index(np.argmax(np.nan_to_num(error, nan=np.inf)), error.shape)
                account.broken(
                    "linear",
                    "upstream-nonlinear",
                    quantity,
                    f"backward(a·g₁ + b·g₂) is {whole[index]:.6g}, "
                    f"a·backward(g₁) + b·backward(g₂) is "
                    f"{STRETCH * got[index] + PART * part[index]:.6g} in {quantity}",
                    difference=float(error[index]),
                )

    def _rounded(self, error: Array, k: int, mixed: Array, basis: Array) -> bool:
        """Say whether the error is that of rounding, measured for the three calls."""
        allowed = np.zeros(error.shape)
        for factor, upstream in ((1.0, mixed), (-STRETCH, self.upstream), (PART, basis)):
            measured = self.rounding(upstream)[k]
            if measured is None:
                return False
            allowed += factor * measured
        return bool(np.all(error <= allowed))

    def _arrays(self, gradients: tuple[Any, ...]) -> list[Array | None]:
        """Return the gradients one an input, None where one cannot be compared."""
        scratch = Account(y=np.empty(0))
        handed = tuple(_kept(gradient) for gradient in gradients)
        match(self.subject, self.inputs, handed, scratch)
        return scratch.gradients

    def _equal(self, got: Array, other: Array, k: int, upstream: Array | None = None) -> bool:
        if got.tobytes() == other.tobytes():
            return True
        error = np.abs(got - other)
        if np.all((error <= SLACK * np.abs(got)) | (np.isnan(got) & np.isnan(other))):
            return True
        measured = self.rounding(self.upstream if upstream is None else upstream)[k]
        return measured is not None and bool(np.all(error <= 2 * measured))


def match(
    subject: Subject, inputs: Sequence[Array], handed: tuple[Any, ...], account: Account
) -> None:
    """Put what backward handed back into the account, one gradient an input, and note its shape.

    Parameters
    ----------
    subject : Subject
    inputs : sequence of Array
    handed : tuple
        One object an input, or one for each input that is no constant.
    account : Account
        Its `gradients`, `raw` and `breaches` are set.
    """
    names = subject.names
    active = [k for k, name in enumerate(names) if name not in subject.constants]
    account.looked_at.add("shape")
    account.gradients = [None] * len(names)
    account.raw = [None] * len(names)
    number, wanted = len(handed), len(active)
    if number == len(names):
        pairs = [(k, handed[k]) for k in active]
    else:
        pairs = list(zip(active, handed, strict=False))
        if number != wanted:
            account.broken(
                "shape",
                "missing" if number < wanted else "wrong-shape",
                "d" + names[active[min(number, wanted - 1)]],
                f"backward returns {number} gradient{'s' * (number != 1)}, must return {wanted}: "
                f"one for each of {', '.join(names[k] for k in active)}",
            )
    for k, gradient in pairs:
        account.raw[k] = gradient
        account.gradients[k] = _usable(account, names[k], gradient, inputs[k].shape)


def _usable(account: Account, name: str, gradient: Any, shape: tuple[int, ...]) -> Array | None:
    quantity = f"d{name}"
    if gradient is None:
        account.broken("shape", "missing", quantity, f"backward returns None for {quantity}")
        return None
    try:
        array = np.asarray(gradient)
    except Exception:  # noqa: BLE001 - foreign objects may do anything when converted
        array = np.empty(0, dtype=object)
    if array.dtype.kind not in "fiub":
        account.broken(
            "shape",
            "wrong-shape",
            quantity,
            f"{quantity} is {type(gradient).__name__} of dtype {array.dtype}, "
            "must be an array of real numbers",
        )
        return None
    if array.shape != shape:
        account.broken(
            "shape",
            "wrong-shape",
            quantity,
            f"{quantity} has shape {array.shape}, must match {name}'s {shape}",
        )
        return None
    if array.dtype.kind != "f" and not np.array_equal(array, np.zeros_like(array)):
        account.broken(
            "shape",
            "low-precision",
            quantity,
            f"{quantity} has dtype {array.dtype}, must be floating: it loses what is behind "
            "the decimal point",
        )
    return array.astype(np.float64)


def _kept(gradient: Any) -> Any:
    return gradient.copy() if isinstance(gradient, np.ndarray) else gradient


def _same_bytes(array: Array, other: Array) -> bool:
    return array.tobytes() == other.tobytes()


def _close(array: Array, other: Array) -> bool:
    return bool(np.allclose(array, other, rtol=1e-10, atol=0.0, equal_nan=True))
