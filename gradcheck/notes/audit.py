"""The audit: what each equation of the notes is found to be, derived and never typed in."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Any

from gradcheck.errors import NotesError
from gradcheck.notes.meaning.claims import Context, cases, letters
from gradcheck.notes.meaning.identity import at, holds, numbers
from gradcheck.notes.meaning.world import TooSmall

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcheck.notes.equation import Case, Equation, Reading

LARGEST = 6
"""Every size runs from 1 to this."""


class Standing(StrEnum):
    """What is known of an equation of the notes."""

    HOLDS = "holds"
    REMARK = "holds-with-remark"
    MISPRINT = "misprint"
    UNDECIDABLE = "not-decidable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counterexample:
    """The smallest sizes and numbers at which what is printed is not so.

    Attributes
    ----------
    sizes, indices : mapping of str to int
    numbers : mapping of str to str
    where : str
        Which part of the equation: "entry 1", "the brace".
    printed, oracle : str
        What stands there, and what it should be, at these numbers.
    """

    sizes: Mapping[str, int]
    indices: Mapping[str, Any]
    numbers: Mapping[str, str]
    where: str
    printed: str
    oracle: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One equation with what was found.

    Attributes
    ----------
    equation : Equation
    verdict : Standing
    reason : str
        How it is known.
    remark : str
        What is loose, where the verdict is `holds-with-remark`.
    counterexample : Counterexample or None
    """

    equation: Equation
    verdict: Standing
    reason: str
    remark: str = ""
    counterexample: Counterexample | None = None


@dataclass(frozen=True, slots=True)
class _Tried:
    """What one reading of one text comes to; `largest` is 0 where there are no sizes."""

    largest: int
    identities: int
    general: bool
    refuted: tuple[Mapping[str, int], Case] | None


def audited(equations: Sequence[Equation], largest: int = LARGEST) -> list[Audited]:
    """Return what each equation is found to be, in their order.

    Parameters
    ----------
    equations : sequence of Equation
    largest : int
        Sizes run from 1 to this.
    """
    context = Context({equation.id: equation for equation in equations})
    return [audit(equation, context, largest) for equation in equations]


def audit(equation: Equation, context: Context, largest: int = LARGEST) -> Audited:
    """Derive the verdict of one equation.

    Its readings are tried from the strictest to the loosest. If none makes it true it is a
    misprint, refuted by the loosest; then what should stand there must be true by the same means.
    """
    refuted: tuple[Mapping[str, int], Case] | None = None
    try:
        for reading in equation.readings:
            tried = _tried(equation, equation.printed, reading, context, largest)
            if tried.refuted is None:
                return _right(equation, reading, tried)
            refuted = tried.refuted
        assert refuted is not None  # noqa: S101 - there is at least one reading
        return _misprint(equation, refuted, context, largest)
    except NotesError as error:
        return Audited(equation=equation, verdict=Standing.UNDECIDABLE, reason=str(error))


def _right(equation: Equation, reading: Reading, tried: _Tried) -> Audited:
    literal = reading is equation.readings[0]
    return Audited(
        equation=equation,
        verdict=Standing.HOLDS if literal else Standing.REMARK,
        reason=f"it holds {_known(tried)}",
        remark="" if literal else reading.remark,
    )


def _misprint(
    equation: Equation,
    refuted: tuple[Mapping[str, int], Case],
    context: Context,
    largest: int,
) -> Audited:
    example = _example(*refuted)
    if not equation.corrected:
        return Audited(
            equation=equation,
            verdict=Standing.MISPRINT,
            reason="no correction is known",
            counterexample=example,
        )
    for reading in equation.readings:
        tried = _tried(equation, equation.corrected, reading, context, largest)
        if tried.refuted is None:
            return Audited(
                equation=equation,
                verdict=Standing.MISPRINT,
                reason=f"corrected, it holds {_known(tried)}",
                remark="" if reading is equation.readings[0] else reading.remark,
                counterexample=example,
            )
    raise NotesError("what is given as its correction does not hold either")


def _known(tried: _Tried) -> str:
    everything = "for every size, and " if tried.general else ""
    sizes = f"for sizes 1 to {tried.largest}" if tried.largest else "for all numbers"
    return f"{everything}{sizes} ({tried.identities} identities)"


def _tried(
    equation: Equation, printed: str, reading: Reading, context: Context, largest: int
) -> _Tried:
    identities = 0
    names = letters(equation, printed, context)
    for sizes in _sizes(names, largest):
        try:
            for case in cases(equation, printed, reading, sizes, context):
                identities += 1
                if not holds(case):
                    return _Tried(largest, identities, general=False, refuted=(sizes, case))
        except TooSmall:
            if all(size == largest for size in sizes.values()):
                raise NotesError(
                    f"it names a component that not even sizes of {largest} have"
                ) from None
    if not identities:
        raise NotesError("it says nothing at any of the sizes")
    general = _holds_generally(equation, printed, reading, context)
    return _Tried(largest if names else 0, identities, general=general, refuted=None)


def _sizes(names: Sequence[str], largest: int) -> Iterator[dict[str, int]]:
    """Yield all sizes, the smallest first."""
    chosen = sorted(product(range(1, largest + 1), repeat=len(names)), key=lambda s: (sum(s), s))
    return (dict(zip(names, sizes, strict=True)) for sizes in chosen)


def _holds_generally(equation: Equation, printed: str, reading: Reading, context: Context) -> bool:
    """Say whether SymPy shows it for sizes that are letters; if not, nothing is known of them."""
    names = letters(equation, printed, context)
    if not names:
        return False
    from sympy import Symbol

    sizes = {name: Symbol(name, integer=True, positive=True) for name in names}
    try:
        told = list(cases(equation, printed, reading, sizes, context))
        return bool(told) and all(holds(case) for case in told)
    except (NotesError, TooSmall, TypeError, ValueError, NotImplementedError):
        return False


def _example(sizes: Mapping[str, int], case: Case) -> Counterexample:
    point = numbers(case)
    if point is None:
        raise NotesError("SymPy neither shows it nor finds numbers that refute it")
    return Counterexample(
        sizes=dict(sizes),
        indices={name: value for name, value in case.indices.items() if isinstance(value, int)},
        numbers={_name(name): _number(name, value) for name, value in point.items()},
        where=case.where,
        printed=str(at(case.printed, point)),
        oracle=str(at(case.oracle, point)),
    )


def _name(name: str) -> str:
    return name.removeprefix("e^")


def _number(name: str, value: Any) -> str:
    """Return a number as text; of an exponential, its argument."""
    if not name.startswith("e^"):
        return str(value)
    return "0" if value == 1 else f"log({value})"
