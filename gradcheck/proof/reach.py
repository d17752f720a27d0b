"""What an instance under test can reach: its float arrays, and the modules that its code sees."""

from __future__ import annotations

import sys
import types
from collections import deque
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.proof.array import SymbolicArray, wrapped
from gradcheck.proof.limits import GivenUp, Unmodelled
from gradcheck.proof.scalar import scalar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from gradcheck.records import Array

MOST = 5_000
"""Objects that are looked at."""

_LIBRARIES = frozenset(sys.stdlib_module_names) | {"gradcheck", "numpy", "scipy", "sympy"}
_ATOMS = (str, bytes, int, float, complex, bool, type(None), np.generic, np.dtype)


Part = tuple[Any, "Callable[[Any], None] | None"]
"""What an object holds, and how something else is put in its place."""


def _parts(thing: Any) -> Iterator[Part]:
    """Return what an object holds, each with a way to put something else in its place."""
    if isinstance(thing, dict):
        yield from _items(thing, list(thing))
    elif isinstance(thing, list):
        yield from _items(thing, range(len(thing)))
    elif isinstance(thing, tuple | set | frozenset | deque):
        yield from [(part, None) for part in list(thing)]
    elif isinstance(thing, types.FunctionType):
        yield from _of_function(thing)
    elif isinstance(thing, types.MethodType):
        yield from [(thing.__self__, None), (thing.__func__, None)]
    elif not isinstance(thing, type | types.ModuleType | np.ndarray):
        yield from _attributes(thing)


def _items(thing: Any, keys: Iterable[Any]) -> Iterator[Part]:
    for key in keys:
        yield thing[key], partial(thing.__setitem__, key)


def _of_function(thing: types.FunctionType) -> Iterator[Part]:
    for cell in thing.__closure__ or ():
        if _full(cell):
            yield cell.cell_contents, partial(setattr, cell, "cell_contents")
    for default in thing.__defaults__ or ():
        yield default, None


def _attributes(thing: Any) -> Iterator[Part]:
    names = getattr(thing, "__dict__", None)
    if isinstance(names, dict):
        yield from _items(names, list(names))
    for kind in type(thing).__mro__:
        for name in _slots(kind):
            if hasattr(thing, name):
                yield getattr(thing, name), partial(object.__setattr__, thing, name)


def _full(cell: Any) -> bool:
    try:
        _ = cell.cell_contents
    except ValueError:
        return False
    return True


def _slots(kind: type) -> tuple[str, ...]:
    slots = kind.__dict__.get("__slots__", ())
    named = (slots,) if isinstance(slots, str) else tuple(slots)
    return tuple(name for name in named if name not in ("__dict__", "__weakref__"))


def everything(root: Any) -> Iterator[Part]:
    """Return every object that the root reaches, and a way to replace it; the nearest first.

    What gradcheck itself holds, such as how a subject is called, is looked through and stays.

    Raises
    ------
    GivenUp
        Where there are too many.
    """
    seen: set[int] = set()
    waiting: deque[tuple[Any, bool]] = deque([(root, _is_ours(root))])
    while waiting:
        thing, ours = waiting.popleft()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        if len(seen) > MOST:
            raise GivenUp(f"the object holds more than {MOST} others")
        for part, put in _parts(thing):
            yield part, None if ours else put
            if not isinstance(part, _ATOMS):
                inherits = isinstance(part, dict | list | tuple | set | frozenset | deque)
                waiting.append((part, ours if inherits else _is_ours(part)))


def _is_ours(thing: Any) -> bool:
    kind = thing if isinstance(thing, types.FunctionType) else type(thing)
    return str(getattr(kind, "__module__", "")).split(".")[0] == "gradcheck"


@contextmanager
def made_exact(root: Any, *, floats: bool) -> Iterator[dict[int, tuple[Any, Any]]]:
    """Replace every float array that the root holds by one of exact scalars, aliases included.

    Each is put back at the end: closures and shared objects outlive the root. Hands what was
    replaced, and by what, by the identity of the array.

    Parameters
    ----------
    root : object
    floats : bool
        Replace float numbers too, so that what the code computes from them is exact.
    """
    replaced: dict[int, tuple[Any, Any]] = {}
    undo: list[tuple[Callable[[Any], None], Any]] = []
    try:
        for part, put in list(everything(root)):
            if put is None:
                continue
            if type(part) is np.ndarray and part.dtype.kind == "f":
                if id(part) not in replaced:
                    replaced[id(part)] = (part, _exact(part, replaced))
                undo.append((put, part))
                put(replaced[id(part)][1])
            elif floats and type(part) is float and np.isfinite(part):
                undo.append((put, part))
                put(scalar(part))
        yield replaced
    finally:
        for put, part in reversed(undo):
            with suppress(LookupError):  # the code may have taken an entry out of a list
                put(part)


def _exact(array: Array, replaced: dict[int, tuple[Any, Any]]) -> SymbolicArray:
    """Return the array's exact twin; a view becomes a view of its base's.

    Raises
    ------
    Unmodelled
        Where its memory is another object's.
    """
    base = array.base
    if base is None:
        return _twin(array)
    plain = type(base) is np.ndarray and base.dtype == array.dtype
    if not plain or not (base.flags.c_contiguous or base.flags.f_contiguous):
        raise Unmodelled("an array whose memory is another object's")
    if id(base) not in replaced:
        replaced[id(base)] = (base, _twin(base))
    exact = replaced[id(base)][1].view(np.ndarray)
    start = array.__array_interface__["data"][0] - base.__array_interface__["data"][0]
    steps = [stride // base.itemsize * exact.itemsize for stride in array.strides]
    flat = exact.reshape(-1, order="A")[start // base.itemsize :]
    view = np.lib.stride_tricks.as_strided(flat, array.shape, steps)
    return view.view(SymbolicArray)


def _twin(array: Array) -> SymbolicArray:
    """Return an array of exact scalars in memory of its own, laid out alike."""
    exact = wrapped(array)
    kept = np.copy(exact.view(np.ndarray), order="F" if array.flags.fnc else "C")
    return kept.view(SymbolicArray)


def namespaces_of(root: Any) -> list[dict[str, Any]]:
    """Return the globals of the modules that the code under test is in, none of a library's."""
    found: dict[int, dict[str, Any]] = {}
    waiting = [root, *[part for part, _ in everything(root)]]
    kinds: set[type] = set()
    while waiting:
        thing = waiting.pop()
        for names in _globals_of(thing, kinds):
            if id(names) not in found and _theirs(names):
                found[id(names)] = names
                waiting += [
                    value
                    for value in list(names.values())
                    if isinstance(value, type | types.FunctionType)
                ]
    return list(found.values())


def _globals_of(thing: Any, kinds: set[type]) -> Iterator[dict[str, Any]]:
    if isinstance(thing, types.FunctionType):
        yield thing.__globals__
        return
    if isinstance(thing, types.MethodType):
        yield from _globals_of(thing.__func__, kinds)
        return
    for kind in (thing if isinstance(thing, type) else type(thing)).__mro__:
        if kind in kinds:
            continue
        kinds.add(kind)
        for part in list(vars(kind).values()):
            function = getattr(part, "__func__", getattr(part, "fget", part))
            if isinstance(function, types.FunctionType):
                yield function.__globals__


def _theirs(names: dict[str, Any]) -> bool:
    return str(names.get("__name__", "")).split(".")[0] not in _LIBRARIES
