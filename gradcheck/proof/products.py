"""Products of arrays of exact scalars, and polynomials.

What has no exact meaning on symbols raises `Unmodelled`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from gradcheck.proof import kinds
from gradcheck.proof.array import finished, wrapped
from gradcheck.proof.creation import entries_of
from gradcheck.proof.kinds import FLOAT, kind_of
from gradcheck.proof.limits import Unmodelled


def dot(a: Any, b: Any) -> Any:
    """Return np.dot."""
    kind = kinds.of_products(a, b)
    return finished(np.dot(entries_of(a), entries_of(b)), kind=kind)


def vdot(a: Any, b: Any) -> Any:
    """Return np.vdot."""
    kind = kinds.of_products(a, b)
    return finished(np.dot(entries_of(a).reshape(-1), entries_of(b).reshape(-1)), kind=kind)


def inner(a: Any, b: Any) -> Any:
    """Return np.inner."""
    kind = kinds.of_products(a, b)
    return finished(np.inner(entries_of(a), entries_of(b)), kind=kind)


def outer(a: Any, b: Any) -> Any:
    """Return np.outer."""
    kind = kinds.of_products(a, b)
    return finished(np.outer(entries_of(a), entries_of(b)), kind=kind)


def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """Return np.tensordot."""
    kind = kinds.of_products(a, b)
    return finished(np.tensordot(entries_of(a), entries_of(b), axes), kind=kind)


def einsum(subscripts: str, *operands: Any, optimize: Any = False) -> Any:  # noqa: ARG001
    """Return np.einsum."""
    if not isinstance(subscripts, str):
        raise Unmodelled("np.einsum with lists of axes")
    kind = kind_of(operands[0]) if len(operands) == 1 else kinds.of_products(*operands)
    if len(operands) == 1 and kind != FLOAT:
        raise Unmodelled(f"np.einsum of an array of {kind}")
    return finished(np.einsum(subscripts, *map(entries_of, operands), optimize=False), kind=kind)


def kron(a: Any, b: Any) -> Any:
    """Return np.kron."""
    kind = kinds.of_products(a, b)
    return finished(np.kron(entries_of(a), entries_of(b)), kind=kind)


def polyval(p: Any, x: Any) -> Any:
    """Return np.polyval."""
    value: Any = wrapped(x) * 0
    for coefficient in entries_of(p):
        value = value * x + coefficient
    return value


def polyder(p: Any) -> Any:
    """Return np.polyder."""
    given = entries_of(p)
    if kind_of(p) != FLOAT:
        raise Unmodelled(f"np.polyder of {kind_of(p)}")
    return finished(given[:-1] * np.arange(len(given) - 1, 0, -1))
