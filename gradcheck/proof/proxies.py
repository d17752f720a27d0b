"""Stand-ins for `np`, `math`, `float` and the like in modules under test, while they run."""

from __future__ import annotations

import builtins
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof import vectorized
from gradcheck.proof.builtin_proxies import BUILTINS
from gradcheck.proof.math_proxy import MathProxy
from gradcheck.proof.numpy_proxy import REPLACED, NumpyProxy
from gradcheck.proof.scalar import scalar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


def _replacements() -> dict[int, Any]:
    """Return what stands for what, by identity."""
    proxy = NumpyProxy()
    swapped: dict[int, Any] = {id(np): proxy, id(math): MathProxy()}
    for name, value in REPLACED.items():
        swapped[id(getattr(np, name))] = value
    math_proxy = swapped[id(math)]
    for name in vars(math):
        own = getattr(math, name)
        if callable(own):
            swapped[id(own)] = getattr(math_proxy, name)
    for library in (np, math):
        swapped |= {id(library.pi): proxy.pi, id(library.e): proxy.e}
    return swapped


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
    np.vectorize.__call__ = vectorized.call  # type: ignore[method-assign]
    try:
        for names in namespaces:
            before = dict(names)
            kept.append((names, before))
            for name, value in before.items():
                if id(value) in swapped:
                    names[name] = swapped[id(value)]
                elif floats and _is_finite_float(value):
                    names[name] = scalar(value)
            names.update({name: own for name, own in BUILTINS.items() if name not in before})
        yield
    finally:
        np.vectorize.__call__ = vectorized.numpys_own  # type: ignore[method-assign]
        for names, before in kept:
            for name in [name for name in names if name not in before]:
                del names[name]
            for name, value in before.items():
                if names.get(name) is not value:
                    names[name] = value
