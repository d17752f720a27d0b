"""Every float array that can be reached from an object, and where: snapshot, compare, exchange.

A place is a tuple of steps from a root: ("attr", "W"), ("key", "w"), ("item", 0).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from gradcheck.records import Array

Step = tuple[str, Any]
Place = tuple[Step, ...]

DEEPEST, MOST = 7, 4000
"""How far and how much is looked at: an object that refers to itself ends all the same."""

_ATOMS = (
    str, bytes, bytearray, int, float, complex, bool, type(None), type, ModuleType, FunctionType,
    MethodType, BuiltinFunctionType, np.generic, np.dtype, np.ufunc, np.random.Generator,
    np.random.RandomState, Iterator,
)  # fmt: skip

LEAVES = frozenset({np.ndarray, str, int, float, complex, bool, type(None), FunctionType})
"""What most attributes are, and holds nothing: told by one look, for every instance is asked."""


@dataclass(frozen=True, slots=True)
class Found:
    """An array and where it stands."""

    place: Place
    array: Array

    @property
    def name(self) -> str:
        """Return the last name on the way: an attribute's or a key's."""
        return name_of(self.place)


def written(place: Place) -> str:
    """Return a place as one writes it in Python, from `self` on: "self.params['w']"."""
    text = "self"
    for kind, step in place:
        text += f".{step}" if kind == "attr" else f"[{step!r}]"
    return text


def name_of(place: Place) -> str:
    """Return the last name in a place that says what it is; `.value` and `.data` say nothing."""
    names = [str(step) for kind, step in place if kind != "item"]
    telling = [name for name in names if name not in ("value", "data", "array", "grad", "val")]
    return (telling or names or [""])[-1]


def children(thing: Any) -> list[tuple[Step, Any]]:
    """Return what an object holds: entries, items, attributes. Nothing of it is called."""
    if type(thing) in LEAVES:
        return []
    if isinstance(thing, dict):
        return [(("key", key), thing[key]) for key in list(dict.keys(thing))]
    if isinstance(thing, list | tuple):
        return [(("item", k), part) for k, part in enumerate(list(thing)[:MOST])]
    if isinstance(thing, (_ATOMS, np.ndarray)):
        return []
    held = getattr(thing, "__dict__", None)
    found = []
    if isinstance(held, dict):
        found = [(("attr", name), held[name]) for name in list(held) if isinstance(name, str)]
    for kind in type(thing).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and hasattr(thing, name):
                found.append((("attr", name), getattr(thing, name)))
    return found


def reachable(root: Any, *, scalars: bool = False, kinds: str = "fc") -> list[Found]:
    """Return every float array that can be reached, breadth first: the shortest place first.

    An array that stands in several places is listed once for each.

    Parameters
    ----------
    root : object
    scalars : bool
        List Python floats and NumPy scalars too, as arrays of no dimensions.
    kinds : str
        Kinds of dtype that are listed.
    """
    found: list[Found] = []
    seen: set[int] = set()
    level: list[tuple[Place, Any]] = [((), root)]
    count = 0
    for _ in range(DEEPEST):
        following: list[tuple[Place, Any]] = []
        for place, thing in level:
            count += 1
            if count > MOST:
                return found
            if isinstance(thing, np.ndarray):
                if thing.dtype.kind in kinds:
                    found.append(Found(place, thing))
                elif thing.dtype == np.object_ and thing.size < MOST:
                    following += [(((*place, ("item", k))), p) for k, p in enumerate(thing.flat)]
                continue
            if scalars and isinstance(thing, float | np.floating):
                found.append(Found(place, np.asarray(thing)))
                continue
            if isinstance(thing, _ATOMS) or id(thing) in seen:
                continue
            seen.add(id(thing))
            following += [((*place, step), part) for step, part in children(thing)]
        level = following
    return found


def get(root: Any, place: Place) -> Any:
    """Return what stands at a place.

    Raises
    ------
    LookupError, AttributeError, TypeError
        Where there is nothing.
    """
    for kind, step in place:
        root = getattr(root, step) if kind == "attr" else root[step]
    return root


def put(root: Any, place: Place, value: Any) -> bool:
    """Exchange what stands at a place; False where it cannot be (a tuple, a read-only property)."""
    holder = get(root, place[:-1])
    kind, step = place[-1]
    try:
        if kind == "attr":
            setattr(holder, step, value)
        else:
            holder[step] = value
    except (AttributeError, TypeError):
        return False
    return True


def groups(found: list[Found]) -> list[list[Found]]:
    """Return the arrays found, those that are one and the same object together."""
    by_object: dict[int, list[Found]] = {}
    for one in found:
        by_object.setdefault(id(one.array), []).append(one)
    return list(by_object.values())
