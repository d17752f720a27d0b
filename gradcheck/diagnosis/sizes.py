"""Compare what was found of one subject at two shapes: a size that stands there as a number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gradcheck.records import Finding, Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from gradcheck.records import Check, Result

CODE = "size-hard-coded"

FORWARD = ("y", "loss", "forward")

LEAST = 3
"""The smallest number that is taken for a size: 2 is the derivative of a square."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A number that stands where a size should be."""

    number: int
    size: str


def size_hard_coded(
    one: Result,
    other: Result,
    sizes: Mapping[str, tuple[int, int]],
    numbers: Collection[int] = (),
) -> list[Finding]:
    """Return the findings of gradients that a number in the place of a size makes wrong.

    A gradient is right at one shape, and wrong or not to be computed at the other; or it is off by
    a factor at both, size / number with one number. A factor that sizes explain, such as 1/N, is
    one bug at every shape and stays `factor`.

    Parameters
    ----------
    one, other : Result
        Of the same subject at two shapes.
    sizes : mapping of str to (int, int)
        By name; at each of the shapes.
    numbers : collection of int
        That stand in the code: one that is no size of the first shape must be among them.
    """
    found = []
    for quantity in dict.fromkeys(f.quantity for r in (one, other) for f in _faults(r)):
        factors = _factor(one, quantity), _factor(other, quantity)
        where = f"{_shapes(one, quantity)}, and {{}} at {_shapes(other, quantity)}"
        written = None
        if factors[0] is not None and factors[1] is not None:
            written = written_for(factors[0], factors[1], sizes, numbers)
        known = {f"factor{k}": c for k, c in enumerate(factors, 1) if c is not None}
        if written is not None:
            text = f"A = c·T with c = {factors[0]:.6g} at {where.format(f'{factors[1]:.6g}')}"
            text += f": the number {written.number} stands where {written.size} does"
            found.append(_said(one, quantity, text, known | {"number": float(written.number)}))
        elif Verdict.PASS in (one.verdict, other.verdict):
            right = one.verdict is Verdict.PASS
            fault = next(f for f in _faults(other if right else one) if f.quantity == quantity)
            text = f"right at {where}" if right else f"wrong at {where}"
            text = text.format("wrong" if right else "right")
            if fault.code != "unlisted":
                text += f": {fault.message}"
            found.append(_said(one, quantity, text, known))
    return found


def written_for(
    one: float,
    other: float,
    sizes: Mapping[str, tuple[int, int]],
    numbers: Collection[int] = (),
) -> Written | None:
    """Return the number and the size that explain a factor at two shapes, or None."""
    from gradcheck.diagnosis.probe import CLOSE

    for name, (first, second) in sizes.items():
        if first == second:
            continue
        # Divided by the number where it should be by the size, or multiplied.
        for a, b in ((first / one, second / other), (first * one, second * other)):
            number = round(abs(a))
            same = abs(a - b) <= CLOSE * abs(a) and abs(abs(a) - number) <= CLOSE * number
            if same and (number == first or (number >= LEAST and number in numbers)):
                return Written(number=number, size=name)
    return None


def _said(result: Result, quantity: str, detail: str, numbers: Mapping[str, float]) -> Finding:
    from gradcheck.diagnosis.codes import catalogue

    words = catalogue()
    return Finding(
        code=CODE,
        quantity=quantity,
        message=words.sentence(CODE, quantity, detail, numbers),
        numbers=numbers,
        hint=words.hint(CODE, quantity, role=result.role, line=result.line),
    )


def _faults(result: Result) -> list[Finding]:
    """Return what is wrong in backward: a forward that cannot run says nothing of it."""
    return [f for f in result.findings if not f.remark and f.quantity not in FORWARD]


def _factor(result: Result, quantity: str) -> float | None:
    """Return by what constant the gradient is off at one shape: 1 where nothing is wrong."""
    faults = [finding for finding in _faults(result) if finding.quantity == quantity]
    if not faults:
        return 1.0
    factors = [f for f in faults if f.code == "factor"]
    return factors[0].numbers.get("factor") if len(factors) == len(faults) == 1 else None


def _shapes(result: Result, quantity: str) -> str:
    """Return the shapes of the inputs, in words."""
    named = next((check.shapes for check in result.checks if _tells(check, quantity)), {})
    return ", ".join(f"{name} {shape}" for name, shape in named.items())


def _tells(check: Check, quantity: str) -> bool:
    return bool(check.shapes) and check.quantity in (quantity, "y", "backward", "forward")
