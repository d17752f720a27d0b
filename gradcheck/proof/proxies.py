"""Stand-ins for `np`, `math`, `float` and the like in modules under test, while they run."""

from __future__ import annotations

import builtins
import math
import types
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import making
from gradcheck.proof.array import SymbolicArray, entries, finished, wrapped
from gradcheck.proof.kinds import FLOAT, kind_of
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.scalar import Scalar, scalar
from gradcheck.proof.trace import current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping


def _as_exact(value: Any) -> Any:
    """Return a float array as one of exact scalars, so that symbols can be put into it."""
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return wrapped(value)
    return value


def _array(value: Any, dtype: Any = None, **keywords: Any) -> Any:
    if making.holds_symbols(value):
        if keywords.pop("order", None) not in (None, "C", "K"):
            raise Unmodelled("np.array with order=")
        keywords.pop("subok", None)
        return making.array(value, dtype, **keywords)
    return _as_exact(np.array(value, dtype, **keywords))


def _asarray(a: Any, dtype: Any = None, order: Any = None, **keywords: Any) -> Any:
    if not making.holds_symbols(a):
        return np.asarray(a, dtype, order, **keywords)
    if keywords:
        raise Unmodelled(f"np.asarray with {', '.join(keywords)}")
    return making.asarray(a, dtype, order)


def _contiguous(a: Any, dtype: Any = None, **keywords: Any) -> Any:
    if not making.holds_symbols(a):
        return np.ascontiguousarray(a, dtype, **keywords)
    return np.atleast_1d(_asarray(a, dtype, "C", **keywords))


def _empty(shape: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    return making.unwritten(shape, dtype)


def _zeros(shape: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    return making.filled(shape, 0, dtype)


def _ones(shape: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    return making.filled(shape, 1, dtype)


def _full(shape: Any, fill_value: Any, dtype: Any = None, order: Any = None) -> Any:  # noqa: ARG001
    kind = kind_of(fill_value)
    if dtype is None and not making.holds_symbols(fill_value) and kind != FLOAT:
        return np.full(shape, fill_value)
    if dtype is None and kind != FLOAT:
        raise Unmodelled(f"np.full with what may be {kind}")
    return making.filled(shape, fill_value, dtype)


def _made_by(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *args, **keywords: _as_exact(function(*args, **keywords))


class _Vectorized:
    """np.vectorize: the function entry by entry.

    The first result decides the dtype of all, unless `otypes` does.
    """

    def __init__(self, pyfunc: Any, otypes: Any = None) -> None:
        self._function = pyfunc
        self._plain = np.vectorize(pyfunc, otypes=otypes)
        self._otypes = otypes

    def __call__(self, *args: Any) -> Any:
        if not any(map(making.holds_symbols, args)):
            return self._plain(*args)
        function = np.frompyfunc(self._function, len(args), 1)
        result = function(*[np.asarray(one, dtype=object) for one in args])
        given = self._otypes or [float if kind_of(np.ravel(result)[0]) == FLOAT else object]
        if len(given) != 1 or np.dtype(given[0]).kind != "f":
            raise Unmodelled("np.vectorize of what may give no floats")
        return finished(entries(result))


_vectorized_call = np.vectorize.__call__


def _call_vectorized(self: np.vectorize, *args: Any, **keywords: Any) -> Any:
    """Call what np.vectorize gave before the run: nothing says where it is kept."""
    if not any(map(making.holds_symbols, (*args, *keywords.values()))):
        return _vectorized_call(self, *args, **keywords)
    if keywords or self.excluded or self.signature is not None or self.cache:
        raise Unmodelled("np.vectorize with these arguments")
    return _Vectorized(self.pyfunc, self.otypes)(*args)


def _root(x: Any, *args: Any, **keywords: Any) -> Any:
    """Return a square root; of a number that is no square, a symbol: √2 stays exact."""
    number = isinstance(x, int | float) and not isinstance(x, Scalar)
    if number and not args and not keywords and x >= 0:
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
    "ascontiguousarray": _contiguous,
    "atleast_1d": lambda *arrays: np.atleast_1d(*map(_as_exact, arrays)),
    "zeros": _zeros,
    "ones": _ones,
    "empty": _empty,
    "full": _full,
    "eye": _made_by(np.eye),
    "identity": _made_by(np.identity),
    "sqrt": _root,
    "vectorize": _Vectorized,
    "isscalar": lambda element: isinstance(element, Scalar) or np.isscalar(element),
}

_MATH: dict[str, Callable[..., Any]] = {
    "exp": np.exp,
    "expm1": np.expm1,
    "log": np.log,
    "log1p": np.log1p,
    "log2": np.log2,
    "log10": np.log10,
    "sin": np.sin,
    "cos": np.cos,
    "tan": np.tan,
    "atan": np.arctan,
    "sinh": np.sinh,
    "cosh": np.cosh,
    "tanh": np.tanh,
    "fabs": np.absolute,
    "pow": np.power,
    "isnan": np.isnan,
    "isinf": np.isinf,
    "isfinite": np.isfinite,
    "sqrt": _root,
}


class MathProxy(types.ModuleType):
    """`math`, whose functions take exact scalars too."""

    def __init__(self) -> None:
        super().__init__("math")
        self.pi, self.e = _constant(math.pi), _constant(math.e)
        self.erf = lambda x: x.pool.call("erf", x) if isinstance(x, Scalar) else math.erf(x)
        self.erfc = lambda x: 1 - x.pool.call("erf", x) if isinstance(x, Scalar) else math.erfc(x)
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
    "type": TypeProxy,
    "max": _extreme(builtins.max, 1),
    "min": _extreme(builtins.min, -1),
}


def _is_finite_float(value: Any) -> bool:
    return type(value) is builtins.float and math.isfinite(value)


@contextmanager
def installed(
    namespaces: Iterable[dict[str, Any]],
    *,
    floats: bool,
    arrays: Mapping[int, tuple[Any, Any]] | None = None,
) -> Iterator[None]:
    """Swap the names in these modules' globals; all of them are as before at the end.

    Parameters
    ----------
    namespaces : iterable of dict
    floats : bool
        Swap float numbers too, for exact ones.
    arrays : mapping of int to (array, array), optional
        What an instance holds, by identity, and its exact twin: a global that is the same array
        stays the same.
    """
    swapped = _replacements()
    swapped |= {number: twin for number, (_, twin) in (arrays or {}).items()}
    kept: list[tuple[dict[str, Any], dict[str, Any]]] = []
    np.vectorize.__call__ = _call_vectorized  # type: ignore[method-assign]
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
        np.vectorize.__call__ = _vectorized_call  # type: ignore[method-assign]
        for names, before in kept:
            for name in [name for name in names if name not in before]:
                del names[name]
            for name, value in before.items():
                if names.get(name) is not value:
                    names[name] = value
