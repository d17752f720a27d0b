"""Say in words how a subject was met, by which rule and where each gradient is read; or why not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from gradcheck.execution import described, place
from gradcheck.students.naming import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.students.recipe import Recipe, Source


_OF_SHAPES = (
    "matmul", "shapes (", "operands could not be broadcast", "not enough values to unpack",
    "too many values to unpack", "tuple index out of range", "cannot reshape",
    "object is not subscriptable", "object is not iterable", "cannot unpack non-iterable int",
    "axis", "'tuple' object cannot be interpreted", "too many indices", "length must be",
)  # fmt: skip
"""What NumPy and Python say where data or a size has the wrong number of dimensions."""


def telling_of(errors: Sequence[str]) -> str:
    """Return the error that tells most: of the trials that failed for no shape, the first."""
    telling = [e for e in errors if not any(part in e for part in _OF_SHAPES)]
    text = " ".join((telling or [*errors, ""])[0].split())
    return text if len(text) <= 160 else text[:157] + "..."


def rule_of(recipe: Recipe) -> str:
    """Return the rule of CONVENTIONS that a recipe follows, by where its gradients are."""
    sources = [s for k, s in enumerate(recipe.gradients) if k in recipe.parameters and s]
    if any(s.kind == "update" for s in sources):
        return "R5" if recipe.rates else "R4"
    if any(s.kind == "backward" for s in sources):
        return "R8"
    places = [s.place for s in sources if s.kind == "state"]
    dx = recipe.gradients[0] if recipe.gradients else None
    if dx is not None and dx.kind == "state":
        return "R6"
    if places and all(plain(str(p[-1][1])) in ("grad", "gradient") and len(p) > 1 for p in places):
        return "R3"
    if any(len(p) > 1 and p[-1][0] == "key" for p in places):
        return "R2"
    return "R1"


def told_source(source: Source | None, backward: str) -> str:
    """Return in words where a gradient is read."""
    if source is None:
        return "not found"
    steps = "".join(f".{s}" if k == "attr" else f"[{s!r}]" for k, s in source.place)
    if source.kind == "update":
        return f"(before - after) / learning rate of self{steps}"
    if source.kind == "state":
        return f"self{steps} after {backward}"
    return f"what {backward} returns{steps and ', ' + steps}"


def told_error(error: BaseException) -> str:
    """Return what foreign code raised, with the file and line at which it did."""
    file, line = place(error)
    return f"{described(error)} ({Path(file).name}:{line})" if line else described(error)
