"""NumPy's universal functions on exact scalars; what is not in the table is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import kinds, ordering
from gradcheck.proof.array import SymbolicArray, entries, finished
from gradcheck.proof.choosing import choose
from gradcheck.proof.exceptional_points import partial
from gradcheck.proof.expression import PI
from gradcheck.proof.kinds import kind_of
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.logic import (
    chosen,
    equal,
    greater,
    greater_equal,
    logical_and,
    logical_not,
    logical_or,
    truth,
)
from gradcheck.proof.reductions import largest
from gradcheck.proof.scalar import Scalar, absolute, power

if TYPE_CHECKING:
    from collections.abc import Callable


def _function(name: str) -> Callable[[Scalar], Any]:
    return lambda a: a.pool.call(name, a)


def tanh(a: Scalar) -> Any:
    """Return 1 − 2/(exp(2a) + 1)."""
    pool = a.pool
    double = pool.call("exp", pool.mul(pool.constant(2), a))
    return pool.subtract(pool.one, pool.divide(pool.constant(2), pool.add(double, pool.one)))


def _sinh(a: Scalar) -> Any:
    return (_exp(a) - _exp(-a)) / 2


def _cosh(a: Scalar) -> Any:
    return (_exp(a) + _exp(-a)) / 2


_exp, _log, _root = _function("exp"), _function("log"), _function("sqrt")


def arcsin(a: Scalar) -> Any:
    """Return atan(a / √(1 − a²))."""
    return a.pool.call("atan", a / _root(1 - a * a))


def maximum(a: Scalar, b: Scalar) -> Any:
    """Return the larger of two."""
    return chosen(greater(a, b), a, b)


def minimum(a: Scalar, b: Scalar) -> Any:
    """Return the smaller of two."""
    return chosen(greater(a, b), b, a)


def sign(a: Scalar) -> Any:
    """Return [a > 0] − [a < 0]."""
    pool = a.pool
    below = chosen(pool.positive(pool.negative(a)), pool.minus_one, pool.zero)
    return chosen(pool.positive(a), pool.one, below)


def _heaviside(a: Scalar, at_zero: Scalar) -> Any:
    pool = a.pool
    return chosen(pool.positive(a), pool.one, chosen(pool.nonnegative(a), at_zero, pool.zero))


def _remainder(_a: Scalar, _b: Scalar) -> Any:
    raise Unmodelled("a remainder")


def _never(a: Scalar) -> Any:
    """Return 0: a real number is finite, where it is one."""
    if partial(a):
        raise Unmodelled("a test for NaN or infinity of what may be that")
    return a.pool.zero


def _always(a: Scalar) -> Any:
    return logical_not(_never(a))


def _number(a: Scalar) -> Scalar:
    if partial(a):
        raise Unmodelled("np.fmax or np.fmin of what may be NaN")
    return a


ARITHMETIC: dict[Any, Callable[..., Any]] = {
    np.add: lambda a, b: a.pool.add(a, b),
    np.subtract: lambda a, b: a.pool.subtract(a, b),
    np.multiply: lambda a, b: a.pool.mul(a, b),
    np.true_divide: lambda a, b: a.pool.divide(a, b),
    np.negative: lambda a: a.pool.negative(a),
    np.positive: lambda a: a,
    np.conjugate: lambda a: a,
    np.power: power,
    np.float_power: power,
    np.square: lambda a: a.pool.power(a, 2),
    np.reciprocal: lambda a: a.pool.power(a, -1),
    np.absolute: absolute,
    np.fabs: absolute,
    np.sign: sign,
    np.maximum: maximum,
    np.fmax: lambda a, b: maximum(_number(a), _number(b)),
    np.minimum: minimum,
    np.fmin: lambda a, b: minimum(_number(a), _number(b)),
    np.heaviside: _heaviside,
    np.exp: _exp,
    np.exp2: lambda a: power(a.pool.constant(2), a),
    np.expm1: lambda a: _exp(a) - 1,
    np.log: _log,
    np.log2: lambda a: _log(a) / _log(a.pool.constant(2)),
    np.log10: lambda a: _log(a) / _log(a.pool.constant(10)),
    np.log1p: lambda a: _log(a + 1),
    np.logaddexp: lambda a, b: _log(_exp(a) + _exp(b)),
    np.sqrt: _function("sqrt"),
    np.sin: _function("sin"),
    np.cos: _function("cos"),
    np.tan: lambda a: a.pool.divide(a.pool.call("sin", a), a.pool.call("cos", a)),
    np.arctan: _function("atan"),
    np.arcsin: lambda a: arcsin(a),
    np.arccos: lambda a: a.pool.variable(PI) / 2 - arcsin(a),
    np.arcsinh: lambda a: _log(a + _root(a * a + 1)),
    np.arccosh: lambda a: _log(a + _root(a - 1) * _root(a + 1)),
    np.arctanh: lambda a: _log((1 + a) / (1 - a)) / 2,
    np.floor: ordering.floor,
    np.ceil: ordering.ceil,
    np.rint: ordering.nearest,
    np.trunc: ordering.towards_zero,
    np.sinh: _sinh,
    np.cosh: _cosh,
    np.tanh: tanh,
}
"""Give numbers."""

LOGICAL: dict[Any, Callable[..., Any]] = {
    np.greater: greater,
    np.greater_equal: greater_equal,
    np.less: lambda a, b: greater(b, a),
    np.less_equal: lambda a, b: greater_equal(b, a),
    np.equal: equal,
    np.not_equal: lambda a, b: logical_not(equal(a, b)),
    np.logical_not: lambda a: logical_not(truth(a)),
    np.invert: logical_not,
    np.logical_and: lambda a, b: logical_and(truth(a), truth(b)),
    np.bitwise_and: logical_and,
    np.logical_or: lambda a, b: logical_or(truth(a), truth(b)),
    np.bitwise_or: logical_or,
    np.isnan: _never,
    np.isinf: _never,
    np.isfinite: _always,
    np.signbit: lambda a: a.pool.positive(a.pool.negative(a)),
}
"""Give indicators."""


_ELEMENTWISE = {
    ufunc: np.frompyfunc(function, ufunc.nin, 1)
    for ufunc, function in {**ARITHMETIC, **LOGICAL}.items()
}
_TRUTH = np.frompyfunc(truth, 1, 1)
_LARGEST = {np.maximum: 1, np.fmax: 1, np.minimum: -1, np.fmin: -1}


def apply(ufunc: Any, method: str, inputs: tuple[Any, ...], keywords: dict[str, Any]) -> Any:
    """Return what a universal function gives, or one of its methods, on symbols.

    Raises
    ------
    Unmodelled
        Where the function, the method or a keyword is not modelled.
    """
    (out,) = keywords.pop("out", (None,))
    _only_defaults(ufunc, method, keywords)
    if ufunc is np.matmul and method == "__call__":
        kind = kinds.of_products(*inputs)
        return finished(np.matmul(*map(entries, inputs)), out, kind=kind)
    if ufunc not in _ELEMENTWISE:
        raise Unmodelled(f"np.{ufunc.__name__}")
    if method in ("reduce", "accumulate"):
        return _reduced(ufunc, method, inputs, keywords, out)
    if method == "at":
        return _at(ufunc, *inputs)
    function, kind = kinds.of_ufunc(ufunc, inputs, ufunc in LOGICAL)
    elementwise = _ELEMENTWISE[function]
    if method == "__call__":
        where = keywords.pop("where", True)
        result = elementwise(*map(entries, inputs))
        if where is not True:
            result = _only_where(where, result, out)
        return finished(result, out, kind=kind)
    if method == "outer":
        return finished(elementwise.outer(*map(entries, inputs)), out, kind=kind)
    raise Unmodelled(f"np.{ufunc.__name__}.{method}")


_KNOWN = {
    "__call__": {"where"},
    "reduce": {"axis", "keepdims", "initial", "where"},
    "accumulate": {"axis"},
}
"""Keywords of the methods, beside those that change no value."""


def _only_defaults(ufunc: Any, method: str, keywords: dict[str, Any]) -> None:
    """Refuse keywords that would change a value; drop those that say what is so anyway."""
    dtype = keywords.pop("dtype", None)
    if dtype is not None and np.dtype(dtype).kind not in "fO":
        raise Unmodelled(f"np.{ufunc.__name__} with dtype={np.dtype(dtype)}")
    for name, harmless in (("casting", None), ("order", None), ("subok", None)):
        keywords.pop(name, harmless)
    for name in keywords:
        if name not in _KNOWN.get(method, ()):
            raise Unmodelled(f"np.{ufunc.__name__} with {name}=")


def _only_where(where: Any, result: Any, out: Any) -> Any:
    if out is None:
        raise Unmodelled("where= without out=: its other entries are not set")
    return choose(where, result, out)


def _at(ufunc: Any, target: Any, index: Any, *values: Any) -> None:
    if not isinstance(target, SymbolicArray):
        raise Unmodelled("symbols put into an array of floats")
    function, kind = kinds.of_ufunc(ufunc, (target, *values), ufunc in LOGICAL)
    if kind != target.kind:
        raise Unmodelled(f"numbers put into an array of {target.kind}")
    _ELEMENTWISE[function].at(entries(target), index, *map(entries, values))


def _reduced(ufunc: Any, method: str, inputs: Any, keywords: dict[str, Any], out: Any) -> Any:
    (array,) = inputs
    where = keywords.pop("where", True)
    initial = keywords.pop("initial", None)
    if where is not True:
        raise Unmodelled(f"np.{ufunc.__name__}.{method} with where=")
    axis, keepdims = keywords.get("axis", 0), bool(keywords.get("keepdims", False))
    kind = kinds.of_reduction(ufunc, kind_of(array), ufunc in LOGICAL)
    given = entries(array)
    if ufunc in LOGICAL:
        if ufunc not in (np.logical_and, np.logical_or) or method == "accumulate":
            raise Unmodelled(f"np.{ufunc.__name__}.{method}")
        given = np.asarray(_TRUTH(given), dtype=object)
    if method == "accumulate":
        return finished(_ELEMENTWISE[ufunc].accumulate(given, axis=axis), out, kind=kind)
    if ufunc in _LARGEST:
        if initial is not None:
            raise Unmodelled(f"np.{ufunc.__name__}.reduce with initial=")
        return finished(largest(given, axis, _LARGEST[ufunc], keepdims=keepdims), out, kind=kind)
    reduced = _fold(ufunc, given, axis, keepdims=keepdims)
    if initial is not None:
        kind = kinds.joined((kind, kind_of(initial)))
        reduced = _ELEMENTWISE[ufunc](reduced, entries(initial))
    return finished(reduced, out, kind=kind)


def _fold(ufunc: Any, given: Any, axis: Any, *, keepdims: bool) -> Any:
    axes = tuple(range(given.ndim)) if axis is None else axis
    axes = (axes,) if isinstance(axes, int | np.integer) else tuple(axes)
    result = given if axes else given.copy()
    for one in sorted((a % given.ndim for a in axes), reverse=True):
        if not result.shape[one]:
            raise Unmodelled("a sum over nothing")
        result = _ELEMENTWISE[ufunc].reduce(result, axis=one, keepdims=keepdims)
    return result
