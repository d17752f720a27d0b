"""Stand-ins for `np`, `math`, `float`, `max` and `min` in the modules under test, while they run."""

from __future__ import annotations

import builtins
import math
import types
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import functions
from gradcheck.proof.array import SymbolicArray, wrapped
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, current, scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def _as_exact(value: Any) -> Any:
    """Return a float array as one of exact scalars, so that symbols can be put into it."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return wrapped(value)
    return value


def _array(value: Any, dtype: Any = None, **keywords: Any) -> Any:
    if functions.holds_symbols(value):
        keywords.pop("order", None)
        keywords.pop("subok", None)
        return functions.array(value, dtype, **keywords)
    return _as_exact(np.array(value, dtype, **keywords))


def _asarray(value: Any, dtype: Any = None, **keywords: Any) -> Any:
    if isinstance(value, SymbolicArray) and (dtype is None or np.dtype(dtype).kind in "fO"):
        return value
    if functions.holds_symbols(value):
        return functions.array(value, dtype, copy=False)
    return np.asarray(value, dtype, **keywords)


def _zeros(shape: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    return functions.filled(shape, 0, dtype)


def _ones(shape: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    return functions.filled(shape, 1, dtype)


def _full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    if dtype is None and isinstance(fill_value, int):
        return np.full(shape, fill_value)
    if np.ndim(fill_value):
        return wrapped(np.broadcast_to(functions.array(fill_value), shape).copy())
    return functions.filled(shape, fill_value, dtype)


def _made_by(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **keywords: _as_exact(function(*args, **keywords))


class _Vectorized:
    """np.vectorize: the function entry by entry."""

    def __init__(self, pyfunc: Any, otypes: Any = None) -> None:
        self._function = pyfunc
        self._plain = np.vectorize(pyfunc, otypes=otypes)

    def __call__(self, *args: Any) -> Any:
        if not any(map(functions.holds_symbols, args)):
            return self._plain(*args)
        function = np.frompyfunc(self._function, len(args), 1)
        return wrapped(function(*[np.asarray(one, dtype=object) for one in args]))


def _root(x: Any, *args: Any, **keywords: Any) -> Any:
    """Return a square root; of a number that is no square, a symbol: √2 stays exact."""
    if isinstance(x, int | float) and not args and not keywords and x >= 0:
        root = scalar(x).pool.call("sqrt", scalar(x))
        return math.sqrt(x) if root.operation == "constant" else root
    return np.sqrt(x, *args, **keywords)


def _constant(value: float) -> Any:
    return current.get().read(value)


class NumpyProxy(types.ModuleType):
    """`numpy`, with arrays of exact scalars where it would make arrays of floats."""

    def __init__(self) -> None:
        super().__init__("numpy")
        self.__dict__.update(_NUMPY)
        self.pi, self.e = _constant(math.pi), _constant(math.e)

    def __getattr__(self, name: str) -> Any:
        return getattr(np, name)


_NUMPY: dict[str, Any] = {
    "array": _array,
    "asarray": _asarray,
    "asanyarray": _asarray,
    "ascontiguousarray": _asarray,
    "asfortranarray": _asarray,
    "atleast_1d": lambda *arrays: np.atleast_1d(*map(_as_exact, arrays)),
    "zeros": _zeros,
    "ones": _ones,
    "empty": _zeros,
    "full": _full,
    "eye": _made_by(np.eye),
    "identity": _made_by(np.identity),
    "sqrt": _root,
    "vectorize": _Vectorized,
    "isscalar": lambda element: isinstance(element, Scalar) or np.isscalar(element),
}
"""np.empty is filled with zeros: code that reads what it has not written differs from itself, which
the faithfulness check sees."""

_MATH: dict[str, Callable[..., Any]] = {
    name: ufunc
    for name, ufunc in {
        "exp": np.exp, "expm1": np.expm1, "log": np.log, "log1p": np.log1p, "log2": np.log2,
        "log10": np.log10, "sin": np.sin, "cos": np.cos, "tan": np.tan, "atan": np.arctan,
        "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "fabs": np.absolute, "pow": np.power,
        "isnan": np.isnan, "isinf": np.isinf, "isfinite": np.isfinite, "sqrt": _root,
    }.items()
}  # fmt: skip


class MathProxy(types.ModuleType):
    """`math`, whose functions take exact scalars too."""

    def __init__(self) -> None:
        super().__init__("math")
        self.pi, self.e = _constant(math.pi), _constant(math.e)
        self.erf = lambda x: x.pool.call("erf", x) if isinstance(x, Scalar) else math.erf(x)
        self.erfc = lambda x: 1 - self.erf(x) if isinstance(x, Scalar) else math.erfc(x)
        self.fsum = lambda seq: _fsum(list(seq))

    def __getattr__(self, name: str) -> Any:
        own = getattr(math, name)
        return _of_math(name, own) if callable(own) else own


def _fsum(row: list[Any]) -> Any:
    return sum(row) if any(isinstance(one, Scalar) for one in row) else math.fsum(row)


def _of_math(name: str, own: Any) -> Any:
    def function(*args: Any) -> Any:
        if name == "sqrt":
            return _root(*args)
        if not any(isinstance(one, Scalar | SymbolicArray) for one in args):
            return own(*args)
        if name not in _MATH:
            raise Unmodelled(f"math.{name}")
        return _MATH[name](*[one.item() if isinstance(one, SymbolicArray) else one for one in args])

    return function


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


def _replacements() -> dict[int, Any]:
    """Return what stands for what, by identity."""
    proxy = NumpyProxy()
    swapped: dict[int, Any] = {id(np): proxy, id(math): MathProxy()}
    for name, value in _NUMPY.items():
        swapped[id(getattr(np, name))] = value
    math_proxy = swapped[id(math)]
    for name in vars(math):
        own = getattr(math, name)
        if callable(own):
            swapped[id(own)] = getattr(math_proxy, name)
    for library in (np, math):
        swapped |= {id(library.pi): proxy.pi, id(library.e): proxy.e}
    return swapped


_ADDED = {
    "float": FloatProxy,
    "max": _extreme(builtins.max, 1),
    "min": _extreme(builtins.min, -1),
}


def _is_finite_float(value: Any) -> bool:
    return type(value) is builtins.float and math.isfinite(value)


@contextmanager
def installed(namespaces: Iterable[dict[str, Any]], *, floats: bool) -> Iterator[None]:
    """Swap the names in these modules' globals; all of them are as before at the end.

    Parameters
    ----------
    namespaces : iterable of dict
    floats : bool
        Swap float numbers too, for exact ones.
    """
    swapped = _replacements()
    kept: list[tuple[dict[str, Any], dict[str, Any]]] = []
    try:
        for names in namespaces:
            before = dict(names)
            kept.append((names, before))
            for name, value in before.items():
                if id(value) in swapped:
                    names[name] = swapped[id(value)]
                elif floats and _is_finite_float(value):
                    names[name] = scalar(value)
            names.update({name: own for name, own in _ADDED.items() if name not in before})
        yield
    finally:
        for names, before in kept:
            for name in [name for name in names if name not in before]:
                del names[name]
            for name, value in before.items():
                if names.get(name) is not value:
                    names[name] = value
