"""What the finder hands on: one layer, loss, pair or network of a file, ready to be called."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gradcheck.subject import Instance


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One input of a subject: what the parent draws.

    Attributes
    ----------
    name : str
        In the notes' symbols where it has one: "x", "W", "b", "y", "t", "W1".
    shape : tuple of int
    values : str
        "real", "logit" (of a size at which no probability is clipped), "probability" (along `axis`
        they sum to 1), "one-hot" (along `axis`), or "labels" (integers below `classes`).
    axis : int
        Along which the features of one example lie.
    classes : int
        Number of classes of labels.
    layout : str
        See `gradcheck.layout`.
    parameter, constant : bool
        A parameter of a layer; an input without a gradient.
    """

    name: str
    shape: tuple[int, ...]
    values: str = "real"
    axis: int = -1
    classes: int = 0
    layout: str = ""
    parameter: bool = False
    constant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """What is known of one subject; plain data, which crosses the wall as JSON.

    Attributes
    ----------
    name, role : str
    file, line : str, int
        Relative to the folder that is checked where it can be.
    inputs : tuple of Input
        Empty where the subject could not be placed: then `reason` says why.
    output : str
        Layout of y: see `gradcheck.layout`.
    convention : mapping of str to str
        "rule" (R1 to R10), "orientation", and what was taken for what, with the reason.
    updates : tuple of str
        Parameters whose gradient is read as (before − after) / learning rate.
    rate, steps : bool
        Backward takes a learning rate; the code has a way of its own to step.
    reason : str
        Why it was not placed: the check is then `not-run`.
    facts : mapping
        What the diagnosis of composites needs: see `gradcheck.students.context`.
    """

    name: str
    role: str
    file: str = ""
    line: int = 0
    inputs: tuple[Input, ...] = ()
    output: str = ""
    convention: Mapping[str, str] = field(default_factory=dict)
    updates: tuple[str, ...] = ()
    rate: bool = False
    steps: bool = False
    reason: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain dicts, lists, strings and numbers."""
        return asdict(self)

    @classmethod
    def from_dict(cls, entry: Mapping[str, Any]) -> Description:
        """Return what `to_dict` gave.

        Raises
        ------
        TypeError
            Where a field is missing or is not known.
        """
        inputs = tuple(
            Input(**{**one, "shape": tuple(int(n) for n in one["shape"])})
            for one in entry.get("inputs", ())
        )
        updates = tuple(str(name) for name in entry.get("updates", ()))
        return cls(**{**entry, "inputs": inputs, "updates": updates})


class Adapter(Protocol):
    """One subject of a file, in the process in which the file was loaded."""

    @property
    def description(self) -> Description:
        """Return what is known of it."""
        ...

    def make(self, rate: float = 1.0) -> Instance:
        """Return a fresh instance; `rate` is the part of the usual learning rate that it uses."""
        ...
