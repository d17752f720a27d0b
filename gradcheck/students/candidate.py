"""Something in a file that can be checked, or that should have been."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """Something that can be checked, or that should have been.

    Attributes
    ----------
    kind : str
        "layer", "pair-class" (a class with F and F'), "loss", "container", "network", "functions"
        (forward and backward with a cache), "pair" (F and F'), "loss-pair", "loss-gradient" (one
        function gives both), "flag" (a flag asks for F'), "penalty" (of
        weights alone), or "unplaced".
    name, role : str
    thing : object
        The class, or the forward or value function.
    forward, backward : str or callable
        Names of methods, or functions.
    why : str
    """

    kind: str
    name: str
    role: str
    thing: Any
    forward: Any = None
    backward: Any = None
    why: str = ""

    @property
    def line(self) -> int:
        """Return the line at which it stands, 0 where it is not known."""
        return line_of(self.thing)


def line_of_backward(candidate: Candidate) -> int:
    """Return the line of what computes the gradient; of the class where that is inherited."""
    backward = candidate.backward
    if isinstance(backward, str) and isinstance(candidate.thing, type):
        backward = candidate.thing.__dict__.get(backward)
    line = line_of(inspect.unwrap(backward)) if callable(backward) else 0
    return line or candidate.line


def line_of(thing: Any) -> int:
    """Return the line at which a class or function stands, 0 where it is not known."""
    try:
        bare = inspect.unwrap(thing) if callable(thing) else thing
        code = getattr(bare, "__code__", None)
        return inspect.getsourcelines(thing)[1] if code is None else int(code.co_firstlineno)
    except Exception:  # noqa: BLE001 - no text, or a metaclass that may raise anything
        return 0
