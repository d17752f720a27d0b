"""An array in stochastic arithmetic: NumPy computes, each rounded result is moved at random."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gradcheck.stochastic import Stream, current, rebuild

EXACT = frozenset(
    {"negative", "positive", "absolute", "fabs", "conjugate", "sign", "copysign", "heaviside"}
    | {"maximum", "minimum", "fmax", "fmin", "clip", "floor", "ceil", "trunc", "rint"}
    | {"modf", "frexp", "ldexp", "nextafter", "spacing"}
    | {"fmod", "remainder", "floor_divide", "divmod"}
)
"""Names of ufuncs that round nothing (the last four only if the quotient is not huge). Those that
give truth values or integers need no entry: these are never moved."""

PRODUCTS = frozenset({np.multiply, np.divide, np.square, np.power})
"""Ufuncs that add products where the numbers are complex, and may cancel: re·re − im·im."""

TERMWISE = frozenset(
    {np.dot, np.vdot, np.inner, np.outer, np.einsum, np.tensordot, np.kron, np.cross}
    | {np.convolve, np.correlate, np.interp, np.polyfit}
)
"""Functions that add products out of sight of the ufuncs, beside those of linalg and fft."""

PRINTING = frozenset({np.array_repr, np.array_str, np.array2string, np.save, np.savetxt})
"""Functions that show an array and compute nothing with it."""


class Noisy(np.ndarray[Any, np.dtype[Any]]):
    """An array whose every rounded operation moves its result by a factor 1 + 2·eps·u, |u| ≤ 1.

    Notes
    -----
    Monte Carlo arithmetic (Parker 1997, UCLA CSD-970002): a result is moved relative to itself; in
    a reduction, a matrix product or a product of complex numbers the terms are moved too, as they
    may cancel. Exact operations move nothing: those of `EXACT`, factors that are all 0 or powers of
    two, terms that are all 0. Integers and truth values are plain arrays.

    Entries are arrays of no dimensions, so that a loop over them is moved as well; like the numbers
    that they stand for, they are replaced and not written to by ``+=``.

    Outside of `stochastic.perturbed` every operation gives what a plain array gives. What leaves
    NumPy's dispatch (`math.exp`, `np.asarray`, `.tolist()`, `.flat`, storing into a plain array)
    keeps its moved value, and is plain from there.
    """

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, out: Any = None, **kwargs: Any
    ) -> Any:
        """Compute on plain arrays, move what was rounded, and write it where `out` says."""
        stream = current()
        operands = [np.asarray(a) if isinstance(a, Noisy) else a for a in inputs]
        if out is not None:
            kwargs["out"] = _plain(out)
        if kwargs:
            kwargs = _plain(kwargs)
        call = ufunc if method == "__call__" else getattr(ufunc, method)
        if stream is None:
            return call(*operands, **kwargs)
        kinds = [a.dtype.kind if isinstance(a, np.ndarray) else "" for a in operands]
        if "O" in kinds:
            return call(*map(_boxed, operands), **kwargs)
        if not _rounds(ufunc, method, operands, is_complex="c" in kinds):
            return _wrap(call(*operands, **kwargs), out)
        if method == "at":
            return _accumulate_at(stream, call, *operands)
        if ufunc.signature is not None or method in ("reduce", "accumulate", "reduceat"):
            operands = stream.moved(operands)
            result = call(*operands, **kwargs)
            terms = _number_of_terms(operands, result, running=method == "accumulate")
            return _wrap(stream.move(result, terms=terms), out)
        if "c" in kinds and ufunc in PRODUCTS:
            # A moved exponent would send an integer power another way through the library.
            last = 1 if ufunc is np.power else len(operands)
            operands[:last] = stream.moved(operands[:last])
        where = kwargs.get("where", True) if method == "__call__" else True
        return _wrap(stream.move(call(*operands, **kwargs), where=where), out)

    def __array_function__(self, func: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Move the terms of what adds products; for the rest run NumPy's own code, on ufuncs."""
        stream = current()
        if stream is None or func in PRINTING:
            return func(*_plain(args), **_plain(kwargs))
        if func not in TERMWISE and func.__module__ not in ("numpy.linalg", "numpy.fft"):
            return _wrap(super().__array_function__(func, types, args, kwargs))
        if func is np.dot and len(args) > 2:
            args, kwargs = args[:2], {**kwargs, "out": args[2]}
        terms = _plain(kwargs)
        outs = {"out": terms.pop("out")} if "out" in terms else {}
        operands = stream.moved(_plain(args))
        result = func(*operands, **stream.moved(terms), **outs)
        return _wrap(stream.move(result, terms=_number_of_terms(operands, result)))

    def __getitem__(self, key: Any) -> Any:
        return _wrap(super().__getitem__(key))

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(self.item() if self.ndim == 0 else np.asarray(self))

    def __round__(self, digits: int | None = None) -> Any:
        return round(self.item(), digits)

    def __repr__(self) -> str:
        return repr(np.asarray(self))

    def __str__(self) -> str:
        return str(np.asarray(self))

    def astype(self, dtype: Any, *args: Any, **kwargs: Any) -> Any:
        """Convert as a plain array does, and move what a narrower dtype has rounded."""
        result = np.asarray(self).astype(dtype, *args, **kwargs)
        stream = current()
        if stream and result.dtype.kind in "fc" and self.dtype.kind in "fc":
            if np.finfo(result.dtype).eps > np.finfo(self.dtype).eps:
                stream.move(result)
            return _wrap(result)
        return result

    def dot(self, b: Any, out: Any = None) -> Any:
        """Return the matrix product, moved relative to its terms."""
        return np.dot(self, b, out=out)

    def trace(self, *args: Any, **kwargs: Any) -> Any:
        """Return the sum of the diagonal, moved relative to its terms."""
        return _wrap(super().trace(*args, **kwargs))


