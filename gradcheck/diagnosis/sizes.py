"""Compare what was found of one subject at several shapes: a size that stands there as a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck.records import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gradcheck.records import Result


def size_hard_coded(results: Sequence[Result]) -> list[Finding]:
    """Return the findings of gradients that are off by a factor which changes with the shape.

    A factor that sizes explain, such as 1/N, is one bug at every shape and stays `factor`.

    Parameters
    ----------
    results : sequence of Result
        Of the same subject at different shapes.
    """
    if len(results) < 2:
        return []
    from gradcheck.diagnosis.codes import catalogue
    from gradcheck.diagnosis.probe import CLOSE

    found = []
    for quantity in dict.fromkeys(f.quantity for r in results for f in _faults(r)):
        factors = [_factor(result, quantity) for result in results]
        known = [factor for factor in factors if factor is not None]
        if len(known) < len(results) or max(known) - min(known) <= CLOSE * max(map(abs, known)):
            continue
        words = catalogue()
        text = ", ".join(f"{factor:.6g}" for factor in known)
        detail = f"A = c·T with c = {text} at {len(known)} shapes"
        numbers = {f"factor{k}": factor for k, factor in enumerate(known, 1)}
        role, line = results[0].role, results[0].line
        found.append(
            Finding(
                code="size-hard-coded",
                quantity=quantity,
                message=words.sentence("size-hard-coded", quantity, detail, numbers),
                numbers=numbers,
                hint=words.hint("size-hard-coded", quantity, role=role, line=line),
            )
        )
    return found


def _faults(result: Result) -> Iterable[Finding]:
    return (finding for finding in result.findings if not finding.remark)


def _factor(result: Result, quantity: str) -> float | None:
    """Return by what constant the gradient is off at one shape: 1 where nothing is wrong."""
    faults = [finding for finding in _faults(result) if finding.quantity == quantity]
    if not faults:
        return 1.0
    factors = [f for f in faults if f.code == "factor" and not f.numbers.get("explained")]
    return factors[0].numbers.get("factor") if len(factors) == len(faults) == 1 else None
