"""A refutation's certificate: a point, both exact values there, and the replay in plain float64."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from random import Random
from typing import TYPE_CHECKING, Any

from gradcheck.proof.evaluation import at_kink, enclosed
from gradcheck.proof.expression import PI, reached

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from gradcheck.proof.evaluation import FloatValues
    from gradcheck.proof.expression import Expression

DIGITS = 60
"""Decimal digits of the intervals."""

SHOWN = 12
"""Digits of a value that is not rational."""

SEEN = 1e-9
"""Relative difference above which floats can tell two values apart, whatever they are made of."""

WITHIN = 0.5
"""The replay shows the exact difference up to this part of it."""


NEIGHBOURS = 6

BESIDE = 1e-6
"""How far a neighbour is from a point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """Where backward differs from forward's derivative.

    Attributes
    ----------
    entry : int
        Which entry, in C order.
    point : mapping of str to Fraction
        Of every variable that matters there.
    got, true : str
        The exact values, or their first digits.
    difference : float
    replayed : float
        What the code itself returned there in float64.
    """

    entry: int
    point: Mapping[str, Fraction]
    got: str
    true: str
    difference: float
    replayed: float


def candidate(
    got: Sequence[Expression], true: Sequence[Expression], values: FloatValues
) -> int | None:
    """Return the entry that differs most at a point, as far as floats can tell."""
    best, entry = SEEN, None
    for k, (one, other) in enumerate(zip(got, true, strict=True)):
        a, b = values.of(one), values.of(other)
        gap = abs(a - b) / max(abs(a), abs(b), 1e-3)
        if gap > best:
            best, entry = gap, k
    return entry


def neighbours(point: Mapping[str, float]) -> Iterator[dict[str, float]]:
    """Yield points beside a point, in random directions."""
    random = Random(0)  # noqa: S311 - any directions will do
    for _ in range(NEIGHBOURS):
        yield {
            name: value + BESIDE * max(1.0, abs(value)) * random.uniform(-1, 1)
            for name, value in point.items()
        }


def certified(
    got: Expression, true: Expression, entry: int, point: Mapping[str, float], replayed: float
) -> Certificate | None:
    """Return the certificate of one entry at a point; None where it does not hold.

    Both values are enclosed by interval arithmetic; the enclosures must be apart, and what the code
    returned must be as far from the truth as they are from each other.
    """
    from mpmath import iv

    exact = {name: Fraction(value) for name, value in point.items()}
    digits, iv.dps = iv.dps, DIGITS
    try:
        a, b = enclosed([got, true], exact)
        gap = a - b
        if not (gap.a > 0 or gap.b < 0) or at_kink([got, true], exact):
            return None
        difference = float(gap.mid)
        truth = float(b.mid)
        if not abs((replayed - truth) - difference) <= WITHIN * abs(difference):
            return None
        return Certificate(
            entry=entry,
            point={k: v for k, v in exact.items() if k != PI},
            got=_shown(got, exact, a),
            true=_shown(true, exact, b),
            difference=difference,
            replayed=replayed,
        )
    except (ArithmeticError, ValueError, AttributeError, LookupError, TypeError):
        return None
    finally:
        iv.dps = digits


def _shown(node: Expression, point: Mapping[str, Fraction], value: Any) -> str:
    from mpmath import mpf, nstr

    rational = _rational(node, point)
    if rational is not None and max(*map(abs, rational.as_integer_ratio())) < 10**SHOWN:
        text = str(rational)
        if len(text) <= SHOWN:
            return text
    return str(nstr(mpf(value.mid.a), SHOWN))


def _rational(node: Expression, point: Mapping[str, Fraction]) -> Fraction | None:
    """Return the exact value where it is rational, else None."""
    known: dict[int, Fraction | None] = {}
    for one in reached([node]):
        given = [known[a.number] for a in one.arguments]
        value: Fraction | None = None
        if one.operation == "constant":
            value = one.value
        elif one.operation == "variable":
            value = point.get(one.value)
        elif one.operation == "mul" and 0 in given:
            value = Fraction(0)
        elif None not in given:
            value = _of_rationals(one.operation, one.value, given)
        known[one.number] = value
    return known[node.number]


def _of_rationals(operation: str, value: Any, given: list[Any]) -> Fraction | None:
    if operation == "add":
        return Fraction(given[0] + given[1])
    if operation == "mul":
        return Fraction(given[0] * given[1])
    if operation == "power":
        return Fraction(given[0]) ** value if given[0] or value > 0 else None
    if operation == "maximum":
        return max(given)  # type: ignore[no-any-return]
    if operation in ("positive", "nonnegative"):
        return Fraction(given[0] > 0 or (operation == "nonnegative" and not given[0]))
    return None
