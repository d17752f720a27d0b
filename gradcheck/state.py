"""The contracts of a code's state: instances that share it, its learning rate, its own step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.errors import SubjectError
from gradcheck.examination import SLACK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.examination import Examination
    from gradcheck.records import Array

RATES = (0.5, 2.0**-10)
"""Parts of the usual learning rate: of its order, and so small that an early update hides."""

ROUNDED = 1e-9
"""Relative error of a gradient that was read from an update, or that the same code gives twice at
another point, where the rounding is not measured."""


def instances(exam: Examination, earlier: Sequence[Array]) -> None:
    """Note gradients that change when a second instance runs forward."""
    account = exam.account
    account.looked_at.add("instances")
    try:
        one, two = exam.runner.make(), exam.runner.make()
        # As the instance before it, so that a stale cache is not taken for a shared one.
        exam.runner.call_forward(one, [array.copy() for array in earlier])
        exam.forward(one)
        exam.runner.call_forward(two, [array.copy() for array in earlier])
        beside = exam.gradients(exam.runner.call_backward(one, exam.upstream.copy()))
    except SubjectError:
        return
    for k, (got, other) in enumerate(zip(account.gradients, beside, strict=True)):
        if got is not None and other is not None and not exam.equal(got, other, k):
            text = "forward of a second instance changes what backward of the first returns"
            account.broken("instances", "shared-state", f"d{exam.names[k]}", text)


def rates(exam: Examination) -> None:
    """Compare the gradients at smaller learning rates: they must not depend on it."""
    account = exam.account
    seen = []
    try:
        for rate in RATES:
            instance = exam.runner.make(rate)
            exam.forward(instance)
            seen.append(exam.gradients(exam.runner.call_backward(instance, exam.fresh_upstream())))
    except SubjectError:
        return
    account.looked_at.add("learning-rate")
    for k, got in enumerate(account.gradients):
        half, small = (gradients[k] for gradients in seen)
        if got is None or half is None or small is None:
            continue
        if _alike(exam, got, half, k, RATES[0]) and _alike(exam, got, small, k, RATES[1]):
            continue
        account.by_rate[k] = (half, small)
        _depends(exam, k, got, small)


def _depends(exam: Examination, k: int, got: Array, small: Array) -> None:
    """Note a gradient that changes with the learning rate, by how it does."""
    quantity, rate = f"d{exam.names[k]}", RATES[1]
    size = float(np.abs(got).max(initial=0.0))
    index = np.unravel_index(np.argmax(np.nan_to_num(np.abs(got - small))), got.shape)
    numbers = {"usual": float(got[index]), "small": float(small[index]), "rate": rate}
    seen = (
        f"{quantity}{list(map(int, index))} is {got[index]:.6g} at the usual rate and "
        f"{small[index]:.6g} at {rate:.2g} of it"
    )
    if np.all(np.abs(small - rate * got) <= ROUNDED * size):
        text = f"it is multiplied by the learning rate: {seen}"
        exam.account.broken("learning-rate", "factor", quantity, text, **numbers)
    elif exam.names[k] in exam.runner.subject.parameters:
        text = f"it changes with the learning rate: {seen}"
        exam.account.broken("learning-rate", "unlisted", quantity, text, **numbers)
    else:
        exam.account.broken("learning-rate", "updated-before-use", quantity, seen, **numbers)


def _alike(exam: Examination, got: Array, other: Array, k: int, rate: float) -> bool:
    """Say whether two gradients are one, if those of parameters were read from an update."""
    if np.array_equal(got, other, equal_nan=True):
        return True
    size = float(np.abs(np.nan_to_num(got, posinf=0.0, neginf=0.0)).max(initial=0.0))
    allowed = max(ROUNDED, SLACK * exam.eps) * size + exam.tiny
    if exam.names[k] in exam.runner.subject.parameters:
        allowed += exam.eps * SLACK * float(np.abs(exam.inputs[k]).max(initial=0.0)) / rate
        allowed += exam.eps * SLACK * size / rate
    return exam.equal(got, other, k) or bool(np.all(np.abs(got - other) <= allowed))


def after_step(exam: Examination) -> None:
    """Let the code step, and compare it with a fresh instance of the same parameters."""
    account, runner = exam.account, exam.runner
    if any(breach.contract == "repeatable" for breach in account.breaches):
        return
    try:
        instance = runner.make()
        exam.forward(instance)
        runner.call_backward(instance, exam.fresh_upstream())
        stepped = runner.call_step(instance)
        given = [array.copy() for array in stepped]
        if all(np.array_equal(a, b) for a, b in zip(given, exam.inputs, strict=True)):
            return
        y = runner.call_forward(instance, stepped).copy()
        got = exam.gradients(runner.call_backward(instance, exam.fresh_upstream()))
        other = runner.make()
        wanted_y = runner.call_forward(other, [array.copy() for array in given]).copy()
        wanted = exam.gradients(runner.call_backward(other, exam.fresh_upstream()))
    except SubjectError:
        return
    account.looked_at.add("after-step")
    text = "after a step it is not what a fresh layer with the same parameters gives"
    if not _near(exam, y, wanted_y):
        account.broken("after-step", "stale-parameter", "y", text)
    for k, (one, two) in enumerate(zip(got, wanted, strict=True)):
        if one is not None and two is not None and not _near(exam, one, two):
            with np.errstate(invalid="ignore"):
                gap = float(np.nanmax(np.abs(one - two), initial=0.0))
            quantity = f"d{exam.names[k]}"
            account.broken("after-step", "stale-parameter", quantity, text, difference=gap)


def _near(exam: Examination, got: Array, wanted: Array) -> bool:
    """Say whether the same code at the same point gave the same array twice."""
    if got.shape != wanted.shape:
        return False
    if np.array_equal(got, wanted, equal_nan=True):
        return True
    size = float(np.abs(np.nan_to_num(wanted, posinf=0.0, neginf=0.0)).max(initial=0.0))
    rounded = max(ROUNDED, SLACK * exam.eps) * size + exam.tiny
    return bool(np.all(np.abs(got - wanted) <= rounded))
