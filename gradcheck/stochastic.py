"""The random moves of stochastic arithmetic: factors 1 + 2·eps·u, and where they come from."""

from __future__ import annotations

import math
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gradcheck.records import Array

TABLE_SIZE = 65521
"""Factors in a table: a prime, so that a table laid over a larger array has no period in common
with its rows."""

TABLE_SEED = 1
"""The factors are constants; what a caller's generator chooses is where in them a run begins."""


class Stream:
    """The random factors of one run, read in order from a table for each dtype.

    Parameters
    ----------
    eps : float
        Half of the largest relative move.
    rng : numpy.random.Generator
        Chooses where the reading begins.
    """

    def __init__(self, eps: float, rng: np.random.Generator) -> None:
        self._eps = float(eps)
        self._rng = rng
        self._start = int(rng.integers(TABLE_SIZE))
        self._splits = 0

    def split(self) -> tuple[float, int]:
        """Return what makes another stream, such as one in another process: eps and a seed.

        The generator is not asked: what its owner draws next is what it draws without a split.
        """
        self._splits += 1
        return self._eps, (self._start << 32) + self._splits

    def factors(self, dtype: np.dtype[Any], shape: tuple[int, ...]) -> Array | None:
        """Return factors of a real dtype and a shape; None where eps is lost in the dtype."""
        table = _table(dtype.char, self._eps)
        if table is None:
            return None
        size = math.prod(shape)
        start = self._start
        if start + size > TABLE_SIZE:
            start = int(self._rng.integers(TABLE_SIZE))
            if start + size > TABLE_SIZE:
                self._start = start
                return np.resize(np.roll(table, start), shape)
        self._start = start + size
        return table[start : start + size].reshape(shape)

    def move(self, result: Any, *, where: Any = True, terms: float = 1) -> Any:
        """Move a float or complex array in the last place, in place; leave all else as it is.

        The parts of a complex number are moved each relative to itself. A NumPy scalar becomes an
        array of no dimensions, a read-only array a copy; a tuple or list is moved item by item.
        Where `terms` numbers are added one after another, their partial sums round, too: at
        random, to √(terms/36) eps if they grow evenly (eps/√12 a rounding, a third of the sum's
        square on average).
        """
        if isinstance(result, tuple | list):
            return rebuild(result, [self.move(part, terms=terms) for part in result])
        if not isinstance(result, np.ndarray | np.inexact) or result.dtype.kind not in "fc":
            return result
        array = np.asarray(result)
        if not array.flags.writeable:
            array = array.copy()
        for part in (array.real, array.imag) if array.dtype.kind == "c" else (array,):
            factors = self.factors(part.dtype, part.shape)
            if factors is not None:
                if terms > 36:
                    factors = 1 + (factors - 1) * part.dtype.type(math.sqrt(terms / 36))
                np.multiply(part, factors, out=part, where=where)
        return array

    def moved(self, operand: Any) -> Any:
        """Return an operand (or a tuple, list or dict of them) with a moved copy of each array."""
        if isinstance(operand, np.ndarray):
            return self.move(operand.copy()) if operand.dtype.kind in "fc" else operand
        if isinstance(operand, tuple | list):
            return rebuild(operand, [self.moved(part) for part in operand])
        if isinstance(operand, dict):
            return {key: self.moved(value) for key, value in operand.items()}
        return operand


def rebuild(like: Any, parts: list[Any]) -> Any:
    """Return `parts` as the list, tuple or named tuple that `like` is."""
    return type(like)(*parts) if hasattr(like, "_fields") else type(like)(parts)


@lru_cache(maxsize=64)
def _table(char: str, eps: float) -> Array | None:
    """Return the factors of a dtype: 1 ± k·ulp, k the integer above 2·eps·|u| / ulp.

    A move is never 0, as half an ulp would vanish or not by the mantissa of what it multiplies.
    Where eps is the dtype's own, k is 1 or 2: with 1 alone (the random rounding of CESTAC,
    Vignes 1993, Math. Comput. Simul. 35, 233-261) the moves of two operations undo each other so
    often that in 3 runs 12 % of the entries of 1 - 1/(1 + exp(-x)) stayed within an eighth of
    their error, against 1 or 2 % with both.
    """
    ulp = float(np.finfo(char).eps)
    # Half an ulp is the other common meaning of eps; anything less is another precision's.
    if eps < 0.49 * ulp:
        return None
    u = np.random.default_rng(TABLE_SEED).uniform(-1, 1, TABLE_SIZE)
    steps = np.copysign(np.ceil(2 * np.abs(u) * (eps / ulp)), u)
    table: Array = (1 + steps * np.finfo(char).eps).astype(char)
    table.setflags(write=False)
    return table


_CURRENT: ContextVar[Stream | None] = ContextVar("gradcheck_stream", default=None)


def current() -> Stream | None:
    """Return the stream of the block that runs in `perturbed`, None outside of one."""
    return _CURRENT.get()


@contextmanager
def perturbed(eps: float, rng: np.random.Generator) -> Iterator[None]:
    """Move every result of an operation on `Noisy` arrays while the block runs.

    Parameters
    ----------
    eps : float
        The spacing of 1 in the working precision, ``np.finfo(d).eps``; a move is at most twice it.
        Results of a narrower dtype stay unmoved: code that computes in less than the working
        precision gets no allowance for it.
    rng : numpy.random.Generator
        Chooses the moves.
    """
    token = _CURRENT.set(Stream(eps, rng))
    try:
        yield
    finally:
        _CURRENT.reset(token)
