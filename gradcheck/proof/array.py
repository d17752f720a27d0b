"""Arrays of exact scalars: a subclass of ndarray, so that NumPy code takes them for arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, boolean, chosen, current, scalar

if TYPE_CHECKING:
    from gradcheck.records import Array

DOUBLE = 8
"""Bytes of a float that rounds as all of them are taken to."""

WIDE = 4
"""Bytes of an integer type in which nothing that code counts overflows."""

_coerce = np.frompyfunc(scalar, 1, 1)
_is_boolean = np.frompyfunc(boolean, 1, 1)


class SymbolicArray(np.ndarray[Any, Any]):
    """An object array of scalars.

    Attributes
    ----------
    truth : bool
        It is what a comparison gave: a mask, not numbers.
    whole : bool
        NumPy's own array would be one of integers: 0.5 put into it is 0.
    """

    truth = False
    whole = False

    def __array_finalize__(self, source: Any) -> None:
        self.truth = getattr(source, "truth", False)
        self.whole = getattr(source, "whole", False)

    @property
    def dtype(self) -> np.dtype[Any]:  # type: ignore[override]
        """Return float64, int64 or bool: what code that asks would find on numbers."""
        return np.dtype(bool if self.truth else np.int64 if self.whole else np.float64)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        from gradcheck.proof.ufuncs import apply

        return apply(ufunc, method, inputs, keywords)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        from gradcheck.proof.functions import call

        return call(function, args, kwargs)

    def __getitem__(self, key: Any) -> Any:
        mask = _mask_of(key)
        if mask is not None and not isinstance(mask, np.ndarray):
            raise Unmodelled("an index that depends on the inputs")
        if mask is not None:
            if not _known(mask):
                return Selection(entries(self).copy(), mask.copy())
            key = _decided(mask)
        found = super().__getitem__(_plain_key(key))
        return found if isinstance(found, np.ndarray) else scalar(found)

    def __setitem__(self, key: Any, value: Any) -> None:
        mask = _mask_of(key)
        own = self.view(np.ndarray)
        if (self.truth or self.whole) and not fits(value, truth=self.truth):
            raise Unmodelled("numbers put into an array that is not of floats")
        if mask is not None and not _known(mask):
            own[...] = _choose(mask, _for_mask(value, mask), own)
            return
        key = _plain_key(key) if mask is None else _decided(mask)
        if isinstance(value, Selection):
            raise Unmodelled("entries chosen by a mask put where no mask is")
        given = entries(value)
        own[key] = given if given.ndim else given[()]

    def __bool__(self) -> bool:
        if self.size != 1:
            return bool(np.ones(self.shape))  # raises what NumPy raises
        return bool(self.reshape(-1)[0])

    def __float__(self) -> float:
        raise Unmodelled("a conversion to float")

    def __int__(self) -> int:
        raise Unmodelled("a conversion to int")

    def fill(self, value: Any) -> None:
        """Put one number everywhere."""
        self[...] = value

    def item(self, *place: Any) -> Any:
        """Return one entry."""
        return scalar(super().item(*place))

    def astype(self, dtype: Any, *_args: Any, **_keywords: Any) -> Any:
        """Return a copy, of floats; or a mask as bool."""
        kind, size = np.dtype(dtype).kind, np.dtype(dtype).itemsize
        given, exact = self.view(np.ndarray).copy(), self.truth or self.whole
        if kind == "i" and size >= WIDE and not exact:
            given, exact = entries(np.trunc(self)), True
        fits = {"f": size >= DOUBLE or exact, "i": size >= WIDE and exact, "O": True}
        if not fits.get(kind, kind == "b" and _all_boolean(self)):
            raise Unmodelled(f"a conversion to {np.dtype(dtype)}")
        return wrapped(given, truth=kind == "b", whole=kind == "i")

    # Methods that NumPy does not send through __array_ufunc__.
    def _through(self, name: str, *args: Any, **keywords: Any) -> Any:
        from gradcheck.proof.functions import call

        return call(getattr(np, name), (self, *args), keywords)

    def mean(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102 - as ndarray
        return self._through("mean", *args, **keywords)

    def sum(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("sum", *args, **keywords)

    def prod(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("prod", *args, **keywords)

    def max(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("max", *args, **keywords)

    def min(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("min", *args, **keywords)

    def var(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("var", *args, **keywords)

    def std(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("std", *args, **keywords)

    def dot(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("dot", *args, **keywords)

    def clip(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("clip", *args, **keywords)

    def any(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("any", *args, **keywords)

    def all(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("all", *args, **keywords)

    def cumsum(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("cumsum", *args, **keywords)

    def argmax(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("argmax", *args, **keywords)

    def argmin(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("argmin", *args, **keywords)

    def nonzero(self) -> Any:  # noqa: D102
        return self._through("nonzero")

    def round(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("round", *args, **keywords)

    def sort(self, axis: int = -1) -> None:  # noqa: D102
        self[...] = self._through("sort", axis)

    def argsort(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("argsort", *args, **keywords)

    def partition(self, *_args: Any, **_keywords: Any) -> Any:  # noqa: D102
        raise Unmodelled("sorting")

    def searchsorted(self, *_args: Any, **_keywords: Any) -> Any:  # noqa: D102
        raise Unmodelled("sorting")


class Selection:
    """What ``x[mask]`` is where the mask depends on the inputs: entries, of unknown number.

    It can be computed with entry by entry, put back under the same mask, and summed.
    """

    __array_priority__ = 2000.0

    def __init__(self, array: Array, mask: Array) -> None:
        self.entries = array
        self.mask = mask

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        from gradcheck.proof.ufuncs import apply

        if method != "__call__" or keywords:
            raise Unmodelled(f"np.{ufunc.__name__}.{method} on entries chosen by a mask")
        parts = [_for_mask(one, self.mask) for one in inputs]
        return Selection(entries(apply(ufunc, method, tuple(parts), {})), self.mask)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        if function is np.sum and len(args) == 1 and not kwargs:
            return self.sum()
        raise Unmodelled(f"np.{function.__name__} on entries chosen by a mask")

    def sum(self) -> Any:
        """Return the sum of the chosen entries."""
        return wrapped(self.entries * self.mask).sum()

    def _with(ufunc: Any, *, swapped: bool = False) -> Any:  # noqa: N805
        def method(self: Selection, *other: Any) -> Any:
            inputs = (*other, self) if swapped else (self, *other)
            return self.__array_ufunc__(ufunc, "__call__", *inputs)

        return method

    __add__, __radd__ = _with(np.add), _with(np.add, swapped=True)
    __sub__, __rsub__ = _with(np.subtract), _with(np.subtract, swapped=True)
    __mul__, __rmul__ = _with(np.multiply), _with(np.multiply, swapped=True)
    __truediv__, __rtruediv__ = _with(np.true_divide), _with(np.true_divide, swapped=True)
    __pow__, __rpow__ = _with(np.power), _with(np.power, swapped=True)
    __neg__, __abs__ = _with(np.negative), _with(np.absolute)
    del _with


def entries(value: Any) -> Array:
    """Return a plain object array of scalars: the same memory, where it is one already.

    Raises
    ------
    Unmodelled
        Where it holds something else than real numbers.
    """
    if isinstance(value, SymbolicArray):
        plain = value.view(np.ndarray)
    elif isinstance(value, Scalar):
        plain = np.empty((), dtype=object)
        plain[()] = value
        return plain
    elif isinstance(value, Selection):
        raise Unmodelled("entries chosen by a mask among others")
    else:
        plain = value if isinstance(value, np.ndarray) else np.array(value, dtype=object)
    if plain.dtype == object and all(isinstance(one, Scalar) for one in plain.flat):
        return plain
    if plain.dtype.kind not in "fiubO":
        raise Unmodelled(f"an array of dtype {plain.dtype}")
    if plain.ndim == 0:
        return entries(scalar(plain[()]))
    coerced: Array = _coerce(plain)
    if isinstance(value, SymbolicArray) and plain.flags.writeable:
        plain[...] = coerced  # numbers that fill() or flat put there: still the same memory
        return plain
    return coerced if coerced.size else coerced.astype(object)


def wrapped(value: Any, *, truth: bool = False, whole: bool = False) -> Any:
    """Return a SymbolicArray of the same memory; of a number, one without dimensions."""
    array = entries(value).view(SymbolicArray)
    array.truth, array.whole = truth, whole
    return array


def integral(value: Any) -> bool:
    """Say whether NumPy would have integers or booleans in the place of a value."""
    if isinstance(value, SymbolicArray):
        return value.truth or value.whole
    if isinstance(value, Scalar | Selection):
        return False
    return np.asarray(value).dtype.kind in "iub"


def fits(value: Any, *, truth: bool) -> bool:
    """Say whether a value stays what it is in an array of booleans, or of integers."""
    if isinstance(value, SymbolicArray):
        return value.truth or (value.whole and not truth)
    if isinstance(value, Scalar):
        return boolean(value)
    if isinstance(value, Selection):
        return False
    numbers = np.asarray(value)
    return numbers.dtype.kind in "iub" and (not truth or bool(np.isin(numbers, (0, 1)).all()))


def finished(
    result: Any, out: Any = None, *, boolean: bool = False, whole: bool = False
) -> Any:
    """Return a result as NumPy would: a scalar where it has no dimensions; or in `out`.

    Raises
    ------
    Unmodelled
        Where `out` is an array of floats.
    """
    if out is not None:
        if not isinstance(out, SymbolicArray):
            raise Unmodelled("symbols put into an array of floats")
        if (out.truth and not boolean) or (out.whole and not whole):
            raise Unmodelled("numbers put into an array that is not of floats")
        plain = out.view(np.ndarray)
        plain[...] = result
        return out
    if isinstance(result, Scalar):
        return _maybe_decided(result) if boolean else result
    if not isinstance(result, np.ndarray) or result.ndim == 0:
        return scalar(result[()] if isinstance(result, np.ndarray) else result)
    if boolean and not current.get().merging:
        return _decided(result)
    return wrapped(result, truth=boolean, whole=whole)


def _maybe_decided(indicator: Scalar) -> Any:
    return indicator if current.get().merging else np.bool_(bool(indicator))


def _decided(mask: Array) -> Array:
    return np.array([bool(one) for one in mask.flat], dtype=bool).reshape(mask.shape)


def _known(mask: Array) -> bool:
    return all(one.operation == "constant" for one in mask.flat)


def _all_boolean(array: Any) -> bool:
    return all(_is_boolean(entries(array)).flat)


def _mask_of(key: Any) -> Any:
    """Return the mask where the key is one made of symbols, or a one-tuple of one."""
    if isinstance(key, tuple):
        if len(key) == 1:
            return _mask_of(key[0])
        if any(isinstance(part, SymbolicArray | Scalar) for part in key):
            raise Unmodelled("an index that depends on the inputs")
        return None
    if isinstance(key, SymbolicArray):
        if not key.truth and (key.whole or not _all_boolean(key)):
            raise Unmodelled("an index that depends on the inputs")
        return entries(key)
    return key if isinstance(key, Scalar) else None


def _plain_key(key: Any) -> Any:
    return key


def _for_mask(value: Any, mask: Array) -> Any:
    """Return what is computed with, or put, under a mask: in the whole shape, or a single number."""
    if isinstance(value, Selection):
        if value.mask.shape != mask.shape or any(
            a is not b for a, b in zip(value.mask.flat, mask.flat, strict=True)
        ):
            raise Unmodelled("entries chosen by two different masks")
        return value.entries
    given = entries(value)
    if given.size != 1:
        raise Unmodelled("an array beside entries chosen by a mask")
    return given.reshape(())


def _choose(mask: Array, chosen: Any, other: Array) -> Array:
    """Return `chosen` where the mask is 1, else `other`; the mask covers the first dimensions."""
    if mask.shape != other.shape[: mask.ndim]:
        raise Unmodelled(f"a mask of shape {mask.shape} on an array of shape {other.shape}")
    wide = mask.reshape(mask.shape + (1,) * (other.ndim - mask.ndim))
    return np.asarray(select(wide, entries(chosen), other), dtype=object)


select = np.frompyfunc(chosen, 3, 1)
"""Entry by entry: the second where the indicator is 1, else the third."""
