"""Arrays of exact scalars: a subclass of ndarray, so that NumPy code takes them for arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import kinds
from gradcheck.proof.kinds import BOOL, FLOAT, INTEGER, kind_of, must_fit
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, boolean, chosen, current, scalar, whole

if TYPE_CHECKING:
    from gradcheck.records import Array

DOUBLE = 8
"""Bytes of a float; a narrower one holds integers alone without rounding."""

_coerce = np.frompyfunc(scalar, 1, 1)


class SymbolicArray(np.ndarray[Any, Any]):
    """An object array of scalars.

    Attributes
    ----------
    kind : str
        What NumPy's array would hold: see `gradcheck.proof.kinds`.
    """

    kind = FLOAT

    def __array_finalize__(self, source: Any) -> None:
        self.kind = getattr(source, "kind", FLOAT)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Return float64, int64 or bool: what code that asks would find on numbers."""
        return kinds.dtype_of(self.kind)

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
            if mask.shape != self.shape[: mask.ndim]:
                raise Unmodelled(f"a mask of shape {mask.shape} on an array of {self.shape}")
            if not _known(mask):
                return Selection(entries(self).copy(), mask.copy(), self.kind)
            key = _decided(mask)
        found = super().__getitem__(key)
        return found if isinstance(found, np.ndarray) else scalar(found)

    def __setitem__(self, key: Any, value: Any) -> None:
        mask = _mask_of(key)
        own = self.view(np.ndarray)
        if mask is not None and not _known(mask):
            given = entries(_for_mask(value, mask))
            must_fit(self.kind, given)
            own[...] = _choose(mask, given, own)
            return
        key = key if mask is None else _decided(mask)
        if isinstance(value, Selection):
            raise Unmodelled("entries chosen by a mask put where no mask is")
        given = entries(value)
        must_fit(self.kind, given)
        own[key] = given if given.ndim else given[()]

    def __bool__(self) -> bool:
        if self.size != 1:
            return bool(np.ones(self.shape))  # raises what NumPy raises
        return bool(self.reshape(-1)[0])

    def __float__(self) -> float:
        raise Unmodelled("a conversion to float")

    def __int__(self) -> int:
        raise Unmodelled("a conversion to int")

    def item(self, *place: Any) -> Any:
        """Return one entry."""
        return scalar(super().item(*place))

    def astype(self, dtype: Any, *, copy: bool = True, **keywords: Any) -> Any:  # type: ignore[override]
        """Return the same numbers as another kind; itself where NumPy would."""
        wanted = np.dtype(dtype)
        if keywords:
            raise Unmodelled(f"astype with {', '.join(keywords)}")
        if wanted == kinds.dtype_of(self.kind) and not copy:
            return self
        kind = {"f": FLOAT, "O": FLOAT, "i": INTEGER, "b": BOOL}.get(wanted.kind, "")
        if not kind or (kind == INTEGER and wanted.itemsize < 4):
            raise Unmodelled(f"a conversion to {wanted}")
        if kind == INTEGER and self.kind == FLOAT and not current.get().merging:
            return wrapped(entries(np.trunc(self)), kind=kind)
        every = wanted.kind == "O" or wanted.itemsize >= DOUBLE
        exact = {FLOAT: lambda one: every or whole(one), INTEGER: whole, BOOL: boolean}[kind]
        if not all(map(exact, entries(self).flat)):
            raise Unmodelled(f"a conversion to {wanted}")
        return wrapped(entries(self).copy(), kind=kind)

    def conj(self) -> SymbolicArray:
        """Return the array itself, as NumPy does."""
        return self

    conjugate = conj

    def fill(self, value: Any) -> None:  # noqa: D102 - as ndarray
        self[...] = value

    def view(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        of_type = len(args) == 1 and isinstance(args[0], type) and issubclass(args[0], np.ndarray)
        if keywords or (args and not of_type):
            raise Unmodelled("the bytes of an array seen as another type")
        return super().view(*args)

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

    def argsort(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("argsort", *args, **keywords)

    def sort(self, axis: int = -1) -> None:  # type: ignore[override]  # noqa: D102
        self[...] = self._through("sort", axis)

    def round(self, *args: Any, **keywords: Any) -> Any:  # noqa: D102
        return self._through("round", *args, **keywords)

    def nonzero(self) -> Any:  # noqa: D102
        return self._through("nonzero")


def _refusing(name: str) -> Any:
    def method(_self: Any, *_args: Any, **_keywords: Any) -> Any:
        raise Unmodelled(f"the method {name} of an array")

    return method


for _name in (
    "argpartition", "byteswap", "choose", "compress", "dump", "dumps", "getfield", "partition",
    "put", "resize", "searchsorted", "setfield", "tobytes", "tofile",
):  # fmt: skip
    setattr(SymbolicArray, _name, _refusing(_name))


class Selection:
    """What ``x[mask]`` is where the mask depends on the inputs: entries, of unknown number.

    It can be computed with entry by entry, put back under the same mask, and summed.
    """

    __array_priority__ = 2000.0

    def __init__(self, array: Array, mask: Array, kind: str) -> None:
        self.entries = array
        self.mask = mask
        self.kind = kind

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        from gradcheck.proof.ufuncs import apply

        if method != "__call__" or keywords:
            raise Unmodelled(f"np.{ufunc.__name__}.{method} on entries chosen by a mask")
        parts = [_for_mask(one, self.mask) for one in inputs]
        result = wrapped(apply(ufunc, method, tuple(parts), {}))
        if result.shape != self.entries.shape:
            raise Unmodelled("an array beside entries chosen by a mask")
        return Selection(entries(result), self.mask, result.kind)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        if function is np.sum and len(args) == 1 and not kwargs:
            return self.sum()
        raise Unmodelled(f"np.{function.__name__} on entries chosen by a mask")

    def sum(self) -> Any:
        """Return the sum of the chosen entries."""
        mask = self.mask.reshape(self.mask.shape + (1,) * (self.entries.ndim - self.mask.ndim))
        chosen_entries = wrapped(self.entries * mask, kind=self.kind)
        return chosen_entries.sum()

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        raise Unmodelled(f"the {name} of entries chosen by a mask")

    def _unknown(self, *_others: Any) -> Any:
        raise Unmodelled("entries chosen by a mask, of unknown number")

    __bool__ = __len__ = __iter__ = __getitem__ = __setitem__ = __contains__ = _unknown
    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = _unknown
    __hash__ = _unknown

    def _in_place(ufunc: Any) -> Any:  # noqa: N805
        def method(self: Selection, other: Any) -> Selection:
            result = self.__array_ufunc__(ufunc, "__call__", self, other)
            must_fit(self.kind, result.entries)
            self.entries = result.entries
            return self

        return method

    __iadd__, __isub__ = _in_place(np.add), _in_place(np.subtract)
    __imul__, __itruediv__ = _in_place(np.multiply), _in_place(np.true_divide)
    __ipow__ = _in_place(np.power)
    del _in_place

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
        plain: Array = value.view(np.ndarray)
        if not _all_scalars(plain):
            plain[...] = _coerce(plain)
        return plain
    if isinstance(value, Scalar):
        alone: Array = np.empty((), dtype=object)
        alone[()] = value
        return alone
    if isinstance(value, Selection):
        raise Unmodelled("entries chosen by a mask among others")
    plain = value if isinstance(value, np.ndarray) else np.array(value, dtype=object)
    if plain.dtype == object and _all_scalars(plain):
        return plain
    if plain.dtype.kind not in "fiubO":
        raise Unmodelled(f"an array of dtype {plain.dtype}")
    if plain.ndim == 0:
        return entries(scalar(plain[()]))
    coerced: Array = _coerce(plain)
    return coerced if coerced.size else coerced.astype(object)


def _all_scalars(plain: Array) -> bool:
    return all(isinstance(one, Scalar) for one in plain.flat)


def wrapped(value: Any, *, kind: str | None = None) -> Any:
    """Return a SymbolicArray of the same memory; of a number, one without dimensions.

    Parameters
    ----------
    value : array or number
    kind : str, optional
        By default the value's own.
    """
    array = entries(value).view(SymbolicArray)
    array.kind = kind or kind_of(value)
    return array


def finished(result: Any, out: Any = None, *, kind: str = FLOAT) -> Any:
    """Return a result as NumPy would: a scalar where it has no dimensions; or in `out`.

    Raises
    ------
    Unmodelled
        Where `out` is an array of floats, or cannot hold the result.
    """
    if out is not None:
        if not isinstance(out, SymbolicArray):
            raise Unmodelled("symbols put into an array of floats")
        if kind != out.kind and out.kind != FLOAT:
            raise Unmodelled(f"numbers put into an array of {out.kind}")
        out.view(np.ndarray)[...] = result
        return out
    if isinstance(result, Scalar):
        return _maybe_decided(result) if kind == BOOL else result
    if not isinstance(result, np.ndarray) or result.ndim == 0:
        return scalar(result[()] if isinstance(result, np.ndarray) else result)
    if kind == BOOL and not current.get().merging:
        return _decided(result)
    return wrapped(result, kind=kind)


def _maybe_decided(indicator: Scalar) -> Any:
    return indicator if current.get().merging else np.bool_(bool(indicator))


def _decided(mask: Array) -> Array:
    return np.array([bool(one) for one in mask.flat], dtype=bool).reshape(mask.shape)


def _known(mask: Array) -> bool:
    return all(one.operation == "constant" for one in mask.flat)


def _mask_of(key: Any) -> Any:
    """Return the mask where the key is one made of symbols, or a one-tuple of one."""
    if isinstance(key, tuple):
        if len(key) == 1:
            return _mask_of(key[0])
        if any(isinstance(part, SymbolicArray | Scalar) for part in key):
            raise Unmodelled("an index that depends on the inputs")
        return None
    if isinstance(key, SymbolicArray):
        if key.kind != BOOL:
            raise Unmodelled("an index that depends on the inputs")
        return entries(key)
    return key if isinstance(key, Scalar) else None


def _for_mask(value: Any, mask: Array) -> Any:
    """Return what is computed with, or put, under a mask: of the whole shape, or one number."""
    if isinstance(value, Selection):
        if value.mask.shape != mask.shape or any(
            a is not b for a, b in zip(value.mask.flat, mask.flat, strict=True)
        ):
            raise Unmodelled("entries chosen by two different masks")
        return wrapped(value.entries, kind=value.kind)
    if np.size(value) != 1:
        raise Unmodelled("an array beside entries chosen by a mask")
    return wrapped(entries(value).reshape(()), kind=kind_of(value))


def _choose(mask: Array, chosen: Any, other: Array) -> Array:
    """Return `chosen` where the mask is 1, else `other`; the mask covers the first dimensions."""
    if mask.shape != other.shape[: mask.ndim]:
        raise Unmodelled(f"a mask of shape {mask.shape} on an array of shape {other.shape}")
    if np.ndim(chosen) not in (0, other.ndim):
        raise Unmodelled("an array of other dimensions put where a mask is")
    wide = mask.reshape(mask.shape + (1,) * (other.ndim - mask.ndim))
    return np.asarray(select(wide, entries(chosen), other), dtype=object)


select = np.frompyfunc(chosen, 3, 1)
"""Entry by entry: the second where the indicator is 1, else the third."""
