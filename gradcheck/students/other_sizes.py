"""Look at a subject once more at other sizes: right at one shape alone is not right."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import SubjectError
from gradcheck.execution import Runner
from gradcheck.oracles.differences import working_roundoff
from gradcheck.records import Check, Verdict
from gradcheck.samples import cotangent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gradcheck.records import Array, Finding, Result
    from gradcheck.students.adapter import Description
    from gradcheck.subject import Subject

    Checked = Callable[[Subject], Result]

SEEN = 1e-3
"""Of the size of its terms, what a derivative must be off by to be looked at more closely. A size
in the place of another one is off by a tenth at least; the rounding of float32 stays below it."""


def of_other_sizes(description: Description) -> bool:
    """Say whether it is a subject that was met before, at other sizes than there."""
    return "sizes of" in description.facts


def with_sizes(
    result: Result,
    first: Description,
    other: Description,
    subject: Subject,
    checked: Checked,
) -> Result:
    """Return the result with what a second shape says: sizes that stand in backward as numbers.

    Parameters
    ----------
    result : Result
        At the first shape.
    first, other : Description
        Of both shapes.
    subject : Subject
        At the second shape.
    checked : callable
        checked(subject) → its result at one point.
    """
    factors = [f for f in result.findings if f.code == "factor" and not f.remark]
    if result.verdict is Verdict.PASS:
        if right_in_short(subject, result.seed):
            return result
    elif not factors:
        return result
    from gradcheck.diagnosis import size_hard_coded

    there = checked(subject)
    sizes = sizes_of(first, other)
    found = size_hard_coded(result, there, sizes, other.facts.get("numbers", ()))
    if not found:
        return result
    named = {finding.quantity for finding in found}
    kept = [f for f in result.findings if f.code != "factor" or f.quantity not in named or f.remark]
    checks = (*result.checks, *(_failed(c) for c in there.checks if _speaks(c, named)))
    faults = [f for f in kept if not f.remark]
    remarks = [f for f in kept if f.remark]
    return replace(result, checks=checks, findings=(*found, *faults, *remarks))


def _speaks(check: Check, quantities: set[str]) -> bool:
    """Say whether a check at the second shape is one that failed for a size."""
    return check.verdict in (Verdict.FAIL, Verdict.ERROR) and check.quantity in quantities


def _failed(check: Check) -> Check:
    """Return the check as a fail: that backward raises at another shape is what is wrong in it."""
    return replace(check, verdict=Verdict.FAIL)


def right_in_short(subject: Subject, seed: int) -> bool:
    """Say whether backward agrees with forward along one direction, or forward cannot tell.

    Five calls: what does not agree here is looked at with all care.
    """
    rng = np.random.default_rng([seed, 30_000])
    runner = Runner(subject)
    inputs = [array.copy() for array in subject.inputs]
    try:
        instance = runner.make()
        y = np.array(runner.call_forward(instance, inputs))
    except SubjectError:
        return True
    upstream = cotangent(rng, y)
    try:
        gradients = runner.call_backward(instance, upstream.copy())
        got, size, tangents = _along(subject, gradients, rng)
        step = working_roundoff(y, [subject.inputs[k] for k in subject.active]) ** (1 / 3)
        up, down = (
            float((upstream * runner.forward(_moved(subject, tangents, h))).sum())
            for h in (step, -step)
        )
    except (SubjectError, TypeError, ValueError):
        return False
    size += float(np.abs(upstream * y).sum())
    return abs((up - down) / (2 * step) - got) <= SEEN * size


def _along(
    subject: Subject, gradients: Sequence[object], rng: np.random.Generator
) -> tuple[float, float, dict[int, Array]]:
    """Return the derivative along a random direction by the code's gradients, and its size.

    Raises
    ------
    ValueError
        Where a gradient has another shape than its input.
    """
    got = size = 0.0
    tangents = {}
    for k in subject.active:
        gradient = np.asarray(gradients[k], dtype=np.float64)
        if gradient.shape != subject.inputs[k].shape:
            raise ValueError("a gradient has another shape than its input")
        tangents[k] = rng.uniform(-1.0, 1.0, gradient.shape)
        terms = gradient * tangents[k]
        got, size = got + float(terms.sum()), size + float(np.abs(terms).sum())
    return got, size, tangents


def _moved(subject: Subject, tangents: dict[int, Array], step: float) -> list[Array]:
    return [
        (array + step * tangents[k]).astype(array.dtype) if k in tangents else array.copy()
        for k, array in enumerate(subject.inputs)
    ]


def sizes_of(first: Description, other: Description) -> dict[str, tuple[int, int]]:
    """Return the sizes at both shapes by the notes' symbols: N, n, and what else there is."""
    pairs = {
        one.name: list(zip(one.shape, two.shape, strict=True))
        for one, two in zip(first.inputs, other.inputs, strict=True)
    }
    x, axis = first.inputs[0], first.inputs[0].axis
    features = pairs[x.name][axis] if x.shape else (1, 1)
    batches = [pair for k, pair in enumerate(pairs[x.name]) if k != axis % len(x.shape)]
    sizes = {"N": pair for pair in batches if pair[0] != pair[1]}
    rest = [p for group in pairs.values() for p in group if p[0] != p[1]]
    others = [p for p in dict.fromkeys(rest) if p != features and p not in sizes.values()]
    if not others:
        sizes["n"] = features
    elif len(others) == 1:
        sizes |= {"n": others[0], "the number of inputs": features}
    else:
        sizes |= {f"the size {p[0]} of the first shape": p for p in (features, *others)}
    if {"n", "N"} <= set(sizes):
        sizes["n·N"] = (sizes["n"][0] * sizes["N"][0], sizes["n"][1] * sizes["N"][1])
    return sizes
