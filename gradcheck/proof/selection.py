"""Entries chosen by a mask that depends on the inputs, and what such a mask does to an array."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.kinds import must_fit
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.logic import chosen

if TYPE_CHECKING:
    from gradcheck.records import Array


class Selection:
    """What ``x[mask]`` is where the mask depends on the inputs: entries, of unknown number.

    It can be computed with entry by entry, put back under the same mask, and summed.

    Parameters
    ----------
    array : SymbolicArray
        From which they are chosen.
    mask : Array
        Indicators, for the array's first dimensions.
    """

    __array_priority__ = 2000.0

    def __init__(self, array: Any, mask: Array) -> None:
        self.array, self.mask = array, mask

    @property
    def kind(self) -> str:
        """Return what the array's entries are."""
        return str(self.array.kind)

    def beside(self, value: Any) -> Any:
        """Return what is computed with the entries, or put in their place, as an array.

        Raises
        ------
        Unmodelled
            Where it is neither chosen by the same mask nor one number.
        """
        if isinstance(value, Selection):
            pairs = zip(value.mask.flat, self.mask.flat, strict=True)
            if value.mask.shape != self.mask.shape or any(a is not b for a, b in pairs):
                raise Unmodelled("entries chosen by two different masks")
            return value.array
        if np.size(value) != 1:
            raise Unmodelled("an array beside entries chosen by a mask")
        return type(self.array).of(value).reshape(())

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        if method != "__call__" or keywords:
            raise Unmodelled(f"np.{ufunc.__name__}.{method} on entries chosen by a mask")
        result = type(self.array).of(ufunc(*map(self.beside, inputs)))
        if result.shape != self.array.shape:
            raise Unmodelled("an array beside entries chosen by a mask")
        return Selection(result, self.mask)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        if function is np.sum and len(args) == 1 and not kwargs:
            return self.sum()
        raise Unmodelled(f"np.{function.__name__} on entries chosen by a mask")

    def sum(self) -> Any:
        """Return the sum of the chosen entries."""
        plain = self.array.view(np.ndarray)
        return type(self.array).of(plain * wide(self.mask, plain.ndim), kind=self.kind).sum()

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
            must_fit(self.kind, result.array.view(np.ndarray))
            self.array = type(self.array).of(result.array, kind=self.kind)
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


def known(mask: Array) -> bool:
    """Say whether no entry of a mask depends on the inputs."""
    return all(one.operation == "constant" for one in mask.flat)


def decided(mask: Array) -> Array:
    """Return a mask at the run's point; where all regions are run at once it must be known."""
    return np.array([bool(one) for one in mask.flat], dtype=bool).reshape(mask.shape)


def put(mask: Array, given: Array, own: Array) -> None:
    """Put entries where a mask is 1; the mask covers the first dimensions.

    Raises
    ------
    Unmodelled
        Where the shapes do not go together.
    """
    if mask.shape != own.shape[: mask.ndim]:
        raise Unmodelled(f"a mask of shape {mask.shape} on an array of shape {own.shape}")
    if np.ndim(given) not in (0, own.ndim):
        raise Unmodelled("an array of other dimensions put where a mask is")
    own[...] = np.asarray(select(wide(mask, own.ndim), given, own), dtype=object)


def wide(mask: Array, dimensions: int) -> Array:
    """Return a mask with as many dimensions as what it is for."""
    return mask.reshape(mask.shape + (1,) * (dimensions - mask.ndim))


select = np.frompyfunc(chosen, 3, 1)
"""Entry by entry: the second where the indicator is 1, else the third."""
