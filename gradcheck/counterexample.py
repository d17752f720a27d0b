"""The smallest inputs at which a gradient is wrong: drawn, shrunk, and judged with all care.

What the search of `gradcheck.shrinking` ends at is judged by the oracles as any other point is: a
counterexample is only what they convict.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import numpy as np

from gradcheck.errors import SubjectError, UsageError
from gradcheck.execution import Runner
from gradcheck.isolation import isolated
from gradcheck.judge import Judge
from gradcheck.records import Counterexample, Oracle, Verdict
from gradcheck.samples import Sample
from gradcheck.shrinking import SECONDS, Search

if TYPE_CHECKING:
    from gradcheck.records import Array, Result
    from gradcheck.subject import Subject

LARGEST = 200
"""Entries of all inputs together: of more no line can be read."""

TRIED = 4
"""Points that are judged, the simplest first."""


def with_counterexamples(result: Result, subject: Subject, seconds: float = SECONDS) -> Result:
    """Return the result with a counterexample in the findings of each gradient that is wrong.

    Where Hypothesis is not installed it is returned as it is.
    """
    if not available() or sum(array.size for array in subject.inputs) > LARGEST:
        return result
    names = {f"d{subject.names[k]}" for k in subject.active}
    wrong = dict.fromkeys(
        finding.quantity
        for finding in result.findings
        if not finding.remark and finding.quantity in names and _measured(result, finding.quantity)
    )
    found = {quantity: _searched(subject, quantity, seconds) for quantity in wrong}
    findings = tuple(
        finding
        if finding.remark or found.get(finding.quantity) is None
        else replace(finding, counterexample=found[finding.quantity])
        for finding in result.findings
    )
    return replace(result, findings=findings)


def available() -> bool:
    """Say whether Hypothesis is installed."""
    try:
        return find_spec("hypothesis") is not None
    except ValueError:  # it stands among the modules as None
        return False


def _searched(subject: Subject, quantity: str, seconds: float) -> Counterexample | None:
    try:
        return smallest_wrong(subject, quantity, seconds)
    except Exception:  # noqa: BLE001 - a result is worth more than its smallest example
        return None


def _measured(result: Result, quantity: str) -> bool:
    return any(
        check.quantity == quantity
        and check.verdict is Verdict.FAIL
        and check.oracle is not Oracle.CONTRACT
        and check.worst is not None
        for check in result.checks
    )


def smallest_wrong(
    subject: Subject, quantity: str, seconds: float = SECONDS
) -> Counterexample | None:
    """Return the simplest point found at which a gradient is wrong, or None.

    Parameters
    ----------
    subject : Subject
        Inputs that are integers, or whose values are fixed, stay as they are. Shapes stay too,
        but that of a single input, and the number of examples where the layout tells it.
    quantity : str
    seconds : float

    Raises
    ------
    UsageError
        Where Hypothesis is not installed, or the subject has no such gradient.
    """
    if not available():
        raise UsageError("hypothesis is not installed, must be for this: pip install hypothesis")
    positions = {f"d{subject.names[k]}": k for k in subject.active}
    if quantity not in positions:
        known = ", ".join(positions)
        raise UsageError(f"quantity={quantity!r}, must be one of {known}")
    k = positions[quantity]
    with np.errstate(all="ignore") if subject.remote else isolated():
        points = Search(subject, k, seconds).simplest()[:TRIED]
        judged = (_judged(subject, k, inputs, upstream) for inputs, upstream in points)
        return next((found for found in judged if found is not None), None)


def _judged(
    subject: Subject, k: int, inputs: list[Array], upstream: Array
) -> Counterexample | None:
    """Return the point as a counterexample, if the oracles convict the gradient there."""
    runner = Runner(subject)
    judge = Judge(runner, np.random.default_rng(0))
    quantity = f"d{subject.names[k]}"
    try:
        y, gradients = runner.vjp(inputs, upstream)
        got = np.asarray(gradients[k])
        alone = [got if j == k else None for j in range(len(inputs))]
        sample = Sample(regime="point", inputs=tuple(inputs))
        outcome = judge.judge(sample, upstream, y, alone, thorough=True)
    except (SubjectError, IndexError, ValueError):
        return None
    readings = [one for one in outcome.readings if one.quantity == quantity]
    failed = [one for one in readings if one.verdict is Verdict.FAIL]
    if not failed or any(one.verdict is Verdict.PASS for one in readings):
        return None
    truth = outcome.truth.get(k)
    worst = next((one.worst for one in failed if one.worst is not None), None)
    if truth is None or worst is None or not np.isfinite(truth.value).all():
        return None
    return Counterexample(
        quantity=quantity,
        inputs={n: _nested(a) for n, a in zip(subject.names, inputs, strict=True)},
        upstream=_nested(upstream),
        got=_nested(got),
        oracle=_nested(truth.value),
        index=worst.index,
        bound=float(np.max(truth.bound)),
    )


def _nested(array: Any) -> Any:
    """Return an array as nested tuples of numbers."""
    entries = np.asarray(array).tolist()
    return _tuples(entries)


def _tuples(entries: Any) -> Any:
    return tuple(map(_tuples, entries)) if isinstance(entries, list) else entries
