"""The one place that judges what callers pass in. Every message gives the value, rule and fix.

Any floating or complex dtype and any subclass of ndarray is welcome and nothing is converted, so
that the layers also run in float32, on complex numbers, and on arrays that keep a record.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def require_numbers(name: str, value: object) -> None:
    """Require an array of finite floating or complex numbers.

    Parameters
    ----------
    name : str
        What the caller calls the value; the message starts with it.
    value : object
        The value to judge.

    Raises
    ------
    TypeError
        If `value` is not a numpy array, or its dtype is not floating or complex.
    ValueError
        If an entry is NaN or infinite.
    """
    if not isinstance(value, np.ndarray):
        raise TypeError(
            f"{name} is of type {type(value).__name__}, must be a numpy array; "
            f"pass np.array({name}, dtype=float)"
        )
    if not np.issubdtype(value.dtype, np.inexact):
        raise TypeError(
            f"{name} has dtype {value.dtype}, must be floating or complex; "
            f"pass {name}.astype(float)"
        )
    finite = np.isfinite(value)
    if not finite.all():
        bad = np.argwhere(~finite)
        where = tuple(int(k) for k in bad[0])
        raise ValueError(
            f"{name} has {len(bad)} non-finite of {value.size} entries, the first is "
            f"{value[where]} at {where}, must be finite; mend the data, or lower the "
            f"learning rate if training diverged"
        )


def require_columns(name: str, value: object, *, rows: int | None = None) -> None:
    """Require a batch of column vectors.

    Parameters
    ----------
    name : str
        What the caller calls the value.
    value : object
        Must be a (rows, N) array, floating or complex, with N ≥ 1.
    rows : int, optional
        The number of rows that it must have; any number from 1 up if left out.

    Raises
    ------
    TypeError
        If `value` is not an array of floating or complex numbers.
    ValueError
        If it is not two-dimensional, is empty, has other rows, or is not finite.
    """
    if isinstance(value, np.ndarray):
        shape = value.shape
        wanted = "(i, N)" if rows is None else f"({rows}, N)"
        if value.ndim != 2:
            raise ValueError(
                f"{name} has shape {shape}, must be {wanted} with an example in each column; "
                f"reshape one example with {name}.reshape(-1, 1)"
            )
        if 0 in shape:
            raise ValueError(
                f"{name} has shape {shape}, must be {wanted} and not empty; "
                f"pass at least one row and one column"
            )
        if rows is not None and shape[0] != rows:
            raise ValueError(
                f"{name} has shape {shape}, must be {wanted}; "
                f"examples are columns, transpose {name} if they are its rows"
            )
    require_numbers(name, value)


def require_shape(name: str, value: object, shape: tuple[int, ...], *, like: str, fix: str) -> None:
    """Require an array of one exact shape.

    Parameters
    ----------
    name : str
        What the caller calls the value.
    value : object
        Must be an array of shape `shape`, floating or complex.
    shape : tuple of int
        The shape to have.
    like : str
        Whose shape that is, such as "the output's".
    fix : str
        What to do about it.

    Raises
    ------
    TypeError
        If `value` is not an array of floating or complex numbers.
    ValueError
        If it has another shape, or is not finite.
    """
    if isinstance(value, np.ndarray) and value.shape != shape:
        raise ValueError(f"{name} has shape {value.shape}, must match {like} {shape}; {fix}")
    require_numbers(name, value)


def require_count(name: str, value: object) -> None:
    """Require a whole number from 1 up.

    Raises
    ------
    TypeError
        If `value` is not an integer (True and False are not).
    ValueError
        If it is below 1.
    """
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name}={value!r}, must be an integer; pass a whole number from 1 up")
    if value < 1:
        raise ValueError(f"{name}={value!r}, must be at least 1; pass a whole number from 1 up")


def require_positive(name: str, value: object) -> None:
    """Require a finite real number above 0.

    Raises
    ------
    TypeError
        If `value` is not a real number (True and False are not).
    ValueError
        If it is not above 0, or not finite.
    """
    if isinstance(value, bool) or not isinstance(value, int | float | np.integer | np.floating):
        raise TypeError(f"{name}={value!r}, must be a real number; pass one such as 0.1")
    if not (value > 0 and math.isfinite(value)):
        raise ValueError(f"{name}={value!r}, must be finite and above 0; pass one such as 0.1")


def require_generator(name: str, value: object) -> None:
    """Require numpy's random Generator, so that a run can be repeated.

    Raises
    ------
    TypeError
        If `value` is not a `numpy.random.Generator`.
    """
    if not isinstance(value, np.random.Generator):
        raise TypeError(
            f"{name} is of type {type(value).__name__}, must be a numpy.random.Generator; "
            f"pass np.random.default_rng(seed)"
        )
