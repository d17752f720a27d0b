"""The symbolic oracle: a formula of the notes, differentiated by SymPy and evaluated at 50 digits.

Its derivative is a derived one: the formula is taken apart into single operations, SymPy
differentiates each, and the chain rule joins them from the output back. No gradient is typed in.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.errors import OracleError
from gradcheck.notes.formulas import FORMULAS, Formula
from gradcheck.oracles import derivations
from gradcheck.oracles.tape import Tape, symbols
from gradcheck.records import Array, Estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_ONE_THREAD = RLock()

Number = Any
"""An mpmath number: mpmath has no types."""

Shape = tuple[int, ...]

DIGITS = 50
"""Decimal digits of the working precision at inputs of size 1: three times those of float64."""

DIGITS_PER_DECADE = 4
"""Digits added for each power of ten that the inputs span. The arguments of the notes'
exponentials and kinks multiply at most three inputs, so that a sum of such products cancels
without losing a digit of the first 50; one more to spare."""

EVALUATION_ERROR = 1e-40
"""Error of an evaluation, relative to its terms: ten of the 50 digits are given away for the
number of operations, which is below 1e10 by far."""


def derive(formula: Formula | str, shapes: Mapping[str, Sequence[int]]) -> SymbolicOracle:
    """Derive the oracle of a formula at the given shapes; the same call again costs nothing.

    Parameters
    ----------
    formula : Formula or str
        A formula of the notes, or its name in `FORMULAS`.
    shapes : mapping of str to (rows, columns)
        The shape of each input of the formula, such as ``{"x": (3, 2), "W": (4, 3), "b": (4, 1)}``.

    Raises
    ------
    OracleError
        If the formula has no entry, or the shapes do not fit it.
    """
    if isinstance(formula, str):
        if formula not in FORMULAS:
            known = ", ".join(FORMULAS)
            raise OracleError(f"formula={formula!r} has no entry, must be one of {known}")
        formula = FORMULAS[formula]
    if set(shapes) != set(formula.inputs):
        raise OracleError(
            f"shapes={list(shapes)} of {formula.name}, must name its inputs"
            f" ({', '.join(formula.inputs)}); give a shape for each"
        )
    return _derive(formula, tuple(tuple(int(s) for s in shapes[name]) for name in formula.inputs))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SymbolicOracle:
    """The value and the gradients of one formula at fixed shapes, each with an error bound.

    Attributes
    ----------
    formula : Formula
        What was derived.
    shapes : tuple of (rows, columns)
        Shape of each input, in the formula's order.
    output : tuple of int
        Shape of y, () for a scalar loss.

    Notes
    -----
    The precision is mpmath's own setting, changed during a call and put back: one thread evaluates
    at a time.

    An evaluation starts from the exact values of the floats and carries 50 digits or more
    (see `DIGITS_PER_DECADE`), with exponents that have no end, so nothing overflows on the way.

    `terms` is the size of an entry's terms: the derived expression with every term of every sum
    replaced by its absolute value. It is at least the largest term, and at most the largest term
    times their number. For the derivative 1 − tanh² it is 1 + tanh², however small the difference.

    `bound` is half a unit in the last place of `value`, for the rounding to float64, plus
    `EVALUATION_ERROR` times `terms`; it is 0 where every term is exactly 0.

    At a kink, where the two sides of a condition are equal, `value` is the branch that the
    formula takes. `lower` and `upper` add to it what changes when the condition of each kink is
    turned over, the negative changes and the positive ones apart: the gradients of all choices of
    sides lie between, so long as no kink lies behind another.
    """

    formula: Formula
    shapes: tuple[Shape, ...]
    output: Shape
    _decide: Callable[..., tuple[list[Number], list[bool]]]
    _forward: Callable[..., tuple[list[Number], list[Number]]]
    _backward: Callable[..., tuple[list[Number], list[Number]]]

    def forward(self, inputs: Sequence[Array]) -> Estimate:
        """Evaluate the formula.

        Parameters
        ----------
        inputs : sequence of Array
            Finite arrays of the shapes derived for, in the formula's order.

        Returns
        -------
        Estimate
            Of y, of shape `output`. Says that it cannot tell where y or its terms overflow float64.

        Raises
        ------
        OracleError
            If an input is missing, has another shape, or is not finite.
        """
        arrays = self._checked(inputs)
        with _working(_digits(arrays)):
            numbers = _exact(arrays)
            _, sides = self._decide(*numbers)
            values, sizes = self._forward(*numbers, *sides)
            return _estimate("y", self.output, values, sizes)

    def gradients(self, inputs: Sequence[Array], upstream: Array | float) -> tuple[Estimate, ...]:
        """Evaluate the gradient of sum(upstream * y) with respect to each differentiable input.

        Parameters
        ----------
        inputs : sequence of Array
            Finite arrays of the shapes derived for, in the formula's order.
        upstream : Array
            dL/dy, of shape `output`; a number for a scalar loss.

        Returns
        -------
        tuple of Estimate
            One for each of `formula.differentiable`, of the input's shape. An estimate says that it
            cannot tell where an entry or its terms overflow float64. `lower` and `upper` are given
            where the point is on a kink.

        Raises
        ------
        OracleError
            If an input is missing, or an array has another shape or is not finite.
        """
        arrays = self._checked(inputs)
        cotangent = _checked("upstream", upstream, self.output)
        with _working(_digits(arrays)):
            numbers = _exact(arrays)
            margins, sides = self._decide(*numbers)
            numbers += _exact([cotangent])
            values, sizes = self._backward(*numbers, *sides)
            lower, upper = list(values), list(values)
            kinks = [k for k, margin in enumerate(margins) if margin == 0]
            for kink in kinks:
                turned = [side != (k == kink) for k, side in enumerate(sides)]
                others, other_sizes = self._backward(*numbers, *turned)
                for k, (value, other) in enumerate(zip(values, others, strict=True)):
                    lower[k] += min(other - value, 0)
                    upper[k] += max(other - value, 0)
                sizes = [max(pair) for pair in zip(sizes, other_sizes, strict=True)]
            estimates = []
            start = 0
            for name, shape in zip(self.formula.inputs, self.shapes, strict=True):
                if name in self.formula.constants:
                    continue
                part = slice(start, start + math.prod(shape))
                ends = (lower[part], upper[part]) if kinks else None
                estimates.append(_estimate(f"d{name}", shape, values[part], sizes[part], ends))
                start = part.stop
            return tuple(estimates)

    def _checked(self, inputs: Sequence[Array]) -> list[Array]:
        names = self.formula.inputs
        if len(inputs) != len(names):
            raise OracleError(
                f"{self.formula.name} was given {len(inputs)} inputs, must be {len(names)};"
                f" give {', '.join(names)}"
            )
        return [_checked(*each) for each in zip(names, inputs, self.shapes, strict=True)]


def _checked(name: str, array: Array | float, shape: Shape) -> Array:
    """Return the array as float64, having lost nothing by it."""
    array = np.asarray(array)
    if array.shape != shape:
        raise OracleError(
            f"{name} has shape {array.shape}, must be {shape};"
            " reshape it, or derive the oracle for its shape"
        )
    if not np.can_cast(array.dtype, np.float64):
        raise OracleError(
            f"{name} has dtype {array.dtype}, must fit float64; convert it, and mind what is lost"
        )
    array = array.astype(np.float64)
    if not np.isfinite(array).all():
        index = tuple(map(int, np.argwhere(~np.isfinite(array))[0]))
        raise OracleError(
            f"{name}{list(index) or ''}={array[index]}, must be finite; choose another point"
        )
    return array


@contextmanager
def _working(digits: int) -> Iterator[None]:
    """Let mpmath work at a precision, which is that of all threads: one at a time."""
    import mpmath

    with _ONE_THREAD, mpmath.workdps(digits):
        yield


def _digits(arrays: Sequence[Array]) -> int:
    """Return the working precision at a point: see `DIGITS_PER_DECADE`."""
    sizes = np.abs(np.concatenate([array.ravel() for array in arrays]))
    sizes = np.append(sizes[sizes > 0], 1.0)
    decades = math.log10(sizes.max()) - math.log10(sizes.min())
    return DIGITS + DIGITS_PER_DECADE * math.ceil(decades)


def _exact(arrays: Sequence[Array]) -> list[Number]:
    from mpmath import mpf

    return [mpf(entry) for array in arrays for entry in array.ravel().tolist()]


def _estimate(
    name: str,
    shape: Shape,
    values: Sequence[Number],
    sizes: Sequence[Number],
    ends: tuple[Sequence[Number], Sequence[Number]] | None = None,
) -> Estimate:
    """Round an evaluation to float64, to nearest, and the ends of an interval outward."""
    value = np.array([float(v) for v in values]) + 0.0  # no -0.0
    terms = np.array([float(s) for s in sizes])
    low, high = value, value
    if ends is not None:
        low = _outward(ends[0], values, -math.inf)
        high = _outward(ends[1], values, math.inf)
    sound = np.isfinite(value) & np.isfinite(terms) & np.isfinite(low) & np.isfinite(high)
    if not sound.all():
        index = [int(k) for k in np.unravel_index(int(np.argmin(sound)), shape)]
        return Estimate.cannot_tell(
            shape, f"{name}{index or ''} or one of its terms overflows float64"
        )
    half_ulp = np.spacing(np.abs(value)) / 2
    # The next float up: for the rounding of this sum, and for what has underflowed to 0.
    bound = np.nextafter(half_ulp + EVALUATION_ERROR * terms, np.inf)
    bound[[size == 0 for size in sizes]] = 0.0
    return Estimate(
        value=value.reshape(shape),
        bound=bound.reshape(shape),
        terms=terms.reshape(shape),
        lower=None if ends is None else low.reshape(shape),
        upper=None if ends is None else high.reshape(shape),
    )


def _outward(ends: Sequence[Number], values: Sequence[Number], direction: float) -> Array:
    """Round ends of intervals in a direction, and to nearest where an end is the value itself."""
    rounded = []
    for end, value in zip(ends, values, strict=True):
        near = float(end)
        inward = near > end if direction < 0 else near < end
        rounded.append(math.nextafter(near, direction) if inward and end != value else near)
    return np.array(rounded)


@lru_cache(maxsize=256)
def _derive(formula: Formula, shapes: tuple[Shape, ...]) -> SymbolicOracle:
    output = _output(formula, shapes)
    key = derivations.key_of(formula.name, shapes)
    # A formula of somebody's own may change under its name: only those of the notes are kept.
    ours = FORMULAS.get(formula.name) is formula
    functions = _kept(key) if ours else None
    if functions is None:
        texts = _texts(formula, shapes)
        functions = [derivations.built(text) for text in texts]
        if ours:
            derivations.store(key, texts)
    decide, forward, backward = functions
    return SymbolicOracle(
        formula=formula,
        shapes=shapes,
        output=output,
        _decide=decide,
        _forward=forward,
        _backward=backward,
    )


def _kept(key: str) -> list[Callable[..., Any]] | None:
    """Return the functions that were derived before; None where there are none that are sound."""
    texts = derivations.load(key)
    if texts is None or len(texts) != 3:
        return None
    try:
        return [derivations.built(text) for text in texts]
    except OracleError:
        return None


def _texts(formula: Formula, shapes: tuple[Shape, ...]) -> list[str]:
    """Let SymPy derive; return the texts of what decides sides, of y, and of the gradients."""
    from sympy import Matrix

    tape = Tape()
    inputs = {
        name: symbols(name, shape) for name, shape in zip(formula.inputs, shapes, strict=True)
    }
    matrices = [
        Matrix(*shape, entries) for entries, shape in zip(inputs.values(), shapes, strict=True)
    ]
    outputs = [tape.record(entry) for entry in formula.forward(*matrices)]
    upstream = symbols("upstream", (len(outputs), 1))
    active = [symbol for name in formula.differentiable for symbol in inputs[name]]
    gradients = tape.reverse(outputs, upstream, active)
    point = [symbol for entries in inputs.values() for symbol in entries]
    sides = list(tape.sides.values())
    sizes = [tape.size(d) for d in gradients]
    return [
        tape.program(point, tape.margins, [tape.lines[side] for side in sides]),
        tape.program(point + sides, outputs, [tape.size(y) for y in outputs]),
        tape.program(point + upstream + sides, gradients, sizes),
    ]


def _output(formula: Formula, shapes: Sequence[Shape]) -> Shape:
    """Match shapes with the formula's letters; return the shape of y."""
    sizes: dict[int | str, int] = {}
    for name, letters, shape in zip(formula.inputs, formula.shapes, shapes, strict=True):
        rule = f"{name} has shape {shape} in {formula.name}, must be ({letters[0]}, {letters[1]})"
        if len(shape) != len(letters) or min(shape) < 1:
            raise OracleError(f"{rule}, each at least 1; give it as columns, one for each example")
        for letter, size in zip(letters, shape, strict=True):
            wanted = sizes.setdefault(letter, letter if isinstance(letter, int) else size)
            if size != wanted:
                raise OracleError(f"{rule} with {letter}={wanted}; make the sizes agree")
    return tuple(sizes[letter] for letter in formula.output)
