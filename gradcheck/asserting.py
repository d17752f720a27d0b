"""From a result to an AssertionError: what is not right, and what evidence it still lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gradcheck import session
from gradcheck.records import Evidence, Oracle, Verdict

if TYPE_CHECKING:
    from gradcheck.proof.checks import Proving
    from gradcheck.records import Check, Report, Result


def proving() -> Proving | None:
    """Return how a check of this session proves; None where it need not."""
    if not session.proves():
        return None
    from gradcheck.proof.checks import Proving

    return Proving()


def settle(result: Result) -> None:
    """Raise where a result is no pass, or its evidence is not what the session needs.

    Raises
    ------
    AssertionError
        With the text of `gradcheck.render.message`.
    """
    __tracebackhide__ = True
    text = failure(result)
    if text:
        raise AssertionError(text)


def settle_report(report: Report, path: str) -> None:
    """Raise as `settle`, of all subjects of a file together, and where there is none.

    Raises
    ------
    AssertionError
    """
    __tracebackhide__ = True
    texts = [text for result in report.subjects if (text := failure(result))]
    if texts or not report.subjects:
        raise AssertionError("\n\n".join(texts) or f"{path}: nothing was checked")


def failure(result: Result) -> str:
    """Return what is not right of a result, or ""."""
    lacking = unproved(result) if result.verdict is Verdict.PASS else {}
    if result.verdict is Verdict.PASS and not lacking:
        return ""
    from gradcheck.render.message import failure_text

    return failure_text(result, lacking)


def unproved(result: Result) -> dict[str, str]:
    """Return the gradients of which a proof is needed and missing, each with the reason."""
    if not session.proves():
        return {}
    values: dict[str, list[Check]] = {}
    for check in result.checks:
        if check.oracle is not Oracle.CONTRACT and check.quantity.startswith("d"):
            values.setdefault(check.quantity, []).append(check)
    return {
        quantity: next((c.reason for c in checks if c.oracle is Oracle.PROOF and c.reason), "")
        or "no proof was tried"
        for quantity, checks in values.items()
        if all(check.evidence is not Evidence.PROVED for check in checks)
    }
