"""Whether an array of scalars holds floats, integers or truth values in NumPy.

Exact scalars are one kind; NumPy's arrays are not. ``mask + mask`` is "or", ``np.exp(mask)`` has 11
bits, and 0.01 put into an array of integers is 0. So every array knows its kind, and what cannot be
told, or has no exact meaning, is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.logic import boolean, whole
from gradcheck.proof.scalar import Scalar

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gradcheck.records import Array

FLOAT, INTEGER, BOOL, UNKNOWN = "float", "integer", "bool", "unknown"

_OF_DTYPE = {"f": FLOAT, "i": INTEGER, "u": INTEGER, "b": BOOL}
_DTYPES = {FLOAT: np.dtype(np.float64), INTEGER: np.dtype(np.int64), BOOL: np.dtype(bool)}

_KEEPING = frozenset(
    {
        np.add, np.subtract, np.multiply, np.negative, np.positive, np.conjugate, np.absolute,
        np.maximum, np.minimum, np.fmax, np.fmin, np.square, np.power, np.sign,
    }
)  # fmt: skip
"""Of integers they give integers."""

_BITWISE = frozenset({np.bitwise_and, np.bitwise_or, np.invert})

_AS_LOGICAL = {
    np.add: np.logical_or, np.maximum: np.logical_or, np.fmax: np.logical_or,
    np.multiply: np.logical_and, np.minimum: np.logical_and, np.fmin: np.logical_and,
    np.absolute: np.positive, np.conjugate: np.positive,
}  # fmt: skip
"""What they are, of truth values alone."""


def kind_of(value: Any) -> str:
    """Return the kind of an array, a number or nested lists."""
    known = getattr(value, "kind", None)
    if known in (FLOAT, INTEGER, BOOL, UNKNOWN):
        return str(known)
    if isinstance(value, Scalar):
        # Of an array of floats, or a truth value or a count: nothing says which.
        return UNKNOWN if value.operation != "constant" and whole(value) else FLOAT
    if isinstance(value, np.ndarray) and value.dtype == object:
        return joined(kind_of(one) for one in value.flat)
    if isinstance(value, list | tuple):
        return joined(map(kind_of, value))
    return _OF_DTYPE.get(np.asarray(value).dtype.kind, UNKNOWN)


def joined(kinds: Iterable[str]) -> str:
    """Return the kind of arrays together; of none, floats."""
    found = set(kinds)
    for kind in (FLOAT, UNKNOWN, INTEGER, BOOL):
        if kind in found:
            return kind
    return FLOAT


def same(values: Iterable[Any]) -> str:
    """Return the kind that several have, or that floats and others have where NumPy keeps both.

    Raises
    ------
    Unmodelled
        Where NumPy would convert one of them to another's kind.
    """
    found = {kind_of(value) for value in values}
    if len(found) > 1:
        raise Unmodelled(f"arrays of {' and of '.join(sorted(found))} together")
    return found.pop() if found else FLOAT


def dtype_of(kind: str) -> np.dtype[Any]:
    """Return the dtype that NumPy's array has.

    Raises
    ------
    Unmodelled
        Where nothing tells which it is.
    """
    if kind == UNKNOWN:
        raise Unmodelled("the dtype of what may be a truth value, an integer or a float")
    return _DTYPES[kind]


def of_ufunc(ufunc: Any, inputs: Iterable[Any], logical: bool) -> tuple[Any, str]:  # noqa: FBT001
    """Return which function it is on these inputs, and the kind of its result.

    Raises
    ------
    Unmodelled
        Where NumPy computes something else on integers or truth values than on numbers.
    """
    kind = joined(map(kind_of, inputs))
    if ufunc in _BITWISE:
        if kind != BOOL:
            raise Unmodelled(f"np.{ufunc.__name__} of what may be no truth values")
        return ufunc, BOOL
    if logical:
        return ufunc, BOOL
    if kind == FLOAT:
        return ufunc, FLOAT
    if ufunc is np.true_divide:
        return ufunc, FLOAT
    if kind == INTEGER and ufunc is not np.reciprocal:
        return ufunc, INTEGER if ufunc in _KEEPING else FLOAT
    if kind == BOOL and ufunc in _AS_LOGICAL:
        return _AS_LOGICAL[ufunc], BOOL
    if kind == UNKNOWN and ufunc in (np.multiply, np.positive):
        return ufunc, UNKNOWN
    raise Unmodelled(f"np.{ufunc.__name__} of an array of {kind}")


def of_reduction(ufunc: Any, kind: str, logical: bool) -> str:  # noqa: FBT001
    """Return the kind of a sum, a product or a largest entry.

    Raises
    ------
    Unmodelled
        Where NumPy computes something else on such entries than on numbers.
    """
    if logical:
        return BOOL
    if kind == BOOL and ufunc in (np.add, np.multiply):
        return INTEGER
    if kind in (BOOL, UNKNOWN) and ufunc not in (np.maximum, np.minimum, np.fmax, np.fmin):
        raise Unmodelled(f"np.{ufunc.__name__}.reduce of an array of {kind}")
    return kind


def of_products(*values: Any) -> str:
    """Return the kind of sums of products, such as a matrix product.

    Raises
    ------
    Unmodelled
        Where the entries may be truth values, of which NumPy's sum is "or".
    """
    kind = joined(map(kind_of, values))
    if kind in (BOOL, UNKNOWN):
        raise Unmodelled(f"a product of arrays of {kind}")
    return kind


def must_fit(kind: str, given: Array) -> None:
    """Refuse to put numbers into an array that would change them.

    Raises
    ------
    Unmodelled
        Where the array is not of floats, and one of the numbers may be none of its kind.
    """
    if kind == FLOAT:
        return
    fits = whole if kind == INTEGER else boolean
    if not all(map(fits, given.flat)):
        raise Unmodelled(f"numbers put into an array of {kind}")
