"""Exact scalars as NumPy code sees them: numbers with operators, that refuse to become floats."""

from __future__ import annotations

from contextvars import ContextVar
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.exceptions import DIVISION, DOMAIN, exceptions_of
from gradcheck.proof.expression import INDICATORS, Expression
from gradcheck.proof.limits import Unmodelled

if TYPE_CHECKING:
    from gradcheck.proof.tracing import Trace

current: ContextVar[Trace] = ContextVar("current")
"""The trace that runs."""

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


class Scalar(Expression):
    """A node with the operators of a Python float and the attributes of a NumPy scalar."""

    __slots__ = ()
    __array_priority__ = 1000.0

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **keywords: Any) -> Any:
        from gradcheck.proof.ufuncs import apply

        return apply(ufunc, method, inputs, keywords)

    def __array_function__(self, function: Any, _types: Any, args: Any, kwargs: Any) -> Any:
        from gradcheck.proof.functions import call

        return call(function, args, kwargs)

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
        """Return the scalar itself as a float."""
        if np.dtype(dtype).kind != "f" or np.dtype(dtype).itemsize < self.dtype.itemsize:
            raise Unmodelled(f"a conversion to {np.dtype(dtype)}")
        return self

    def __getattr__(self, name: str) -> Any:
        # sum, mean, reshape and the like, of an array without dimensions.
        if name.startswith("__") or not hasattr(np.float64, name):
            raise AttributeError(name)
        if not hasattr(np.ndarray, name):
            raise Unmodelled(f"the {name} of a number")
        from gradcheck.proof.array import wrapped

        return getattr(wrapped(self), name)

    def __getitem__(self, key: Any) -> Any:
        from gradcheck.proof.array import wrapped

        return wrapped(self)[key]

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


def boolean(node: Expression) -> bool:
    """Say whether a node is made of indicators by "and" and "not" alone, so that it is 0 or 1."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if one.operation in INDICATORS or (one.operation == "constant" and one.value in (0, 1)):
            continue
        if one.operation == "mul":
            waiting.extend(one.arguments)
        elif (inner := _negated(one)) is not None:
            waiting.append(inner)
        else:
            return False
    return True


def whole(node: Expression) -> bool:
    """Say whether a node is made of indicators and integers, so that it is an integer."""
    waiting, seen = [node], set[int]()
    while waiting:
        one = waiting.pop()
        if one.number in seen or one.operation in INDICATORS:
            continue
        seen.add(one.number)
        if one.operation == "constant":
            if one.value.denominator != 1:
                return False
        elif one.operation in ("add", "mul", "maximum") or (
            one.operation == "power" and one.value > 0
        ):
            waiting.extend(one.arguments)
        else:
            return False
    return True


def partial(node: Expression) -> bool:
    """Say whether a node may have no value somewhere: where it divides by 0, say."""
    return bool({DIVISION, DOMAIN} & {*exceptions_of([node])})


def _negated(node: Expression) -> Expression | None:
    """Return b where the node is 1 − b."""
    if node.operation != "add":
        return None
    pool = node.pool
    for one, other in (node.arguments, node.arguments[::-1]):
        if one is pool.one and other.operation == "mul" and other.arguments[0] is pool.minus_one:
            return other.arguments[1]
    return None


def _must_be_boolean(*nodes: Scalar) -> None:
    for node in nodes:
        if not boolean(node):
            raise Unmodelled("a logical operation on what is not a comparison")


def logical_not(a: Scalar) -> Any:
    """Return 1 − a, for an indicator."""
    _must_be_boolean(a)
    inner = _negated(a)
    return inner if inner is not None else a.pool.subtract(a.pool.one, a)


def logical_and(a: Scalar, b: Scalar) -> Any:
    """Return a · b, for indicators."""
    _must_be_boolean(a, b)
    return a if a is b else a.pool.mul(a, b)


def logical_or(a: Scalar, b: Scalar) -> Any:
    """Return 1 − (1 − a)(1 − b), for indicators."""
    return logical_not(logical_and(logical_not(a), logical_not(b)))


def greater(a: Scalar, b: Scalar) -> Any:
    """Return the indicator of a > b."""
    return a.pool.positive(a.pool.subtract(a, b))


def greater_equal(a: Scalar, b: Scalar) -> Any:
    """Return the indicator of a ≥ b."""
    return a.pool.nonnegative(a.pool.subtract(a, b))


def equal(a: Scalar, b: Scalar) -> Any:
    """Return the indicator of a = b."""
    return a.pool.mul(greater_equal(a, b), greater_equal(b, a))


def chosen(indicator: Scalar, a: Scalar, b: Scalar) -> Any:
    """Return a where the indicator is 1, else b; where one region is run, it is decided."""
    if indicator.operation == "constant" or current.get().merging:
        return a.pool.select(indicator, a, b)
    return a if indicator else b


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
