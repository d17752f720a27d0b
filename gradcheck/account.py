"""What was seen of one subject's contracts, and the gradients that it handed back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gradcheck.errors import SubjectError
    from gradcheck.records import Array
    from gradcheck.subject import Subject


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
    misshapen : dict of int to Array
        By the input's position: real gradients whose shape is not that of their input.
    breaches : list of Breach
    looked_at : set of str
        Contracts that could be tested.
    by_rate : dict of int to (Array, Array)
        Gradients that depend on the learning rate: at the half of it, and at a small part.
    crash : SubjectError or None
        What backward raised at the first call.
    inner_forwards : int
        How often that call ran forward itself, where the instance counts it.
    """

    y: Array
    gradients: list[Array | None] = field(default_factory=list)
    misshapen: dict[int, Array] = field(default_factory=dict)
    breaches: list[Breach] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)
    by_rate: dict[int, tuple[Array, Array]] = field(default_factory=dict)
    crash: SubjectError | None = None
    inner_forwards: int = 0

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


def changed(
    subject: Subject, given: Sequence[Array], originals: Sequence[Array]
) -> Iterator[tuple[int, str]]:
    """Yield the position and the code of each input that is not what it was.

    Parameters
    ----------
    subject : Subject
    given : sequence of Array
        What the code was handed: writeable copies of the originals.
    originals : sequence of Array
    """
    for k, (array, original) in enumerate(zip(given, originals, strict=True)):
        same = array.dtype == original.dtype and array.shape == original.shape
        if not (same and array.flags.writeable and array.tobytes() == original.tobytes()):
            parameter = subject.names[k] in subject.parameters
            yield k, "mutates-parameter" if parameter else "mutates-input"


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
        Its `gradients` and `breaches` are set.
    """
    names, active = subject.names, subject.active
    account.looked_at.add("shape")
    account.gradients = [None] * len(names)
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
        account.gradients[k] = _usable(account, names[k], k, gradient, inputs[k].shape)


def _usable(
    account: Account, name: str, k: int, gradient: Any, shape: tuple[int, ...]
) -> Array | None:
    quantity = f"d{name}"
    if gradient is None:
        account.broken("shape", "missing", quantity, f"backward returns None for {quantity}")
        return None
    try:
        array = np.asarray(gradient)
    except KeyboardInterrupt:
        raise
    except BaseException:  # noqa: BLE001 - foreign objects may do anything when converted
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
        account.misshapen[k] = array.astype(np.float64)
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
    # A copy: the code may write into what it handed back at its next call.
    return array.astype(np.float64)