def _replacing(name: str) -> Any:
    in_place, binary = getattr(np.ndarray, f"__i{name}__"), getattr(np.ndarray, f"__{name}__")

    def method(self: Noisy, other: Any) -> Any:
        return binary(self, other) if self.ndim == 0 else in_place(self, other)

    return method


def _of_plain(name: str) -> Any:
    def method(self: Noisy, *args: Any, **kwargs: Any) -> Any:
        return getattr(np.asarray(self), name)(*_plain(args), **_plain(kwargs))

    return method


for _name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow"):
    setattr(Noisy, f"__i{_name}__", _replacing(_name))
# Their C code would give integers of the subclass.
for _name in ("argmax", "argmin", "argsort", "argpartition", "nonzero", "searchsorted"):
    setattr(Noisy, _name, _of_plain(_name))


def _wrap(result: Any, out: tuple[Any, ...] | None = None) -> Any:
    """Return float and complex results as `Noisy` views, all others plain.

    A `Noisy` array that was written to is returned itself. For a plain one it is a view, so that
    after ``plain += noisy`` the name stands for a `Noisy` array of the same memory.
    """
    if out is not None and len(out) == 1 and isinstance(out[0], Noisy):
        return out[0]
    if isinstance(result, np.ndarray):
        if result.dtype.kind in "fc":
            return result if isinstance(result, Noisy) else result.view(Noisy)
        return np.asarray(result) if isinstance(result, Noisy) else result
    if isinstance(result, np.inexact):
        return np.asarray(result).view(Noisy)
    if isinstance(result, tuple | list):
        return rebuild(result, [_wrap(part) for part in result])
    return result


def _plain(value: Any) -> Any:
    if isinstance(value, Noisy):
        return np.asarray(value)
    if isinstance(value, tuple | list):
        return rebuild(value, [_plain(part) for part in value])
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    return value


def _boxed(operand: Any) -> Any:
    """Return an array of objects with its numbers as `Noisy` entries, for `np.vectorize`."""
    if not isinstance(operand, np.ndarray) or operand.dtype != np.object_:
        return operand
    boxed = np.empty(operand.shape, object)
    for index, entry in np.ndenumerate(operand):
        boxed[index] = np.array(entry).view(Noisy) if isinstance(entry, float | complex) else entry
    return boxed


def _number_of_terms(operands: Any, result: Any, *, running: bool = False) -> float:
    """Return how many terms an entry of a reduction or a matrix product has, by the sizes.

    For running sums it is the most that the last entry can have. Of more than two operands (in
    `einsum`) the first two count.
    """
    arrays = [a for a in operands if isinstance(a, np.ndarray) and a.dtype.kind in "fc"]
    if not arrays or not isinstance(result, np.ndarray | np.inexact) or result.size == 0:
        return 1
    if running:
        return max(arrays[0].shape, default=1)
    if len(arrays) == 1:
        return arrays[0].size / result.size
    return math.sqrt(arrays[0].size * arrays[1].size / result.size)


def _accumulate_at(stream: Stream, call: Any, target: Any, index: Any, *terms: Any) -> None:
    """Do what ``ufunc.at`` does, with moved terms and moved sums."""
    call(target, index, *stream.moved(terms))
    target[index] = stream.move(target[index])


def _rounds(ufunc: np.ufunc, method: str, operands: list[Any], *, is_complex: bool) -> bool:
    """Return whether an operation may round, by what it is and by the values of its operands."""
    if ufunc.__name__ in EXACT:
        return is_complex and ufunc is np.absolute
    if method != "__call__":
        return True
    if ufunc is np.multiply:
        return not any(map(_is_power_of_two, operands))
    if ufunc is np.divide:
        return not _is_power_of_two(operands[1])
    if ufunc is np.add or ufunc is np.subtract:
        return not any(map(_is_zero, operands))
    return True


def _is_power_of_two(a: Any) -> bool:
    """Return whether every entry is 0 or ± a power of two, looking at the first entry first."""
    if isinstance(a, np.ndarray):
        if a.dtype.kind not in "fiub" or a.size == 0 or not _is_power_of_two(a.item(0)):
            return False
        mantissa = np.abs(np.frexp(a)[0]) if a.size > 1 else 0.5
        return bool(np.all((mantissa == 0.5) | (mantissa == 0)))
    if isinstance(a, complex | np.complexfloating):
        return False
    try:
        return abs(math.frexp(a)[0]) in (0.0, 0.5)
    except (TypeError, OverflowError):
        return False


def _is_zero(a: Any) -> bool:
    if isinstance(a, np.ndarray):
        return a.size > 0 and not a.item(0) and not a.any()
    return isinstance(a, int | float | np.number) and a == 0
