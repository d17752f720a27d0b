"""How an array lies in memory, and the same array as the notes write it: columns are examples.

============  ==========================================================================
``columns``   (features, N), as in the notes; a W of shape (out, in); a b of shape (out, 1)
``rows``      (N, features), the transpose of it; a W of shape (in, out); a b of shape (1, out)
``vector``    (features,): one example; a b of shape (out,)
``labels``    (N,): class numbers, one an example; as columns it is one-hot
``scalar``    a number, such as a loss
============  ==========================================================================
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gradcheck.records import Array

LAYOUTS = ("columns", "rows", "vector", "labels", "scalar")


def to_columns(array: Array, layout: str) -> Array:
    """Return the array as the notes write it.

    Parameters
    ----------
    array : Array
        Of one or two dimensions; a scalar is returned as it is.
    layout : str
        One of `LAYOUTS`. Labels stay as they are: how many classes there are is not in them.
    """
    if array.ndim == 0:
        return array
    if layout == "rows":
        return array.T
    return array.reshape(-1, 1) if layout == "vector" and array.ndim else array


def from_columns(array: Array, layout: str) -> Array:
    """Return an array that is written as in the notes as it lies in memory."""
    if array.ndim == 0:
        return array
    if layout == "rows":
        return array.T
    return array.reshape(-1) if layout == "vector" and array.ndim else array
