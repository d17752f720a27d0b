"""Exact scalars as NumPy code sees them: numbers with operators, that refuse to become floats."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from gradcheck.proof.expression import Expression
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.logic import (
    boolean,
    chosen,
    equal,
    greater,
    greater_equal,
    logical_and,
    logical_not,
    logical_or,
)
from gradcheck.proof.trace import current

LARGEST_POWER = 64
"""An integer power is one up to here."""

_NUMBERS = (bool, int, float, Fraction, np.integer, np.floating, np.bool_)


def scalar(value: Any) -> Any:
    """Return a number as a scalar of the trace that runs.

    Raises
    ------
    Unmodelled
        Where it is no real number.
    """
    if isinstance(value, Scalar):
        if value.pool is not current.get().pool:
            raise Unmodelled("a symbol that an earlier run has left behind")
        return value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        return scalar(value[()])
    return current.get().read(value)


class Symbolic:
    """What NumPy hands its functions to: those of `ufuncs` and `functions` are called.

    They are imported when NumPy calls, for they are made of the symbols that they work on.
    """

    __slots__ = ()

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        from gradcheck.proof.ufuncs import apply

        return apply(ufunc, method, inputs, keywords)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        from gradcheck.proof.functions import call

        return call(function, args, kwargs)


class Scalar(Symbolic, Expression):
    """A node with the operators of a Python float and the attributes of a NumPy scalar."""

    __slots__ = ()
    __array_priority__ = 1000.0

    # Attributes of a NumPy scalar that code asks for.
    shape: tuple[int, ...] = ()
    ndim = 0
    size = 1
    dtype = np.dtype(np.float64)
    real = property(lambda self: self)
    T = property(lambda self: self)
    # isinstance(x, float) and isinstance(x, np.floating) hold, as of what it stands for.
    __class__ = property(lambda _self: np.float64)

    def item(self) -> Scalar:
        """Return the scalar itself."""
        return self

    def copy(self) -> Scalar:
        """Return the scalar itself: it never changes."""
        return self

    def __copy__(self) -> Scalar:
        return self

    def __deepcopy__(self, _memo: Any) -> Scalar:
        return self

    def astype(self, dtype: Any, copy: bool = True) -> Scalar:  # noqa: ARG002, FBT001, FBT002
        """Return the scalar itself as a float.

        Raises
        ------
        Unmodelled
            Where the other type may not hold it exactly.
        """
        if np.dtype(dtype).kind != "f" or np.dtype(dtype).itemsize < self.dtype.itemsize:
            raise Unmodelled(f"a conversion to {np.dtype(dtype)}")
        return self

    def __getattr__(self, name: str) -> Any:
        # sum, mean, reshape and the like, of an array without dimensions.
        if name.startswith("__") or not hasattr(np.float64, name):
            raise AttributeError(name)
        if not hasattr(np.ndarray, name):
            raise Unmodelled(f"the {name} of a number")
        return getattr(self._as_array(), name)

    def __getitem__(self, key: Any) -> Any:
        return self._as_array()[key]

    def _as_array(self) -> Any:
        """Return an array without dimensions."""
        return np.reshape(self, ())

    # Never a silent number; a constant is read again as what it was.
    def __float__(self) -> float:
        if self.operation != "constant":
            raise Unmodelled("a conversion to float")
        return float(self.value)

    def __int__(self) -> int:
        if self.operation != "constant":
            raise Unmodelled("a conversion to int")
        return int(self.value)

    def __index__(self) -> int:
        raise Unmodelled("an index that depends on the inputs")

    def __complex__(self) -> complex:
        raise Unmodelled("a conversion to complex")

    def __round__(self, _digits: int | None = None) -> Any:
        raise Unmodelled("rounding")

    def _refused(self, *_others: Any) -> Any:
        raise Unmodelled("a remainder, or a conversion to whole numbers")

    __floordiv__ = __rfloordiv__ = __mod__ = __rmod__ = __divmod__ = __rdivmod__ = _refused
    __floor__ = __ceil__ = __trunc__ = __xor__ = __rxor__ = _refused

    def __format__(self, _spec: str) -> str:
        return str(self)

    def __str__(self) -> str:
        return f"<symbol {self.number}>"

    def __hash__(self) -> int:
        if self.operation != "constant":
            raise Unmodelled("a look-up by a value that depends on the inputs")
        return hash(self.value)

    def __bool__(self) -> bool:
        if self.operation == "constant":
            return bool(self.value)
        return current.get().decide(self if boolean(self) else self != 0)

    def __neg__(self) -> Any:
        return self.pool.negative(self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return absolute(self)

    def __invert__(self) -> Any:
        raise Unmodelled("~ of what may be a truth value or a number")

    def __add__(self, other: Any) -> Any:
        return _binary("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return _binary("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return _binary("subtract", self, other)

    def __rsub__(self, other: Any) -> Any:
        return _binary("subtract", other, self)

    def __mul__(self, other: Any) -> Any:
        return _binary("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return _binary("mul", other, self)

    def __truediv__(self, other: Any) -> Any:
        return _binary("divide", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return _binary("divide", other, self)

    def __pow__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, np.ndarray) else power(self, scalar(other))

    def __rpow__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, np.ndarray) else power(scalar(other), self)

    def __and__(self, other: Any) -> Any:
        return logical_and(self, scalar(other))

    __rand__ = __and__

    def __or__(self, other: Any) -> Any:
        return logical_or(self, scalar(other))

    __ror__ = __or__

    def __gt__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, np.ndarray) else greater(self, scalar(other))

    def __lt__(self, other: Any) -> Any:
        return NotImplemented if isinstance(other, np.ndarray) else greater(scalar(other), self)

    def __ge__(self, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return greater_equal(self, scalar(other))

    def __le__(self, other: Any) -> Any:
        if isinstance(other, np.ndarray):
            return NotImplemented
        return greater_equal(scalar(other), self)

    def __eq__(self, other: Any) -> Any:
        if not isinstance(other, (*_NUMBERS, Scalar)):
            return NotImplemented
        return equal(self, scalar(other))

    def __ne__(self, other: Any) -> Any:
        if not isinstance(other, (*_NUMBERS, Scalar)):
            return NotImplemented
        return logical_not(equal(self, scalar(other)))


def _binary(operation: str, a: Any, b: Any) -> Any:
    if isinstance(a, np.ndarray) or isinstance(b, np.ndarray):
        return NotImplemented
    if not (isinstance(a, (*_NUMBERS, Scalar)) and isinstance(b, (*_NUMBERS, Scalar))):
        return NotImplemented
    if operation == "add" and _perhaps_true(a) and _perhaps_true(b):
        raise Unmodelled("a sum of what may be two truth values, or two numbers")
    a, b = scalar(a), scalar(b)
    return getattr(a.pool, operation)(a, b)


def _perhaps_true(value: Any) -> bool:
    """Say whether it may be a truth value: NumPy's sum of two is "or"."""
    if isinstance(value, Scalar):
        return value.operation != "constant" and boolean(value)
    return isinstance(value, bool | np.bool_)


def absolute(a: Scalar) -> Any:
    """Return a where a > 0, else −a."""
    return chosen(a.pool.positive(a), a, a.pool.negative(a))


def power(a: Scalar, b: Scalar) -> Any:
    """Return a to the power b: an integer, a half of one, or exp(b log a).

    Raises
    ------
    Unmodelled
        Where exp(b log a) may be another function: the base may be negative, and b an integer.
    """
    pool = a.pool
    if b.operation == "constant":
        if b.value.denominator == 1 and abs(b.value) <= LARGEST_POWER:
            return pool.power(a, int(b.value))
        if b.value.denominator == 2 and abs(b.value) <= LARGEST_POWER:
            return pool.power(pool.call("sqrt", a), b.value.numerator)
    always = a.operation == "exp" or (a.operation == "constant" and a.value > 0)
    if not always and (b.operation != "constant" or b.value.denominator == 1):
        raise Unmodelled("a power of what may be negative")
    return pool.call("exp", pool.mul(b, pool.call("log", a)))
