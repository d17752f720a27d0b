"""Ask whether a gradient that is wrong belongs to the point that went through forward before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gradcheck.account import Account, match
from gradcheck.errors import SubjectError
from gradcheck.records import Verdict
from gradcheck.samples import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gradcheck.judge import Judge
    from gradcheck.records import Array


def note_stale(
    judge: Judge, account: Account, wrong: set[str], earlier: Sequence[Array], upstream: Array
) -> None:
    """Judge what was returned at the given point as if it belonged to the point before it.

    Parameters
    ----------
    judge : Judge
    account : Account
        Of the given point; what is stale is noted in it.
    wrong : set of str
        The gradients that are wrong there.
    earlier : sequence of Array
        The point before it.
    upstream : Array
    """
    runner = judge.runner
    judge.convicted = set()
    try:
        y = runner.forward([array.copy() for array in earlier])
        sample = Sample(regime="earlier", inputs=tuple(earlier))
        there = judge.judge(sample, upstream, y, account.gradients, thorough=False)
    except SubjectError:
        return
    judge.convict(wrong)
    right = {r.quantity for r in there.readings if r.verdict is Verdict.PASS}
    right -= {r.quantity for r in there.readings if r.verdict is Verdict.FAIL}
    stale = wrong & right
    if stale and runner.subject.separate:
        stale -= _same_alone(judge, account, upstream)
    for quantity in sorted(stale):
        text = "after forward(A), forward(B), backward still uses A"
        account.broken("latest-forward", "stale-cache", quantity, text)


def _same_alone(judge: Judge, account: Account, upstream: Array) -> set[str]:
    """Return the gradients that an instance which never saw the earlier point gives as well."""
    runner = judge.runner
    subject = runner.subject
    inputs = [array.copy() for array in subject.inputs]
    alone = Account(y=upstream)
    try:
        match(subject, inputs, runner.vjp(inputs, upstream)[1], alone)
    except SubjectError:
        return set()
    pairs = zip(subject.names, alone.gradients, account.gradients, strict=True)
    return {
        f"d{name}"
        for name, one, two in pairs
        if one is not None and two is not None and np.array_equal(one, two, equal_nan=True)
    }
