"""Arrays of exact scalars: a subclass of ndarray, so that NumPy code takes them for arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np

from gradcheck.proof import kinds
from gradcheck.proof.kinds import BOOL, FLOAT, INTEGER, kind_of, must_fit
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.logic import boolean, whole
from gradcheck.proof.scalar import Scalar, Symbolic, scalar
from gradcheck.proof.selection import Selection, decided, known, put
from gradcheck.proof.trace import current

if TYPE_CHECKING:
    from gradcheck.records import Array

DOUBLE = 8
"""Bytes of a float; a narrower one holds integers alone without rounding."""

_coerce = np.frompyfunc(scalar, 1, 1)


class SymbolicArray(Symbolic, np.ndarray[Any, Any]):
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

    def __getitem__(self, key: Any) -> Any:
        mask = _mask_of(key)
        if mask is not None and not isinstance(mask, np.ndarray):
            raise Unmodelled("an index that depends on the inputs")
        if mask is not None:
            if mask.shape != self.shape[: mask.ndim]:
                raise Unmodelled(f"a mask of shape {mask.shape} on an array of {self.shape}")
            if not known(mask):
                return Selection(wrapped(entries(self).copy(), kind=self.kind), mask.copy())
            key = decided(mask)
        found = super().__getitem__(key)
        return found if isinstance(found, np.ndarray) else scalar(found)

    def __setitem__(self, key: Any, value: Any) -> None:
        mask = _mask_of(key)
        own = self.view(np.ndarray)
        if mask is not None and not known(mask):
            given = entries(Selection(self, mask).beside(value))
            must_fit(self.kind, given)
            put(mask, given, own)
            return
        key = key if mask is None else decided(mask)
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
        """Return the same numbers as another kind; itself where NumPy would.

        Raises
        ------
        Unmodelled
            Where the other kind may not hold all of them exactly.
        """
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

    @classmethod
    def of(cls, value: Any, *, kind: str | None = None) -> Self:
        """Return an array of the same memory; of a number, one without dimensions.

        Parameters
        ----------
        value : array or number
        kind : str, optional
            By default the value's own.

        Raises
        ------
        Unmodelled
            Where it holds something else than real numbers.
        """
        array = entries(value).view(cls)
        array.kind = kind or kind_of(value)
        return array

    # Methods that NumPy does not send through __array_ufunc__.
    def _through(self, name: str, *args: Any, **keywords: Any) -> Any:
        return self.__array_function__(getattr(np, name), (), (self, *args), keywords)

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


wrapped = SymbolicArray.of


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
        return decided(result)
    return wrapped(result, kind=kind)


def _maybe_decided(indicator: Scalar) -> Any:
    return indicator if current.get().merging else np.bool_(bool(indicator))


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
