"""The code under test as the stages see it: named inputs and a way to make a fresh instance."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from gradcheck.errors import SubjectError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gradcheck.records import Array

    Domain = Mapping[str, tuple[float, float]]
    Rows = Callable[[Sequence[Array], int, Array], Sequence[Array | SubjectError]]
    NoisyRuns = Callable[
        [Sequence[Array], Array | None, float, Sequence[int]], Sequence[tuple[Any, tuple[Any, ...]]]
    ]


class Instance(Protocol):
    """One object under test; its state, if any, is its own."""

    def forward(self, *inputs: Array) -> Any:
        """Return y for one array an input."""
        ...

    def backward(self, upstream: Array) -> tuple[Any, ...]:
        """Return one gradient an input, for the inputs of the last forward."""
        ...


class Stepping(Instance, Protocol):
    """An instance whose code has a way of its own to update its parameters."""

    def step(self) -> tuple[Array, ...]:
        """Update the parameters as the code does; return all inputs as they are after it.

        Where the next forward is handed these very arrays (the same objects), the instance keeps
        its own parameters as the step left them, and is not given them anew: a backward that uses
        an old copy can then be seen.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is checked.

    Attributes
    ----------
    name, role : str
        The class or function, and what kind of layer it is (DESIGN's roles; "other").
    names : tuple of str
        One name an input; the gradient of input "W" is the quantity "dW".
    inputs : tuple of Array
        The given point, one array an input. Integer and boolean inputs are constants.
    constants : frozenset of str
        Inputs that get no gradient.
    make : callable
        Returns a fresh Instance.
    parameters : frozenset of str
        Inputs that are parameters of a layer.
    fixed : frozenset of str
        Constants whose values no regime may change, such as targets that are one-hot.
    separate : bool
        Instances are meant to be independent objects; those of a pair of functions are not.
    at_rate : callable or None
        Where backward takes a learning rate: returns a fresh Instance whose backward gets this part
        of the usual one. Its gradients are the same, so far as the code is right.
    remote : bool
        The code runs in another process, so that nothing of this one can be changed by it.
    forwards : callable or None
        Where many calls at once are cheaper: takes the inputs, the position of one, and an array
        whose rows take its place; returns a fresh instance's y for each, or what it raised.
    noisy : callable or None
        The same for runs in stochastic arithmetic: takes the inputs, an upstream gradient or None,
        eps, and a seed for each run; returns y and the gradients of each.
    updates : mapping of str to float
        Parameters whose gradient is read as (before − after) / rate, with that rate.
    steps : bool
        `make` returns `Stepping` instances.
    layout : mapping of str to str
        How each input, and "y", lies in memory: see `gradcheck.layout`. Empty where not known.
    domain : mapping
        Open interval (low, high) an input name, outside which nothing is evaluated.
    file, line : str, int
        Where the code stands, as far as it is known.
    """

    name: str
    names: tuple[str, ...]
    inputs: tuple[Array, ...]
    make: Callable[[], Instance]
    role: str = "other"
    constants: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    fixed: frozenset[str] = frozenset()
    separate: bool = True
    remote: bool = False
    at_rate: Callable[[float], Instance] | None = None
    forwards: Rows | None = None
    noisy: NoisyRuns | None = None
    updates: Mapping[str, float] = field(default_factory=dict)
    steps: bool = False
    layout: Mapping[str, str] = field(default_factory=dict)
    domain: Domain = field(default_factory=dict)
    file: str = ""
    line: int = 0
    reproduce: str = ""

    @property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Return the shape of each input by its name."""
        return {n: a.shape for n, a in zip(self.names, self.inputs, strict=True)}

    @property
    def composite(self) -> bool:
        """Say whether it is several layers together."""
        return self.role in ("sequential", "network")

    @property
    def active(self) -> list[int]:
        """Return the positions of the inputs that get a gradient."""
        return [k for k, name in enumerate(self.names) if name not in self.constants]

    @property
    def first(self) -> str:
        """Return the quantity that stands for backward as a whole: the first gradient, "dx"."""
        return f"d{self.names[self.active[0]]}"


def as_output(y: Any) -> Array:
    """Return forward's result as a float or complex array.

    Raises
    ------
    SubjectError
        Where it is not an array of numbers.
    """
    if type(y) is np.ndarray and y.dtype.char in "dDf":
        return y
    try:
        array = np.asarray(y)
    except Exception as error:
        raise SubjectError(f"forward returned {type(y).__name__}, not an array: {error}") from error
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.kind not in "fc":
        raise SubjectError(
            f"forward returned {type(y).__name__} of dtype {array.dtype}, must be numbers"
        )
    return array


class FunctionPair:
    """An Instance made of a forward and a backward function without state of their own."""

    def __init__(
        self, forward: Callable[..., Any], backward: Callable[..., Any], number: int
    ) -> None:
        self._forward = forward
        self._backward = backward
        self._number = number
        self._inputs: tuple[Array, ...] = ()

    def forward(self, *inputs: Array) -> Any:
        """Return forward(*inputs)."""
        self._inputs = inputs
        return self._forward(*inputs)

    def backward(self, upstream: Array) -> tuple[Any, ...]:
        """Return backward(upstream, *inputs) as a tuple, one gradient an input."""
        gradients = self._backward(upstream, *self._inputs)
        if isinstance(gradients, tuple) or (self._number > 1 and isinstance(gradients, list)):
            return tuple(gradients)
        return (gradients,)


def from_functions(
    forward: Callable[..., Any],
    backward: Callable[..., Any],
    inputs: Sequence[Any] | Array,
    *,
    names: Sequence[str] | None = None,
    domain: Domain | None = None,
    name: str | None = None,
) -> Subject:
    """Return the subject of a pair of functions.

    Parameters
    ----------
    forward : callable
        forward(*inputs) → y, an array of any shape or a number.
    backward : callable
        backward(upstream, *inputs) → one gradient, or a tuple with one for each input.
    inputs : sequence of arrays, or one array
        The point; float16, float32 or float64, or integers for what gets no gradient.
    names, domain, name :
        As in `gradcheck.check_functions`.

    Raises
    ------
    UsageError
        Where an argument is not what it must be; the text names the value, the rule and the fix.
    """
    for role, function in (("forward", forward), ("backward", backward)):
        if not callable(function):
            raise UsageError(
                f"{role}={function!r} is not callable; pass the function itself, without calling it"
            )
    if isinstance(inputs, np.ndarray | np.generic | float | int | complex):
        inputs = (inputs,)
    if not isinstance(inputs, Iterable):
        raise UsageError(
            f"inputs={inputs!r} is not a sequence of arrays; pass one array for each argument of "
            "forward"
        )
    arrays = tuple(_input(value, k) for k, value in enumerate(inputs))
    if not arrays:
        raise UsageError("inputs=() is empty, must hold one array for each argument of forward")
    labels = _names(names, forward, len(arrays))
    constants = frozenset(n for n, a in zip(labels, arrays, strict=True) if a.dtype.kind != "f")
    if len(constants) == len(labels):
        raise UsageError(
            f"inputs have dtypes {[str(a.dtype) for a in arrays]}, at least one must be floating; "
            "write np.array([1.0, 2.0]) or use .astype(float)"
        )
    code = inspect.unwrap(backward)
    return Subject(
        name=name or _callable_name(forward),
        names=labels,
        inputs=arrays,
        make=lambda: FunctionPair(forward, backward, len(arrays)),
        separate=False,
        constants=constants,
        domain=_domain(domain or {}, labels, arrays),
        file=getattr(getattr(code, "__code__", None), "co_filename", ""),
        line=getattr(getattr(code, "__code__", None), "co_firstlineno", 0),
    )


def _callable_name(function: Any) -> str:
    name = getattr(function, "__name__", type(function).__name__)
    return "forward" if name == "<lambda>" else str(name)


def _input(value: Any, k: int) -> Array:
    try:
        array = np.array(value)
    except Exception as error:
        raise UsageError(f"inputs[{k}] is not an array: {error}; pass a NumPy array") from error
    if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
        raise UsageError(
            f"inputs[{k}] has dtype {array.dtype}, must be float16, float32 or float64 "
            "(or integer or bool for an input without a gradient); convert it with .astype(float)"
        )
    if array.size == 0:
        raise UsageError(
            f"inputs[{k}] has shape {array.shape}, which is empty; "
            "a gradient cannot be seen on no entries: pass at least one example"
        )
    if not np.isfinite(array).all():
        raise UsageError(
            f"inputs[{k}] holds {array[~np.isfinite(array)][0]}, must be finite; "
            "replace NaN and infinity by numbers"
        )
    return array


def _names(names: Sequence[str] | None, forward: Any, number: int) -> tuple[str, ...]:
    if names is not None:
        labels = tuple(names) if not isinstance(names, str) else (names,)
        if len(labels) != number or len(set(labels)) != number:
            raise UsageError(
                f"names={labels!r}, must be {number} different names, one for each of the inputs"
            )
        return labels
    try:
        parameters = list(inspect.signature(forward).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    positional = [
        p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
    ]
    if len(positional) >= number and all(p.kind is not p.VAR_POSITIONAL for p in parameters):
        return tuple(positional[:number])
    return ("x",) if number == 1 else tuple(f"x{k}" for k in range(number))


def _domain(domain: Domain, names: tuple[str, ...], inputs: tuple[Array, ...]) -> Domain:
    for name, interval in domain.items():
        if name not in names:
            raise UsageError(f"domain names {name!r}, must be one of {', '.join(names)}")
        try:
            low, high = (float(end) for end in interval)
        except (TypeError, ValueError) as error:
            raise UsageError(
                f"domain[{name!r}]={interval!r}, must be a pair (low, high) of numbers; "
                "write (0, float('inf')) for the positive numbers"
            ) from error
        if not low < high:
            raise UsageError(f"domain[{name!r}]={interval!r}, low must be less than high")
        values = inputs[names.index(name)]
        outside = values[~((values > low) & (values < high))]
        if outside.size:
            raise UsageError(
                f"input {name!r} holds {outside.flat[0]}, must lie inside its domain "
                f"({low}, {high})"
            )
    return {name: (float(low), float(high)) for name, (low, high) in domain.items()}
