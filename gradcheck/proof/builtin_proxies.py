"""Stand-ins for `float`, `type`, `max` and `min`, which take exact scalars for floats."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from gradcheck.proof.array import SymbolicArray
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, scalar


class _FloatType(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, builtins.float | Scalar)

    def __call__(cls, value: Any = 0.0) -> Any:
        if isinstance(value, SymbolicArray) and value.size == 1:
            return value.reshape(-1)[0]
        return value if isinstance(value, Scalar) else builtins.float(value)

    def __eq__(cls, other: Any) -> bool:
        return other is cls or other is builtins.float

    def __hash__(cls) -> int:
        return hash(builtins.float)


class FloatProxy(metaclass=_FloatType):
    """`float`, that leaves an exact scalar as it is; as a dtype it is float64."""

    dtype = np.dtype(np.float64)


class _Type(type):
    def __instancecheck__(cls, value: Any) -> bool:
        return isinstance(value, builtins.type)

    def __call__(cls, *args: Any, **keywords: Any) -> Any:
        if len(args) == 1 and isinstance(args[0], SymbolicArray):
            return np.ndarray
        if len(args) == 1 and type(args[0]) is Scalar:
            raise Unmodelled("the type of a number: Python's or NumPy's")
        return builtins.type(*args, **keywords)

    def __getattr__(cls, name: str) -> Any:
        return getattr(builtins.type, name)


class TypeProxy(metaclass=_Type):
    """`type`, that takes symbolic arrays for arrays."""


def _extreme(own: Any, sign: int) -> Any:
    def function(*args: Any, **keywords: Any) -> Any:
        if keywords or not args:
            return own(*args, **keywords)
        row = list(args[0]) if len(args) == 1 else list(args)
        if not any(isinstance(one, Scalar) for one in row):
            return own(row)
        result = scalar(row[0])
        for one in row[1:]:
            result = (np.maximum if sign > 0 else np.minimum)(result, one)
        return result

    return function


BUILTINS: dict[str, Any] = {
    "float": FloatProxy,
    "type": TypeProxy,
    "max": _extreme(builtins.max, 1),
    "min": _extreme(builtins.min, -1),
}
