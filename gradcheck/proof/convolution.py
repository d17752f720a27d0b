"""np.convolve and np.correlate on symbols.

What has no exact meaning on symbols raises `Unmodelled`.
"""

from __future__ import annotations

from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import kinds
from gradcheck.proof.array import entries, finished
from gradcheck.proof.limits import Unmodelled

if TYPE_CHECKING:
    from gradcheck.records import Array


def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """Return np.convolve."""
    kind = kinds.of_products(a, v)
    return finished(_part(_full(_row(a), _row(v)), len(a), len(v), mode), kind=kind)


def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """Return np.correlate, where it is the convolution with the second array reversed."""
    if len(v) > len(a) or (mode == "same" and len(v) % 2 == 0):
        raise Unmodelled(f"np.correlate of {len(a)} and {len(v)} entries")
    return convolve(a, _row(v)[::-1], mode)


def _row(value: Any) -> Array:
    row = entries(value)
    if row.ndim != 1 or not row.size:
        raise Unmodelled("a convolution of what are no rows")
    return row


def _full(a: Array, v: Array) -> Array:
    whole = np.empty(len(a) + len(v) - 1, dtype=object)
    for k in range(len(whole)):
        first, last = max(0, k - len(v) + 1), min(len(a), k + 1)
        whole[k] = reduce(add, (a[j] * v[k - j] for j in range(first, last)))
    return whole


def _part(whole: Array, n: int, m: int, mode: str) -> Array:
    longer, shorter = max(n, m), min(n, m)
    if mode == "full":
        return whole
    if mode == "same":
        start = (shorter - 1) // 2
        return whole[start : start + longer]
    if mode == "valid":
        return whole[shorter - 1 : longer]
    raise Unmodelled(f"a convolution with mode={mode!r}")
