"""The stand-in for `math`, whose functions take exact scalars too."""

from __future__ import annotations

import math
import types
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.array import SymbolicArray
from gradcheck.proof.limits import Unmodelled
from gradcheck.proof.numpy_proxy import root
from gradcheck.proof.scalar import Scalar, scalar

if TYPE_CHECKING:
    from collections.abc import Callable

_FUNCTIONS: dict[str, Callable[..., Any]] = {
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
    "sqrt": root,
}


class MathProxy(types.ModuleType):
    """`math`, whose functions take exact scalars too."""

    def __init__(self) -> None:
        super().__init__("math")
        self.pi, self.e = scalar(math.pi), scalar(math.e)
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
            return root(*args)
        if not any(isinstance(one, Scalar | SymbolicArray) for one in args):
            return own(*args)
        if name not in _FUNCTIONS:
            raise Unmodelled(f"math.{name}")
        return _FUNCTIONS[name](
            *[one.item() if isinstance(one, SymbolicArray) else one for one in args]
        )

    return function
