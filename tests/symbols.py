"""Symbolic arrays in tests: code is run on symbols and on floats, and both are compared."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.array import SymbolicArray, entries, wrapped
from gradcheck.proof.evaluation import FloatValues
from gradcheck.proof.expression import Pool
from gradcheck.proof.graph import variables_of
from gradcheck.proof.limits import Budget
from gradcheck.proof.scalar import Scalar
from gradcheck.proof.selection import Selection
from gradcheck.proof.trace import Trace, current

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

CLOSE = 1e-11


@contextmanager
def tracing(arrays: Mapping[str, Any] | None = None, *, merging: bool = True) -> Iterator[Any]:
    """Run what is inside on symbols; hands the symbolic arrays of the named ones."""
    point: dict[str, float] = {}
    for name, array in (arrays or {}).items():
        point.update(zip(variables_of(name, np.shape(array)), np.ravel(array), strict=True))
    trace = Trace(Pool(Scalar, Budget(60)), point, merging=merging)
    token = current.set(trace)
    try:
        yield Run(trace, arrays or {}, point)
    finally:
        current.reset(token)


class Run:
    """The symbols of one run, and their values at its point."""

    def __init__(self, trace: Trace, arrays: Mapping[str, Any], point: dict[str, float]) -> None:
        self.trace = trace
        self.pool = trace.pool
        self.values = FloatValues(point)
        self.symbols = {name: self.symbolic(name, np.shape(a)) for name, a in arrays.items()}

    def symbolic(self, name: str, shape: tuple[int, ...]) -> Any:
        made = np.empty(shape, dtype=object)
        for place, variable in zip(np.ndindex(*shape), variables_of(name, shape), strict=True):
            made[place] = self.pool.variable(variable)
        return wrapped(made)

    def floats(self, value: Any) -> Any:
        """Return the floats that a result of symbols is at the point."""
        if isinstance(value, tuple | list):
            return type(value)([self.floats(one) for one in value])
        if isinstance(value, Scalar):
            return self.values.of(value)
        if isinstance(value, np.ndarray) and (
            isinstance(value, SymbolicArray) or value.dtype == "O"
        ):
            found = np.array([self.values.of(one) for one in entries(value).flat], dtype=float)
            return found.reshape(value.shape)
        assert not isinstance(value, Selection)
        return value


def agree(
    code: Callable[..., Any], *arrays: Any, merging: bool = True, close: float = CLOSE
) -> None:
    """Assert that code gives on symbols what it gives on floats: shapes, and values at a point.

    What the code has put into its arguments is compared too.
    """
    named = {f"a{k}": np.array(array, dtype=float) for k, array in enumerate(arrays)}
    with tracing(named, merging=merging) as run:
        got = code(*run.symbols.values())
        own = [np.array(array, dtype=float) for array in arrays]
        wanted = code(*own)
        same(run.floats(got), wanted, close)
        for symbolic, array in zip(run.symbols.values(), own, strict=True):
            same(run.floats(symbolic), array, close)


def same(got: Any, wanted: Any, close: float) -> None:
    if isinstance(wanted, tuple | list):
        assert len(got) == len(wanted)
        for one, other in zip(got, wanted, strict=True):
            same(one, other, close)
        return
    assert np.shape(got) == np.shape(wanted)
    np.testing.assert_allclose(
        np.asarray(got, dtype=float), np.asarray(wanted, dtype=float), rtol=close, atol=close
    )


def coded(text: str, **names: Any) -> Callable[..., Any]:
    """Return the function of x, y and z that a text is: its own name in a test's parameters."""
    return eval(f"lambda x, y=None, z=None: {text}", {"np": np, **names})  # type: ignore[no-any-return]  # noqa: S307
