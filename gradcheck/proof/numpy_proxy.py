"""The stand-in for `np`: arrays of exact scalars where NumPy would make arrays of floats."""

from __future__ import annotations

import math
import types
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import creation
from gradcheck.proof.array import wrapped
from gradcheck.proof.kinds import FLOAT, kind_of
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, scalar
from gradcheck.proof.vectorized import Vectorized

if TYPE_CHECKING:
    from collections.abc import Callable


def _as_exact(value: Any) -> Any:
    """Return a float array as one of exact scalars, so that symbols can be put into it."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return wrapped(value)
    return value


def _array(value: Any, dtype: Any = None, **keywords: Any) -> Any:
    if creation.holds_symbols(value):
        if keywords.pop("order", None) not in (None, "C", "K"):
            raise Unmodelled("np.array with order=")
        keywords.pop("subok", None)
        return creation.array(value, dtype, **keywords)
    return _as_exact(np.array(value, dtype, **keywords))


def _asarray(a: Any, dtype: Any = None, order: Any = None, **keywords: Any) -> Any:
    if not creation.holds_symbols(a):
        return np.asarray(a, dtype, order, **keywords)
    if keywords:
        raise Unmodelled(f"np.asarray with {', '.join(keywords)}")
    return creation.asarray(a, dtype, order)


def _contiguous(a: Any, dtype: Any = None, **keywords: Any) -> Any:
    if not creation.holds_symbols(a):
        return np.ascontiguousarray(a, dtype, **keywords)
    return np.atleast_1d(_asarray(a, dtype, "C", **keywords))


def _empty(shape: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    return creation.unwritten(shape, dtype)


def _zeros(shape: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    return creation.filled(shape, 0, dtype)


def _ones(shape: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    return creation.filled(shape, 1, dtype)


def _full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    kind = kind_of(fill_value)
    if dtype is None and not creation.holds_symbols(fill_value) and kind != FLOAT:
        return np.full(shape, fill_value)
    if dtype is None and kind != FLOAT:
        raise Unmodelled(f"np.full with what may be {kind}")
    return creation.filled(shape, fill_value, dtype)


def _made_by(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **keywords: _as_exact(function(*args, **keywords))


def root(x: Any, *args: Any, **keywords: Any) -> Any:
    """Return a square root; of a number that is no square, a symbol: √2 stays exact."""
    number = isinstance(x, int | float) and not isinstance(x, Scalar)
    if number and not args and not keywords and x >= 0:
        root = scalar(x).pool.call("sqrt", scalar(x))
        return math.sqrt(x) if root.operation == "constant" else root
    return np.sqrt(x, *args, **keywords)


class NumpyProxy(types.ModuleType):
    """`numpy`, with arrays of exact scalars where it would make arrays of floats."""

    def __init__(self) -> None:
        super().__init__("numpy")
        self.__dict__.update(REPLACED)
        self.pi, self.e = scalar(math.pi), scalar(math.e)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


REPLACED: dict[str, Any] = {
    "array": _array,
    "asarray": _asarray,
    "asanyarray": _asarray,
    "ascontiguousarray": _contiguous,
    "atleast_1d": lambda *arrays: np.atleast_1d(*map(_as_exact, arrays)),
    "zeros": _zeros,
    "ones": _ones,
    "empty": _empty,
    "full": _full,
    "eye": _made_by(np.eye),
    "identity": _made_by(np.identity),
    "sqrt": root,
    "vectorize": Vectorized,
    "isscalar": lambda element: isinstance(element, Scalar) or np.isscalar(element),
}
"""What is not NumPy's own, by name."""
